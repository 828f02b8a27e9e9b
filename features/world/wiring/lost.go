package wiring

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
	"demailbench/sim/record"
)

// Mail is a mail that was handed over to see whether it gets through.
type Mail struct {
	// Nonce is in its subject. From handed it over, To is the host with the recipient's mailbox.
	Nonce, From, To string
	// Since is the number of events before it was handed over.
	Since int
	// Gateways are the addresses under which others see the gateway.
	Gateways []string
}

// skew is how far a gateway's clock may be off: more than a mail takes.
const skew = 5 * time.Minute

// arrival is the event by which the mail came to rest at its recipient, or nil.
func (s *Subject) arrival(m Mail) *record.Event {
	for _, e := range s.events(m.Since) {
		if e.Kind == record.Stored && e.Who == m.To && check.Mentions(e.Msg.Header, m.Nonce) && !slices.ContainsFunc(e.To, func(to string) bool { return to == e.From }) {
			return &e
		}
	}
	return nil
}

// judge notes how the mail went: the gateway's clock when it arrived, otherwise where it stopped.
func (s *Subject) judge(m Mail) {
	e := s.arrival(m)
	if e == nil {
		s.try(m.From, m.To, "mail", s.lost(m))
		return
	}
	s.try(m.From, m.To, "mail", s.stamped(e))
}

// stamped looks at the time that the gateway wrote into its trace field (RFC 5321 4.4).
func (s *Subject) stamped(e *record.Event) *report.Finding {
	header := strings.NewReplacer("\r\n ", " ", "\r\n\t", " ").Replace(e.Msg.Header)
	for line := range strings.SplitSeq(header, "\r\n") {
		if !strings.HasPrefix(strings.ToLower(line), "received:") || !strings.Contains(line, "by "+s.name(s.Gateway)) {
			continue
		}
		at, err := mail.ParseDate(strings.TrimSpace(line[strings.LastIndex(line, ";")+1:]))
		if off := at.Sub(e.At).Abs(); err == nil && off > skew {
			return &report.Finding{Hop: report.Clock, Key: "clock.skew", At: s.Gateway, Fixer: failure.Operator, Expected: e.At.Format("2006-01-02 15:04:05 MST"),
				Observed: at.Format("2006-01-02 15:04:05 MST"), Event: s.taken(e)}
		}
	}
	return nil
}

// taken is the event by which the host took a stored message over: it knows the connection.
func (s *Subject) taken(stored *record.Event) int {
	for _, e := range s.events(0) {
		if e.Kind == record.Accepted && e.Who == stored.Who && e.Msg.Body == stored.Msg.Body {
			return e.Seq
		}
	}
	return stored.Seq
}

// handed is the event by which the mail was handed to the gateway.
func (s *Subject) handed(m Mail) int {
	for _, e := range s.events(m.Since) {
		if e.Kind == record.Sent && e.Who == m.From && check.Mentions(e.Msg.Header, m.Nonce) {
			return e.Seq
		}
	}
	return 0
}

