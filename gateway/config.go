package gateway

import (
	_ "embed" // for Example
	"time"

	"demailbench/gateway/ops"
	"demailbench/gateway/password"
)

// Example is a configuration with every key explained.
//
//go:embed example.yaml
var Example string

// Config is the gateway's configuration file. It is read strictly (Parse): an unknown key, a wrong type or a
// value out of range is a *ConfigError that names file, line, column, field, value and what to do.
type Config struct {
	// Hostname is the gateway's own name in greetings, EHLO, trace lines and Message-IDs; required.
	Hostname string `yaml:"hostname"`
	// Data is the directory of the durable queue; it is made when missing (mode 0700); required.
	Data string `yaml:"data"`
	// Operator is the e-mail address that is alerted when a tenant's technical contact cannot be; optional.
	Operator string `yaml:"operator"`
	Listen   Listen `yaml:"listen"`
	DMDA     DMDA   `yaml:"dmda"`
	Retry    Retry  `yaml:"retry"`
	Limits   Limits `yaml:"limits"`
	// Drain is how long deliveries and sessions under way may take to end after the signal to stop;
	// default 30s.
	Drain time.Duration `yaml:"drain"`
	// MailPort is where the mail servers listen that are found by their MX records; default 25. Only a test
	// network whose servers may not use that port needs another.
	MailPort uint16 `yaml:"mail_port"`
	// Suffixes are the domains below which De-Mail addresses live; default de-mail.de (S0-008).
	Suffixes []string `yaml:"suffixes"`
	// Tenants are enrolled at every start as they stand here, until the administration has its first person: from
	// then on they are administered, and what stands here is not read again.
	Tenants []Tenant `yaml:"tenants"`
	Admin   Admin    `yaml:"admin"`
	Pilot   Pilot    `yaml:"pilot"`
	PoA     PoA      `yaml:"poa"`
	// Service is what the operator has promised.
	Service Service `yaml:"service"`
	// Files is for the process that runs the gateway; New does not read it.
	Files Files `yaml:"files"`
}

// Listen names the listeners, "IP:port" or ":port".
type Listen struct {
	// Tenants takes submissions, Provider the DMDA's pushes; both required.
	Tenants  string `yaml:"tenants"`
	Provider string `yaml:"provider"`
	// Admin serves the administration's API by HTTPS; empty: there is none.
	Admin string `yaml:"admin"`
	// Health is for the process that runs the gateway; New does not read it.
	Health string `yaml:"health"`
}

// DMDA is the provider's side of the link (D16).
type DMDA struct {
	// Address is "host:port" of the ITSP link (implicit TLS); a name is resolved in the internal view.
	Address string `yaml:"address"`
	// ServerName is the name that its certificate must carry; default the host of Address.
	ServerName string `yaml:"server_name"`
	// Client is the name (DNS name or common name) of the client certificate with which the DMDA pushes;
	// default ServerName.
	Client string `yaml:"client"`
	// Binding says whether the DMDA is asked, before a domain is assigned to the gateway, whether it is bound to the
	// gateway's ITSP (S0-016): live (default) or trust.
	Binding string `yaml:"binding"`
}

// Values of DMDA.Binding.
const (
	BindingLive  = "live"
	BindingTrust = "trust"
)

// Admin is the administration's API.
type Admin struct {
	// Administrator is the name of the operator's first person, an Administrator; default operator-admin. It is
	// made with Deps.AdministratorPassword when it does not exist.
	Administrator string `yaml:"administrator"`
	// Password is what a password hash costs (argon2id); default time 3, memory 65536 (KiB), threads 1.
	Password password.Cost `yaml:"password"`
	// Session is how long a session lasts, default 12h; Idle how long it lasts unused, default 30m.
	Session time.Duration `yaml:"session"`
	Idle    time.Duration `yaml:"idle"`
	// Mapping is the largest number of rows in a tenant's mapping table; default 10000.
	Mapping int `yaml:"mapping"`
}

// Pilot bounds the pilot operation (D22, D23).
type Pilot struct {
	// MaxTenants is the number of enrolled tenants at which no further one is enrolled without a change request about
	// it; default 20.
	MaxTenants int `yaml:"max_tenants"`
	// Enforced says that From and Until count; default false, for the service after the pilot (D29).
	Enforced bool `yaml:"enforced"`
	// From is the first day of enrolments, default 2014-08-15; Until the last day of the service, default 2016-08-31
	// (extension at most to 2017-04-30). Both are days in Berlin, written 2016-08-31.
	From  string `yaml:"from"`
	Until string `yaml:"until"`
}

