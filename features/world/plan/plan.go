// Package plan says what a scenario's gateway is to serve: the tenants, domains, addresses and rules of the world's
// profile, and the changes that a step makes to them. It leaves out how a gateway comes to know them.
package plan

import (
	"fmt"
	"slices"

	"demailbench/features/sut"
	"demailbench/sim/lab"
)

// operator is the mailbox of BaK ESV (S0-010).
const operator = "esv@sid.sachsen.de"

// Setup is what the gateway on a host serves at first. client is the name of the certificate with which the DMDA
// pushes.
func Setup(p *lab.Profile, host, client string) sut.Setup {
	s := sut.Setup{Hostname: p.Topology.Host(host).Hostname, Operator: operator,
		Provider: fmt.Sprintf("%s:%d", p.Accounts.Provider.Hostname, p.Accounts.Provider.Port), ProviderName: p.Accounts.Provider.Hostname, ProviderClient: client}
	for _, t := range p.Enrolled() {
		st := sut.Tenant{ID: t.ID, Name: t.Name, Transport: t.Transport, MailDomains: t.MailDomains, TechnicalContact: t.TechnicalContact, ProcessOwner: t.ProcessOwner}
		if st.Kind = "municipal"; t.Network == "svn" {
			st.Kind = "state"
		}
		for _, n := range t.Networks {
			st.Networks = append(st.Networks, n.Prefix)
		}
		for _, d := range t.Domains {
			st.Domains = append(st.Domains, sut.Domain{Name: d.Name, Direction: d.Direction})
		}
		for _, m := range t.Mapping {
			st.Mapping = append(st.Mapping, sut.Pair{Mail: m.Mail, DeMail: m.DeMail})
		}
		s.Tenants = append(s.Tenants, st)
	}
	return s
}

// Copy is s with tenants and networks of its own: who starts a gateway may put other addresses into what it gets.
func Copy(s sut.Setup) sut.Setup {
	s.Tenants = slices.Clone(s.Tenants)
	for i := range s.Tenants {
		s.Tenants[i].Networks = slices.Clone(s.Tenants[i].Networks)
	}
	return s
}
