package tenant

import (
	"errors"
	"fmt"
)

// enterAddresses enters what refers to domains. An off-boarded tenant keeps only the way for what it was still
// owed, along e-mail domains that nobody else has by now.
func (e *enrolment) enterAddresses() error {
	if e.tenant.State != Offboarded {
		for _, step := range []func() error{e.enterUnmapped, e.enterOptions} {
			if err := step(); err != nil {
				return err
			}
		}
		return e.enterMapping()
	}
	for i, d := range e.tenant.MailDomains {
		c, err := e.canonicalDomain(d)
		if err != nil {
			return e.fault(fmt.Sprintf("mail_domains[%d]", i), d, err.Error(), "write a domain name in ASCII")
		}
		if _, taken := e.book.mail[c]; !taken {
			e.book.mail[c] = e.owner
		}
	}
	return nil
}

// enterUnmapped checks CatchAll and BounceAll of every domain (D11).
func (e *enrolment) enterUnmapped() (err error) {
	for i := range e.tenant.Domains {
		d := &e.tenant.Domains[i]
		field := fmt.Sprintf("domains[%d].", i)
		switch {
		case d.CatchAll != "" && d.BounceAll != "":
			return e.fault(field+"catch_all", d.CatchAll, "CatchAll and BounceAll are both set (S1-157)", "clear one of them first")
		case d.BounceAll != "" && d.BounceAll != BounceRefuse && d.BounceAll != BounceReply:
			return e.fault(field+"bounce_all", string(d.BounceAll), "no such form", "use refuse or reply")
		}
		if d.CatchAll != "" {
			if d.CatchAll, err = e.mailbox(field+"catch_all", d.CatchAll); err != nil {
				return err
			}
		}
		if d.BounceAll == BounceReply {
			if d.BounceSender, err = e.bounceSender(field+"bounce_sender", d.BounceSender); err != nil {
				return err
			}
		}
		e.book.domains[d.Name] = place{e.owner, *d}
	}
	return nil
}

// bounceSender is an address that may send: an answer from a receive-only domain would break S1-165.
func (e *enrolment) bounceSender(field, address string) (string, error) {
	c, err := e.deMail(field, address)
	if err == nil && e.book.domains[domainOf(c)].Direction == ReceiveOnly {
		return "", e.fault(field, address, "is in a receive-only domain (S1-165)", "use an address of a domain that sends, or the form refuse")
	}
	return c, err
}

func (e *enrolment) enterMapping() error {
	for i, p := range e.tenant.Mapping {
		c, err := e.pair(fmt.Sprintf("mapping[%d]", i), p)
		if err != nil {
			return err
		}
		e.tenant.Mapping[i] = c
		e.book.sender[c.Mail] = row{e.owner, c.DeMail}
		e.book.boxes[c.DeMail] = append(e.book.boxes[c.DeMail], c.Mail)
	}
	return nil
}

// pair checks one row of the mapping: both sides inside the tenant's own domains (S1-154), the e-mail
// address in no other row (D12).
func (e *enrolment) pair(field string, p Pair) (c Pair, err error) {
	if c.Mail, err = e.mailbox(field+".mail", p.Mail); err != nil {
		return Pair{}, err
	}
	if c.DeMail, err = e.deMail(field+".demail", p.DeMail); err != nil {
		return Pair{}, err
	}
	if r, ok := e.book.sender[c.Mail]; ok {
		return Pair{}, e.fault(field+".mail", p.Mail, "is mapped to "+r.demail+" already (D12)", "an e-mail address sends under one De-Mail address")
	}
	return c, nil
}

// CheckRow judges a further row of a tenant's mapping as CheckPair does, but both its addresses: faults has what is
// wrong with each.
func (b *Book) CheckRow(id string, p Pair, o Options) (c Pair, known bool, faults []*BookError) {
	c, known, err := b.CheckPair(id, p, o)
	if err == nil {
		return c, known, nil
	}
	var first *BookError
	if !errors.As(err, &first) {
		return c, false, []*BookError{{Tenant: id, Field: ".mail", Value: p.Mail, Problem: err.Error(), Fix: "correct it"}}
	}
	faults = []*BookError{first}
	i, enrolled := b.byID[id]
	if !enrolled || first.Field != ".mail" {
		return c, false, faults
	}
	e := &enrolment{book: b, tenant: &b.tenants[i], owner: i, canonical: o.Canonical}
	var second *BookError
	if _, err := e.deMail(".demail", p.DeMail); errors.As(err, &second) {
		faults = append(faults, second)
	}
	return c, false, faults
}

// mailbox is an address in canonical form that lies in a mail domain of this tenant.
func (e *enrolment) mailbox(field, address string) (string, error) {
	c, err := e.canonical(address)
	if err != nil {
		return "", e.fault(field, address, err.Error(), "write an e-mail address in ASCII")
	}
	if owner, ok := e.book.mail[domainOf(c)]; !ok || owner != e.owner {
		return "", e.fault(field, address, "is not in a mail domain of this tenant (S1-154)", "add the domain to mail_domains or correct the address")
	}
	return c, nil
}

// deMail is an address in canonical form that lies in a De-Mail domain of this tenant.
func (e *enrolment) deMail(field, address string) (string, error) {
	c, err := e.canonical(address)
	if err != nil {
		return "", e.fault(field, address, err.Error(), "write a De-Mail address in ASCII")
	}
	if at, ok := e.book.domains[domainOf(c)]; !ok || at.owner != e.owner {
		return "", e.fault(field, address, "is not in a De-Mail domain of this tenant (S1-154)", "add the domain to domains or correct the address")
	}
	return c, nil
}
