package dmda

import (
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// draft is a Nachrichtenentwurf: what an account holder hands over before it becomes a message.
type draft struct {
	account   Account
	from      demail.Address
	to        []demail.Address
	level     demail.Level
	mechanism string
	// received is the start of the trace field; empty for the portal.
	received string
	msg      record.Message

	header  demail.Header
	options options
}

// options are the dispatch options of TR-01201-3.1 3.3.
type options struct {
	dispatch, receipt, retrieve, authoritative, private bool
}

type optionField struct {
	name string
	on   *bool
}

// fields are the options in the order of TR-01201-3.4 table 1.
func (o *options) fields() []optionField {
	return []optionField{
		{demail.FieldDispatch, &o.dispatch}, {demail.FieldReceipt, &o.receipt}, {demail.FieldRetrieve, &o.retrieve},
		{demail.FieldAuthoritative, &o.authoritative}, {demail.FieldPrivate, &o.private},
	}
}

// check makes the checks of TR-01201-3.1 steps 10 to 25 in their order and fills header and options. A
// refusal means that nothing was sent.
func (s *Server) check(d *draft) *Refusal {
	for _, step := range []func(*draft) *Refusal{
		s.checkSyntax, s.checkForged, s.checkOptions, s.checkSender, s.checkReplyTo, s.checkRecipients, s.checkLevel, s.checkRights,
	} {
		if r := step(d); r != nil {
			return r
		}
	}
	return nil
}

// once are the fields that RFC 5322 3.6 allows once at most.
var once = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject", "Message-ID", "In-Reply-To", "References"}

// checkSyntax is step 10: the draft must be a message after RFC 5322.
func (s *Server) checkSyntax(d *draft) *Refusal {
	const clause = "TR-01201-3.1 step 10"
	h, err := demail.ScanHeader(d.msg.Header)
	if err != nil {
		return refuse(554, "5.6.0", clause, "the header is malformed: %s", strings.TrimPrefix(err.Error(), "demail: "))
	}
	for _, f := range h {
		if i := strings.IndexFunc(f.Raw, func(r rune) bool { return r > 0x7f }); i >= 0 {
			return refuse(554, "5.6.0", clause, "field %s has octets above 127 (RFC 5322 2.2)", f.Name)
		}
	}
	for _, name := range once {
		if len(h.All(name)) > 1 {
			return refuse(554, "5.6.0", clause, "field %s stands more than once (RFC 5322 3.6)", name)
		}
	}
	if id, ok := h.Get(demail.FieldPrivateID); ok && len(id) > demail.MaxPrivateID {
		return refuse(554, "5.6.0", "TR-01201-3.4 3.1.17", "field %s is longer than %d characters", demail.FieldPrivateID, demail.MaxPrivateID)
	}
	if len(d.to) == 0 {
		return refuse(554, "5.5.1", clause, "the draft has no recipient")
	}
	d.header = h
	return nil
}

// checkForged refuses metadata that only the provider can know (TR-01201-3.1 step 29 sets it).
func (s *Server) checkForged(d *draft) *Refusal {
	for _, f := range d.header {
		if demail.ProviderOwned(f.Name) {
			return refuse(550, "5.7.1", "TR-01201-3.1 step 29", "field %s is set by the provider alone", f.Name)
		}
	}
	return nil
}

// checkOptions reads the option fields; another value than yes or no is refused, never read as no.
func (s *Server) checkOptions(d *draft) *Refusal {
	for _, o := range d.options.fields() {
		value, ok := d.header.Get(o.name)
		if !ok {
			continue
		}
		on, err := demail.Option(value)
		if err != nil {
			return refuse(554, "5.6.0", "TR-01201-3.4 3.1.2 to 3.1.6", "field %s must be yes or no, in lower case", o.name)
		}
		*o.on = on
	}
	// A message to be confirmed at retrieval is personal (TR-01201-3.1 3.3.5).
	d.options.private = d.options.private || d.options.retrieve
	return nil
}

// checkSender is steps 12 to 14: the address in From, and in Sender if there is one, is the account's.
func (s *Server) checkSender(d *draft) *Refusal {
	const clause = "TR-01201-3.1 steps 12 to 14"
	if a, ok := s.accounts.Owner(d.from); !ok || a.ID != d.account.ID {
		return refuse(550, "5.7.1", clause, "%s does not belong to the account", d.from)
	}
	for _, name := range []string{"From", "Sender"} {
		value, ok := d.header.Get(name)
		if !ok && name == "Sender" {
			continue
		}
		boxes, err := demail.ParseAddressList(value)
		if err != nil || len(boxes) != 1 {
			return refuse(554, "5.6.0", "TR-01201-3.1 step 10", "field %s must have exactly one address", name)
		}
		if boxes[0].Address != d.from {
			return refuse(550, "5.7.1", clause, "field %s names another address than the sender %s", name, d.from)
		}
	}
	return nil
}

// checkReplyTo is the second half of step 12.
func (s *Server) checkReplyTo(d *draft) *Refusal {
	value, ok := d.header.Get("Reply-To")
	if !ok {
		return nil
	}
	boxes, err := demail.ParseAddressList(value)
	if err != nil || len(boxes) != 1 || !boxes[0].Address.Below(s.cfg.Suffixes...) {
		return refuse(550, "5.1.7", "TR-01201-3.1 step 12", "field Reply-To must have one De-Mail address")
	}
	return nil
}

// checkRecipients is steps 15 to 17: every recipient of the draft, also those that only the header names.
func (s *Server) checkRecipients(d *draft) *Refusal {
	const clause = "TR-01201-3.1 steps 15 to 17"
	for _, a := range d.to {
		if !a.Below(s.cfg.Suffixes...) {
			return refuse(550, "5.1.2", clause, "recipient %s is not a De-Mail address", a)
		}
	}
	for _, name := range []string{"To", "Cc", "Bcc"} {
		value, ok := d.header.Get(name)
		if !ok || strings.TrimSpace(value) == "" {
			continue
		}
		boxes, err := demail.ParseAddressList(value)
		if err != nil {
			return refuse(550, "5.1.2", clause, "field %s has a recipient that is not a De-Mail address", name)
		}
		for _, b := range boxes {
			if !b.Address.Below(s.cfg.Suffixes...) {
				return refuse(550, "5.1.2", clause, "field %s names %s, which is not a De-Mail address", name, b.Address)
			}
		}
	}
	return nil
}

// checkLevel is steps 18 to 22.
func (s *Server) checkLevel(d *draft) *Refusal {
	o := d.options
	if d.level != demail.LevelHigh && (o.retrieve || o.authoritative || o.private) {
		return refuse(550, "5.7.1", "TR-01201-3.1 steps 19, 20", "the options retrieve, authoritative and private need a sign-in of level high")
	}
	if o.authoritative && d.account.Kind == Person && d.from.Pseudonym() {
		return refuse(550, "5.7.1", "TR-01201-3.1 steps 21, 22", "the option authoritative cannot go with a pseudonym")
	}
	return nil
}

// checkRights is steps 23 to 25, and what this provider cannot do yet: an authoritative message without
// signature would be a false one.
func (s *Server) checkRights(d *draft) *Refusal {
	if d.options.retrieve {
		return refuse(550, "5.7.1", "TR-01201-3.1 steps 23 to 25", "the account has no right to ask for %s", demail.FieldRetrieve)
	}
	if d.options.authoritative {
		return refuse(554, "5.3.3", "TR-01201-3.4 3.1.13", "this provider cannot sign yet, so it takes no %s", demail.FieldAuthoritative)
	}
	return nil
}
