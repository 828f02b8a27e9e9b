package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/record"
)

func (c *Case) confirmation(x Expectation) Finding {
	times := max(x.Times, 1)
	f := Finding{Expected: fmt.Sprintf("%q about the mail %s in mailbox %s %s", x.Type, x.Nonce, x.Mailbox, count(times))}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return c.isConfirmation(m, x) })
	if len(got) != times {
		f.Observed, f.Event, f.Missing = "it is there "+count(len(got)), c.lastConfirmation(x), len(got) < times && c.mayCome(x)
		if f.Event > 0 {
			e := c.Events[f.Event-1]
			f.Observed += fmt.Sprintf("; one was last seen at %s: %s at %s", stamp(e.At), e.Kind, e.Who)
		}
		return f
	}
	f.OK, f.Event, f.Observed = true, got[0].Seq, fmt.Sprintf("From %s at %s", author(got[0].Msg.Header), stamp(got[0].At))
	return f
}

func (c *Case) isConfirmation(m *record.Message, x Expectation) bool {
	t := header(m.Header, "X-de-mail-message-type")
	if len(t) == 0 || t[0] != x.Type || !c.about(m, x.Nonce) {
		return false
	}
	note := header(m.Header, "X-de-mail-notification-type")
	return x.Text == "" || len(note) > 0 && note[0] == x.Text
}

func (c *Case) lastConfirmation(x Expectation) int {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if e := c.Events[i]; e.Msg != nil && c.isConfirmation(e.Msg, x) {
			return e.Seq
		}
	}
	return 0
}

// mayCome reports whether what is expected about the mail can still come: a refusal for good ends the way of a
// confirmation, and is what a notification tells of.
func (c *Case) mayCome(x Expectation) bool {
	return strings.HasSuffix(x.Type, "notification") || !c.denied(x.Nonce)
}

func (c *Case) report(x Expectation) Finding {
	times := max(x.Times, 1)
	f := Finding{Expected: fmt.Sprintf("a delivery status notification with status %s about the mail %s in mailbox %s %s", orDash(x.Code), x.Nonce, x.Mailbox, count(times))}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return c.isReportAbout(m, x) })
	if len(got) != times {
		f.Observed, f.Missing = "it is there "+count(len(got)), len(got) < times
		return f
	}
	f.OK, f.Event, f.Observed = true, got[0].Seq, "at "+stamp(got[0].At)
	return f
}

// isReportAbout reads the Status fields of an RFC 3464 report.
func (c *Case) isReportAbout(m *record.Message, x Expectation) bool {
	if !isReport(m) || !c.about(m, x.Nonce) {
		return false
	}
	for line := range strings.Lines(string(c.text(m))) {
		n, v, _ := strings.Cut(line, ":")
		if strings.EqualFold(n, "Status") && strings.HasPrefix(strings.TrimSpace(v), x.Code) {
			return true
		}
	}
	return false
}

func (c *Case) notice(x Expectation) Finding {
	times := max(x.Times, 1)
	f := Finding{Expected: fmt.Sprintf("an alert in mailbox %s that names %s, %s", x.Mailbox, strings.Join(x.Contains, ", "), count(times))}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return c.isNotice(m, x) })
	if len(got) != times {
		f.Observed, f.Missing = "it is there "+count(len(got)), len(got) < times
		return f
	}
	f.OK, f.Event, f.Observed = true, got[0].Seq, "at "+stamp(got[0].At)
	return f
}

func (c *Case) isNotice(m *record.Message, x Expectation) bool {
	if isReport(m) || !c.fromGateway(m) {
		return false
	}
	text := bytes.Join([][]byte{[]byte(words(strings.Join(header(m.Header, "Subject"), " "))), c.text(m)}, []byte("\n"))
	return !slices.ContainsFunc(x.Contains, func(s string) bool { return !bytes.Contains(text, []byte(s)) })
}

// fromGateway tells whether some mail server took this message from the gateway.
func (c *Case) fromGateway(m *record.Message) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		return e.Kind == record.Accepted && e.Msg.Body == m.Body && c.isGateway(e.Remote)
	})
}

// claims tells whether x speaks for the stored message e.
func (c *Case) claims(x Expectation, e record.Event) bool {
	if x.Kind == Told {
		return c.promised().About(x.Name, e.To[0], e.Msg)
	}
	if !strings.EqualFold(x.Mailbox, e.To[0]) && !strings.EqualFold(x.Original, e.To[0]) && !(e.Who == c.Scene.Provider && slices.Contains(c.mapping()[e.To[0]], x.Mailbox)) {
		return false
	}
	switch x.Kind {
	case Delivered, Unchanged, Series:
		return carries(e.Msg, x.Nonce)
	case Confirmation:
		return c.isConfirmation(e.Msg, x)
	case Confirmed:
		return slices.Contains(x.Contains, confirms(e.Msg)) && c.about(e.Msg, x.Nonce)
	case Report:
		return c.isReportAbout(e.Msg, x)
	case Notice:
		return c.isNotice(e.Msg, x)
	case Answer:
		return c.isAnswer(e.Msg, x)
	}
	return false
}
