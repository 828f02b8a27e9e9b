package dns

import (
	"slices"

	"github.com/miekg/dns"
)

// maxChain is how many aliases are followed, by the server within its zones and by the stub over several
// questions.
const maxChain = 8

// answer fills m, the reply to the question q, from the zones of v (RFC 1034 4.3.2, without recursion).
func (v *view) answer(m *dns.Msg, q dns.Question) {
	name := dns.CanonicalName(q.Name)
	for range maxChain {
		z := v.zone(name)
		if z == nil {
			if len(m.Answer) == 0 {
				m.Rcode = dns.RcodeRefused // not authoritative: no statement about the name
			}
			return
		}
		if cut := z.delegation(name, q.Qtype); cut != nil {
			z.refer(m, cut)
			return
		}
		m.Authoritative = true
		sets, exists := z.lookup(name)
		alias := first(sets[dns.TypeCNAME])
		if alias == nil || q.Qtype == dns.TypeCNAME || q.Qtype == dns.TypeANY {
			z.finish(m, sets, exists, name, q.Qtype)
			return
		}
		m.Answer = append(m.Answer, at(name, alias))
		name = dns.CanonicalName(alias.(*dns.CNAME).Target)
	}
}

// finish adds the records asked for, or the SOA that makes their absence authoritative (RFC 2308 2).
func (z *zone) finish(m *dns.Msg, sets rrsets, exists bool, name string, typ uint16) {
	before := len(m.Answer)
	for _, t := range answerTypes(sets, typ) {
		for _, rr := range sets[t] {
			m.Answer = append(m.Answer, at(name, rr))
		}
	}
	if len(m.Answer) > before {
		return
	}
	if !exists {
		m.Rcode = dns.RcodeNameError
	}
	soa := dns.Copy(z.soa).(*dns.SOA)
	soa.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	m.Ns = append(m.Ns, soa)
}

// answerTypes are the types that answer a question for typ, in a fixed order.
func answerTypes(sets rrsets, typ uint16) []uint16 {
	if typ != dns.TypeANY {
		return []uint16{typ}
	}
	var all []uint16
	for t := range sets {
		all = append(all, t)
	}
	slices.Sort(all)
	return all
}

// lookup finds the records of name, by wildcard when it does not exist itself (RFC 4592 3.3.1).
func (z *zone) lookup(name string) (sets rrsets, exists bool) {
	if sets, ok := z.names[name]; ok {
		return sets, true
	}
	for encloser := parent(name); ; encloser = parent(encloser) {
		if z.names[encloser] == nil {
			continue
		}
		sets, ok := z.names[wildcard(encloser)]
		return sets, ok
	}
}

// wildcard is the name of the wildcard below encloser.
func wildcard(encloser string) string {
	if encloser == "." {
		return "*."
	}
	return "*." + encloser
}

// delegation finds the name servers of a zone cut at or above name, nil when this zone answers itself.
func (z *zone) delegation(name string, typ uint16) []dns.RR {
	var cut []dns.RR
	for n := name; n != z.origin; n = parent(n) {
		if ns := z.names[n][dns.TypeNS]; ns != nil && (n != name || typ != dns.TypeDS) {
			cut = ns
		}
	}
	return cut
}

// refer answers with the name servers of a zone cut and the addresses known for them.
func (z *zone) refer(m *dns.Msg, cut []dns.RR) {
	m.Ns = append(m.Ns, cut...)
	for _, rr := range cut {
		glue := z.names[dns.CanonicalName(rr.(*dns.NS).Ns)]
		m.Extra = append(append(m.Extra, glue[dns.TypeA]...), glue[dns.TypeAAAA]...)
	}
}

// at is rr as a record of name: the same record, or the copy that a wildcard makes.
func at(name string, rr dns.RR) dns.RR {
	if rr.Header().Name == name {
		return rr
	}
	rr = dns.Copy(rr)
	rr.Header().Name = name
	return rr
}

func first(set []dns.RR) dns.RR {
	if len(set) == 0 {
		return nil
	}
	return set[0]
}
