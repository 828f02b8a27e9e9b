package check

import (
	"fmt"
	"slices"
	"strings"

	"demailbench/sim/record"
)

// astray says where the gateway took the mail of x instead of to its mailbox, and the number of the event that
// shows it; "" when nothing shows that it went wrong. No patience mends that, so it is the gateway's fault also
// where a step could not wait. Only a mailbox in the mail domain of the right one counts: the provider keeps the
// original of what it passed on (S1-115), in a domain of its own.
func (c *Case) astray(x Expectation) (string, int) {
	for _, e := range c.Events {
		if !c.isGateway(e.Remote) || e.Kind != record.Accepted && !c.refusedRecipient(e, x.Nonce) || e.Msg != nil && !carries(e.Msg, x.Nonce) {
			continue
		}
		i := slices.IndexFunc(e.To, func(to string) bool { return c.wrong(to, x) })
		switch {
		case i < 0:
		case e.Kind == record.Accepted:
			return fmt.Sprintf("; it was delivered to %s instead", e.To[i]), e.Seq
		default:
			return fmt.Sprintf("; the gateway offered it to %s; that server answered %d %s %s", e.To[i], e.Code, e.Enhanced, e.Text), e.Seq
		}
	}
	return "", 0
}

// wrong tells whether mailbox lies where that of x does and the mail of x has no business in it: no party
// addressed the mail to it, neither as it is nor by a De-Mail address that is mapped to it, the two are not mapped
// to one De-Mail address (D12), and no step names it for the mail.
func (c *Case) wrong(mailbox string, x Expectation) bool {
	same := func(a string) bool { return strings.EqualFold(a, mailbox) }
	if strings.EqualFold(mailbox, x.Mailbox) || !strings.EqualFold(domain(mailbox), domain(x.Mailbox)) {
		return false
	}
	for address, boxes := range c.mapping() {
		right := slices.ContainsFunc(boxes, func(a string) bool { return strings.EqualFold(a, x.Mailbox) })
		if slices.ContainsFunc(boxes, same) && (right || c.addressed(address, x.Nonce)) {
			return false
		}
	}
	return !c.addressed(mailbox, x.Nonce) && !slices.ContainsFunc(c.Events, func(e record.Event) bool {
		if e.Kind != record.Clause {
			return false
		}
		o, err := clause(e)
		return err != nil || o.Nonce == x.Nonce && o.Kind != Nowhere && (same(o.Mailbox) || same(o.Original) || same(o.Address))
	})
}

// addressed tells whether somebody before the gateway had the mail with this nonce for this address, in the
// envelope or in its header, or from it.
func (c *Case) addressed(address, nonce string) bool {
	return slices.ContainsFunc(c.Events, func(e record.Event) bool {
		if e.Kind != record.Sent && e.Kind != record.Action && (e.Kind != record.Accepted || c.isGateway(e.Remote)) || !carries(e.Msg, nonce) {
			return false
		}
		return strings.EqualFold(e.From, address) || slices.ContainsFunc(e.To, func(to string) bool { return strings.EqualFold(to, address) }) ||
			strings.Contains(strings.ToLower(e.Msg.Header), strings.ToLower(address))
	})
}

// refusedRecipient tells whether e is a permanent refusal of a recipient of the mail with this nonce. Before its
// data a transaction does not show which mail it is about; its envelope sender does when that is the sender of no
// other mail which the gateway had taken over by then.
func (c *Case) refusedRecipient(e record.Event, nonce string) bool {
	if e.Kind != record.Refused || e.Verb != "RCPT" || e.Code/100 != 5 || e.From == "" {
		return false
	}
	var it, other bool
	for _, s := range c.Events[:e.Seq-1] {
		if s.Kind == record.Sent && c.isGateway(s.Remote) && strings.EqualFold(s.From, e.From) {
			it, other = it || carries(s.Msg, nonce), other || !carries(s.Msg, nonce)
		}
	}
	return it && !other
}

// domain returns what follows the last @ of an address.
func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// missing completes f about the mail of x that is not, or not often enough, in its mailbox.
func (c *Case) missing(f Finding, x Expectation) Finding {
	where, event := c.astray(x)
	if where == "" {
		where, event = c.last(x.Nonce), c.lastEvent(x.Nonce)
		f.Missing = !c.denied(x.Nonce)
	}
	f.Observed += where
	f.Event = event
	return f
}
