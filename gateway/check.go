package gateway

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// check judges a configuration with its defaults. The fault has no position.
func (c Config) check() *ConfigError {
	for _, part := range []func() *ConfigError{c.checkNames, c.checkRetry, c.checkLimits, c.checkAdmin} {
		if fault := part(); fault != nil {
			return fault
		}
	}
	if _, _, fault := c.Pilot.term(); fault != nil {
		return fault
	}
	_, err := c.book()
	var fault *ConfigError
	if err != nil && !errors.As(err, &fault) {
		fault = &ConfigError{Field: "tenants", Problem: err.Error()}
	}
	return fault
}

func (c Config) checkNames() *ConfigError {
	switch {
	case !isName(c.Hostname):
		return &ConfigError{Field: "hostname", Value: c.Hostname, Problem: "is not a host name", Fix: "write the gateway's name in the DNS, in ASCII"}
	case c.Data == "":
		return &ConfigError{Field: "data", Problem: "is missing", Fix: "name the directory of the queue, on a disk that keeps what it has synchronised"}
	}
	listeners := [][2]string{{"listen.tenants", c.Listen.Tenants}, {"listen.provider", c.Listen.Provider}}
	if c.Listen.Admin != "" {
		listeners = append(listeners, [2]string{"listen.admin", c.Listen.Admin})
	}
	for _, l := range listeners {
		if host, _, ok := hostPort(l[1]); !ok || host != "" && !isAddr(host) {
			return &ConfigError{Field: l[0], Value: l[1], Problem: "is not an address to listen on", Fix: `write "IP:port" or ":port"`}
		}
	}
	if host, port, ok := hostPort(c.DMDA.Address); !ok || port == 0 || !isAddr(host) && !isName(host) {
		return &ConfigError{Field: "dmda.address", Value: c.DMDA.Address, Problem: "is not the address of a server", Fix: `write "host:port" of the ITSP link`}
	}
	if c.DMDA.ServerName == "" {
		return &ConfigError{Field: "dmda.server_name", Problem: "is missing", Fix: "write the name in the DMDA's certificate"}
	}
	if c.DMDA.Binding != BindingLive && c.DMDA.Binding != BindingTrust {
		return &ConfigError{Field: "dmda.binding", Value: c.DMDA.Binding, Problem: "is not known", Fix: "write live or trust"}
	}
	if c.Files.Probe != "" && !isName(c.Files.Probe) {
		return &ConfigError{Field: "files.probe", Value: c.Files.Probe, Problem: "is not a host name", Fix: "write a name that the internal name server is responsible for"}
	}
	if _, err := demail.Canonical(c.Operator); c.Operator != "" && err != nil {
		return &ConfigError{Field: "operator", Value: c.Operator, Problem: err.Error(), Fix: "write an e-mail address in ASCII"}
	}
	return nil
}

func isAddr(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil
}

func (c Config) checkRetry() *ConfigError {
	for i, d := range c.Retry.After {
		if d < time.Second {
			return &ConfigError{Field: fmt.Sprintf("retry.after[%d]", i), Value: d.String(), Problem: "is too short", Fix: "wait at least 1s between tries"}
		}
	}
	switch {
	case c.Retry.GiveUp < time.Second:
		return &ConfigError{Field: "retry.give_up", Value: c.Retry.GiveUp.String(), Problem: "is too short", Fix: "RFC 5321 4.5.4.1 asks for at least 4 to 5 days: 120h"}
	case c.Retry.DelayNotice < time.Second || c.Retry.DelayNotice > c.Retry.GiveUp:
		return &ConfigError{Field: "retry.delay_notice", Value: c.Retry.DelayNotice.String(), Problem: "is not between 1s and retry.give_up", Fix: "write 4h"}
	case c.Drain < 0:
		return &ConfigError{Field: "drain", Value: c.Drain.String(), Problem: "is negative", Fix: "write 30s"}
	}
	return nil
}

func (c Config) checkAdmin() *ConfigError {
	a := c.Admin
	if err := a.Password.Check(); err != nil {
		return &ConfigError{Field: "admin.password", Problem: err.Error(), Fix: "write time: 3, memory: 65536, threads: 1"}
	}
	if strings.Trim(a.Administrator, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return &ConfigError{Field: "admin.administrator", Value: a.Administrator, Problem: "is not a short name", Fix: "use a-z, 0-9 and hyphen"}
	}
	for _, d := range []struct {
		field string
		value time.Duration
	}{{"admin.session", a.Session}, {"admin.idle", a.Idle}, {"poa.max_commissioning", c.PoA.MaxCommissioning}} {
		if d.value < time.Minute {
			return &ConfigError{Field: d.field, Value: d.value.String(), Problem: "is too short", Fix: "write at least 1m"}
		}
	}
	if _, err := c.Service.calendar(); err != nil {
		return &ConfigError{Field: "service.state", Value: c.Service.State, Problem: "its holidays are not known", Fix: "write saxony or saxony-anhalt"}
	}
	for field, n := range map[string]int{"admin.mapping": a.Mapping, "pilot.max_tenants": c.Pilot.MaxTenants} {
		if n < 1 || n > 1000000 {
			return &ConfigError{Field: field, Value: fmt.Sprint(n), Problem: "is out of range", Fix: "write a number from 1 to 1000000"}
		}
	}
	return nil
}

