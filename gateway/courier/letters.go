package courier

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"demailbench/gateway/notice"
	"demailbench/gateway/queue"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// headerMax bounds the header that a notice quotes.
const headerMax = 64 << 10

// outageName names the unsafe line of a mail domain's owner; without one nobody is to be alerted.
func outageName(owner tenant.Tenant, ok bool) string {
	if !ok {
		return ""
	}
	return "transport/" + owner.ID
}

// letters writes what people must be told of a settlement; names say for the trail what each is.
func (c *Courier) letters(a *attempt, s queue.Settlement) (l []queue.Letter, names []string) {
	add := func(name, to, outage string, text func(token string) []byte) {
		_, domain, ok := strings.Cut(to, "@")
		if !ok {
			return
		}
		token, err := c.token()
		if err != nil {
			return // without randomness nothing new can be accepted either; the trail has the event itself
		}
		l = append(l, queue.Letter{Outage: outage, Text: text(token), Envelope: queue.Envelope{Kind: queue.Notice,
			Tenant: a.w.Message.Tenant, To: []queue.Recipient{{Address: to, Original: to, Route: queue.RouteMail(domain)}}}})
		names = append(names, name)
	}
	m := a.w.Message
	if m.Kind == string(queue.Outbound) && m.ReturnPath != "" {
		if gone := append(append([]store.Delivery(nil), s.Failed...), s.Expired...); len(gone) > 0 {
			add("failure notice", m.ReturnPath, "", func(t string) []byte { return c.report(a.w, t, gone, s.Expired, false) })
		}
		if len(s.Late) > 0 {
			add("delay notice", m.ReturnPath, "", func(t string) []byte { return c.report(a.w, t, s.Late, nil, true) })
		}
	}
	if len(s.Parked) > 0 && m.Kind != string(queue.Notice) {
		add("undeliverable alert", c.contact(m), "", func(t string) []byte { return c.undeliverable(m, t, s.Parked) })
	}
	if a.insecure && a.outage != "" && len(s.Delivered) == 0 {
		owner, to := c.insecureContact(a.w)
		add("transport alert", to, a.outage, func(t string) []byte { return c.unsafe(owner, to, a, t) })
	}
	return l, names
}

// report builds a notification of failure or delay for the sender of w.
func (c *Courier) report(w *queue.Work, token string, ds, expired []store.Delivery, delayed bool) []byte {
	r := notice.Report{Letter: c.letter(token, w.Message.ReturnPath), Message: w.Message, Header: c.header(w.Message),
		Failed: ds, Expired: map[int64]bool{}, Delayed: delayed, GiveUp: w.Message.Received.Add(c.GiveUp)}
	for _, d := range expired {
		r.Expired[d.ID] = true
	}
	return r.Text()
}

// header reads the header of a stored message, empty when it is unreadable or too long.
func (c *Courier) header(m store.Message) []byte {
	r, err := c.Store.Open(m)
	if err != nil {
		return nil
	}
	defer r.Close()
	head, err := io.ReadAll(io.LimitReader(r, headerMax))
	if err != nil {
		return nil
	}
	i := bytes.Index(head, []byte("\r\n\r\n"))
	if i < 0 {
		return nil
	}
	return head[:i+2]
}

// contact is who learns of a message that cannot be delivered: inbound the tenant's technical contact, for
// damaged outbound mail the operator.
func (c *Courier) contact(m store.Message) string {
	t, _ := c.Tenant(m.Tenant)
	if m.Kind == string(queue.Inbound) && t.TechnicalContact != "" || c.Operator == "" {
		return t.TechnicalContact
	}
	return c.Operator
}

// insecureContact is who learns that the line to the owner of w's mail domain is not safe: its technical
// contact, or the operator when the contact's mail goes over that very line.
func (c *Courier) insecureContact(w *queue.Work) (owner tenant.Tenant, to string) {
	domain, _ := queue.MailDomain(w.Route())
	owner, _ = c.Owner(domain)
	to = owner.TechnicalContact
	_, at, _ := strings.Cut(to, "@")
	if behind, ok := c.Owner(at); to == "" || ok && behind.ID == owner.ID {
		to = c.Operator
	}
	return owner, to
}

// unsafe is the alert of D18: no TLS, so nothing was sent and mail waits.
func (c *Courier) unsafe(owner tenant.Tenant, to string, a *attempt, token string) []byte {
	reason := a.w.Deliveries[0].Answer
	if o, ok := a.outcomes[a.w.Deliveries[0].ID]; ok {
		reason = o.Answer
	}
	w := fmt.Sprintf("Der Mailserver von %s bietet keine gesicherte Verbindung (STARTTLS) an.\r\n", owner.Name) +
		"Es wurde nichts im Klartext übertragen. Die Nachrichten warten im De-Mail-Gateway\r\n" +
		"und werden zugestellt, sobald STARTTLS mit einem gültigen Zertifikat wieder möglich ist.\r\n" +
		"Sie erhalten für diese Störung keine weitere Nachricht.\r\n\r\n" +
		fmt.Sprintf("The mail server of %s offers no trusted STARTTLS. Nothing was sent in clear; mail waits.\r\n", owner.ID) +
		"What to do: enable STARTTLS with a valid certificate on this server. No further alert is sent for this outage.\r\n\r\n" +
		"  " + reason + "\r\n"
	return notice.Alert{Letter: c.letter(token, to),
		Subject: "De-Mail-Gateway: keine gesicherte Verbindung zu " + owner.Name + " (STARTTLS missing)", Words: w}.Text()
}

func (c *Courier) letter(token, to string) notice.Letter {
	return notice.Letter{Hostname: c.Hostname, Token: token, To: to, Now: c.Clock.Now()}
}

// undeliverable tells that a message is parked. It names the message, not what is in it.
func (c *Courier) undeliverable(m store.Message, token string, ds []store.Delivery) []byte {
	var w strings.Builder
	w.WriteString("Eine angenommene Nachricht konnte nicht zugestellt werden und wird im De-Mail-Gateway aufbewahrt.\r\n" +
		"Eine eingehende De-Mail liegt außerdem weiterhin im De-Mail-Postfach beim Diensteanbieter.\r\n\r\n" +
		"A message could not be delivered and is kept at the gateway. What to do: correct the cause below and ask the operator to release it.\r\n\r\n")
	fmt.Fprintf(&w, "  Message-ID: %s\r\n  Queue: %s\r\n", notice.Line(m.MessageID), m.ID)
	for _, d := range ds {
		fmt.Fprintf(&w, "  %s: %s\r\n", d.Recipient, d.Answer)
	}
	return notice.Alert{Letter: c.letter(token, c.contact(m)),
		Subject: "De-Mail-Gateway: Nachricht nicht zustellbar (undeliverable)", Words: w.String()}.Text()
}
