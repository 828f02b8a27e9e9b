package miswiring

import (
	"fmt"
	"slices"

	"demailbench/sim/lab"
	"demailbench/sim/lab/profile"
)

// Alter alters a profile that was loaded for this alone. The error says what is not there to be altered.
func (w *World) Alter(p *lab.Profile) error {
	for _, step := range []func(*lab.Profile) error{w.records, w.clients, w.route, w.static, w.row, w.certificate, w.account, w.itsp, w.mailbox} {
		if err := step(p); err != nil {
			return err
		}
	}
	return nil
}

func missing(kind, name string) error {
	return fmt.Errorf("there is no %s %q to be altered", kind, name)
}

func (w *World) records(p *lab.Profile) error {
	if w.Records == nil {
		return nil
	}
	for v := range p.Views {
		for z := range p.Views[v].Zones {
			zone := &p.Views[v].Zones[z]
			i := slices.Index(zone.Records, w.Records.Record)
			if p.Views[v].Name != w.Records.View || zone.Origin != w.Records.Origin || i < 0 {
				continue
			}
			if zone.Records[i] = w.Records.With; w.Records.With == "" {
				zone.Records = slices.Delete(zone.Records, i, i+1)
			}
			return nil
		}
	}
	return missing("record", w.Records.Record)
}

func (w *World) clients(p *lab.Profile) error {
	if w.Clients == nil {
		return nil
	}
	for v := range p.Views {
		if p.Views[v].Name == w.Clients.View {
			p.Views[v].Clients = w.Clients.Networks
			return nil
		}
	}
	return missing("view", w.Clients.View)
}

func (w *World) route(p *lab.Profile) error {
	if w.Route == nil {
		return nil
	}
	r := p.Topology.Router(w.Route.Router)
	if r == nil {
		return missing("router", w.Route.Router)
	}
	for i := range r.Routes {
		if r.Routes[i].To != w.Route.To {
			continue
		}
		if w.Route.Via == nil {
			r.Routes = slices.Delete(r.Routes, i, i+1)
		} else {
			r.Routes[i].Via = *w.Route.Via
		}
		return nil
	}
	return missing("route to", w.Route.To.String())
}

func (w *World) static(p *lab.Profile) error {
	if w.Static == nil {
		return nil
	}
	r := p.Topology.Router(w.Static.Router)
	if r == nil {
		return missing("router", w.Static.Router)
	}
	for i := range r.NAT.Static {
		if r.NAT.Static[i].Interface != w.Static.Interface {
			continue
		}
		if w.Static.Outside == nil {
			r.NAT.Static = slices.Delete(r.NAT.Static, i, i+1)
		} else {
			r.NAT.Static[i].Outside = *w.Static.Outside
		}
		return nil
	}
	return missing("translation on", w.Static.Interface)
}

func (w *World) row(p *lab.Profile) error {
	if w.Row == nil {
		return nil
	}
	rows := slices.Clone(p.Topology.Matrix)
	for i := range rows {
		if rows[i].ID != w.Row.ID {
			continue
		}
		if w.Row.Port != 0 {
			rows[i].Port = w.Row.Port
		} else {
			rows = slices.Delete(rows, i, i+1)
		}
		t, err := p.Topology.WithMatrix(rows)
		if err == nil {
			p.Topology = t
		}
		return err
	}
	return missing("row", w.Row.ID)
}

func (w *World) certificate(p *lab.Profile) error {
	if w.Certificate == nil {
		return nil
	}
	for i := range p.Certificates {
		c := &p.Certificates[i]
		if c.Name != w.Certificate.Name {
			continue
		}
		if len(w.Certificate.DNS) > 0 {
			c.DNS, c.IPs = w.Certificate.DNS, nil
		}
		if !w.Certificate.From.IsZero() {
			c.From = w.Certificate.From
		}
		if !w.Certificate.Until.IsZero() {
			c.Until = w.Certificate.Until
		}
		return nil
	}
	return missing("certificate", w.Certificate.Name)
}

func (w *World) account(p *lab.Profile) error {
	if w.Account == nil {
		return nil
	}
	for i := range p.Accounts.Accounts {
		if a := &p.Accounts.Accounts[i]; a.ID == w.Account.ID {
			a.Gateway = false
			return nil
		}
	}
	return missing("account", w.Account.ID)
}

func (w *World) itsp(p *lab.Profile) error {
	if w.ITSP == nil {
		return nil
	}
	for i := range p.Accounts.ITSPs {
		if p.Accounts.ITSPs[i].Number == w.ITSP.Number {
			p.Accounts.ITSPs[i].Certificate = w.ITSP.Certificate
			return nil
		}
	}
	return missing("ITSP", w.ITSP.Number)
}

func (w *World) mailbox(p *lab.Profile) error {
	if w.Mailbox == nil {
		return nil
	}
	for i := range p.Tenants {
		t := &p.Tenants[i]
		had := len(t.Mapping)
		t.Mapping = slices.DeleteFunc(t.Mapping, func(m profile.Pair) bool { return t.ID == w.Mailbox.Tenant && m.Mail == w.Mailbox.Address })
		if len(t.Mapping) < had {
			return nil
		}
	}
	return missing("mailbox", w.Mailbox.Address)
}

// Arrange alters the world that was built.
func (w *World) Arrange(l *lab.Lab) error {
	if w.Server == nil {
		return nil
	}
	s := l.Mail(w.Server.Host)
	switch {
	case s == nil:
		return missing("mail server", w.Server.Host)
	case w.Server.STARTTLS:
		s.SetSTARTTLS(false)
		return nil
	}
	return s.Close()
}
