package suts

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"demailbench/features/sut/contract"
	"demailbench/sim/config"
)

func (c *checker) tenants() error {
	owner := map[string]string{}
	ids := map[string]bool{}
	for i, t := range c.sut.Tenants {
		at := fmt.Sprintf("tenants[%d]", i)
		switch {
		case !config.IsName(t.ID):
			return c.fail(at+".id", t.ID, "is not a short name", "use a-z, 0-9 and inner hyphens")
		case t.ID == contract.Operator || t.ID == contract.KDNGmbH:
			return c.fail(at+".id", t.ID, "is the name of another organisation", "take another")
		case ids[t.ID]:
			return c.fail(at+".id", t.ID, "is used by two tenants", "give each its own")
		}
		ids[t.ID] = true
		if err := c.tenant(at, t, owner); err != nil {
			return err
		}
	}
	return nil
}

// tenant checks one tenant; owner has the domains of those before.
func (c *checker) tenant(at string, t Tenant, owner map[string]string) error {
	if err := c.oneOf(at+".kind", t.Kind, "municipal", "state"); err != nil {
		return err
	}
	if err := c.oneOf(at+".transport", t.Transport, "ipsec", "starttls"); err != nil {
		return err
	}
	var demail []string
	for j, d := range t.Domains {
		if err := c.oneOf(fmt.Sprintf("%s.domains[%d].direction", at, j), d.Direction, "both", "receive-only", "send-only"); err != nil {
			return err
		}
		demail = append(demail, d.Name)
	}
	for j, d := range t.MailDomains {
		if err := c.domain(fmt.Sprintf("%s.mail_domains[%d]", at, j), d, t.ID, owner); err != nil {
			return err
		}
	}
	for j, d := range demail {
		if err := c.domain(fmt.Sprintf("%s.domains[%d].name", at, j), d, t.ID, owner); err != nil {
			return err
		}
	}
	return c.addresses(at, t, demail)
}

// addresses checks the mapping and the contact of one tenant.
func (c *checker) addresses(at string, t Tenant, demail []string) error {
	for j, p := range t.Mapping {
		if err := c.address(fmt.Sprintf("%s.mapping[%d].mail", at, j), p.Mail, t.MailDomains, "mail_domains"); err != nil {
			return err
		}
		if err := c.address(fmt.Sprintf("%s.mapping[%d].demail", at, j), p.DeMail, demail, "domains"); err != nil {
			return err
		}
	}
	if !addressForm.MatchString(t.TechnicalContact) {
		return c.fail(at+".technical_contact", t.TechnicalContact, "is not an e-mail address", "write it like technik@gemeinde.example")
	}
	return nil
}

var (
	domainForm  = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
	addressForm = regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]+@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)
)

func (c *checker) domain(field, name, tenant string, owner map[string]string) error {
	switch {
	case !domainForm.MatchString(name):
		return c.fail(field, name, "is not a domain name", "write it in lower case like gemeinde.example")
	case owner[name] == tenant:
		return c.fail(field, name, "is named twice", "keep one")
	case owner[name] != "":
		return c.fail(field, name, "belongs to tenant "+owner[name], "a domain belongs to one tenant (S1-154)")
	}
	owner[name] = tenant
	return nil
}

// address checks an address of the mapping; its domain must be one of the tenant's.
func (c *checker) address(field, address string, domains []string, where string) error {
	if !addressForm.MatchString(address) {
		return c.fail(field, address, "is not an address", "write it like poststelle@gemeinde.example")
	}
	_, domain, _ := strings.Cut(address, "@")
	if !slices.Contains(domains, domain) {
		return c.fail(field, address, "is not inside the tenant's "+where, "add "+domain+" there, or correct the address")
	}
	return nil
}
