// Package notice writes the gateway's own mail: delivery status notifications to the e-mail side (RFC 3464),
// alerts to contacts and the operator, and the De-Mail by which BounceAll answers (D11). All of it says that a
// machine wrote it (RFC 3834 5), so that no other machine answers.
//
// The package leaves out who is told and when (packages courier and alarm), and how letters travel.
package notice

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// Letter is what all of them have.
type Letter struct {
	// Hostname is the gateway's name, Token unique to the letter: together its Message-ID.
	Hostname, Token string
	// To is the one recipient.
	To  string
	Now time.Time
}

// Alert is a plain message to a technical contact.
type Alert struct {
	Letter
	// Subject and Words are UTF-8; Words has lines that end in CRLF.
	Subject, Words string
}

// Text builds the alert.
func (a Alert) Text() []byte {
	var b bytes.Buffer
	a.head(&b, a.Subject, "", "auto-generated")
	plain(&b, a.Words)
	return b.Bytes()
}

// dateLayout is the date of RFC 5322 3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

// head writes the fields that letters to the e-mail side have; the content fields follow. about is the Message-ID of the
// message reported on; auto the value of Auto-Submitted (RFC 3834 5).
func (l Letter) head(b *bytes.Buffer, subject, about, auto string) {
	fmt.Fprintf(b, "Date: %s\r\n", l.Now.Format(dateLayout))
	fmt.Fprintf(b, "From: De-Mail-Gateway <postmaster@%s>\r\n", l.Hostname)
	l.rest(b, subject, about, auto, l.Hostname)
}

// rest writes what follows the From field.
func (l Letter) rest(b *bytes.Buffer, subject, about, auto, idDomain string) {
	fmt.Fprintf(b, "To: <%s>\r\n", l.To)
	fmt.Fprintf(b, "Subject: %s\r\n", strings.ReplaceAll(mime.QEncoding.Encode("utf-8", subject), "?= =?", "?=\r\n =?"))
	fmt.Fprintf(b, "Message-ID: <%s@%s>\r\n", l.Token, idDomain)
	if about != "" {
		fmt.Fprintf(b, "In-Reply-To: %s\r\nReferences: %s\r\n", about, about)
	}
	fmt.Fprintf(b, "Auto-Submitted: %s\r\nMIME-Version: 1.0\r\n", auto)
}

// plain writes words as a text part that needs no 8-bit transport.
func plain(b *bytes.Buffer, words string) {
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(b)
	_, _ = q.Write([]byte(words)) // a bytes.Buffer takes everything
	_ = q.Close()
}

// lineMax bounds what a foreign server can put into notices and log.
const lineMax = 400

// Line makes text one printable ASCII line of at most 400 octets.
func Line(text string) string {
	var b strings.Builder
	for _, r := range text {
		if b.Len() == lineMax {
			break
		}
		switch {
		case r == '\r' || r == '\n' || r == '\t':
			b.WriteByte(' ')
		case r < ' ' || r > '~':
			b.WriteByte('?')
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
