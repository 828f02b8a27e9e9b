// Package wiring says what is wrong between a gateway and its world before anything is judged: at which hop, what was
// seen, which packet shows it, and who usually mends it, in English or German. Nothing in it is a verdict. It leaves
// out looking (features/world/wiring).
package wiring

import (
	"fmt"
	"io"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/reports/failure"
	"demailbench/reports/messages"
)

// Hop is a part of the wiring.
type Hop string

// The hops, in the order in which a connection needs them.
const (
	Driver            Hop = "driver"
	DNS               Hop = "dns"
	Route             Hop = "route"
	NAT               Hop = "nat"
	Port              Hop = "port"
	TLS               Hop = "tls"
	ClientCertificate Hop = "client-certificate"
	Clock             Hop = "clock"
	Auth              Hop = "smtp-auth"
	Mapping           Hop = "mapping"
	// Gateway: the wiring is right as far as can be seen, and a mail got lost in the gateway all the same.
	Gateway Hop = "gateway"
)

// Hops lists them.
var Hops = []Hop{Driver, DNS, Route, NAT, Port, TLS, ClientCertificate, Clock, Auth, Mapping, Gateway}

// Finding is one thing that is not as it should be.
type Finding struct {
	Hop Hop `json:"hop"`
	// Key is the message that says what it is, below "wiring.what."; "wiring.fix." has what to do.
	Key string `json:"key"`
	// From and To are the hosts between which it was seen; At is the host or router where.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	At   string `json:"at,omitempty"`
	// Fixer is who usually mends it, a constant of package failure.
	Fixer string `json:"fixer"`
	// Expected and Observed are addresses, names or replies as they were seen; English where they are words.
	Expected string `json:"expected,omitempty"`
	Observed string `json:"observed"`
	// Event is the number of the event in the record that shows it, Packet the packet of the capture.
	Event  int           `json:"event,omitempty"`
	Packet *check.Packet `json:"packet,omitempty"`
	// When, Local and Remote say which packet to look for: the last between the two "IP:port" until then.
	When   time.Time `json:"-"`
	Local  string    `json:"-"`
	Remote string    `json:"-"`
}

// Try is one way that was tried.
type Try struct {
	From string `json:"from"`
	To   string `json:"to"`
	// What was tried: "names", "port 25", "mail".
	What string `json:"what"`
	OK   bool   `json:"ok"`
}

// Report is what was tried and found.
type Report struct {
	Tries    []Try     `json:"tries"`
	Findings []Finding `json:"findings"`
}

// Locate finds the packets of the findings in a case with capture.
func (r *Report) Locate(c *check.Case) {
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Event > 0 && f.Event <= len(c.Events) && f.Remote == "" {
			e := c.Events[f.Event-1]
			f.When, f.Local, f.Remote = e.At, e.Local, e.Remote
		}
		if c.Wire == nil || f.Remote == "" {
			continue
		}
		if p, ok := c.Wire.Near(f.Local, f.Remote, f.When); ok {
			f.Packet = &p
		}
	}
}

// Good tells whether nothing was found.
func (r *Report) Good() bool { return len(r.Findings) == 0 }

// args are the parts of the messages.
func (f *Finding) args() []any {
	return []any{"from", f.From, "to", f.To, "at", f.At, "expected", f.Expected, "observed", f.Observed}
}

// Sentence says in one sentence what is wrong.
func (f *Finding) Sentence(t messages.Text) string { return t.Say("wiring.what."+f.Key, f.args()...) }

// Fix says what to do.
func (f *Finding) Fix(t messages.Text) string { return t.Say("wiring.fix."+f.Key, f.args()...) }

// Write writes the report for people. capture is the path of the capture in which packets are numbered, "" for none.
func (r *Report) Write(w io.Writer, t messages.Text, capture string) error {
	var b strings.Builder
	for _, try := range r.Tries {
		mark := t.Say("wiring.good")
		if !try.OK {
			mark = t.Say("wiring.bad")
		}
		what, port, _ := strings.Cut(try.What, " ")
		fmt.Fprintf(&b, "%-7s %s -> %s: %s\n", mark, try.From, try.To, t.Say("wiring.try."+what, "port", port))
	}
	if r.Good() {
		fmt.Fprintf(&b, "\n%s\n", t.Say("wiring.allgood"))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		fmt.Fprintf(&b, "\n%s: %s\n", t.Say("wiring.hop."+string(f.Hop)), f.Sentence(t))
		fmt.Fprintf(&b, "  %s: %s\n", t.Say("wiring.fixes"), t.Say("fixer.short."+f.Fixer))
		fmt.Fprintf(&b, "  %s: %s\n", t.Say("wiring.next"), f.Fix(t))
		if f.Packet != nil && capture != "" {
			fmt.Fprintf(&b, "  %s: %s %s\n", t.Say("card.packet"), t.Say("card.packetat", "n", f.Packet.Number, "link", f.Packet.Link), capture)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Everybody is who may be the fixer of a finding.
var Everybody = failure.Everybody
