package profile

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"demailbench/sim/topology"
)

// checkViews judges each view's records, and that every MX leads to a mail server.
func (p *Profile) checkViews() error {
	names := map[string]bool{}
	for i := range p.Views {
		v := &p.Views[i]
		server := p.serverOf(v.Name)
		switch {
		case names[v.Name]:
			return v.source.Fail("view", v.Name, "another zone file has this view", "put its zones there")
		case server == nil:
			return v.source.Fail("view", v.Name, "no name server of "+p.file.Topology+" has this view", "give it to a host with role dns")
		}
		names[v.Name] = true
		for i, c := range v.Clients {
			if c.Prefix != c.Masked() {
				return v.source.Fail(fmt.Sprintf("clients[%d]", i), c.String(), "has host bits set", "the network is "+c.Masked().String())
			}
		}
		set, err := v.parse()
		if err != nil {
			return err
		}
		if err := p.checkMX(v, server, set); err != nil {
			return err
		}
	}
	for i, h := range p.Topology.Hosts {
		if h.Role == topology.DNS && !names[h.View] {
			return p.Topology.Source().Fail(fmt.Sprintf("hosts[%d].view", i), h.View, "no zone file of "+p.source.Name+" has this view", "add the file, or correct the name")
		}
	}
	return nil
}

// serverOf is the name server that answers with a view.
func (p *Profile) serverOf(view string) *topology.Host {
	for i := range p.Topology.Hosts {
		if h := &p.Topology.Hosts[i]; h.Role == topology.DNS && h.View == view {
			return h
		}
	}
	return nil
}

// entry is a parsed record and its place in the file.
type entry struct {
	rr    dns.RR
	field string
	line  string
}

// records are a view's records by owner name and type.
type records map[string][]entry

func (r records) of(name string, kind uint16) []entry {
	var list []entry
	for _, e := range r[strings.ToLower(name)] {
		if e.rr.Header().Rrtype == kind {
			list = append(list, e)
		}
	}
	return list
}

// parse reads all records of a view.
func (v *View) parse() (records, error) {
	set := records{}
	for i, z := range v.Zones {
		at := fmt.Sprintf("zones[%d].", i)
		origin := dns.Fqdn(strings.ToLower(z.Origin))
		if _, ok := dns.IsDomainName(z.Origin); !ok || strings.HasSuffix(z.Origin, ".") {
			return nil, v.source.Fail(at+"origin", z.Origin, "is not a domain name", "write it like sid.sachsen.de, without the final dot")
		}
		if len(set.of(origin, dns.TypeSOA)) > 0 {
			return nil, v.source.Fail(at+"origin", z.Origin, "the view has this zone already", "put the records there")
		}
		for j, line := range z.Records {
			field := fmt.Sprintf("%srecords[%d]", at, j)
			rr, problem := parseRecord(line, origin)
			if problem != "" {
				return nil, v.source.Fail(field, line, problem, "write one record of a master file (RFC 1035 5.1), such as mail 300 IN A 10.1.0.25")
			}
			owner := strings.ToLower(rr.Header().Name)
			if !dns.IsSubDomain(origin, owner) {
				return nil, v.source.Fail(field, line, "its owner "+owner+" is outside the zone "+z.Origin, "put it into its own zone")
			}
			set[owner] = append(set[owner], entry{rr, field, line})
		}
		if len(set.of(origin, dns.TypeSOA)) != 1 || len(set.of(origin, dns.TypeNS)) == 0 {
			return nil, v.source.Fail(at+"records", "", "zone "+z.Origin+" needs exactly one SOA and at least one NS record", "add what is missing (RFC 1035 5.2)")
		}
	}
	return set, nil
}

// parseRecord reads one line of a master file. Directives are refused: $INCLUDE reads other files and
// $GENERATE can make millions of records of one line.
func parseRecord(line, origin string) (dns.RR, string) {
	if strings.HasPrefix(strings.TrimSpace(line), "$") {
		return nil, "directives are not allowed"
	}
	parser := dns.NewZoneParser(strings.NewReader(line+"\n"), origin, "")
	rr, ok := parser.Next()
	if err := parser.Err(); err != nil {
		return nil, strings.TrimPrefix(err.Error(), "dns: ")
	}
	if !ok || rr == nil {
		return nil, "holds no record"
	}
	if _, more := parser.Next(); more || parser.Err() != nil {
		return nil, "holds more than one record"
	}
	return rr, ""
}

// checkMX makes sure that each MX target has an address in the view, at which a mail server listens as seen
// from the view's own name server.
func (p *Profile) checkMX(v *View, server *topology.Host, set records) error {
	for i := range v.Zones {
		for j := range v.Zones[i].Records {
			field := fmt.Sprintf("zones[%d].records[%d]", i, j)
			rr, _ := parseRecord(v.Zones[i].Records[j], dns.Fqdn(strings.ToLower(v.Zones[i].Origin)))
			mx, ok := rr.(*dns.MX)
			if !ok || mx.Mx == "." { // null MX: no mail at all (RFC 7505)
				continue
			}
			target := set.of(mx.Mx, dns.TypeA)
			if len(target) == 0 {
				return v.source.Fail(field, v.Zones[i].Records[j], "MX to nowhere: "+strings.TrimSuffix(mx.Mx, ".")+" has no address in view "+v.Name,
					"add its A record, or correct the name")
			}
			for _, e := range target {
				if _, err := p.mailServerAt(server, e.rr.(*dns.A)); err != nil {
					return v.source.Fail(e.field, e.line, "MX to nowhere: "+err.Error(), "give the address of a mail server as the clients of the view see it")
				}
			}
		}
	}
	return nil
}

