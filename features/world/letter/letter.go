// Package letter writes the mails of a scenario: header and body, recognisable by a word of their own, from the
// scenario's stream of chance. It leaves out who sends them by which way (features/world).
package letter

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"

	"demailbench/sim/dmda/content"
	"demailbench/sim/record"
)

// Mail is a mail that the scenario sent.
type Mail struct {
	// Nonce is the word by which the mail is known wherever it turns up; it stands in the subject, in the
	// Message-ID and in the text.
	Nonce string
	// From and To are the envelope, Who the host that handed it over, Server the mail server by which it
	// goes to the gateway.
	From, To, Who, Server string
	// Times is the number of mails of a series, whose nonces begin with Nonce.
	Times   int
	Message record.Message
}

// Draft is what a person writes before sending.
type Draft struct {
	// Envelope is the envelope's sender, From the address in the From field, To the recipient.
	Envelope, From, To string
	// Body is the kind of body, empty for a short text; Options the ends of the option fields' names.
	Body    string
	Options []string
	// PrivateID is the number of characters of its private-id, 0 for none.
	PrivateID int
	// Nonce is chosen by the caller for one of a series; empty: drawn.
	Nonce string
	// Tag stands in brackets at the beginning of the subject; empty for none.
	Tag string
	// Fields are further lines of its header, without line ends.
	Fields []string
}

// Desk is what one writes with: chance, the store of bodies, the time and the messages of the fixtures.
type Desk struct {
	Rand     *rand.ChaCha8
	Bodies   *record.Bodies
	Now      func() time.Time
	Fixtures fs.FS
}

// Nonce draws the word by which a mail is known.
func (w *Desk) Nonce() string {
	var id [6]byte
	w.Rand.Read(id[:])
	return "n" + hex.EncodeToString(id[:])
}

// Compose makes the message of d: header and body, the body in the store.
func (w *Desk) Compose(d Draft) (*Mail, error) {
	m := &Mail{Nonce: w.Nonce(), From: d.Envelope, To: d.To}
	if d.Nonce != "" {
		m.Nonce = d.Nonce
	}
	body := w.Bodies.Writer()
	fields, err := w.write(body, d.Body, m.Nonce)
	if err != nil {
		body.Abort()
		return nil, err
	}
	sum, size, err := body.Close()
	if err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(d.From, "@")
	var h strings.Builder
	fmt.Fprintf(&h, "From: <%s>\r\nTo: <%s>\r\nSubject: %s\r\n", d.From, d.To, d.subject(m.Nonce))
	fmt.Fprintf(&h, "Date: %s\r\nMessage-ID: <%s@%s>\r\n", w.Now().Format("Mon, 02 Jan 2006 15:04:05 -0700"), m.Nonce, domain)
	for _, o := range d.Options {
		fmt.Fprintf(&h, "X-de-mail-%s: yes\r\n", o)
	}
	for _, f := range d.Fields {
		h.WriteString(f + "\r\n")
	}
	h.WriteString(remark(d.PrivateID, m.Nonce))
	h.WriteString(fields + "\r\n")
	m.Message = record.Message{Header: h.String(), Body: sum, Size: int64(h.Len()) + size}
	return m, nil
}

func (d Draft) subject(nonce string) string {
	if d.Tag == "" {
		return Subject(nonce)
	}
	return "[" + d.Tag + "] " + Subject(nonce)
}

// Subject is the subject of the mail with this nonce, without tag. What people write about differs, so that nobody
// can tell the bench's mail by it.
func Subject(nonce string) string {
	return about[int(nonce[len(nonce)-1])%len(about)] + " " + nonce
}

// about are subjects' first words.
var about = []string{"Antrag", "Bescheid", "Nachfrage zum Vorgang", "AW: Termin", "Rechnung"}

// remark is a private-id of size characters, folded where it has blanks; none for 0. It begins with the nonce.
func remark(size int, nonce string) string {
	if size == 0 {
		return ""
	}
	id := "Az. " + nonce + strings.Repeat(" 0123456789/0123456789/0123456789", size/33+1)
	id = strings.TrimRight(id[:size-1], " ") + "."
	id += strings.Repeat(".", size-len(id))
	return "X-de-mail-private-id: " + strings.ReplaceAll(id, " 0", "\r\n 0") + "\r\n"
}

