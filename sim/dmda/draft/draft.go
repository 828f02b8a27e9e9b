// Package draft is what an account holder hands to a De-Mail provider before it becomes a message
// (Nachrichtenentwurf), and the checks that decide whether it may: TR-01201-3.1 steps 10 to 28 in their order.
//
// It sends nothing and sets no metadata; that is the provider's (sim/dmda).
package draft

import (
	"fmt"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
	"demailbench/sim/record"
)

// Refusal is why the provider does not send a draft: the SMTP reply on the link, an error in the portal.
type Refusal struct {
	// Code and Enhanced are the SMTP reply codes.
	Code     int
	Enhanced string
	// Text is what the sender reads, printable ASCII.
	Text string
	// Clause is the rule, for example "TR-01201-3.1 step 15".
	Clause string
}

// Error is the reply with its clause.
func (r *Refusal) Error() string {
	return fmt.Sprintf("dmda: draft refused: %d %s %s (%s)", r.Code, r.Enhanced, r.Text, r.Clause)
}

// Refuse makes a Refusal with a formatted text.
func Refuse(code int, enhanced, clause, format string, a ...any) *Refusal {
	return &Refusal{Code: code, Enhanced: enhanced, Text: fmt.Sprintf(format, a...), Clause: clause}
}

// Draft is a draft on its way through the checks.
type Draft struct {
	// Account is who sends, From the address, To all recipients.
	Account account.Account
	From    demail.Address
	To      []demail.Address
	// Level and Mechanism are those of the sign-in.
	Level     demail.Level
	Mechanism string
	// Received is the start of the trace field; empty for the portal.
	Received string
	// Msg is what was handed over.
	Msg record.Message

	// Header and Options are read by the checks.
	Header  demail.Header
	Options Options
}

// Options are the dispatch options of TR-01201-3.1 3.3.
type Options struct {
	Dispatch, Receipt, Retrieve, Authoritative, Private bool
}

// Option is one option field and its value.
type Option struct {
	Name string
	On   *bool
}

// Fields are the options in the order of TR-01201-3.4 table 1.
func (o *Options) Fields() []Option {
	return []Option{
		{demail.FieldDispatch, &o.Dispatch}, {demail.FieldReceipt, &o.Receipt}, {demail.FieldRetrieve, &o.Retrieve},
		{demail.FieldAuthoritative, &o.Authoritative}, {demail.FieldPrivate, &o.Private},
	}
}

// Recipients sorts the envelope's recipients into to, cc and bcc by the draft's header: who stands in
// neither field is a blind copy. Names are those of the header.
func (d *Draft) Recipients() demail.Recipients {
	var r demail.Recipients
	seen := map[demail.Address]bool{}
	take := func(field string, into *[]demail.Mailbox) {
		value, _ := d.Header.Get(field)
		boxes, _ := demail.ParseAddressList(value) // checked in recipients
		for _, b := range boxes {
			for _, to := range d.To {
				if to == b.Address && !seen[to] {
					seen[to] = true
					*into = append(*into, demail.Mailbox{Address: to})
				}
			}
		}
	}
	take("To", &r.To)
	take("Cc", &r.Cc)
	for _, to := range d.To {
		if !seen[to] {
			seen[to] = true
			r.Bcc = append(r.Bcc, demail.Mailbox{Address: to})
		}
	}
	return r
}
