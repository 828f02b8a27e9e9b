package dns

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// FuzzAnswer feeds octets to the stub as the answer to an MX question. Whatever it believes must answer
// the question, hold content, and deny only with authority.
func FuzzAnswer(f *testing.F) {
	q := new(dns.Msg)
	q.SetQuestion("annaberg-buchholz.example.", dns.TypeMX)
	q.Id = 7
	for _, records := range [][]string{
		nil,
		{"annaberg-buchholz.example. 300 IN MX 10 mail.annaberg-buchholz.example."},
		{"annaberg-buchholz.example. 300 IN MX 0 ."},
		{"annaberg-buchholz.example. 300 IN CNAME b.example.", "b.example. 300 IN CNAME annaberg-buchholz.example."},
		{"b.example. 300 IN MX 10 mail.b.example."},
	} {
		m := new(dns.Msg).SetReply(q)
		m.Authoritative = true
		for _, text := range records {
			rr, err := dns.NewRR(text)
			if err != nil {
				f.Fatal(err)
			}
			m.Answer = append(m.Answer, rr)
		}
		for _, rcode := range []int{dns.RcodeSuccess, dns.RcodeNameError, dns.RcodeServerFailure} {
			m.Rcode = rcode
			wire, err := m.Pack()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(wire)
			f.Add(wire[:len(wire)-3])
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		m, err := checkAnswer(q, wire)
		if err != nil {
			return
		}
		if m.Id != q.Id || !m.Response {
			t.Fatalf("believed a message that is no answer to the question: %v", m)
		}
		got, err := find(m, q.Question[0].Name, dns.TypeMX)
		if err != nil {
			return
		}
		if len(m.Question) != 1 || !strings.EqualFold(m.Question[0].Name, q.Question[0].Name) {
			t.Fatalf("drew a conclusion from an answer to another question: %v", m)
		}
		if got.denied != nil && (!m.Authoritative && !m.RecursionAvailable || m.Truncated || m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError) {
			t.Fatalf("took for a denial: %v", m)
		}
		for _, rr := range got.records {
			if mx, ok := rr.(*dns.MX); !ok || mx.Mx == "" {
				t.Fatalf("took for a mail exchanger: %v", rr)
			}
		}
		if (len(got.records) > 0) == (got.denied != nil || got.alias != "") {
			t.Fatalf("contradictory finding %+v in %v", got, m)
		}
	})
}

// FuzzZone reads a record and asks for its own name and type: a zone that was accepted can be told.
func FuzzZone(f *testing.F) {
	for _, seed := range []string{
		"@ 300 IN MX 10 mail", "mail 300 IN A 10.2.12.25", "* 300 IN CNAME mail", "mail 300 IN CNAME mail",
		"sub 300 IN NS ns.sub", "a.b.c 300 IN TXT \"x\" \"y\"", "$GENERATE 1-65535 h$ A 10.0.0.1", "@ 300 IN SOA a. b. 1 2 3 4 5",
		"x 300 IN TYPE65280 \\# 4 0A000001", "\\000.x 300 IN A 10.0.0.1", "", "(", "x IN A 10.0.0.1",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, line string) {
		z, err := parseZone(Zone{Origin: "a.example", Records: []string{"@ 300 IN SOA ns.a.example. hostmaster.a.example. 1 2 3 4 5", "@ 300 IN NS ns", line}})
		if err != nil {
			return
		}
		v := &view{zones: map[string]*zone{z.origin: z}}
		for name, sets := range z.names {
			for typ := range sets {
				q := new(dns.Msg)
				q.SetQuestion(name, typ)
				m := new(dns.Msg).SetReply(q)
				v.answer(m, q.Question[0])
				if m.Rcode != dns.RcodeSuccess {
					t.Fatalf("%s %d of zone line %q: %v", name, typ, line, m)
				}
				if _, err := m.Pack(); err != nil {
					t.Fatalf("%s %d of zone line %q cannot be told: %v", name, typ, line, err)
				}
			}
		}
	})
}
