package dns

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// Why an answer is not believed, or what it denies.
var (
	errNoName    = errors.New("no such host (NXDOMAIN)")
	errNoData    = errors.New("no such records (NODATA)")
	errLame      = errors.New("server is not authoritative for the name and does not recurse (lame)")
	errAliases   = errors.New("aliases (CNAME) form a loop or are too many")
	errTruncated = errors.New("answer is truncated over TCP")
)

// checkAnswer decodes wire and accepts it only as the answer to q: same id, a response to a query, the one
// question asked. The library's own client checks the id alone.
func checkAnswer(q *dns.Msg, wire []byte) (*dns.Msg, error) {
	m := new(dns.Msg)
	if err := m.Unpack(wire); err != nil {
		return nil, fmt.Errorf("malformed answer: %w", err)
	}
	switch {
	case m.Id != q.Id:
		return nil, fmt.Errorf("answer to question %d, not %d", m.Id, q.Id)
	case !m.Response || m.Opcode != dns.OpcodeQuery:
		return nil, errors.New("not an answer to a query")
	case len(m.Question) != 1:
		// A server that could not read the question may leave it out (RFC 1035 4.1.1, FORMERR).
		if len(m.Question) == 0 && m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
			return m, nil
		}
		return nil, fmt.Errorf("answer with %d questions", len(m.Question))
	}
	for _, rr := range m.Answer {
		if rr.Header().Rdlength == 0 { // decodes to a record without content, such as an MX to nowhere
			return nil, fmt.Errorf("answer with an empty record: %s", rr.Header())
		}
	}
	asked, got := q.Question[0], m.Question[0]
	if !strings.EqualFold(got.Name, asked.Name) || got.Qtype != asked.Qtype || got.Qclass != asked.Qclass {
		return nil, fmt.Errorf("answer to another question: %s", got.String())
	}
	return m, nil
}

// finding is what an answer says: records, or an alias to ask about next, or a denial.
type finding struct {
	records []dns.RR
	alias   string
	denied  error
}

// find reads from m, which checkAnswer accepted, what it says about name and typ. Records of names to
// which no alias of the answer leads are ignored. The error is a failure that says nothing about the name.
func find(m *dns.Msg, name string, typ uint16) (finding, error) {
	if m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError {
		return finding{}, fmt.Errorf("server answers %s", rcodeText(m.Rcode))
	}
	if m.Truncated {
		return finding{}, errTruncated
	}
	owner, seen := name, []string{}
	for {
		owner = dns.CanonicalName(owner)
		if slices.Contains(seen, owner) || len(seen) == maxChain {
			return finding{}, errAliases
		}
		seen = append(seen, owner)
		if records := owned(m.Answer, owner, typ); len(records) > 0 {
			return finding{records: records}, nil
		}
		alias := first(owned(m.Answer, owner, dns.TypeCNAME))
		if alias == nil {
			break
		}
		owner = alias.(*dns.CNAME).Target
	}
	switch {
	case !m.Authoritative && !m.RecursionAvailable:
		return finding{}, errLame
	case m.Rcode == dns.RcodeNameError:
		return finding{denied: errNoName}, nil // RFC 6604 2: of the last name of the chain
	case len(seen) > 1 && !hasSOA(m.Ns):
		return finding{alias: owner}, nil
	case !hasSOA(m.Ns) && len(m.Ns) > 0:
		return finding{}, errLame // a referral (RFC 2308 2.2)
	}
	return finding{denied: errNoData}, nil
}

// owned are the records of owner and typ, class IN.
func owned(records []dns.RR, owner string, typ uint16) []dns.RR {
	var out []dns.RR
	for _, rr := range records {
		h := rr.Header()
		if h.Rrtype == typ && h.Class == dns.ClassINET && dns.CanonicalName(h.Name) == owner {
			out = append(out, rr)
		}
	}
	return out
}

func hasSOA(records []dns.RR) bool {
	return slices.ContainsFunc(records, func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeSOA })
}

func rcodeText(code int) string {
	if text, ok := dns.RcodeToString[code]; ok {
		return text
	}
	return fmt.Sprintf("RCODE %d", code)
}
