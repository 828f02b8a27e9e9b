package draft

import (
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/content"
	"demailbench/sim/record"
)

// Limits of level normal for one day (TR-01201-3.1 3.1.1.1).
const (
	DailyMessages   = 100
	DailyRecipients = 300
)

// Rules are the checks of one provider.
type Rules struct {
	Accounts *account.Directory
	// Suffixes are the domains below which an address is a De-Mail address.
	Suffixes []string
	// Used is how many octets an account keeps; nil: capacity is not checked.
	Used func(account string) int64
	// Today is what an account has sent today at level normal; nil: nothing is counted.
	Today func(account string) (messages, recipients int)
	// Examine looks into the body.
	Examine func(h demail.Header, m record.Message) (content.Finding, error)
	// Scan says whether malware found at the sender's side stops a draft.
	Scan func() bool
}

// Check makes the checks of TR-01201-3.1 steps 10 to 25 in their order and fills header and options. A
// refusal means that nothing was sent.
func (c *Rules) Check(d *Draft) *Refusal {
	for _, step := range []func(*Draft) *Refusal{
		c.state, c.syntax, c.capacity, c.forged, c.options, c.sender, c.replyTo, c.recipients, c.level, c.rights, c.limits, c.content,
	} {
		if r := step(d); r != nil {
			return r
		}
	}
	return nil
}

// once are the fields that RFC 5322 3.6 allows once at most.
var once = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject", "Message-ID", "In-Reply-To", "References"}

// syntax is step 10: the draft must be a message after RFC 5322.
func (c *Rules) syntax(d *Draft) *Refusal {
	const clause = "TR-01201-3.1 step 10"
	h, err := demail.ScanHeader(d.Msg.Header)
	if err != nil {
		return Refuse(554, "5.6.0", clause, "the header is malformed: %s", strings.TrimPrefix(err.Error(), "demail: "))
	}
	for _, f := range h {
		if i := strings.IndexFunc(f.Raw, func(r rune) bool { return r > 0x7f }); i >= 0 {
			return Refuse(554, "5.6.0", clause, "field %s has octets above 127 (RFC 5322 2.2)", f.Name)
		}
	}
	for _, name := range once {
		if len(h.All(name)) > 1 {
			return Refuse(554, "5.6.0", clause, "field %s stands more than once (RFC 5322 3.6)", name)
		}
	}
	if id, ok := h.Get(demail.FieldPrivateID); ok && len(id) > demail.MaxPrivateID {
		return Refuse(554, "5.6.0", "TR-01201-3.4 3.1.17", "field %s is longer than %d characters", demail.FieldPrivateID, demail.MaxPrivateID)
	}
	if len(d.To) == 0 {
		return Refuse(554, "5.5.1", clause, "the draft has no recipient")
	}
	d.Header = h
	return nil
}

// forged refuses metadata that only the provider can know (TR-01201-3.1 step 29 sets it).
func (c *Rules) forged(d *Draft) *Refusal {
	for _, f := range d.Header {
		if demail.ProviderOwned(f.Name) {
			return Refuse(550, "5.7.1", "TR-01201-3.1 step 29", "field %s is set by the provider alone", f.Name)
		}
	}
	return nil
}

// options reads the option fields; another value than yes or no is refused, never read as no.
func (c *Rules) options(d *Draft) *Refusal {
	for _, o := range d.Options.Fields() {
		value, ok := d.Header.Get(o.Name)
		if !ok {
			continue
		}
		on, err := demail.Option(value)
		if err != nil {
			return Refuse(554, "5.6.0", "TR-01201-3.4 3.1.2 to 3.1.6", "field %s must be yes or no, in lower case", o.Name)
		}
		*o.On = on
	}
	// A message to be confirmed at retrieval is personal (TR-01201-3.1 3.3.5).
	d.Options.Private = d.Options.Private || d.Options.Retrieve
	return nil
}

// sender is steps 12 to 14: the address in From, and in Sender if there is one, is the account's.
func (c *Rules) sender(d *Draft) *Refusal {
	const clause = "TR-01201-3.1 steps 12 to 14"
	if a, ok := c.Accounts.Owner(d.From); !ok || a.ID != d.Account.ID {
		return Refuse(550, "5.7.1", clause, "%s does not belong to the account", d.From)
	}
	for _, name := range []string{"From", "Sender"} {
		value, ok := d.Header.Get(name)
		if !ok && name == "Sender" {
			continue
		}
		boxes, err := demail.ParseAddressList(value)
		if err != nil || len(boxes) != 1 {
			return Refuse(554, "5.6.0", "TR-01201-3.1 step 10", "field %s must have exactly one address", name)
		}
		if boxes[0].Address != d.From {
			return Refuse(550, "5.7.1", clause, "field %s names another address than the sender %s", name, d.From)
		}
	}
	return nil
}

