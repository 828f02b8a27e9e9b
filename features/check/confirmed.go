package check

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/features/check/proof"
	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/record"
)

// kindsOfConfirmation are the three confirmations as features name them (TR-01201-3.4 table 12).
var kindsOfConfirmation = map[string]string{demail.TypeDispatch: "dispatch", demail.TypeReceipt: "receipt", demail.TypeRetrieve: "retrieval"}

// confirms is what a message confirms: dispatch, receipt, retrieval, or nothing.
func confirms(m *record.Message) string {
	return kindsOfConfirmation[strings.Join(header(m.Header, demail.FieldMessageType), ",")]
}

func (c *Case) confirmed(x Expectation) Finding {
	want := slices.Sorted(slices.Values(x.Contains))
	f := Finding{Expected: fmt.Sprintf("these confirmations of the mail %s in mailbox %s and no others, each proving itself: %s", x.Nonce, x.Mailbox, orDash(strings.Join(want, ", ")))}
	orig := c.stored(x.Address, func(m *record.Message) bool { return carries(m, x.Nonce) })
	if len(orig) != 1 {
		f.Observed, f.Missing = fmt.Sprintf("the De-Mail lies in %s %s", x.Address, count(len(orig))), len(orig) == 0
		return f
	}
	got := c.stored(x.Mailbox, func(m *record.Message) bool { return confirms(m) != "" && c.about(m, x.Nonce) })
	var have []string
	for _, e := range got {
		f.Event, have = e.Seq, append(have, confirms(e.Msg))
	}
	if slices.Sort(have); !slices.Equal(have, want) {
		f.Observed, f.Missing = "there are: "+orDash(strings.Join(have, ", ")), len(have) < len(want)
		return f
	}
	first, ok := c.handed(x.Nonce)
	if !ok {
		f.Observed, f.Verdict = "nobody handed such a mail over", Inconclusive
		return f
	}
	if field := otherOption(first.Msg, orig[0].Msg); field != "" {
		f.Event, f.Observed = orig[0].Seq, fmt.Sprintf("the De-Mail has %s: %.20q, its sender wrote %.20q", field, header(orig[0].Msg.Header, field), header(first.Msg.Header, field))
		return f
	}
	for _, e := range got {
		roots, _ := c.roots() // without one nothing proves itself
		if err := proof.Confirms(e.Msg, c.text(e.Msg), orig[0].Msg, header(first.Msg.Header, demail.FieldPrivateID), sign.Trust{Roots: roots, At: e.At}); err != nil {
			f.Event, f.Observed = e.Seq, fmt.Sprintf("the confirmation of %s: %v", confirms(e.Msg), err)
			return f
		}
	}
	f.OK, f.Observed = true, "all are there, about this De-Mail, and prove themselves"
	return f
}

// otherOption returns a field of a De-Mail that does not ask for what its sender asked for, or "". To ask for a
// confirmation of retrieval makes a De-Mail personal (TR-01201-3.1 3.3.5).
func otherOption(handed, demailed *record.Message) string {
	asks := func(m *record.Message, field string) bool {
		return slices.Equal(header(m.Header, field), []string{"yes"})
	}
	for _, field := range []string{demail.FieldDispatch, demail.FieldReceipt, demail.FieldRetrieve, demail.FieldAuthoritative, demail.FieldPrivate} {
		want := asks(handed, field) || field == demail.FieldPrivate && asks(handed, demail.FieldRetrieve)
		if asks(demailed, field) != want {
			return field
		}
	}
	return ""
}
