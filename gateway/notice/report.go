package notice

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"demailbench/gateway/store"
)

// Report is a delivery status notification (RFC 3464) to the e-mail side. It names the gateway and the failed
// recipients only: no other recipient, no host behind the gateway.
type Report struct {
	Letter
	Message store.Message
	// Header of the reported message; may be empty when it cannot be read.
	Header []byte
	// Failed are the recipients; Expired of them, by delivery id, ran out of time. Delayed means that they are
	// still tried, until GiveUp.
	Failed  []store.Delivery
	Expired map[int64]bool
	Delayed bool
	GiveUp  time.Time
}

// status3 finds the enhanced status code in an answer.
var status3 = regexp.MustCompile(`^[245]\d\d ([245]\.\d{1,3}\.\d{1,3}) `)

// Text builds the notification.
func (r Report) Text() []byte {
	var b bytes.Buffer
	subject := "Unzustellbar: De-Mail wurde nicht zugestellt (undeliverable)"
	if r.Delayed {
		subject = "Verzögert: De-Mail ist noch nicht zugestellt (delayed)"
	}
	r.head(&b, subject, r.Message.MessageID, "auto-replied")
	boundary := "=_" + r.Token
	fmt.Fprintf(&b, "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"%s\"\r\n\r\n", boundary)
	fmt.Fprintf(&b, "--%s\r\n", boundary)
	plain(&b, r.words())
	fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: message/delivery-status\r\n\r\n", boundary)
	r.fields(&b)
	if len(r.Header) > 0 {
		fmt.Fprintf(&b, "\r\n--%s\r\nContent-Type: text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit\r\n\r\n", boundary)
		b.Write(r.Header)
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// words is the part for people, German first: the tenants are Saxon authorities.
func (r Report) words() string {
	var b strings.Builder
	if r.Delayed {
		fmt.Fprintf(&b, "Ihre Nachricht vom %s konnte noch nicht als De-Mail übergeben werden.\r\n", r.Message.Received.Format(time.RFC1123Z))
		fmt.Fprintf(&b, "Das De-Mail-Gateway versucht es weiter bis %s. Sie müssen nichts tun.\r\n\r\n", r.GiveUp.Format(time.RFC1123Z))
		b.WriteString("Your message could not be handed over as De-Mail yet. The gateway keeps trying; no action is needed.\r\n\r\n")
	} else {
		fmt.Fprintf(&b, "Ihre Nachricht vom %s wurde an die folgenden Empfänger nicht als De-Mail zugestellt.\r\n", r.Message.Received.Format(time.RFC1123Z))
		b.WriteString("Bitte prüfen Sie die Adressen und senden Sie die Nachricht gegebenenfalls erneut.\r\n\r\n")
		b.WriteString("Your message was not delivered as De-Mail to these recipients. Check the addresses and send it again if needed.\r\n\r\n")
	}
	for _, d := range r.Failed {
		fmt.Fprintf(&b, "  %s: %s\r\n", d.Original, d.Answer)
	}
	return b.String()
}

// fields is the part for programs: RFC 3464 2.2 and 2.3.
func (r Report) fields(b *bytes.Buffer) {
	fmt.Fprintf(b, "Reporting-MTA: dns; %s\r\n", r.Hostname)
	fmt.Fprintf(b, "Arrival-Date: %s\r\n", r.Message.Received.Format(dateLayout))
	for _, d := range r.Failed {
		fmt.Fprintf(b, "\r\nOriginal-Recipient: rfc822; %s\r\n", d.Original)
		fmt.Fprintf(b, "Final-Recipient: rfc822; %s\r\n", d.Recipient)
		action := "failed"
		if r.Delayed {
			action = "delayed"
		}
		fmt.Fprintf(b, "Action: %s\r\nStatus: %s\r\n", action, r.status(d))
		kind := "x-gateway" // no SMTP reply: what the gateway saw instead (RFC 3464 2.3.6)
		if len(d.Answer) > 3 && strings.Trim(d.Answer[:3], "0123456789") == "" {
			kind = "smtp"
		}
		fmt.Fprintf(b, "Diagnostic-Code: %s; %s\r\n", kind, d.Answer)
		fmt.Fprintf(b, "Last-Attempt-Date: %s\r\n", r.Now.Format(dateLayout))
		if r.Delayed {
			fmt.Fprintf(b, "Will-Retry-Until: %s\r\n", r.GiveUp.Format(dateLayout))
		}
	}
}

// status is the code of RFC 3463 for a recipient: what the server said if its class fits the action, else the
// general one.
func (r Report) status(d store.Delivery) string {
	class, general := "5", "5.0.0"
	switch {
	case r.Delayed:
		class, general = "4", "4.0.0"
	case r.Expired[d.ID]:
		return "4.4.7" // delivery time expired
	}
	if m := status3.FindStringSubmatch(d.Answer); m != nil && strings.HasPrefix(m[1], class) {
		return m[1]
	}
	return general
}
