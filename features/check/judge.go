package check

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"demailbench/sim/record"
)

// judges holds one pure function for each kind of expectation.
var judges = map[Kind]func(*Case, Expectation) Finding{
	Delivered:    (*Case).delivered,
	Unchanged:    (*Case).unchanged,
	Nowhere:      (*Case).nowhere,
	Rejected:     (*Case).rejected,
	Confirmation: (*Case).confirmation,
	Report:       (*Case).report,
	Notice:       (*Case).notice,
	Source:       (*Case).source,
	Dropped:      (*Case).dropped,
	Encrypted:    (*Case).encrypted,
	Hidden:       (*Case).hidden,
	Tries:        (*Case).tries,
	Submitted:    (*Case).submitted,
	Happened:     (*Case).happened,
}

// One judges a single expectation.
func (c *Case) One(x Expectation) Finding {
	f := judges[x.Kind](c, x)
	f.Rule, f.Step, f.Requirements = string(x.Kind), x.Step, x.Requirements
	switch {
	case f.OK:
		f.Verdict = Pass
	case x.Assume:
		f.Verdict = Inconclusive
	case f.Verdict == "":
		f.Verdict = Fail
	}
	if !f.OK && f.Event > 0 && f.Packet == nil && c.Wire != nil {
		f.Packet = c.packet(f.Event)
	}
	return f
}

// packet finds the packet of an event in the capture.
func (c *Case) packet(event int) *Packet {
	e := c.Events[event-1]
	if e.Local == "" || e.Remote == "" {
		return nil
	}
	if p, ok := c.Wire.Near(e.Local, e.Remote, e.At); ok {
		return &p
	}
	return nil
}

func (c *Case) stored(mailbox string, keep func(*record.Message) bool) []record.Event {
	return c.find(func(e record.Event) bool {
		return e.Kind == record.Stored && strings.EqualFold(e.To[0], mailbox) && keep(e.Msg)
	})
}

// handed returns the first event in which the mail with this nonce was handed over by its sender.
func (c *Case) handed(nonce string) (record.Event, bool) {
	all := c.find(func(e record.Event) bool {
		return (e.Kind == record.Sent || e.Kind == record.Action) && e.Msg != nil && carries(e.Msg, nonce)
	})
	if len(all) == 0 {
		return record.Event{}, false
	}
	return all[0], true
}

func (c *Case) delivered(x Expectation) Finding {
	times := max(x.Times, 1)
	f := Finding{Expected: fmt.Sprintf("the mail %s in mailbox %s %s, body unchanged", x.Nonce, x.Mailbox, count(times))}
	first, ok := c.handed(x.Nonce)
	if !ok {
		f.Observed, f.Verdict = "nobody handed such a mail over", Inconclusive
		return f
	}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return carries(m, x.Nonce) })
	if copies := oneID(got); len(got) < times || len(got) > max(times, x.AtMost) || len(got) > times && !copies {
		f.Observed = fmt.Sprintf("it is there %s%s", count(len(got)), c.last(x.Nonce))
		f.Event = c.lastEvent(x.Nonce)
		return f
	}
	for _, e := range got {
		f.Event = e.Seq
		if e.Msg.Body != first.Msg.Body {
			f.Observed = fmt.Sprintf("the body that arrived has SHA-256 %.16s…, the one handed over %.16s… (%d and %d octets with header)", e.Msg.Body, first.Msg.Body, e.Msg.Size, first.Msg.Size)
			return f
		}
		if x.From != "" {
			if from := sender(e.Msg); from != x.From {
				f.Observed = fmt.Sprintf("it arrived From %q instead of %q", from, x.From)
				return f
			}
		}
		if took := e.At.Sub(first.At); x.Within > 0 && took.Seconds() > x.Within {
			f.Observed = fmt.Sprintf("it took %v, allowed are %v", took, time.Duration(x.Within*float64(time.Second)))
			return f
		}
	}
	f.OK, f.Observed = true, fmt.Sprintf("it arrived %s, at %s", count(len(got)), stamp(got[0].At))
	return f
}

// oneID tells whether all copies have the same Message-ID.
func oneID(copies []record.Event) bool {
	for _, e := range copies {
		if !slices.Equal(header(e.Msg.Header, "Message-ID"), header(copies[0].Msg.Header, "Message-ID")) {
			return false
		}
	}
	return true
}

// sender returns the only address of the From field, or the field itself when it is something else.
func sender(m *record.Message) string {
	v := header(m.Header, "From")
	if len(v) != 1 {
		return fmt.Sprintf("%d From fields", len(v))
	}
	if a, err := mail.ParseAddress(v[0]); err == nil {
		return a.Address
	}
	return v[0]
}

func (c *Case) unchanged(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the De-Mail %s in mailbox %s octet for octet as in %s, below trace fields", x.Nonce, x.Mailbox, x.Original)}
	is := func(m *record.Message) bool { return carries(m, x.Nonce) }
	orig, got := c.stored(x.Original, is), c.stored(x.Mailbox, is)
	switch {
	case len(orig) == 0:
		f.Observed, f.Verdict = "it never lay in "+x.Original, Inconclusive
		return f
	case len(got) == 0:
		f.Observed, f.Event = "it is not there"+c.last(x.Nonce), c.lastEvent(x.Nonce)
		return f
	}
	f.Event = got[0].Seq
	want, have := orig[0].Msg, got[0].Msg
	switch {
	case have.Body != want.Body:
		f.Observed = fmt.Sprintf("the body has SHA-256 %.16s… instead of %.16s…", have.Body, want.Body)
	case !strings.HasSuffix(have.Header, want.Header):
		f.Observed = "the header was altered: " + firstDifference(have.Header, want.Header)
	case !onlyTrace(strings.TrimSuffix(have.Header, want.Header)):
		f.Observed = "fields other than trace fields were put above the header"
	default:
		f.OK, f.Observed = true, "header and body are the same octets"
	}
	return f
}

