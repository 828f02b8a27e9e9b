package dns

import (
	"fmt"
	"io"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
)

// ZoneError is a zone that no server could answer from.
type ZoneError struct {
	// Origin is the zone, Line the record's place in Zone.Records from 1 (0: the zone as a whole), Record
	// its text.
	Origin string
	Line   int
	Record string
	// Problem says what is wrong and what to do.
	Problem string
}

// Error names zone, line, record and problem.
func (e *ZoneError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("zone %q: %s", e.Origin, e.Problem)
	}
	return fmt.Sprintf("zone %q, record %d %q: %s", e.Origin, e.Line, e.Record, e.Problem)
}

// rrsets are the records of one name by type.
type rrsets map[uint16][]dns.RR

// zone is a zone ready to answer from. Names are lower case with a final dot.
type zone struct {
	origin string
	soa    *dns.SOA
	// names holds every name that exists, also those that have only names below them (RFC 4592 2.2.2):
	// they have no records but are no NXDOMAIN.
	names map[string]rrsets
}

type view struct {
	name    string
	clients []netip.Prefix
	zones   map[string]*zone
}

func newView(v View) (*view, error) {
	out := &view{name: v.Name, zones: map[string]*zone{}}
	for _, p := range v.Clients {
		if !p.IsValid() {
			return nil, fmt.Errorf("an entry of clients is no address prefix")
		}
		out.clients = append(out.clients, p.Masked())
	}
	for _, z := range v.Zones {
		built, err := parseZone(z)
		if err != nil {
			return nil, err
		}
		if out.zones[built.origin] != nil {
			return nil, &ZoneError{Origin: z.Origin, Problem: "stands twice in this view; join the two"}
		}
		out.zones[built.origin] = built
	}
	return out, nil
}

func (v *view) contains(client netip.Addr) bool {
	_, ok := v.covers(netip.PrefixFrom(client, client.BitLen()))
	return ok
}

// covers finds the entry of the view's clients that contains all of p.
func (v *view) covers(p netip.Prefix) (netip.Prefix, bool) {
	for _, q := range v.clients {
		if q.Bits() <= p.Bits() && q.Contains(p.Addr()) {
			return q, true
		}
	}
	return netip.Prefix{}, false
}

// zone finds the closest zone that name belongs to.
func (v *view) zone(name string) *zone {
	for {
		if z := v.zones[name]; z != nil || name == "." {
			return z
		}
		name = parent(name)
	}
}

// parent is name without its first label, "." at the end.
func parent(name string) string {
	if i, end := dns.NextLabel(name, 0); !end {
		return name[i:]
	}
	return "."
}

// parseZone reads and checks the records of z.
func parseZone(z Zone) (*zone, error) {
	if _, ok := dns.IsDomainName(z.Origin); !ok || z.Origin == "" {
		return nil, &ZoneError{Origin: z.Origin, Problem: "origin is no domain name"}
	}
	out := &zone{origin: dns.CanonicalName(z.Origin), names: map[string]rrsets{}}
	for i, text := range z.Records {
		rr, problem := parseRecord(out.origin, text)
		if problem == "" {
			problem = out.add(rr)
		}
		if problem != "" {
			return nil, &ZoneError{Origin: z.Origin, Line: i + 1, Record: text, Problem: problem}
		}
	}
	switch {
	case out.soa == nil:
		return nil, &ZoneError{Origin: z.Origin, Problem: "has no SOA at its origin; add \"@ 300 IN SOA ...\""}
	case len(out.names[out.origin][dns.TypeNS]) == 0:
		return nil, &ZoneError{Origin: z.Origin, Problem: "has no NS at its origin; add \"@ 300 IN NS ...\""}
	}
	return out, nil
}

// parseRecord reads one line, and says what is wrong with it.
func parseRecord(origin, text string) (dns.RR, string) {
	if strings.HasPrefix(strings.TrimSpace(text), "$") {
		return nil, "is a directive; give one complete record"
	}
	p := dns.NewZoneParser(io.MultiReader(strings.NewReader(text), strings.NewReader("\n")), origin, "")
	rr, ok := p.Next()
	if err := p.Err(); err != nil {
		return nil, err.Error()
	}
	if !ok {
		return nil, "holds no record"
	}
	if _, more := p.Next(); more || p.Err() != nil {
		return nil, "holds more than one record; give each its own line"
	}
	if rr.Header().Class != dns.ClassINET {
		return nil, "is not of class IN"
	}
	if !dns.IsSubDomain(origin, rr.Header().Name) {
		return nil, fmt.Sprintf("its name %s lies outside the zone; a name ends in a dot only when it is complete", rr.Header().Name)
	}
	if _, err := dns.PackRR(rr, make([]byte, dns.MaxMsgSize), 0, nil, false); err != nil {
		return nil, fmt.Sprintf("cannot be put on the wire: %v", err) // the parser takes more than the packer
	}
	return rr, ""
}

// add puts rr into the zone, and says what forbids it.
func (z *zone) add(rr dns.RR) string {
	h := rr.Header()
	h.Name = dns.CanonicalName(h.Name)
	if soa, ok := rr.(*dns.SOA); ok {
		if h.Name != z.origin || z.soa != nil {
			return "a zone has one SOA, at its origin"
		}
		z.soa = soa
	}
	sets := z.names[h.Name]
	_, hasCNAME := sets[dns.TypeCNAME]
	if len(sets) > 0 && (hasCNAME || h.Rrtype == dns.TypeCNAME) {
		return "a CNAME allows no other record at its name (RFC 1034 3.6.2)"
	}
	for _, other := range sets[h.Rrtype] {
		if dns.IsDuplicate(rr, other) {
			return "stands twice"
		}
	}
	for name := h.Name; ; name = parent(name) {
		if z.names[name] == nil {
			z.names[name] = rrsets{}
		}
		if name == z.origin {
			break
		}
	}
	z.names[h.Name][h.Rrtype] = append(z.names[h.Name][h.Rrtype], rr)
	return ""
}