// replyTo is the second half of step 12.
func (c *Rules) replyTo(d *Draft) *Refusal {
	value, ok := d.Header.Get("Reply-To")
	if !ok {
		return nil
	}
	boxes, err := demail.ParseAddressList(value)
	if err != nil || len(boxes) != 1 || !boxes[0].Address.Below(c.Suffixes...) {
		return Refuse(550, "5.1.7", "TR-01201-3.1 step 12", "field Reply-To must have one De-Mail address")
	}
	return nil
}

// recipients is steps 15 to 17: every recipient of the draft, also those that only the header names.
func (c *Rules) recipients(d *Draft) *Refusal {
	const clause = "TR-01201-3.1 steps 15 to 17"
	for _, a := range d.To {
		if !a.Below(c.Suffixes...) {
			return Refuse(550, "5.1.2", clause, "recipient %s is not a De-Mail address", a)
		}
	}
	for _, name := range []string{"To", "Cc", "Bcc"} {
		value, ok := d.Header.Get(name)
		if !ok || strings.TrimSpace(value) == "" {
			continue
		}
		boxes, err := demail.ParseAddressList(value)
		if err != nil {
			return Refuse(550, "5.1.2", clause, "field %s has a recipient that is not a De-Mail address", name)
		}
		for _, b := range boxes {
			if !b.Address.Below(c.Suffixes...) {
				return Refuse(550, "5.1.2", clause, "field %s names %s, which is not a De-Mail address", name, b.Address)
			}
		}
	}
	return nil
}

// level is steps 18 to 22.
func (c *Rules) level(d *Draft) *Refusal {
	o := d.Options
	if d.Level != demail.LevelHigh && (o.Retrieve || o.Authoritative || o.Private) {
		return Refuse(550, "5.7.1", "TR-01201-3.1 steps 19, 20", "the options retrieve, authoritative and private need a sign-in of level high")
	}
	if o.Authoritative && d.Account.Kind == account.Natural && d.From.Pseudonym() {
		return Refuse(550, "5.7.1", "TR-01201-3.1 steps 21, 22", "the option authoritative cannot go with a pseudonym")
	}
	return nil
}

// rights is steps 23 to 25: who may ask for confirmations of retrieve.
func (c *Rules) rights(d *Draft) *Refusal {
	if d.Options.Retrieve && !d.Account.Retrieve {
		return Refuse(550, "5.7.1", "TR-01201-3.1 steps 23 to 25", "the account has no right to ask for %s", demail.FieldRetrieve)
	}
	return nil
}

// state refuses what an account in its state may not send at all (TR-01201-2.1 3.6, 3.8, D7).
func (c *Rules) state(d *Draft) *Refusal {
	if !d.Account.State.Effect().Send {
		return Refuse(550, "5.7.1", "TR-01201-2.1 3.5 to 3.8, D7", "the account is %s and cannot send", d.Account.State)
	}
	return nil
}

// capacity is the second half of step 10: what was sent is kept too, so a full account sends no more
// (TR-01201-3.1 4.1).
func (c *Rules) capacity(d *Draft) *Refusal {
	if c.Used != nil && c.Used(d.Account.ID)+d.Msg.Size > d.Account.Limit() {
		return Refuse(552, "5.2.2", "TR-01201-3.1 step 10, 4.1", "the account is full: %d octets are allowed", d.Account.Limit())
	}
	return nil
}

// limits is the first half of step 26, for level normal only.
func (c *Rules) limits(d *Draft) *Refusal {
	if d.Level == demail.LevelHigh || c.Today == nil {
		return nil
	}
	messages, recipients := c.Today(d.Account.ID)
	if messages+1 > DailyMessages || recipients+len(d.To) > DailyRecipients {
		return Refuse(554, "5.7.0", "TR-01201-3.1 3.1.1.1, step 28", "at level normal %d messages to %d recipients may be sent a day", DailyMessages, DailyRecipients)
	}
	return nil
}

// content is the size of 4.1 and the second half of step 26.
func (c *Rules) content(d *Draft) *Refusal {
	f, err := c.Examine(d.Header, d.Msg)
	switch {
	case err != nil:
		return Refuse(451, "4.3.0", "TR-01201-3.1 step 26", "the draft cannot be examined now")
	case f.Net > content.MaxNet:
		return Refuse(552, "5.3.4", "TR-01201-3.1 4.1, D20", "%d octets net, %d are allowed", f.Net, content.MaxNet)
	case f.Malware != "" && c.Scan():
		return Refuse(554, "5.7.0", "TR-01201-3.1 steps 26 to 28", "the draft holds malware (%s) and was deleted", f.Malware)
	}
	return nil
}