// onlyTrace tells whether raw holds nothing but Received, Return-Path and Delivered-To fields.
func onlyTrace(raw string) bool {
	for _, f := range fields(raw) {
		n, _, _ := strings.Cut(f, ":")
		if !slices.ContainsFunc([]string{"Received", "Return-Path", "Delivered-To"}, func(t string) bool { return strings.EqualFold(t, strings.TrimSpace(n)) }) {
			return false
		}
	}
	return true
}

func firstDifference(have, want string) string {
	lines := fields(have)
	for _, w := range fields(want) {
		if !slices.Contains(lines, w) {
			n, _, _ := strings.Cut(w, ":")
			return "field " + n + " is missing or differs"
		}
	}
	return "the order or the folding of its fields differs"
}

func (c *Case) nowhere(x Expectation) Finding {
	where := x.Who
	if where == "" {
		where = "zone " + x.Zone
	}
	f := Finding{Expected: fmt.Sprintf("no trace of the mail %s at %s", x.Nonce, where)}
	bad := c.find(func(e record.Event) bool {
		if x.Yet && x.noted > 0 && e.Seq > x.noted {
			return false
		}
		return (e.Kind == record.Accepted || e.Kind == record.Stored) && (e.Who == x.Who || x.Zone != "" && c.zoneOf(e.Who) == x.Zone) && c.about(e.Msg, x.Nonce)
	})
	if len(bad) > 0 {
		f.Event = bad[0].Seq
		f.Observed = fmt.Sprintf("%s took it at %s from %s for %s", bad[0].Who, stamp(bad[0].At), orDash(bad[0].Remote), strings.Join(bad[0].To, ", "))
		return f
	}
	f.OK, f.Observed = true, "nothing"
	return f
}

func (c *Case) rejected(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s is refused the mail %s with %s", x.Who, x.Nonce, orDash(x.Code))}
	all := c.find(func(e record.Event) bool {
		return e.Kind == record.Rejected && e.Who == x.Who && c.about(e.Msg, x.Nonce) && (x.Mailbox == "" || slices.Contains(e.To, x.Mailbox))
	})
	if len(all) == 0 {
		f.Observed, f.Event = "it was not refused"+c.last(x.Nonce), c.lastEvent(x.Nonce)
		return f
	}
	e := all[0]
	f.Event, f.Observed = e.Seq, fmt.Sprintf("%s answered %d %s %s (%s) at %s", e.Verb, e.Code, e.Enhanced, e.Text, orDash(e.Error), stamp(e.At))
	f.OK = replies(e, x.Code)
	return f
}

// replies tells whether e's reply begins with want: "550", "5.7.1", "550 5.7.1", "5" or "4".
func replies(e record.Event, want string) bool {
	for _, w := range strings.Fields(want) {
		have := fmt.Sprint(e.Code)
		if strings.Contains(w, ".") {
			have = e.Enhanced
		}
		if !strings.HasPrefix(have, w) {
			return false
		}
	}
	return true
}

func (c *Case) submitted(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s hands the mail %s over", x.Who, x.Nonce)}
	all := c.find(func(e record.Event) bool {
		return e.Who == x.Who && (e.Kind == record.Sent || e.Kind == record.Action) && e.Msg != nil && carries(e.Msg, x.Nonce)
	})
	if len(all) == 0 {
		f.Observed = "it could not" + c.last(x.Nonce)
		return f
	}
	f.OK, f.Event, f.Observed = true, all[0].Seq, "at "+stamp(all[0].At)
	return f
}

func (c *Case) happened(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("%s %s %s at %s", x.Event, x.Name, x.Text, orDash(x.Who))}
	all := c.find(func(e record.Event) bool {
		return string(e.Kind) == x.Event && (x.Name == "" || e.Name == x.Name) && (x.Text == "" || e.Text == x.Text) && (x.Who == "" || e.Who == x.Who)
	})
	if len(all) == 0 {
		f.Observed = "it did not happen"
		return f
	}
	f.OK, f.Event, f.Observed = true, all[0].Seq, "at "+stamp(all[0].At)
	return f
}

// last says what became of a mail, for the person who has to find it.
func (c *Case) last(nonce string) string {
	n := c.lastEvent(nonce)
	if n == 0 {
		return "; no party saw it"
	}
	e := c.Events[n-1]
	switch e.Kind {
	case record.Rejected:
		return fmt.Sprintf("; last seen at %s: %s got %s %d %s %s", stamp(e.At), e.Who, e.Verb, e.Code, e.Text, e.Error)
	case record.Refused:
		return fmt.Sprintf("; last seen at %s: %s refused it with %d %s", stamp(e.At), e.Who, e.Code, e.Text)
	case record.Stored:
		return fmt.Sprintf("; last seen at %s: it lies in %s at %s", stamp(e.At), e.To[0], e.Who)
	}
	return fmt.Sprintf("; last seen at %s: %s at %s", stamp(e.At), e.Kind, e.Who)
}

func (c *Case) lastEvent(nonce string) int {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if e := c.Events[i]; e.Msg != nil && e.Kind != record.Clause && carries(e.Msg, nonce) {
			return e.Seq
		}
	}
	return 0
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.000 MST") }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func count(n int) string {
	switch n {
	case 0:
		return "never"
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}
