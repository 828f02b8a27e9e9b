package check

import (
	"fmt"
	"slices"
	"strings"

	headers "demailbench/features/check/header"
	"demailbench/sim/record"
)

func (c *Case) answer(x Expectation) Finding {
	times := max(x.Times, 1)
	f := Finding{Expected: fmt.Sprintf("an answer from %s to the mail %s in mailbox %s that says %s, %s", x.From, x.Nonce, x.Mailbox, strings.Join(x.Contains, ", "), count(times))}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return c.isAnswer(m, x) })
	if len(got) != times {
		f.Observed, f.Missing = "it is there "+count(len(got)), len(got) < times
		return f
	}
	for _, e := range got {
		f.Event = e.Seq
		if from := author(e.Msg.Header); from != x.From {
			f.Observed = fmt.Sprintf("it arrived From %q", from)
			return f
		}
		text := headers.Plain(e.Msg.Header, c.text(e.Msg))
		if i := slices.IndexFunc(x.Contains, func(s string) bool { return !strings.Contains(text, s) }); i >= 0 {
			f.Observed = fmt.Sprintf("it does not say %q but: %.300s", x.Contains[i], text)
			return f
		}
	}
	f.OK, f.Observed = true, "at "+stamp(got[0].At)
	return f
}

// isAnswer tells whether a machine answered the mail by a De-Mail of its own: RFC 3834 5 wants both fields.
func (c *Case) isAnswer(m *record.Message, x Expectation) bool {
	t, auto := header(m.Header, "X-de-mail-message-type"), header(m.Header, "Auto-Submitted")
	return slices.Equal(t, []string{"normal"}) && len(auto) == 1 && auto[0] == "auto-replied" && !isReport(m) &&
		strings.Contains(strings.Join(header(m.Header, "In-Reply-To"), " "), x.Nonce)
}