// term is when the pilot operation begins and has ended; zero times when it is not enforced.
func (p Pilot) term() (from, end time.Time, fault *ConfigError) {
	if !p.Enforced {
		return from, end, nil
	}
	for _, d := range []struct {
		field, value string
		at           *time.Time
	}{{"pilot.from", p.From, &from}, {"pilot.until", p.Until, &end}} {
		t, err := time.ParseInLocation(time.DateOnly, d.value, ops.Berlin())
		if err != nil {
			return from, end, &ConfigError{Field: d.field, Value: d.value, Problem: "is not a day", Fix: "write it like 2016-08-31"}
		}
		*d.at = t
	}
	if latest := ops.DefaultTerm().Latest; end.After(latest.At(0)) {
		return from, end, &ConfigError{Field: "pilot.until", Value: p.Until, Problem: "is after " + latest.String() + ", when the pilot operation ends at the latest (S0-058)", Fix: "choose an earlier day"}
	}
	return from, end.AddDate(0, 0, 1), nil
}

// PoA bounds powers of attorney (D9).
type PoA struct {
	// MaxCommissioning is the longest power of attorney for commissioning; default 672h, 28 days.
	MaxCommissioning time.Duration `yaml:"max_commissioning"`
}

// Service bounds what counts as announced, and when people work (D5, D30).
type Service struct {
	// State is whose holidays count: saxony (default) or saxony-anhalt.
	State string `yaml:"state"`
	// ClearDays asks for whole working days between a notice and the work (D5, notice.clear_days).
	ClearDays bool `yaml:"clear_days"`
	// ChristmasEve and NewYearsEve are working days (D5: by default they are not).
	ChristmasEve bool `yaml:"christmas_eve"`
	NewYearsEve  bool `yaml:"new_years_eve"`
}

// Retry says when a delivery is tried again, reported as late and given up (D27, RFC 5321 4.5.4).
type Retry struct {
	// After are the waits before each further try; the last repeats. Default 1m, 5m, 15m, 30m, 1h.
	After []time.Duration `yaml:"after"`
	// DelayNotice is the age at which the sender is told once that his mail is late. Default 4h.
	DelayNotice time.Duration `yaml:"delay_notice"`
	// GiveUp is the age of the last try. Default 120h.
	GiveUp time.Duration `yaml:"give_up"`
}

// Limits bound what one peer may ask for.
type Limits struct {
	// Message is the largest accepted message in octets, 1024 to 2^30; default 47185920 (45 MiB, D20). SIZE
	// announces it.
	Message int64 `yaml:"message"`
	// Net is the largest content of a submitted message in octets with its transfer encoding undone (package
	// measure), at most Message; default 20971520 (20 MiB, TR-01201-3.1 4.1), or Message if that is less.
	Net int64 `yaml:"net"`
	// Deliveries is the number of deliveries at once (1 to 1000, default 100), PerRoute of these for one
	// tenant on one route (default 5).
	Deliveries int `yaml:"deliveries"`
	PerRoute   int `yaml:"per_route"`
}

// Tenant is one enrolled tenant as the configuration writes it; package tenant has the rules.
type Tenant struct {
	// ID is the short name in log and audit: a-z, 0-9, hyphen.
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Networks are address/length as the gateway sees the tenant's hosts, after translation.
	Networks []string `yaml:"networks"`
	// Transport is "starttls" (default) or "ipsec" (S0-038, D18).
	Transport string `yaml:"transport"`
	// NextHop is "host:port" of its mail server; empty means the MX of the mail domain.
	NextHop     string   `yaml:"next_hop"`
	MailDomains []string `yaml:"mail_domains"`
	Domains     []Domain `yaml:"domains"`
	Mapping     []Pair   `yaml:"mapping"`
	// Options are the tenant's rules about De-Mail options (S1-080, D15).
	Options Options `yaml:"options"`
	// ReceiptMode is how its accounts confirm receipts at the DMDA, "on-request" (default) or "always" (D21);
	// BounceAll in the form reply tells it to the sender.
	ReceiptMode string `yaml:"receipt_mode"`
	// TechnicalContact is the e-mail address that receives alerts and notices of maintenance (S0-044); ProcessOwner
	// that of the other named responsible person (S0-050, S0-073), may be empty.
	TechnicalContact string `yaml:"technical_contact"`
	ProcessOwner     string `yaml:"process_owner"`
}