// lost looks in the record for what stopped a mail: what the gateway was told, whom it asked and where it went.
func (s *Subject) lost(m Mail) *report.Finding {
	mine := func(address string) bool {
		a, _ := split(address)
		return slices.Contains(m.Gateways, a.String())
	}
	asked, came := 0, 0
	for _, e := range s.events(m.Since) {
		switch {
		case e.Kind == record.Rejected && e.Who == m.From && mine(e.Remote):
			return s.turnedAway(e)
		case e.Kind == record.Refused && e.Who == m.To && e.Code/100 == 5 && s.fromGateway(m, e):
			return s.turnedBack(e)
		case e.Kind == record.Query && mine(e.Remote):
			if asked = e.Seq; e.Rcode != "NOERROR" {
				return &report.Finding{Hop: report.DNS, Key: "dns.none", At: strings.TrimSuffix(e.Name, "."), Fixer: failure.Network, Observed: e.Rcode + " " + e.Type, Event: e.Seq}
			}
		case e.Kind == record.Drop && mine(e.Local):
			return &report.Finding{Hop: report.Port, Key: "port.rule", At: e.Who, Fixer: s.astray(e), Expected: m.To, Observed: e.Local + " > " + e.Remote + ": " + e.Detail, Event: e.Seq}
		case e.Kind == record.ConnDial && e.Who == s.Gateway && e.Error != "":
			return &report.Finding{Hop: report.Port, Key: "port.elsewhere", At: s.Gateway, Fixer: failure.Operator, Expected: m.To, Observed: e.Remote + ": " + e.Error, Event: e.Seq}
		case e.Kind == record.ConnOpen && e.Who == m.To && mine(e.Remote):
			came = e.Seq
		case e.Kind == record.Session && e.Who == m.To && mine(e.Remote) && e.Error != "":
			return s.broken(e)
		}
	}
	switch {
	case came == 0 && m.To == s.Provider:
		return &report.Finding{Hop: report.ClientCertificate, Key: "cert.idle", At: s.Gateway, Fixer: failure.Operator, Expected: m.To, Observed: text(s.Healthy()), Event: s.handed(m)}
	case came == 0 && asked == 0:
		return &report.Finding{Hop: report.DNS, Key: "dns.unasked", At: s.Gateway, Fixer: failure.Operator, Expected: s.Lab.NameServer(s.Gateway).String(), Observed: m.Nonce}
	case came == 0:
		return &report.Finding{Hop: report.Port, Key: "port.elsewhere", At: s.Gateway, Fixer: failure.Operator, Expected: m.To, Observed: "-", Event: asked}
	}
	return &report.Finding{Hop: report.Gateway, Key: "gateway.lost", At: s.Gateway, Fixer: failure.Gateway, Expected: m.To, Observed: m.Nonce, Event: came}
}

// fromGateway tells whether a refusal was said to the gateway: the session began with it.
func (s *Subject) fromGateway(m Mail, refused record.Event) bool {
	return slices.ContainsFunc(s.events(m.Since), func(e record.Event) bool {
		a, _ := split(e.Remote)
		return e.Kind == record.Session && e.Session == refused.Session && slices.Contains(m.Gateways, a.String())
	})
}

// turnedAway is a refusal by the gateway.
func (s *Subject) turnedAway(e record.Event) *report.Finding {
	f := &report.Finding{Hop: report.Mapping, Key: "mapping.refused", At: s.Gateway, Fixer: failure.Operator, Expected: e.From, Observed: strings.TrimSpace(e.Text + " " + e.Error), Event: e.Seq}
	if e.Verb == "CONNECT" || e.Verb == "TLS" {
		f.Hop, f.Key = report.Port, "port.refused"
	}
	return f
}

// turnedBack is a refusal of the gateway by its next host.
func (s *Subject) turnedBack(e record.Event) *report.Finding {
	f := &report.Finding{Hop: report.Mapping, Key: "mapping.mailbox", At: strings.Join(e.To, ", "), Fixer: failure.Municipality, Expected: e.From, Observed: e.Text, Event: e.Seq}
	if e.Who == s.Provider {
		f.Hop, f.Key, f.At, f.Fixer = report.Auth, "auth.provider", s.Provider, failure.Operator
	}
	return f
}

// astray is who mends a connection that the matrix does not let through: a way that the plan does not have is the
// gateway's configuration.
func (s *Subject) astray(e record.Event) string {
	dst, port := split(e.Remote)
	for _, h := range s.Plan.Topology.Hosts {
		if way, err := s.Plan.Topology.Way(s.Gateway, h.Name); err == nil && way.Dial == dst && (port == mailPort || port == s.Plan.Accounts.Provider.Port) {
			return failure.Network
		}
	}
	return failure.Operator
}

// broken is a connection of the gateway that ended under TLS.
func (s *Subject) broken(e record.Event) *report.Finding {
	f := &report.Finding{Hop: report.ClientCertificate, Key: "cert.gateway", At: e.Who, Fixer: failure.Operator, Expected: s.Gateway, Observed: e.Error, Event: e.Seq}
	switch {
	case strings.Contains(e.Error, "remote error") && strings.Contains(e.Error, "expired"):
		f.Hop, f.Key, f.Expected = report.Clock, "clock.peer", e.At.Format("2006-01-02 15:04")
		f.At = s.Gateway
	case strings.Contains(e.Error, "remote error"):
		f.Hop, f.Key, f.Fixer = report.TLS, "tls.distrust", failure.Gateway
	}
	return f
}
