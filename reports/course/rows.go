package course

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/reports/messages"
	"demailbench/sim/record"
)

// Shape says how a row of the course is drawn.
type Shape string

// The shapes.
const (
	// Arrow: From spoke to To, and To took it.
	Arrow Shape = "arrow"
	// Lost: From spoke to To, and it was refused, dropped or not answered.
	Lost Shape = "lost"
	// Self: something happened at From.
	Self Shape = "self"
	// Band: something happened to the whole world, or several rows were left out.
	Band Shape = "band"
)

// Row is one line of the course.
type Row struct {
	// Event is the number of the event that it shows; 0 for rows that stand for others.
	Event int
	At    time.Time
	Shape Shape
	// From and To are hosts or routers.
	From, To string
	// Key and Args are the message that says what happened.
	Key  string
	Args []any
	// Failing marks where the finding points.
	Failing bool
}

// Say puts the row in words. What the bench staged has names of its own, which are sentences too.
func (r Row) Say(t messages.Text) string {
	args := r.Args
	if r.Key == "row.fault.begin" || r.Key == "row.fault.end" {
		args = slices.Clone(args)
		for i := 1; i < len(args); i += 2 {
			args[i], _ = t.Finding(fmt.Sprint(args[i]))
		}
	}
	return t.Say(r.Key, args...)
}

// Rows returns the course, oldest first. The events in focus are always among them and marked as failing;
// what repeats is folded, and at most limit rows come back.
func (c *Course) Rows(focus []int, limit int) []Row {
	b := &rower{c: c, focus: focus, talked: map[string]bool{}}
	for _, e := range c.Events {
		if e.Kind == record.Accepted || e.Kind == record.Refused {
			b.talked[e.Session] = true
		}
	}
	for _, e := range c.Events {
		b.add(e)
	}
	return shorten(fold(b.rows), limit)
}

// rower makes rows of events.
type rower struct {
	c      *Course
	focus  []int
	talked map[string]bool
	rows   []Row
}

func (b *rower) put(e record.Event, shape Shape, from, to, key string, args ...any) {
	b.rows = append(b.rows, Row{Event: e.Seq, At: e.At, Shape: shape, From: from, To: to, Key: key, Args: args, Failing: slices.Contains(b.focus, e.Seq)})
}

func (b *rower) add(e record.Event) {
	focus := slices.Contains(b.focus, e.Seq)
	switch e.Kind {
	case record.Gateway:
		b.put(e, Self, b.c.Scene.Gateway, "", "row.sut."+e.Text)
	case record.Fault:
		b.put(e, Band, "", "", "row.fault."+e.Text, "name", e.Name, "detail", e.Detail)
	case record.Action:
		b.action(e, focus)
	case record.Stored:
		b.put(e, Self, e.Who, "", "row.stored", "mailbox", e.To[0], "subject", Subject(e.Msg))
	case record.Query:
		b.query(e)
	case record.Drop:
		key := "row.drop"
		if e.Detail == "rule" {
			key = "row.matrix"
		}
		b.put(e, Lost, b.c.Host(e.Who, e.Local), e.Who, key, "target", e.Remote, "reason", e.Detail, "rule", orDash(e.Rule))
	case record.ConnDial:
		if e.Error != "" || focus {
			b.put(e, Lost, e.Who, b.c.Host(e.Who, e.Remote), "row.dial", "error", orDash(e.Error), "address", e.Remote)
		}
	case record.Clause:
		if focus {
			b.put(e, Band, "", "", "row.expected")
		}
	case record.ConnOpen, record.Flow:
		if focus {
			b.put(e, Arrow, b.c.Host(e.Who, e.Remote), e.Who, "row.connected", "local", e.Local, "remote", e.Remote)
		}
	default:
		b.smtp(e, focus)
	}
}

func (b *rower) smtp(e record.Event, focus bool) {
	peer := b.c.Host(e.Who, e.Remote)
	envelope := []any{"subject", Subject(e.Msg), "to", strings.Join(e.To, ", "), "tls", orDash(e.TLS)}
	switch e.Kind {
	case record.Session:
		if focus || e.Text == "close" && !b.talked[e.Session] {
			b.put(e, Lost, peer, e.Who, "row.session")
		}
	case record.Accepted:
		b.put(e, Arrow, peer, e.Who, "row.accepted", envelope...)
	case record.Refused:
		b.put(e, Lost, peer, e.Who, "row.refused", "verb", e.Verb, "reply", reply(e), "error", "")
	case record.Sent:
		if focus || !b.c.echoed(e) {
			b.put(e, Arrow, e.Who, peer, "row.accepted", envelope...)
		}
	case record.Rejected:
		if focus || !b.c.echoed(e) && !b.dialled(e) {
			b.put(e, Lost, e.Who, peer, "row.refused", "verb", e.Verb, "reply", reply(e), "error", e.Error)
		}
	}
}

// dialled tells whether the row before already says that this connection did not come about.
func (b *rower) dialled(e record.Event) bool {
	n := len(b.rows) - 1
	return e.Verb == "CONNECT" && e.Code == 0 && n >= 0 && b.rows[n].Key == "row.dial" && b.rows[n].From == e.Who && b.rows[n].At.Equal(e.At)
}

// action shows what a person did; notes of the bench to itself are left out.
func (b *rower) action(e record.Event, focus bool) {
	switch {
	case e.Name == "portal.send":
		b.put(e, Self, e.Who, "", "row.portal", "to", strings.Join(e.To, ", "))
	case e.Who != "bench" || focus:
		b.put(e, Self, e.Who, "", "row.action", "name", e.Name, "to", orDash(strings.TrimSpace(strings.Join(e.To, ", ")+" "+e.Detail)))
	}
}

// query joins the questions that one host asks one after the other with one result: the first one stands
// there with the number of the others.
func (b *rower) query(e record.Event) {
	asker := b.c.Host(e.Who, e.Remote)
	if n := len(b.rows) - 1; n >= 0 {
		last := &b.rows[n]
		same := (last.Key == "row.query" || last.Key == "row.queries") && last.From == asker && last.To == e.Who && last.Args[3] == e.Rcode && e.At.Sub(last.At) < time.Second
		if same && !last.Failing && !slices.Contains(b.focus, e.Seq) {
			last.Key = "row.queries"
			last.Args[5] = last.Args[5].(int) + 1
			return
		}
	}
	shape := Arrow
	if e.Rcode != "NOERROR" && e.Rcode != "NXDOMAIN" {
		shape = Lost
	}
	b.put(e, shape, asker, e.Who, "row.query", "question", e.Type+" "+strings.TrimSuffix(e.Name, "."), "rcode", e.Rcode, "more", 0)
}

// reply is an SMTP reply in one line.
func reply(e record.Event) string {
	if e.Code == 0 {
		return ""
	}
	return strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", e.Code, e.Enhanced, e.Text)), " ")
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
