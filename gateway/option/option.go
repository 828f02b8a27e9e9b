// Package option turns what mail users ask for into the option fields of a De-Mail: X-de-mail fields as they
// are, the tenant's bracket tags in the subject, and the presets of the mailbox's policy (S1-080, D15).
//
// Nothing is guessed: what is unknown, contradictory or forbidden is refused, and the refusal names it, because
// a De-Mail that goes out without the confirmation that its sender relies on cannot be taken back. The package
// leaves out the form of the fields themselves (package demail) and where the rules come from (package tenant).
package option

import (
	"slices"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// Apply returns the header with the options that its fields, its subject tags and the presets ask for. Fields
// that need no change keep every octet; new fields come last. The X-de-mail fields must have passed
// demail.CheckSubmitted.
func Apply(h demail.Header, w tenant.Wishes) (demail.Header, *tenant.Refusal) {
	a := asked{byField: map[tenant.Option]string{}}
	a.read(h)
	h, r := a.takeTags(h, w.Tags)
	if r != nil {
		return h, r
	}
	if r := a.judge(w); r != nil {
		return h, r
	}
	for _, o := range slices.Concat(a.byTag, w.Preset) {
		if _, said := a.byField[o]; !said {
			a.byField[o] = yes
			h.Fields = append(h.Fields, field(o))
		}
	}
	return h, nil
}

const yes, no = "yes", "no"

// asked is what one message asks for.
type asked struct {
	byField map[tenant.Option]string
	byTag   []tenant.Option
}

func (a *asked) read(h demail.Header) {
	for _, o := range []tenant.Option{tenant.Dispatch, tenant.Receipt, tenant.Retrieve, tenant.Authoritative, tenant.Private} {
		if fs := h.All(o.Field()); len(fs) > 0 {
			a.byField[o] = fs[0].Text()
		}
	}
}

// takeTags reads the tags of the subject and removes them.
func (a *asked) takeTags(h demail.Header, known map[string]tenant.Option) (demail.Header, *tenant.Refusal) {
	if len(known) == 0 {
		return h, nil
	}
	for i, f := range h.Fields {
		if !f.Is("Subject") {
			continue
		}
		s, err := cutTags(f.Value(), known)
		if err != nil {
			return h, malformed("subject tag " + err.Error())
		}
		for _, tag := range s.tags {
			o := known[tag]
			if a.byField[o] == no {
				return h, malformed("subject tag [" + tag + "] contradicts " + o.Field() + ": no")
			}
			a.byTag = append(a.byTag, o)
		}
		if len(s.tags) > 0 {
			h.Fields = slices.Clone(h.Fields)
			h.Fields[i] = f.WithValue(s.rest)
		}
	}
	return h, nil
}

// wants tells whether the user asks for o.
func (a *asked) wants(o tenant.Option) bool {
	return a.byField[o] == yes || slices.Contains(a.byTag, o)
}

// judge looks for contradictions between options and for what the mailbox may not ask for. A preset counts as
// asked for: a user takes it back by the field with the value no.
func (a *asked) judge(w tenant.Wishes) *tenant.Refusal {
	wants := func(o tenant.Option) bool {
		_, said := a.byField[o]
		return a.wants(o) || !said && slices.Contains(w.Preset, o)
	}
	if wants(tenant.Retrieve) && a.byField[tenant.Private] == no {
		return malformed(tenant.Private.Field() + ": no contradicts " + tenant.Retrieve.Field() + ", which implies it")
	}
	for _, o := range w.Forbid {
		if wants(o) || o == tenant.Private && wants(tenant.Retrieve) {
			return tenant.Refuse(550, [3]int{5, 7, 1}, o.Field()+": this option is not allowed for the mailbox", "S1-080", "D15")
		}
	}
	return nil
}

// malformed is the refusal of what has no one meaning.
func malformed(text string) *tenant.Refusal {
	return tenant.Refuse(550, [3]int{5, 6, 0}, text, "D15", "S1-080")
}

func field(o tenant.Option) demail.Field {
	name := o.Field()
	return demail.Field{Name: name, Raw: []byte(name + ": " + yes + "\r\n"), Colon: len(name)}
}
