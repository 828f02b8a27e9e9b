package profile

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"demailbench/sim/topology"
)

func (p *Profile) checkCertificates() error {
	names, hosts := map[string]bool{}, map[string]bool{}
	for i := range p.Certificates {
		c := &p.Certificates[i]
		fail := func(field, value, problem, fix string) error {
			return p.source.Fail(fmt.Sprintf("certificates[%d].%s", i, field), value, problem, fix)
		}
		host := p.Topology.Host(c.Host)
		slot := fmt.Sprint(c.Host, c.Card)
		switch {
		case names[c.Name]:
			return fail("name", c.Name, "another certificate has this name", "parties tell certificates by name: give each its own")
		case host == nil:
			return fail("host", c.Host, "is not in "+p.file.Topology, "add the host there, or correct the name")
		case hosts[slot]:
			return fail("host", c.Host, "has a certificate already", "remove one of the two")
		case c.Card && len(c.DNS)+len(c.IPs) > 0:
			return fail("card", "true", "a card proves an operator, not a server", "remove dns and ips")
		case !c.Card && len(c.DNS)+len(c.IPs) == 0:
			return fail("dns", "", "is missing", "give the names under which "+c.Host+" proves itself")
		case !c.Card && host.Hostname != "" && !slices.Contains(c.DNS, host.Hostname):
			return fail("dns", strings.Join(c.DNS, ", "), "the name of host "+c.Host+", "+host.Hostname+", is not among them", "add it")
		case !c.From.Before(c.Until.Time):
			return fail("until", c.Until.Format(time.RFC3339), "is not after from", "swap the two or extend the validity")
		}
		if _, err := fs.Stat(p.Keys, c.Key+".pem"); err != nil {
			return fail("key", c.Key, "there is no pki/"+c.Key+".pem", "use a key that is there: "+p.keyNames())
		}
		names[c.Name], hosts[slot] = true, true
	}
	if err := p.checkLink(); err != nil {
		return err
	}
	return p.CheckDates(p.Topology.Epoch.Time)
}

// checkLink makes sure that both ends of the link between gateway and provider can prove themselves.
func (p *Profile) checkLink() error {
	for _, r := range []topology.Role{topology.Gateway, topology.DMDA} {
		if h := p.Role(r); p.Certificate(h.Name, false) == nil {
			return p.source.Fail("certificates", "", "host "+h.Name+" has none", "add one: the link between gateway and provider needs it (D16)")
		}
	}
	dmda := p.Role(topology.DMDA).Name
	if c := p.Certificate(dmda, false); !slices.Contains(c.DNS, p.Accounts.Provider.Hostname) {
		i := slices.IndexFunc(p.Certificates, func(o Certificate) bool { return o.Host == dmda && !o.Card })
		return p.source.Fail(fmt.Sprintf("certificates[%d].dns", i), strings.Join(c.DNS, ", "),
			"the provider's hostname in "+p.file.Accounts+", "+p.Accounts.Provider.Hostname+", is not among them", "add it, or correct it there")
	}
	return nil
}

// CheckDates reports the first certificate that is not valid at a time: a scenario that begins then would
// fail for a reason that has nothing to do with the gateway.
func (p *Profile) CheckDates(at time.Time) error {
	for i, c := range p.Certificates {
		switch {
		case at.Before(c.From.Time):
			return p.source.Fail(fmt.Sprintf("certificates[%d].from", i), c.From.Format(time.RFC3339),
				"certificate "+c.Name+" is not valid yet when the scenario begins, "+at.Format(time.RFC3339), "begin earlier, or correct the scenario's date")
		case at.After(c.Until.Time):
			return p.source.Fail(fmt.Sprintf("certificates[%d].until", i), c.Until.Format(time.RFC3339),
				"certificate "+c.Name+" has expired when the scenario begins, "+at.Format(time.RFC3339), "extend it, or correct the scenario's date")
		}
	}
	return nil
}

func (p *Profile) keyNames() string {
	files, err := fs.Glob(p.Keys, "*.pem")
	if err != nil || len(files) == 0 {
		return "none (there is no folder pki)"
	}
	return strings.ReplaceAll(strings.Join(files, ", "), ".pem", "")
}
