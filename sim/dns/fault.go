package dns

import (
	"fmt"
	"slices"

	"github.com/miekg/dns"
)

// Fault makes a server answer wrongly. Exactly one of Rcode, Drop and Truncate is set.
type Fault struct {
	// View is the view that fails, empty for all.
	View string
	// Name is the name that fails, together with every name below it; empty for all names.
	Name string
	// Type is the type of question that fails, such as "MX"; empty for all.
	Type string
	// Rcode is answered instead of the truth, such as "SERVFAIL" or "REFUSED". The answer claims no
	// authority.
	Rcode string
	// Drop leaves the question without an answer, over UDP and TCP.
	Drop bool
	// Truncate answers over UDP with nothing but the TC bit; over TCP the truth is told.
	Truncate bool
	// Times is how many questions fail before the fault is over; 0: until undo.
	Times int
}

type activeFault struct {
	Fault
	hits int
}

// SetFault begins f; undo ends it and may be called more than once. Of several faults that fit a question
// the latest counts. The error says which field makes no sense.
func (s *Server) SetFault(f Fault) (undo func(), err error) {
	if err := s.checkFault(&f); err != nil {
		return nil, fmt.Errorf("dns: server %q: fault: %w", s.who, err)
	}
	a := &activeFault{Fault: f}
	s.mu.Lock()
	s.faults = append(s.faults, a)
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.faults = slices.DeleteFunc(s.faults, func(b *activeFault) bool { return a == b })
	}, nil
}

// checkFault refuses what could never hit, and brings f into canonical form.
func (s *Server) checkFault(f *Fault) error {
	kinds := 0
	for _, set := range []bool{f.Rcode != "", f.Drop, f.Truncate} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		return fmt.Errorf("set exactly one of Rcode, Drop, Truncate (%d are set)", kinds)
	}
	const max = 15 // larger ones need EDNS, which the client may not speak
	if code := dns.StringToRcode[f.Rcode]; f.Rcode != "" && (code < 1 || code > max) {
		return fmt.Errorf("Rcode %q is no failure; give one such as SERVFAIL, REFUSED, NXDOMAIN, NOTIMP, FORMERR", f.Rcode)
	}
	if _, ok := dns.StringToType[f.Type]; f.Type != "" && !ok {
		return fmt.Errorf("Type %q is unknown", f.Type)
	}
	if f.Times < 0 {
		return fmt.Errorf("Times is %d", f.Times)
	}
	if f.View != "" && !slices.ContainsFunc(s.views, func(v *view) bool { return v.name == f.View }) {
		return fmt.Errorf("there is no view %q", f.View)
	}
	if f.Name != "" {
		if _, ok := dns.IsDomainName(f.Name); !ok {
			return fmt.Errorf("Name %q is no domain name", f.Name)
		}
		f.Name = dns.CanonicalName(f.Name)
	}
	return nil
}

// hit finds the fault that strikes a question and counts it, nil for none.
func (s *Server) hit(v *view, req *dns.Msg, overTCP bool) *Fault {
	if v == nil || len(req.Question) != 1 {
		return nil
	}
	q := req.Question[0]
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range slices.Backward(s.faults) {
		if f.Times > 0 && f.hits >= f.Times || !f.fits(v, q) || f.Truncate && overTCP {
			continue
		}
		f.hits++
		return &f.Fault
	}
	return nil
}

func (f *Fault) fits(v *view, q dns.Question) bool {
	return (f.View == "" || f.View == v.name) &&
		(f.Type == "" || dns.StringToType[f.Type] == q.Qtype) &&
		(f.Name == "" || dns.IsSubDomain(f.Name, dns.CanonicalName(q.Name)))
}