// plain is the text of a mail about which nothing is said.
const plain = "Content-Type: text/plain; charset=us-ascii\r\nMIME-Version: 1.0\r\n"

// write writes the kind of body that a feature names and returns its MIME fields.
func (w *Desk) write(to io.Writer, kind, nonce string) (fields string, err error) {
	switch kind {
	case "":
		_, err = fmt.Fprintf(to, "Antrag %s\r\n\r\n.\r\n..\r\nEnde\r\n", nonce)
		return plain, err
	case "text with umlauts":
		_, err = fmt.Fprintf(to, "Sehr geehrte Bürgerin,\r\n\r\nIhr Antrag %s wurde geprüft. Größe: 3 m² – „erledigt“.  \r\nMit freundlichen Grüßen \r\n", nonce)
		return "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n", err
	case "base64 attachment":
		return w.attachment(to, nonce, 300_000)
	case "20 MiB":
		// 57 octets become a line of 78: 20 MiB on the wire.
		return w.attachment(to, nonce, 20<<20/78*57)
	case "20 MiB net":
		return w.attachment(to, nonce, 20<<20-len(cover(nonce)))
	case "20 MiB and one octet net":
		return w.attachment(to, nonce, 20<<20-len(cover(nonce))+1)
	case "S/MIME message":
		return w.signed(to)
	case "the EICAR test file":
		_, err = fmt.Fprintf(to, "Antrag %s\r\n%s\r\n", nonce, content.TestFile())
		return plain, err
	}
	return "", fmt.Errorf("no body of kind %q; the kinds are: text with umlauts, base64 attachment, S/MIME message, 20 MiB, 20 MiB net, 20 MiB and one octet net, the EICAR test file", kind)
}

// cover is the text beside an attachment.
func cover(nonce string) string { return "Antrag " + nonce + " mit Anlage" }

// attachment writes a multipart body with size octets from the seed as a base64 attachment.
func (w *Desk) attachment(to io.Writer, nonce string, size int) (string, error) {
	boundary := "=_" + nonce
	fmt.Fprintf(to, "--%s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n%s\r\n", boundary, cover(nonce))
	fmt.Fprintf(to, "--%s\r\nContent-Type: application/octet-stream; name=anlage.bin\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=anlage.bin\r\n\r\n", boundary)
	if err := base64Lines(to, w.Rand, size); err != nil {
		return "", err
	}
	_, err := fmt.Fprintf(to, "--%s--\r\n", boundary)
	return fmt.Sprintf("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"%s\"\r\n", boundary), err
}

// base64Lines writes size octets of r in lines of 76 characters (RFC 2045 6.8).
func base64Lines(to io.Writer, r *rand.ChaCha8, size int) error {
	const perLine, lines = 57, 1000
	raw, out := make([]byte, perLine*lines), make([]byte, 0, 78*lines)
	for size > 0 {
		n := min(size, len(raw))
		r.Read(raw[:n])
		out = out[:0]
		for i := 0; i < n; i += perLine {
			out = base64.StdEncoding.AppendEncode(out, raw[i:min(i+perLine, n)])
			out = append(out, '\r', '\n')
		}
		if _, err := to.Write(out); err != nil {
			return err
		}
		size -= n
	}
	return nil
}

// signed writes the S/MIME message of the fixtures and returns its MIME fields as they are there.
func (w *Desk) signed(to io.Writer) (string, error) {
	raw, err := fs.ReadFile(w.Fixtures, "mail/smime-signed.eml")
	if err != nil {
		return "", fmt.Errorf("the S/MIME message: %w", err)
	}
	header, body, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		return "", fmt.Errorf("fixtures mail/smime-signed.eml has no empty line after its header, or no CRLF line ends")
	}
	_, err = to.Write(body)
	return string(header) + "\r\n", err
}

// Forge writes another name into the field of the account holder, as a forger on the way would.
func Forge(m record.Message) record.Message {
	lower := strings.ToLower(m.Header)
	i := strings.Index(lower, "\nx-de-mail-account-holder:")
	if i < 0 {
		return m
	}
	at := i + len("\nx-de-mail-account-holder:")
	const name = " Falsche"
	m.Header = m.Header[:at] + name + m.Header[at:]
	m.Size += int64(len(name))
	return m
}
