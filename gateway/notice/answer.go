package notice

import (
	"bytes"
	"fmt"
	"strings"
)

// Answer is the De-Mail that returns an inbound one to its sender: BounceAll in the form reply (D11). It goes
// from an address of the tenant by the DMDA, shows nothing of the gateway's or the tenant's inside (S1-152), and
// asks for no confirmation.
type Answer struct {
	// Letter.To is the De-Mail's sender; Hostname is not shown.
	Letter
	// From is the tenant's De-Mail address that answers, For the address that the De-Mail was sent to.
	From, For string
	// MessageID and Number are the De-Mail's Message-ID and X-de-mail-message-id, either may be empty.
	MessageID, Number string
	// Requested says that its sender has asked for a confirmation of receipt, Always that the account confirms
	// every receipt (D21). In both cases there was one when the De-Mail was stored in the mailbox, which came
	// before it reached the gateway (TR-01201-3.1 3.3.4).
	Requested, Always bool
}

// Text builds the answer.
func (a Answer) Text() []byte {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(a.From, "@")
	fmt.Fprintf(&b, "Date: %s\r\n", a.Now.Format(dateLayout))
	fmt.Fprintf(&b, "From: <%s>\r\n", a.From)
	a.rest(&b, "Unzustellbar: Ihre De-Mail an "+a.For+" (undeliverable)", reference(a.MessageID), "auto-replied", domain)
	plain(&b, a.words())
	return b.Bytes()
}

// reference is a Message-ID that may stand in a header of ours: one token in angle brackets.
func reference(id string) string {
	if len(id) > 200 || !strings.HasPrefix(id, "<") || !strings.HasSuffix(id, ">") || strings.Trim(id, visible) != "" {
		return ""
	}
	return id
}

const visible = "!#$%&'*+-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// words is for people, German first.
func (a Answer) words() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Ihre De-Mail an %s konnte nicht zugestellt werden:\r\n", a.For)
	b.WriteString("Diese Adresse ist bei der Institution keinem Postfach zugeordnet. Niemand hat Ihre De-Mail gelesen.\r\n" +
		"Bitte prüfen Sie die Adresse und senden Sie die De-Mail gegebenenfalls erneut.\r\n\r\n")
	if a.Number != "" {
		fmt.Fprintf(&b, "Nachrichten-ID: %s\r\n\r\n", Line(a.Number))
	}
	switch {
	case a.Requested:
		b.WriteString("Die von Ihnen angeforderte Eingangsbestätigung wurde ausgestellt.")
	case a.Always:
		b.WriteString("Eine Eingangsbestätigung wurde ausgestellt, weil dieses De-Mail-Konto jeden Eingang bestätigt.")
	default:
		b.WriteString("Eine Eingangsbestätigung wurde nicht angefordert und nicht ausgestellt.")
	}
	if a.Requested || a.Always {
		b.WriteString(" Sie belegt die Ablage im De-Mail-Konto\r\nder Institution, nicht die Zustellung an einen Bearbeiter.")
	}
	b.WriteString("\r\n\r\nThis De-Mail address is mapped to no mailbox; nobody has read your De-Mail. ")
	if a.Requested || a.Always {
		b.WriteString("A confirmation of receipt\r\nhad been issued: it proves storage in the De-Mail account, not delivery to a person.\r\n")
	} else {
		b.WriteString("No confirmation of receipt\r\nhas been issued.\r\n")
	}
	return b.String()
}
