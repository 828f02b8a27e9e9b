package tenant

import (
	"fmt"
	"slices"
	"strings"
)

// Option is something that a sender asks of De-Mail, named as the end of its header field is (TR-01201-3.4
// 3.1.2-3.1.6).
type Option string

const (
	// Dispatch asks for the confirmation of dispatch (Versandbestätigung).
	Dispatch Option = "confirmation-of-dispatch"
	// Receipt asks for the confirmation of receipt (Eingangsbestätigung).
	Receipt Option = "confirmation-of-receipt"
	// Retrieve asks for the confirmation of retrieval (Abholbestätigung); only entitled bodies may, and it
	// implies Private (TR-01201-3.1 3.3.5).
	Retrieve Option = "confirmation-of-retrieve"
	// Authoritative has the DMDA confirm the sender (absenderbestätigt).
	Authoritative Option = "authoritative"
	// Private lets only recipients with level high read it (persönlich).
	Private Option = "private"
)

var allOptions = []Option{Dispatch, Receipt, Retrieve, Authoritative, Private}

// Field is the name of the option's header field.
func (o Option) Field() string { return "x-de-mail-" + string(o) }

// OptionRules are a tenant's own rules about options (S1-080, D15).
type OptionRules struct {
	// Tags are the words that ask for an option in square brackets at the beginning of the subject. None:
	// brackets in subjects mean nothing.
	Tags []Tag `yaml:"tags"`
	// Mailboxes has at most one entry per mailbox; who has none may ask for everything.
	Mailboxes []OptionPolicy `yaml:"mailboxes"`
}

// Tag is one word and the option that it asks for.
type Tag struct {
	// Tag is without brackets: 1 to 40 ASCII letters, digits and hyphens, compared without case.
	Tag    string `yaml:"tag"`
	Option Option `yaml:"option"`
}

// OptionPolicy says what one mailbox asks for by default and what it may not ask for.
type OptionPolicy struct {
	Mail   string   `yaml:"mail"`
	Preset []Option `yaml:"preset"`
	Forbid []Option `yaml:"forbid"`
}

// Wishes are the option rules that apply to one message.
type Wishes struct {
	// Tags by word in lower case.
	Tags           map[string]Option
	Preset, Forbid []Option
}

// Options gathers the rules for a message that speaks for the mailboxes: the envelope's and the header's sender
// share an account but not always a policy, and what either may not do the message may not.
func (r bookRules) Options(t Tenant, mailboxes ...string) Wishes {
	var w Wishes
	i, ok := r.book.byID[t.ID]
	if !ok {
		return w
	}
	rules := r.book.tenants[i].Options
	for _, tag := range rules.Tags {
		if w.Tags == nil {
			w.Tags = map[string]Option{}
		}
		w.Tags[strings.ToLower(tag.Tag)] = tag.Option
	}
	for _, p := range rules.Mailboxes {
		if slices.Contains(mailboxes, p.Mail) {
			w.Preset, w.Forbid = append(w.Preset, p.Preset...), append(w.Forbid, p.Forbid...)
		}
	}
	return w
}

// maxTag is the longest tag in octets.
const maxTag = 40

// enterOptions checks a tenant's option rules.
func (e *enrolment) enterOptions() error {
	seen := map[string]bool{}
	for i, t := range e.tenant.Options.Tags {
		field := fmt.Sprintf("options.tags[%d].", i)
		word := strings.ToLower(t.Tag)
		switch {
		case word == "" || len(word) > maxTag || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
			return e.fault(field+"tag", t.Tag, "is no tag", "write 1 to 40 letters a-z, digits and hyphens, without the brackets")
		case seen[word]:
			return e.fault(field+"tag", t.Tag, "given twice", "a tag asks for one option")
		}
		seen[word] = true
		if err := e.option(field+"option", t.Option); err != nil {
			return err
		}
	}
	for i := range e.tenant.Options.Mailboxes {
		if err := e.enterPolicy(fmt.Sprintf("options.mailboxes[%d].", i), i); err != nil {
			return err
		}
	}
	return nil
}

func (e *enrolment) enterPolicy(field string, i int) (err error) {
	all := e.tenant.Options.Mailboxes
	p := &all[i]
	if p.Mail, err = e.mailbox(field+"mail", p.Mail); err != nil {
		return err
	}
	if slices.ContainsFunc(all[:i], func(o OptionPolicy) bool { return o.Mail == p.Mail }) {
		return e.fault(field+"mail", p.Mail, "given twice", "a mailbox has one policy")
	}
	for j, o := range p.Preset {
		if err := e.option(fmt.Sprintf("%spreset[%d]", field, j), o); err != nil {
			return err
		}
		if slices.Contains(p.Forbid, o) {
			return e.fault(fmt.Sprintf("%spreset[%d]", field, j), string(o), "is forbidden to this mailbox too", "take it out of one of the lists")
		}
	}
	for j, o := range p.Forbid {
		if err := e.option(fmt.Sprintf("%sforbid[%d]", field, j), o); err != nil {
			return err
		}
	}
	return nil
}

func (e *enrolment) option(field string, o Option) error {
	if slices.Contains(allOptions, o) {
		return nil
	}
	var names []string
	for _, known := range allOptions {
		names = append(names, string(known))
	}
	return e.fault(field, string(o), "no such option (TR-01201-3.4 3.1)", "use "+strings.Join(names, ", "))
}
