package profile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"demailbench/sim/config"
	"demailbench/sim/demail"
	"demailbench/sim/topology"
)

// owner is the account that has a De-Mail domain, or the domain above it, or nil.
func (a *Accounts) owner(domain string) *Account {
	for i := range a.Accounts {
		for _, d := range a.Accounts[i].Domains {
			if domain == d || below(domain, d) {
				return &a.Accounts[i]
			}
		}
	}
	return nil
}

func (p *Profile) checkAccounts() error {
	a := p.Accounts
	fail := a.source.Fail
	switch {
	case !below(a.Provider.Domain, Suffix):
		return fail("provider.domain", a.Provider.Domain, "is no De-Mail domain", "it must end in ."+Suffix)
	case a.Provider.Port == 0:
		return fail("provider.port", "", "is missing", "give the port of the link to the gateways, such as 465")
	}
	if err := p.checkITSPs(); err != nil {
		return err
	}
	ids, domains, boxes := map[string]bool{}, map[string]string{}, map[string]string{}
	for i := range a.Accounts {
		acc := &a.Accounts[i]
		at := fmt.Sprintf("accounts[%d].", i)
		if !config.IsName(acc.ID) || ids[acc.ID] {
			return fail(at+"id", acc.ID, "is not a name, or taken", "use lower case letters, digits and hyphens, each id once")
		}
		ids[acc.ID] = true
		if err := p.checkAccount(acc, at); err != nil {
			return err
		}
		if err := a.claim(acc, at, domains, boxes); err != nil {
			return err
		}
	}
	return nil
}

// claim notes what belongs to an account, and refuses what belongs to another.
func (a *Accounts) claim(acc *Account, at string, domains, boxes map[string]string) error {
	for j, d := range acc.Domains {
		if domains[d] != "" {
			return a.source.Fail(fmt.Sprintf("%sdomains[%d]", at, j), d, "belongs to account "+domains[d]+" already", "a domain has one account")
		}
		domains[d] = acc.ID
	}
	for j, m := range acc.Mailboxes {
		field := fmt.Sprintf("%smailboxes[%d]", at, j)
		if err := a.checkMailbox(acc, m, field); err != nil {
			return err
		}
		if boxes[m] != "" {
			return a.source.Fail(field, m, "belongs to account "+boxes[m]+" already", "an address has one account")
		}
		boxes[m] = acc.ID
	}
	return nil
}

func (p *Profile) checkITSPs() error {
	numbers := map[string]bool{}
	for i, o := range p.Accounts.ITSPs {
		fail := func(field, value, problem, fix string) error {
			return p.Accounts.source.Fail(fmt.Sprintf("itsps[%d].%s", i, field), value, problem, fix)
		}
		if numbers[o.Number] {
			return fail("number", o.Number, "is taken", "each ITSP has its own number")
		}
		numbers[o.Number] = true
		card := func(c Certificate) bool { return c.Card && c.Name == o.Certificate }
		if !slices.ContainsFunc(p.Certificates, card) {
			return fail("certificate", o.Certificate, "no card in "+p.source.Name+" has this certificate", "add a certificate with card: true there")
		}
		push, err := o.PushAddress()
		if err != nil || !push.Addr().Is4() || push.Port() == 0 {
			return fail("push", o.Push, "is not an address with a port", `write it like "192.0.2.25:465"`)
		}
		gateway := p.Role(topology.Gateway)
		way, err := p.Topology.Trace(p.Role(topology.DMDA).Name, push.Addr())
		if err != nil {
			return fail("push", o.Push, "leads nowhere: "+err.Error(), "give the gateway's address as the provider sees it")
		}
		if way.To != gateway.Name {
			return fail("push", o.Push, "leads to host "+way.To, "give the address of "+gateway.Name+" as the provider sees it")
		}
	}
	return nil
}

func (p *Profile) checkAccount(acc *Account, at string) error {
	fail := p.Accounts.source.Fail
	known := func(o ITSP) bool { return o.Number == acc.ITSP }
	switch {
	case acc.Kind != "institution" && acc.Kind != "person":
		return fail(at+"kind", acc.Kind, "is not known", "use institution or person")
	case acc.Receipt != "always" && acc.Receipt != "on-request":
		return fail(at+"receipt", acc.Receipt, "is not known", "use always or on-request")
	case acc.Kind == "institution" && len(acc.Domains) == 0:
		return fail(at+"domains", "", "is missing", "an institution has at least one De-Mail domain")
	case acc.Kind == "person" && len(acc.Domains) > 0:
		return fail(at+"domains", acc.Domains[0], "a person has no domain", "remove it: persons have addresses in "+p.Accounts.Provider.Domain)
	case acc.ITSP != "" && !slices.ContainsFunc(p.Accounts.ITSPs, known):
		return fail(at+"itsp", acc.ITSP, "there is no such ITSP", "use a number of itsps")
	case acc.Kind == "person" && acc.Retrieve:
		return fail(at+"retrieve", "true", "a person is not entitled to formal service", "remove it")
	case acc.Quota < 0:
		return fail(at+"quota", strconv.FormatInt(acc.Quota, 10), "is negative", "give octets, or remove it for 1 GByte")
	case acc.Gateway && acc.ITSP == "":
		return fail(at+"gateway", "true", "the account is bound to no ITSP", "give it itsp, or gateway: false")
	}
	for j, d := range acc.Domains {
		if !below(d, Suffix) {
			return fail(fmt.Sprintf("%sdomains[%d]", at, j), d, "is no De-Mail domain", "it must end in ."+Suffix)
		}
	}
	return nil
}

func (a *Accounts) checkMailbox(acc *Account, box, field string) error {
	domains := acc.Domains
	if acc.Kind == "person" {
		domains = []string{a.Provider.Domain}
	}
	canonical, ok, err := inside(box, domains)
	switch {
	case err != nil:
		return a.source.Fail(field, box, "is not a De-Mail address", "write it like poststelle@stadt."+Suffix)
	case !ok:
		return a.source.Fail(field, box, "is outside the account's domains "+strings.Join(domains, ", "), "use one of them")
	case canonical != box:
		return a.source.Fail(field, box, "is not in canonical form", "write "+canonical)
	}
	if _, system := demail.SystemOf(demail.MustAddress(box), a.Provider.Domain); system {
		return a.source.Fail(field, box, "is reserved for the provider (TR-01201-3.1 4.3)", "use another local part")
	}
	return nil
}
