package check

import (
	"fmt"
	"slices"
	"strings"
	"time"

	headers "demailbench/features/check/header"
	"demailbench/features/check/series"
	"demailbench/sim/record"
)

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
		if f.Observed = "it is there " + count(len(got)); len(got) < times {
			return c.missing(f, x)
		}
		f.Observed += c.last(x.Nonce)
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
			if from := author(e.Msg.Header); from != x.From {
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

func (c *Case) unchanged(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the De-Mail %s in mailbox %s octet for octet as in %s, below trace fields", x.Nonce, x.Mailbox, x.Original)}
	is := func(m *record.Message) bool { return carries(m, x.Nonce) }
	orig, got := c.stored(x.Original, is), c.stored(x.Mailbox, is)
	switch {
	case len(orig) == 0:
		f.Observed, f.Verdict = "it never lay in "+x.Original, Inconclusive
		return f
	case len(got) == 0:
		f.Observed = "it is not there"
		return c.missing(f, x)
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

func (c *Case) titled(x Expectation) Finding {
	return c.shows(x, fmt.Sprintf("has the subject %q", x.Text), func(h string) (string, bool) {
		have := words(strings.Join(header(h, "Subject"), " | "))
		return fmt.Sprintf("it has %q", have), have == x.Text
	})
}

func (c *Case) concealed(x Expectation) Finding {
	return c.shows(x, "shows nothing of "+strings.Join(x.Contains, ", "), func(h string) (string, bool) {
		shown := headers.Showing(h, x.Contains)
		return "it shows " + orDash(shown), shown == ""
	})
}

// shows judges the header of the mail in its mailbox.
func (c *Case) shows(x Expectation, expected string, judge func(header string) (observed string, ok bool)) Finding {
	f := Finding{Expected: fmt.Sprintf("the mail %s in mailbox %s %s", x.Nonce, x.Mailbox, expected)}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return carries(m, x.Nonce) })
	if len(got) == 0 {
		f.Observed = "it is not there"
		return c.missing(f, x)
	}
	f.Event = got[0].Seq
	f.Observed, f.OK = judge(got[0].Msg.Header)
	return f
}

func (c *Case) series(x Expectation) Finding {
	is := func(m *record.Message) bool { return carries(m, x.Nonce) }
	handed := c.find(func(e record.Event) bool { return e.Kind == record.Sent && e.Who == x.Who && is(e.Msg) })
	r := series.Judge(handed, c.stored(x.Mailbox, is), x.Times, x.From)
	return Finding{OK: r.OK, Missing: r.Missing, Observed: r.Observed, Event: r.Event,
		Expected: fmt.Sprintf("each of the %d mails %s in mailbox %s once, body unchanged", x.Times, x.Nonce, x.Mailbox)}
}