func (c Config) checkLimits() *ConfigError {
	within := func(field string, v, lo, hi int64) *ConfigError {
		if v >= lo && v <= hi {
			return nil
		}
		return &ConfigError{Field: field, Value: fmt.Sprint(v), Problem: "is out of range", Fix: fmt.Sprintf("write a number from %d to %d", lo, hi)}
	}
	if e := within("limits.message", c.Limits.Message, 1024, 1<<30); e != nil {
		return e
	}
	if e := within("limits.net", c.Limits.Net, 1024, c.Limits.Message); e != nil {
		return e
	}
	if e := within("limits.deliveries", int64(c.Limits.Deliveries), 1, 1000); e != nil {
		return e
	}
	return within("limits.per_route", int64(c.Limits.PerRoute), 1, int64(c.Limits.Deliveries))
}

// book builds the tenants' tables; an error is a *ConfigError.
func (c Config) book() (*tenant.Book, error) {
	ts := make([]tenant.Tenant, len(c.Tenants))
	for i, t := range c.Tenants {
		var err *ConfigError
		if ts[i], err = t.entry(fmt.Sprintf("tenants[%d].", i)); err != nil {
			return nil, err
		}
	}
	b, err := tenant.NewBook(ts, tenant.Options{Suffixes: c.Suffixes, Canonical: demail.Canonical})
	var e *tenant.BookError
	switch {
	case errors.As(err, &e):
		return nil, &ConfigError{Field: c.indexOf(e.Tenant) + e.Field, Value: e.Value, Problem: e.Problem, Fix: e.Fix}
	case err != nil:
		return nil, err
	}
	return b, nil
}

// indexOf is the path of the tenant that a BookError names, by id or by "number n". Of two with one id the
// second is meant.
func (c Config) indexOf(id string) string {
	for i := len(c.Tenants) - 1; i >= 0; i-- {
		if c.Tenants[i].ID == id || id == fmt.Sprintf("number %d", i+1) {
			return fmt.Sprintf("tenants[%d].", i)
		}
	}
	return "tenants."
}

// entry turns the written tenant into the one that the rules know; at is its path.
func (t Tenant) entry(at string) (tenant.Tenant, *ConfigError) {
	e := tenant.Tenant{ID: t.ID, Name: t.Name, Transport: tenant.Transport(t.Transport), NextHop: t.NextHop,
		MailDomains: t.MailDomains, TechnicalContact: t.TechnicalContact, ProcessOwner: t.ProcessOwner}
	for i, n := range t.Networks {
		p, err := netip.ParsePrefix(n)
		if err != nil {
			return e, &ConfigError{Field: fmt.Sprintf("%snetworks[%d]", at, i), Value: n, Problem: "is not a network", Fix: "write address/length, for example 10.2.12.0/24"}
		}
		e.Networks = append(e.Networks, p)
	}
	if host, port, ok := hostPort(t.NextHop); t.NextHop != "" && (!ok || port == 0 || !isAddr(host) && !isName(host)) {
		return e, &ConfigError{Field: at + "next_hop", Value: t.NextHop, Problem: "is not the address of a server", Fix: `write "host:port", or leave it out to use the MX`}
	}
	for _, d := range t.Domains {
		e.Domains = append(e.Domains, tenant.Domain{Name: d.Name, Direction: tenant.Direction(d.Direction), CatchAll: d.CatchAll,
			BounceAll: tenant.BounceForm(d.BounceAll), BounceSender: d.BounceSender})
	}
	for _, p := range t.Mapping {
		e.Mapping = append(e.Mapping, tenant.Pair{Mail: p.Mail, DeMail: p.DeMail})
	}
	e.ReceiptMode, e.Options = tenant.ReceiptMode(t.ReceiptMode), t.Options.rules()
	return e, nil
}

// rules turns the written option rules into those that the rules know.
func (o Options) rules() (r tenant.OptionRules) {
	for _, t := range o.Tags {
		r.Tags = append(r.Tags, tenant.Tag{Tag: t.Tag, Option: tenant.Option(t.Option)})
	}
	for _, m := range o.Mailboxes {
		p := tenant.OptionPolicy{Mail: m.Mail}
		for _, name := range m.Preset {
			p.Preset = append(p.Preset, tenant.Option(name))
		}
		for _, name := range m.Forbid {
			p.Forbid = append(p.Forbid, tenant.Option(name))
		}
		r.Mailboxes = append(r.Mailboxes, p)
	}
	return r
}
