package rehearse

import (
	"fmt"
	"slices"
	"strings"
)

// The roles of a tenant at the gateway (D8).
const (
	technischerAdmin = "technischer-admin"
	accountAdmin     = "account-admin"
	userAdmin        = "user-admin"
)

var tenantRoles = []string{technischerAdmin, accountAdmin, userAdmin}

// maxCommissioning is how many days a power of attorney for commissioning lasts at most (S1-159, D9).
const maxCommissioning = 28

func (c *checker) contacts() {
	for _, p := range []struct {
		check, field string
		contact      Contact
	}{{"contacts.owner", "process_owner", c.form.ProcessOwner}, {"contacts.technical", "technical_contact", c.form.TechnicalContact}} {
		k := p.contact
		var missing []string
		for _, part := range []struct{ name, value string }{{"authority", k.Authority}, {"department", k.Department}, {"person", k.Person}, {"street", k.Street},
			{"town", k.Town}, {"telephone", k.Telephone}, {"mail", k.Mail}} {
			if strings.TrimSpace(part.value) == "" {
				missing = append(missing, part.name)
			}
		}
		if len(missing) > 0 {
			c.miss(p.check, p.field, "", "missing", strings.Join(missing, ", "))
		}
		if problem := wrongAddress(k.Mail); k.Mail != "" && problem.Key != "" {
			c.miss("contacts.mail", p.field+".mail", k.Mail, "problem", problem)
		}
	}
	if mail := canonical(c.form.TechnicalContact.Mail); mail != "" && slices.Contains(c.form.Mail.Domains, domainOf(mail)) {
		c.note("contacts.outage", "technical_contact.mail", mail)
	}
}

func (c *checker) administrators() {
	f := c.form
	if !slices.Contains([]string{"tenant", "kdn-gmbh", "sid"}, f.Administration) || f.Administration == "sid" && f.Network == "kdn" {
		c.miss("administrators.who", "administration", f.Administration)
	}
	have := map[string]bool{}
	for i, a := range f.Administrators {
		at := fmt.Sprintf("administrators[%d].", i)
		if strings.TrimSpace(a.Person) == "" {
			c.miss("administrators.person", at+"person", "")
		}
		if problem := wrongAddress(a.Mail); problem.Key != "" {
			c.miss("administrators.mail", at+"mail", a.Mail, "problem", problem)
		}
		for j, r := range a.Roles {
			if !slices.Contains(tenantRoles, r) {
				c.miss("administrators.role", fmt.Sprintf("%sroles[%d]", at, j), r, "roles", strings.Join(tenantRoles, ", "))
			}
			have[r] = true
		}
	}
	for _, r := range []struct{ role, check string }{{technischerAdmin, "administrators.technical"}, {accountAdmin, "administrators.account"}, {userAdmin, "administrators.user"}} {
		if !have[r.role] {
			c.miss(r.check, "administrators", "")
		}
	}
}

func (c *checker) powers() {
	f := c.form
	commissioning, standing := false, map[string]bool{}
	for i, p := range f.Powers {
		at := fmt.Sprintf("powers_of_attorney[%d].", i)
		c.power(p, at)
		if p.Purpose == "commissioning" {
			commissioning = true
			if !slices.Contains(p.Roles, technischerAdmin) || !slices.Contains(p.Roles, accountAdmin) {
				c.miss("power.role", at+"roles", strings.Join(p.Roles, ", "), "roles", technischerAdmin+", "+accountAdmin)
			}
			continue
		}
		for _, r := range p.Roles {
			standing[r] = standing[r] || p.Until.IsZero()
		}
	}
	if f.Network == "svn" && f.Administration != "kdn-gmbh" { // the SID commissions state authorities (S1-137)
		return
	}
	if !commissioning {
		c.miss("power.none", "powers_of_attorney", "")
	}
	for _, r := range []string{technischerAdmin, accountAdmin} {
		if f.Administration == "kdn-gmbh" && !standing[r] {
			c.miss("power.unlimited", "powers_of_attorney", "", "role", r)
		}
	}
}

// power judges one power of attorney (D9).
func (c *checker) power(p Power, at string) {
	f := c.form
	if p.Holder != "kdn-gmbh" && p.Holder != "sid" {
		c.miss("power.holder", at+"holder", p.Holder)
	}
	if p.Document == "" {
		c.miss("power.document", at+"document", "")
	}
	if !slices.Contains([]string{"commissioning", "administration"}, p.Purpose) {
		c.miss("power.purpose", at+"purpose", p.Purpose)
	}
	for j, r := range p.Roles {
		if !slices.Contains(tenantRoles, r) {
			c.miss("power.role", fmt.Sprintf("%sroles[%d]", at, j), r, "roles", strings.Join(tenantRoles, ", "))
		}
	}
	if len(p.Roles) == 0 {
		c.miss("power.role", at+"roles", "", "roles", strings.Join(tenantRoles, ", "))
	}
	if p.From.IsZero() {
		c.miss("power.start", at+"from", "")
		return
	}
	from := dateOf(p.From.Time)
	until := from
	if !p.Until.IsZero() {
		until = dateOf(p.Until.Time)
	}
	switch {
	case before(until, from):
		c.miss("power.period", at+"until", until.String(), "from", from)
	case p.Purpose == "commissioning" && (p.Until.IsZero() || before(from.Later(maxCommissioning), until)):
		c.miss("power.long", at+"until", dayText(p.Until), "days", maxCommissioning, "latest", from.Later(maxCommissioning))
	case p.Purpose == "commissioning" && !f.AcceptanceTest.IsZero():
		if test := dateOf(f.AcceptanceTest.Time); before(test, from) || before(until, test) {
			c.miss("power.test", at+"until", until.String(), "from", from, "until", until, "test", test)
		}
	}
}
