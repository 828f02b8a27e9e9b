package check

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"demailbench/features/check/body"
	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
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
		if err := c.rightConfirmation(e, orig[0].Msg, header(first.Msg.Header, demail.FieldPrivateID)); err != nil {
			f.Event, f.Observed = e.Seq, fmt.Sprintf("the confirmation of %s: %v", confirms(e.Msg), err)
			return f
		}
	}
	f.OK, f.Observed = true, "all are there, about this De-Mail, and prove themselves"
	return f
}

// rightConfirmation returns what is wrong with a confirmation of the De-Mail orig: another reference in its
// header, another private-id than its sender gave (TR-01201-3.1 steps 38, 69), no proof, or a document about
// another De-Mail.
func (c *Case) rightConfirmation(e record.Event, orig *record.Message, id []string) error {
	if have, want := header(e.Msg.Header, "In-Reply-To"), header(orig.Header, "Message-ID"); !slices.Equal(have, want) {
		return fmt.Errorf("In-Reply-To is %.80q, the De-Mail has the Message-ID %.80q", have, want)
	}
	if have := header(e.Msg.Header, demail.FieldPrivateID); !slices.Equal(have, id) {
		return fmt.Errorf("the private-id is %.80q, the sender gave %.80q", have, id)
	}
	roots, ok := c.roots()
	if !ok {
		return fmt.Errorf("the scene names no authority")
	}
	trust := sign.Trust{Roots: roots, At: e.At}
	h, err := demail.ScanHeader(e.Msg.Header)
	if err != nil {
		return err
	}
	proof, err := sign.Verify(h, bytes.NewReader(c.text(e.Msg)), trust)
	switch {
	case err != nil:
		return err
	case proof.Certificate == nil:
		return fmt.Errorf("it is not signed")
	}
	document, err := body.Document(strings.Join(header(e.Msg.Header, "Content-Type"), " "), c.text(e.Msg))
	if err != nil {
		return err
	}
	d, _, err := acknowledge.Verify(document, trust)
	if err != nil {
		return err
	}
	if want := strings.Join(header(orig.Header, demail.FieldIntegrity), ""); d.Hash != want {
		return fmt.Errorf("its document names the hash %.60q, the De-Mail has %.60q", d.Hash, want)
	}
	i := slices.IndexFunc(d.Metadata, func(m acknowledge.Metadate) bool { return strings.EqualFold(m.Name, demail.FieldMessageID) })
	if want := header(orig.Header, demail.FieldMessageID); i < 0 || !slices.Equal([]string{d.Metadata[i].Value}, want) {
		return fmt.Errorf("its document is about another De-Mail than %v", want)
	}
	return nil
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
