package world

import (
	"fmt"
	"time"

	"demailbench/features/world/scene"
	"demailbench/sim/dns"
	"demailbench/sim/fault"
	"demailbench/sim/ipnet"
	"demailbench/sim/topology"
	"demailbench/sim/wire"
)

// begin applies an impairment and keeps it until ended by name or by the end of the scenario.
func (w *World) begin(name, detail string, apply func() (undo func(), err error)) error {
	return w.faults.Begin(fault.Fault{Name: name, Detail: detail, Apply: apply})
}

// CutLine cuts the line between a tenant's router and the network behind it.
func (w *World) CutLine(tenant string) error {
	l, err := w.line(tenant)
	if err != nil {
		return err
	}
	return w.begin("line "+tenant, "link "+l.Name()+" is cut", func() (func(), error) {
		l.Cut()
		return func() { l.Heal() }, nil
	})
}

// HealLine heals what CutLine cut.
func (w *World) HealLine(tenant string) error { return w.faults.End("line " + tenant) }

// OfferSTARTTLS switches STARTTLS at a tenant's mail server.
func (w *World) OfferSTARTTLS(tenant string, on bool) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	name := "no STARTTLS at " + t.MailServer
	if on {
		return w.faults.End(name)
	}
	return w.begin(name, t.MailServer, func() (func(), error) {
		undo := func() { _ = w.lab.OfferSTARTTLS(t.MailServer, true) } // a server that cannot be told has ended
		return undo, w.lab.OfferSTARTTLS(t.MailServer, false)
	})
}

// FailDMDA lets the DMDA answer code to verb for a while.
func (w *World) FailDMDA(verb string, code int, d time.Duration) error {
	if err := w.affordable("this fault", d); err != nil {
		return err
	}
	f := wire.Fault{Verb: verb, Do: wire.Answer, Reply: wire.Reply{Code: code, Enhanced: fmt.Sprintf("%d.3.2", code/100), Text: "Service busy, try again later"}, Until: w.clock.Now().Add(d)}
	return w.begin(fmt.Sprintf("DMDA answers %d to %s", code, verb), d.String(), func() (func(), error) {
		return w.lab.DMDA().Faults().Add(f), nil
	})
}

// LoseReply lets the DMDA take the next message and loses its reply.
func (w *World) LoseReply() error {
	return w.begin("DMDA's reply is lost", "once", func() (func(), error) {
		return w.lab.DMDA().Faults().Add(wire.Fault{Verb: "END", Do: wire.DropReply, Times: 1}), nil
	})
}

// FailNames lets the name server of a view answer SERVFAIL for a while.
func (w *World) FailNames(view string, d time.Duration) error {
	if err := w.affordable("this fault", d); err != nil {
		return err
	}
	return w.faults.BeginFor(w.clock, d, fault.Fault{Name: "SERVFAIL in view " + view, Detail: d.String(), Apply: func() (func(), error) {
		return w.lab.DNS(view).SetFault(dns.Fault{View: view, Rcode: "SERVFAIL"})
	}})
}

// line is the link by which a tenant's router is joined to the network behind it.
func (w *World) line(tenant string) (*ipnet.Link, error) {
	t, err := w.tenant(tenant)
	if err != nil {
		return nil, err
	}
	name, err := scene.Line(w.o.Profile.Topology, t.MailServer)
	return w.lab.Link(name), err
}

// RemoveEntry takes a row out of the communication matrix on all routers, and forgets flows that it let
// pass.
func (w *World) RemoveEntry(id string) error {
	rows := w.lab.Matrix()
	for i, r := range rows {
		if r.ID == id {
			without := append(append([]topology.Row(nil), rows[:i]...), rows[i+1:]...)
			return w.begin("matrix without "+id, id, func() (func(), error) {
				return func() { w.lab.SetMatrix(rows) }, w.lab.SetMatrix(without)
			})
		}
	}
	return fmt.Errorf("the communication matrix has no entry %q", id)
}

// RestoreEntry undoes RemoveEntry.
func (w *World) RestoreEntry(id string) error { return w.faults.End("matrix without " + id) }

// AddEntry adds a row that lets one host reach another by TCP.
func (w *World) AddEntry(from, to string, port int) error {
	rows := w.lab.Matrix()
	row := topology.Row{ID: "M-900", Purpose: "mistake made on purpose", From: topology.Party{Host: from}, To: topology.Party{Host: to}, Protocol: "tcp",
		Port: uint16(port), RequestedBy: "bench", ApprovedBy: "bench", ImplementedBy: "bench"}
	return w.begin("matrix with M-900", from+" to "+to, func() (func(), error) {
		return func() { w.lab.SetMatrix(rows) }, w.lab.SetMatrix(append(append([]topology.Row(nil), rows...), row))
	})
}

// GatewayLinks are the links by which the gateway is connected.
func (w *World) GatewayLinks() []string { return []string{w.lab.Link(w.scene.Gateway).Name()} }

// LinksOf returns the names of the links of a segment.
func (w *World) LinksOf(segment string) ([]string, error) {
	if w.o.Profile.Topology.Segment(segment) == nil {
		return nil, fmt.Errorf("no segment %q in topology %s", segment, w.o.Profile.Topology.Name)
	}
	return w.lab.LinksOf(segment), nil
}
