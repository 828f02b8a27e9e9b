// Package proof judges what a confirmation proves: that it is about one De-Mail, that its provider signed it, and that
// the document in it says the same (TR-01201-3.4 3.4.1). It leaves out which confirmations must be there
// (features/check).
package proof

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

// Confirms returns what is wrong with a confirmation m, whose body is text, of the De-Mail orig: another reference in its
// header, another private-id than its sender gave (TR-01201-3.1 steps 38, 69), no proof, or a document about another
// De-Mail.
func Confirms(m *record.Message, text []byte, orig *record.Message, id []string, trust sign.Trust) error {
	h, err := demail.ScanHeader(m.Header)
	if err != nil {
		return err
	}
	about, err := demail.ScanHeader(orig.Header)
	if err != nil {
		return fmt.Errorf("the De-Mail itself: %w", err)
	}
	if have, want := values(h, "In-Reply-To"), values(about, "Message-ID"); !slices.Equal(have, want) {
		return fmt.Errorf("In-Reply-To is %.80q, the De-Mail has the Message-ID %.80q", have, want)
	}
	if have := values(h, demail.FieldPrivateID); !slices.Equal(have, id) {
		return fmt.Errorf("the private-id is %.80q, the sender gave %.80q", have, id)
	}
	p, err := sign.Verify(h, bytes.NewReader(text), trust)
	switch {
	case err != nil:
		return err
	case p.Certificate == nil:
		return fmt.Errorf("it is not signed")
	}
	document, err := body.Document(strings.Join(values(h, "Content-Type"), " "), text)
	if err != nil {
		return err
	}
	d, _, err := acknowledge.Verify(document, trust)
	if err != nil {
		return err
	}
	if want := strings.Join(values(about, demail.FieldIntegrity), ""); d.Hash != want {
		return fmt.Errorf("its document names the hash %.60q, the De-Mail has %.60q", d.Hash, want)
	}
	i := slices.IndexFunc(d.Metadata, func(m acknowledge.Metadate) bool { return strings.EqualFold(m.Name, demail.FieldMessageID) })
	if want := values(about, demail.FieldMessageID); i < 0 || !slices.Equal([]string{d.Metadata[i].Value}, want) {
		return fmt.Errorf("its document is about another De-Mail than %v", want)
	}
	return nil
}

// values are those of a field, top first, without the folds.
func values(h demail.Header, name string) (out []string) {
	for _, f := range h.All(name) {
		out = append(out, strings.TrimSpace(f.Value()))
	}
	return out
}
