package courier

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"regexp"
	"strings"
	"time"

	"demailbench/gateway/store"
)

// report is a delivery status notification (RFC 3464) to the e-mail side. It names the gateway and the failed
// recipients only: no other recipient, no host behind the gateway.
type report struct {
	hostname, token string
	to              string
	now             time.Time
	m               store.Message
	// header of the reported message; may be empty when it cannot be read.
	header []byte
	// failed are the recipients; expired of them ran out of time. delayed means that they are still tried,
	// until giveUp.
	failed  []store.Delivery
	expired map[int64]bool
	delayed bool
	giveUp  time.Time
}

// status3 finds the enhanced status code in an answer.
var status3 = regexp.MustCompile(`^[245]\d\d ([245]\.\d{1,3}\.\d{1,3}) `)

// text builds the notification.
func (r report) text() []byte {
	var b bytes.Buffer
	subject := "Unzustellbar: De-Mail wurde nicht zugestellt (undeliverable)"
	if r.delayed {
		subject = "Verzögert: De-Mail ist noch nicht zugestellt (delayed)"
	}
	head(&b, letterHead{hostname: r.hostname, token: r.token, to: r.to, subject: subject, now: r.now, about: r.m.MessageID, auto: "auto-replied"})
	boundary := "=_" + r.token
	fmt.Fprintf(&b, "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"%s\"\r\n\r\n", boundary)
	fmt.Fprintf(&b, "--%s\r\n", boundary)
	plain(&b, r.words())
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: message/delivery-status\r\n\r\n", boundary)
	r.fields(&b)
	if len(r.header) > 0 {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", boundary)
		b.Write(r.header)
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// words is the part for people, German first: the tenants are Saxon authorities.
func (r report) words() string {
	var b strings.Builder
	if r.delayed {
		fmt.Fprintf(&b, "Ihre Nachricht vom %s konnte noch nicht als De-Mail übergeben werden.\r\n", r.m.Received.Format(time.RFC1123Z))
		fmt.Fprintf(&b, "Das De-Mail-Gateway versucht es weiter bis %s. Sie müssen nichts tun.\r\n\r\n", r.giveUp.Format(time.RFC1123Z))
		b.WriteString("Your message could not be handed over as De-Mail yet. The gateway keeps trying; no action is needed.\r\n\r\n")
	} else {
		fmt.Fprintf(&b, "Ihre Nachricht vom %s wurde an die folgenden Empfänger nicht als De-Mail zugestellt.\r\n", r.m.Received.Format(time.RFC1123Z))
		b.WriteString("Bitte prüfen Sie die Adressen und senden Sie die Nachricht gegebenenfalls erneut.\r\n\r\n")
		b.WriteString("Your message was not delivered as De-Mail to these recipients. Check the addresses and send it again if needed.\r\n\r\n")
	}
	for _, d := range r.failed {
		fmt.Fprintf(&b, "  %s: %s\r\n", d.Original, d.Answer)
	}
	return b.String()
}

// fields is the part for programs: RFC 3464 2.2 and 2.3.
func (r report) fields(b *bytes.Buffer) {
	fmt.Fprintf(b, "Reporting-MTA: dns; %s\r\n", r.hostname)
	fmt.Fprintf(b, "Arrival-Date: %s\r\n", r.m.Received.Format(dateLayout))
	for _, d := range r.failed {
		fmt.Fprintf(b, "\r\nOriginal-Recipient: rfc822; %s\r\n", d.Original)
		fmt.Fprintf(b, "Final-Recipient: rfc822; %s\r\n", d.Recipient)
		action := "failed"
		if r.delayed {
			action = "delayed"
		}
		fmt.Fprintf(b, "Action: %s\r\nStatus: %s\r\n", action, r.status(d))
		kind := "x-gateway" // no SMTP reply: what the gateway saw instead (RFC 3464 2.3.6)
		if len(d.Answer) > 3 && strings.Trim(d.Answer[:3], "0123456789") == "" {
			kind = "smtp"
		}
		fmt.Fprintf(b, "Diagnostic-Code: %s; %s\r\n", kind, d.Answer)
		fmt.Fprintf(b, "Last-Attempt-Date: %s\r\n", r.now.Format(dateLayout))
		if r.delayed {
			fmt.Fprintf(b, "Will-Retry-Until: %s\r\n", r.giveUp.Format(dateLayout))
		}
	}
}

// status is the code of RFC 3463 for a recipient: what the server said if its class fits the action, else the
// general one.
func (r report) status(d store.Delivery) string {
	class, general := "5", "5.0.0"
	switch {
	case r.delayed:
		class, general = "4", "4.0.0"
	case r.expired[d.ID]:
		return "4.4.7" // delivery time expired
	}
	if m := status3.FindStringSubmatch(d.Answer); m != nil && strings.HasPrefix(m[1], class) {
		return m[1]
	}
	return general
}

// alert is a plain message to a technical contact.
type alert struct {
	hostname, token, to string
	now                 time.Time
	subject, words      string
}

// text builds the alert.
func (a alert) text() []byte {
	var b bytes.Buffer
	head(&b, letterHead{hostname: a.hostname, token: a.token, to: a.to, subject: a.subject, now: a.now, auto: "auto-generated"})
	plain(&b, a.words)
	return b.Bytes()
}

// dateLayout is the date of RFC 5322 3.3.
const dateLayout = "Mon, 02 Jan 2006 15:04:05 -0700"

type letterHead struct {
	hostname, token, to, subject string
	now                          time.Time
	// about is the Message-ID of the message reported on; auto the value of Auto-Submitted (RFC 3834 5).
	about, auto string
}

// head writes the fields that all letters of the gateway have; the content fields follow.
func head(b *bytes.Buffer, h letterHead) {
	fmt.Fprintf(b, "Date: %s\r\n", h.now.Format(dateLayout))
	fmt.Fprintf(b, "From: De-Mail-Gateway <postmaster@%s>\r\n", h.hostname)
	fmt.Fprintf(b, "To: <%s>\r\n", h.to)
	fmt.Fprintf(b, "Subject: %s\r\n", strings.ReplaceAll(mime.QEncoding.Encode("utf-8", h.subject), "?= =?", "?=\r\n =?"))
	fmt.Fprintf(b, "Message-ID: <%s@%s>\r\n", h.token, h.hostname)
	if h.about != "" {
		fmt.Fprintf(b, "In-Reply-To: %s\r\nReferences: %s\r\n", h.about, h.about)
	}
	fmt.Fprintf(b, "Auto-Submitted: %s\r\nMIME-Version: 1.0\r\n", h.auto)
}

// plain writes words as a text part that needs no 8-bit transport.
func plain(b *bytes.Buffer, words string) {
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n")
	q := quotedprintable.NewWriter(b)
	_, _ = q.Write([]byte(words)) // a bytes.Buffer takes everything
	_ = q.Close()
}
