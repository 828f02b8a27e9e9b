package draft

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"

	"demailbench/sim/demail"
)

// Sheet is a message as an account holder writes it in the portal.
type Sheet struct {
	// From is one of the account's addresses.
	From string
	// To, Cc and Bcc are De-Mail addresses.
	To, Cc, Bcc []string
	// ReplyTo is a De-Mail address, or empty.
	ReplyTo string
	// Subject and Text may have any characters; Text becomes a text/plain part.
	Subject, Text string
	// PrivateID is the sender's own mark, ASCII, at most 1024 characters.
	PrivateID string
	// Dispatch, Receipt, Retrieve, Authoritative and Private are the options of TR-01201-3.1 3.3.
	Dispatch, Receipt, Retrieve, Authoritative, Private bool
}

// Compose writes it as a message with this id and the holder's name: header and body. Its error is a *Refusal
// when the private-id cannot stand in a header.
func (s Sheet) Compose(id, holder string) (head string, body []byte, err error) {
	if strings.IndexFunc(s.PrivateID, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		return "", nil, Refuse(554, "5.6.0", "TR-01201-3.4 3.1.17", "the private-id %+q is not one line of printable ASCII", s.PrivateID)
	}
	from := mail.Address{Name: holder, Address: s.From}
	h := demail.Header{
		demail.NewField("From", from.String()),
		demail.NewField("Subject", mime.QEncoding.Encode("utf-8", s.Subject)),
		demail.NewField("Message-ID", "<"+id+">"),
	}
	for _, f := range []struct{ name, value string }{
		{"To", strings.Join(s.To, ", ")}, {"Cc", strings.Join(s.Cc, ", ")}, {"Reply-To", s.ReplyTo}, {demail.FieldPrivateID, s.PrivateID},
	} {
		if f.value != "" {
			h = append(h, demail.NewField(f.name, f.value))
		}
	}
	o := Options{Dispatch: s.Dispatch, Receipt: s.Receipt, Retrieve: s.Retrieve, Authoritative: s.Authoritative, Private: s.Private}
	for _, f := range o.Fields() {
		h = append(h, demail.NewField(f.Name, YesNo(*f.On)))
	}
	h = append(h, demail.NewField("MIME-Version", "1.0"), demail.NewField("Content-Type", "text/plain; charset=utf-8"),
		demail.NewField("Content-Transfer-Encoding", "quoted-printable"))
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	text := strings.ReplaceAll(strings.ReplaceAll(s.Text, "\r\n", "\n")+"\n", "\n", "\r\n")
	if _, err = io.WriteString(w, text); err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", nil, fmt.Errorf("draft: text: %w", err)
	}
	return h.String(), b.Bytes(), nil
}

// YesNo is the value of an option field.
func YesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}