// Domain is a De-Mail (sub)domain with its direction: both (default), receive-only or send-only (D14), and what
// happens to De-Mails for unmapped addresses (D11). A subdomain has its own settings.
type Domain struct {
	Name      string `yaml:"name"`
	Direction string `yaml:"direction"`
	// CatchAll is the mailbox of the tenant that gets them; BounceAll returns them instead: "refuse" at the push,
	// or "reply" by a new De-Mail from BounceSender. At most one of the two is set (S1-157); with neither they
	// stay at the DMDA and the technical contact is alerted.
	CatchAll     string `yaml:"catch_all"`
	BounceAll    string `yaml:"bounce_all"`
	BounceSender string `yaml:"bounce_sender"`
}

// Options are a tenant's rules about De-Mail options, which are named confirmation-of-dispatch,
// confirmation-of-receipt, confirmation-of-retrieve, authoritative and private.
type Options struct {
	// Tags are words that ask for an option in square brackets at the beginning of the subject; without any,
	// brackets mean nothing.
	Tags []Tag `yaml:"tags"`
	// Mailboxes are the policies of single mailboxes.
	Mailboxes []OptionPolicy `yaml:"mailboxes"`
}

// Tag is one such word, without brackets.
type Tag struct {
	Tag    string `yaml:"tag"`
	Option string `yaml:"option"`
}

// OptionPolicy says which options the mailbox Mail asks for by default and which it may not ask for.
type OptionPolicy struct {
	Mail   string   `yaml:"mail"`
	Preset []string `yaml:"preset"`
	Forbid []string `yaml:"forbid"`
}

// Pair is one row of the mapping table (D12).
type Pair struct {
	Mail   string `yaml:"mail"`
	DeMail string `yaml:"demail"`
}

// Files names the files from which a process builds Deps. Paths are relative to the configuration file.
type Files struct {
	// Certificate and Key are the gateway's own, PEM; Roots the authorities of its peers, PEM.
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	Roots       string `yaml:"roots"`
	Card        Card   `yaml:"card"`
	// Log takes the audit trail, one JSON object per line; empty means the standard error output.
	Log string `yaml:"log"`
	// Administrator holds nothing but the password of Admin.Administrator; with listen.admin it is required until
	// that person exists.
	Administrator string `yaml:"administrator"`
	// Resolver is "IP:port" of the name server of the internal view; empty means the system's.
	Resolver string `yaml:"resolver"`
	// Probe is a host name that the name server is asked for whenever health is asked, as a gateway without
	// names delivers nothing. An authoritative answer is enough, also that the name does not exist; empty:
	// names are no part of health.
	Probe string `yaml:"probe"`
}

// Card is the ITSP's card as files: certificate, key and a file that holds nothing but the PIN.
type Card struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
	PIN         string `yaml:"pin"`
}

// withDefaults fills in what was left out.
func (c Config) withDefaults() Config {
	host, _, _ := hostPort(c.DMDA.Address)
	fill(&c.DMDA.ServerName, host)
	fill(&c.DMDA.Client, c.DMDA.ServerName)
	fill(&c.DMDA.Binding, BindingLive)
	if len(c.Retry.After) == 0 {
		c.Retry.After = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	}
	fill(&c.Pilot.From, "2014-08-15")
	fill(&c.Pilot.Until, "2016-08-31")
	fill(&c.Retry.DelayNotice, 4*time.Hour)
	fill(&c.Retry.GiveUp, 120*time.Hour)
	fill(&c.Limits.Message, 45<<20)
	fill(&c.Limits.Net, min(20<<20, c.Limits.Message))
	fill(&c.Limits.Deliveries, 100)
	fill(&c.Limits.PerRoute, min(5, c.Limits.Deliveries))
	fill(&c.Drain, 30*time.Second)
	fill(&c.MailPort, 25)
	fill(&c.Admin.Administrator, "operator-admin")
	fill(&c.Admin.Password, password.Recommended)
	fill(&c.Admin.Session, 12*time.Hour)
	fill(&c.Admin.Idle, 30*time.Minute)
	fill(&c.Admin.Mapping, 10000)
	fill(&c.Pilot.MaxTenants, 20)
	fill(&c.PoA.MaxCommissioning, 28*24*time.Hour)
	fill(&c.Service.State, string(ops.Saxony))
	return c
}

func fill[T comparable](to *T, otherwise T) {
	var zero T
	if *to == zero {
		*to = otherwise
	}
}