// mailServerAt is the mail server that an address record leads to, seen from a name server.
func (p *Profile) mailServerAt(server *topology.Host, a *dns.A) (*topology.Host, error) {
	addr, ok := netip.AddrFromSlice(a.A.To4())
	if !ok {
		return nil, fmt.Errorf("%v is no IPv4 address", a.A)
	}
	way, err := p.Topology.Trace(server.Name, addr)
	if err != nil {
		return nil, err
	}
	host := p.Topology.Host(way.To)
	if host.Role != topology.Mail && host.Role != topology.Gateway {
		return nil, fmt.Errorf("host %s at %v has the role %s", host.Name, addr, host.Role)
	}
	return host, nil
}

// checkMailDomains makes sure that mail for every domain of the world finds its server in the view that
// the gateway asks.
func (p *Profile) checkMailDomains() error {
	server := p.NameServer(p.Role(topology.Gateway))
	if server == nil {
		return p.Topology.Source().Fail("hosts", "", "no name server is in the gateway's realm", "add one")
	}
	view := p.View(server.View)
	set, err := view.parse()
	if err != nil {
		return err
	}
	for n := range p.Tenants {
		t := &p.Tenants[n]
		for i, d := range t.MailDomains {
			if err := p.checkMXOf(set, server, d, t.MailServer); err != nil {
				return t.source.Fail(fmt.Sprintf("mail_domains[%d]", i), d, err.Error(), "correct "+view.source.Name)
			}
		}
		_, domain, _ := strings.Cut(t.TechnicalContact, "@")
		if err := p.checkMXOf(set, server, domain, ""); err != nil {
			return t.source.Fail("technical_contact", t.TechnicalContact, err.Error(), "use a mailbox that alerts can reach, or correct "+view.source.Name)
		}
	}
	for i, h := range p.Topology.Hosts {
		for j, d := range h.Domains {
			if err := p.checkMXOf(set, server, d, h.Name); err != nil {
				return p.Topology.Source().Fail(fmt.Sprintf("hosts[%d].domains[%d]", i, j), d, err.Error(), "correct "+view.source.Name)
			}
		}
	}
	return p.checkServers(server, set)
}

// checkServers makes sure that servers which are dialled by name have an address in the view of those who
// dial: the provider for the gateway, smarthosts for mail servers.
func (p *Profile) checkServers(server *topology.Host, set records) error {
	name := p.Accounts.Provider.Hostname
	if !p.hasAddress(set, name, p.Role(topology.DMDA).Name, server) {
		return p.Accounts.source.Fail("provider.hostname", name, "does not lead to the provider's host in view "+server.View, "correct "+p.View(server.View).source.Name)
	}
	for i := range p.Topology.Hosts {
		h := &p.Topology.Hosts[i]
		for j, s := range h.Smarthosts {
			asked := p.NameServer(h)
			seen, err := p.View(asked.View).parse()
			if err != nil {
				return err
			}
			if name := p.Topology.Host(s.Host).Hostname; !p.hasAddress(seen, name, s.Host, asked) {
				return p.Topology.Source().Fail(fmt.Sprintf("hosts[%d].smarthosts[%d].host", i, j), s.Host,
					"its hostname "+name+" does not lead to it in view "+asked.View, "correct "+p.View(asked.View).source.Name)
			}
		}
	}
	return nil
}

// hasAddress reports whether a name has an address in the records that leads to host, seen from server.
func (p *Profile) hasAddress(set records, name, host string, server *topology.Host) bool {
	for _, e := range set.of(dns.Fqdn(name), dns.TypeA) {
		addr, ok := netip.AddrFromSlice(e.rr.(*dns.A).A.To4())
		if way, err := p.Topology.Trace(server.Name, addr); ok && err == nil && way.To == host {
			return true
		}
	}
	return false
}

// checkMXOf reports why mail for a domain does not reach host, or any mail server when host is empty.
func (p *Profile) checkMXOf(set records, server *topology.Host, domain, host string) error {
	list := set.of(dns.Fqdn(domain), dns.TypeMX)
	if len(list) == 0 {
		return fmt.Errorf("has no MX in view %s", server.View)
	}
	for _, e := range list {
		for _, a := range set.of(e.rr.(*dns.MX).Mx, dns.TypeA) {
			to, err := p.mailServerAt(server, a.rr.(*dns.A))
			if err != nil {
				return err
			}
			if host != "" && to.Name != host {
				return fmt.Errorf("its MX leads to %s, not to %s", to.Name, host)
			}
		}
	}
	return nil
}
