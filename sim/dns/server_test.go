package dns_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	wire "github.com/miekg/dns"

	"demailbench/sim/dns"
	"demailbench/sim/record"
)

const soaLine = "@ 300 IN SOA dns.central.example. hostmaster.central.example. 1 3600 600 86400 60"

// zone is a zone with SOA, NS and lines.
func zone(origin string, lines ...string) dns.Zone {
	return dns.Zone{Origin: origin, Records: append([]string{soaLine, "@ 300 IN NS dns.central.example."}, lines...)}
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// split is the two views of the tests: the central services' and the Internet's.
func split() dns.Config {
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprintf("many 300 IN A 192.0.2.%d", i+1))
	}
	return dns.Config{Who: "dns", Views: []dns.View{
		{Name: "internal", Clients: prefixes("172.16.0.0/24", "10.0.0.0/8"), Zones: []dns.Zone{
			zone("annaberg-buchholz.example",
				"@ 300 IN MX 10 mail", "@ 300 IN MX 5 first.mail", "mail 300 IN A 10.2.12.25", "mail 300 IN AAAA 2001:db8::25",
				"first.mail 300 IN A 10.2.12.24", "www 300 IN CNAME mail", "out 300 IN CNAME mail.radebeul.example.", "gone 300 IN CNAME mail.nowhere.test.",
				"dead 300 IN CNAME nothing", "a 300 IN CNAME b", "b 300 IN CNAME a",
				"*.wild 300 IN MX 10 mail", "there.wild 300 IN A 10.2.12.26",
				"sub 300 IN NS ns.sub", "ns.sub 300 IN A 10.2.12.53"),
			zone("radebeul.example.", append(many, "@ 300 IN MX 10 mail", "mail 300 IN A 10.2.13.25")...),
			zone("null.example", "@ 300 IN MX 0 ."),
		}},
		{Name: "internet", Clients: prefixes("0.0.0.0/0"), Zones: []dns.Zone{
			zone("annaberg-buchholz.example", "@ 300 IN MX 10 relay.internet.example."),
		}},
	}}
}

func server(t *testing.T, cfg dns.Config) (*dns.Server, *record.Record) {
	t.Helper()
	rec := record.New(func() time.Time { return epoch })
	s, err := dns.NewServer(cfg, rec)
	if err != nil {
		t.Fatal(err)
	}
	return s, rec
}

// reply takes a server's answer to one datagram or stream.
type reply struct {
	wire.ResponseWriter
	from net.Addr
	msg  *wire.Msg
	size int
}

func (r *reply) LocalAddr() net.Addr  { return &net.UDPAddr{IP: net.IPv4(172, 16, 0, 53), Port: 53} }
func (r *reply) RemoteAddr() net.Addr { return r.from }

func (r *reply) WriteMsg(m *wire.Msg) error {
	octets, err := m.Pack()
	if err != nil {
		return err
	}
	r.msg, r.size = new(wire.Msg), len(octets)
	return r.msg.Unpack(octets)
}

// put puts a question to s in the name of client and returns the answer, nil for silence.
func put(s *dns.Server, client string, q *wire.Msg) *wire.Msg {
	m, _ := putSized(s, client, q)
	return m
}

// putSized is put with the octets that the answer takes on the wire.
func putSized(s *dns.Server, client string, q *wire.Msg) (*wire.Msg, int) {
	r := &reply{from: net.UDPAddrFromAddrPort(netip.AddrPortFrom(netip.MustParseAddr(client), 40000))}
	s.ServeDNS(r, q)
	return r.msg, r.size
}

func question(name string, typ uint16) *wire.Msg {
	m := new(wire.Msg)
	m.SetQuestion(name, typ)
	return m
}

// tell writes an answer as lines: rcode and flags, then each section's records.
func tell(m *wire.Msg) []string {
	if m == nil {
		return []string{"silence"}
	}
	head := wire.RcodeToString[m.Rcode]
	for _, f := range []struct {
		set  bool
		text string
	}{{m.Authoritative, "aa"}, {m.Truncated, "tc"}, {m.RecursionAvailable, "ra"}} {
		if f.set {
			head += " " + f.text
		}
	}
	out := []string{head}
	for i, section := range [][]wire.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range section {
			out = append(out, []string{"", "ns: ", "extra: "}[i]+strings.Join(strings.Fields(rr.String()), " "))
		}
	}
	return out
}

func TestAnswers(t *testing.T) {
	const (
		inside  = "10.2.12.25"
		outside = "203.0.113.25"
		denial  = "ns: %s 60 IN SOA dns.central.example. hostmaster.central.example. 1 3600 600 86400 60"
	)
	annaberg := fmt.Sprintf(denial, "annaberg-buchholz.example.")
	tests := []struct {
		name   string
		client string
		q      *wire.Msg
		want   []string
	}{
		{"view of the inside", inside, question("annaberg-buchholz.example.", wire.TypeMX), []string{"NOERROR aa",
			"annaberg-buchholz.example. 300 IN MX 10 mail.annaberg-buchholz.example.", "annaberg-buchholz.example. 300 IN MX 5 first.mail.annaberg-buchholz.example."}},
		{"view of the outside", outside, question("annaberg-buchholz.example.", wire.TypeMX), []string{"NOERROR aa",
			"annaberg-buchholz.example. 300 IN MX 10 relay.internet.example."}},
		{"inside name from the outside", outside, question("mail.annaberg-buchholz.example.", wire.TypeA), []string{"NXDOMAIN aa", annaberg}},
		{"inside zone from the outside", outside, question("radebeul.example.", wire.TypeMX), []string{"REFUSED"}},
		{"capital letters", inside, question("MAIL.annaberg-Buchholz.EXAMPLE.", wire.TypeA), []string{"NOERROR aa",
			"mail.annaberg-buchholz.example. 300 IN A 10.2.12.25"}},
		{"no data", inside, question("mail.annaberg-buchholz.example.", wire.TypeTXT), []string{"NOERROR aa", annaberg}},
		{"no such name", inside, question("nowhere.annaberg-buchholz.example.", wire.TypeA), []string{"NXDOMAIN aa", annaberg}},
		{"a name with names below it only", inside, question("wild.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa", annaberg}},
		{"foreign zone", inside, question("dresden.example.", wire.TypeMX), []string{"REFUSED"}},
		{"SOA", inside, question("annaberg-buchholz.example.", wire.TypeSOA), []string{"NOERROR aa",
			"annaberg-buchholz.example. 300 IN SOA dns.central.example. hostmaster.central.example. 1 3600 600 86400 60"}},
		{"NS", inside, question("annaberg-buchholz.example.", wire.TypeNS), []string{"NOERROR aa", "annaberg-buchholz.example. 300 IN NS dns.central.example."}},
		{"alias", inside, question("www.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa",
			"www.annaberg-buchholz.example. 300 IN CNAME mail.annaberg-buchholz.example.", "mail.annaberg-buchholz.example. 300 IN A 10.2.12.25"}},
		{"alias itself", inside, question("www.annaberg-buchholz.example.", wire.TypeCNAME), []string{"NOERROR aa",
			"www.annaberg-buchholz.example. 300 IN CNAME mail.annaberg-buchholz.example."}},
		{"alias into another zone", inside, question("out.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa",
			"out.annaberg-buchholz.example. 300 IN CNAME mail.radebeul.example.", "mail.radebeul.example. 300 IN A 10.2.13.25"}},
		{"alias to a foreign name", inside, question("gone.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa",
			"gone.annaberg-buchholz.example. 300 IN CNAME mail.nowhere.test."}},
		{"alias to a name that does not exist", inside, question("dead.annaberg-buchholz.example.", wire.TypeA), []string{"NXDOMAIN aa",
			"dead.annaberg-buchholz.example. 300 IN CNAME nothing.annaberg-buchholz.example.", annaberg}},
		{"wildcard", inside, question("any.deep.wild.annaberg-buchholz.example.", wire.TypeMX), []string{"NOERROR aa",
			"any.deep.wild.annaberg-buchholz.example. 300 IN MX 10 mail.annaberg-buchholz.example."}},
		{"wildcard without such records", inside, question("any.wild.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa", annaberg}},
		{"a name beside the wildcard", inside, question("there.wild.annaberg-buchholz.example.", wire.TypeMX), []string{"NOERROR aa", annaberg}},
		{"delegated name", inside, question("host.sub.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR",
			"ns: sub.annaberg-buchholz.example. 300 IN NS ns.sub.annaberg-buchholz.example.", "extra: ns.sub.annaberg-buchholz.example. 300 IN A 10.2.12.53"}},
		{"zone transfer", inside, question("annaberg-buchholz.example.", wire.TypeAXFR), []string{"REFUSED"}},
		{"incremental zone transfer", inside, question("annaberg-buchholz.example.", wire.TypeIXFR), []string{"REFUSED"}},
		{"class CHAOS", inside, &wire.Msg{Question: []wire.Question{{Name: "version.bind.", Qtype: wire.TypeTXT, Qclass: wire.ClassCHAOS}}}, []string{"REFUSED"}},
		{"two questions", inside, &wire.Msg{Question: []wire.Question{{Name: "a.", Qtype: 1, Qclass: 1}, {Name: "b.", Qtype: 1, Qclass: 1}}}, []string{"FORMERR"}},
		{"no question", inside, &wire.Msg{}, []string{"FORMERR"}},
		{"dynamic update", inside, new(wire.Msg).SetUpdate("annaberg-buchholz.example."), []string{"NOTIMP"}},
		{"client of no view", "2001:db8::1", question("annaberg-buchholz.example.", wire.TypeMX), []string{"REFUSED"}},
		{"client in its mapped form", "::ffff:10.2.12.25", question("mail.annaberg-buchholz.example.", wire.TypeA), []string{"NOERROR aa",
			"mail.annaberg-buchholz.example. 300 IN A 10.2.12.25"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, rec := server(t, split())
			m := put(s, tt.client, tt.q)
			if diff := cmp.Diff(tt.want, tell(m)); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if events := rec.Events(); len(events) != 1 || !strings.HasPrefix(tt.want[0], events[0].Rcode) {
				t.Errorf("the record does not hold one answer with this rcode: %+v", events)
			}
		})
	}
}

// A loop of aliases is answered, not followed for ever.
func TestAliasLoop(t *testing.T) {
	s, _ := server(t, split())
	m := put(s, "10.2.12.25", question("a.annaberg-buchholz.example.", wire.TypeA))
	if m.Rcode != wire.RcodeSuccess || len(m.Answer) != 8 {
		t.Errorf("got %v", tell(m))
	}
}

func TestAnswerSizes(t *testing.T) {
	s, rec := server(t, split())
	tests := []struct {
		name  string
		edns  uint16
		limit int
	}{
		{"without EDNS", 0, 512},
		{"EDNS below the minimum", 100, 512},
		{"EDNS", 1000, 1000},
		{"EDNS above the server's limit", 4096, 1232},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := question("many.radebeul.example.", wire.TypeA)
			if tt.edns > 0 {
				q.SetEdns0(tt.edns, false)
			}
			m, size := putSized(s, "10.2.12.25", q)
			if fits := tt.limit >= 700; m.Truncated == fits {
				t.Errorf("truncated %v with a limit of %d and %d records", m.Truncated, tt.limit, len(m.Answer))
			}
			if size > tt.limit {
				t.Errorf("%d octets, want at most %d", size, tt.limit)
			}
			if (m.IsEdns0() != nil) != (tt.edns > 0) {
				t.Error("the answer speaks EDNS when the question does not, or the other way round")
			}
		})
	}
	if e := rec.Events()[0]; !strings.HasSuffix(e.Detail, "truncated") {
		t.Errorf("the record does not tell that the answer was truncated: %+v", e)
	}
}

func TestRecordTellsTheAnswer(t *testing.T) {
	s, rec := server(t, split())
	put(s, "10.2.12.25", question("Annaberg-Buchholz.example.", wire.TypeMX))
	put(s, "10.2.12.25", question("mail.annaberg-buchholz.example.", wire.TypeTXT))
	want := []record.Event{
		{Seq: 1, At: epoch, Who: "dns", Kind: record.Query, Local: "172.16.0.53:53", Remote: "10.2.12.25:40000", Proto: "udp",
			Name: "annaberg-buchholz.example.", Type: "MX", View: "internal", Rcode: "NOERROR",
			Detail: "10 mail.annaberg-buchholz.example.; 5 first.mail.annaberg-buchholz.example."},
		{Seq: 2, At: epoch, Who: "dns", Kind: record.Query, Local: "172.16.0.53:53", Remote: "10.2.12.25:40000", Proto: "udp",
			Name: "mail.annaberg-buchholz.example.", Type: "TXT", View: "internal", Rcode: "NOERROR", Detail: "no data"},
	}
	if diff := cmp.Diff(want, rec.Events()); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	const inside, outside = "10.2.12.25", "203.0.113.25"
	mx := func() *wire.Msg { return question("annaberg-buchholz.example.", wire.TypeMX) }
	a := func() *wire.Msg { return question("mail.annaberg-buchholz.example.", wire.TypeA) }
	tests := []struct {
		name  string
		fault dns.Fault
		// rcodes of: MX inside, MX inside again, A inside, MX outside.
		want []string
	}{
		{"everywhere", dns.Fault{Rcode: "SERVFAIL"}, []string{"SERVFAIL", "SERVFAIL", "SERVFAIL", "SERVFAIL"}},
		{"one view", dns.Fault{Rcode: "REFUSED", View: "internal"}, []string{"REFUSED", "REFUSED", "REFUSED", "NOERROR aa"}},
		{"one type", dns.Fault{Rcode: "SERVFAIL", View: "internal", Type: "MX"}, []string{"SERVFAIL", "SERVFAIL", "NOERROR aa", "NOERROR aa"}},
		{"a name and those below", dns.Fault{Rcode: "SERVFAIL", Name: "annaberg-buchholz.EXAMPLE"}, []string{"SERVFAIL", "SERVFAIL", "SERVFAIL", "SERVFAIL"}},
		{"a name below", dns.Fault{Rcode: "SERVFAIL", Name: "mail.annaberg-buchholz.example."}, []string{"NOERROR aa", "NOERROR aa", "SERVFAIL", "NOERROR aa"}},
		{"silence once", dns.Fault{Drop: true, Times: 1}, []string{"silence", "NOERROR aa", "NOERROR aa", "NOERROR aa"}},
		{"silence twice", dns.Fault{Drop: true, Times: 2}, []string{"silence", "silence", "NOERROR aa", "NOERROR aa"}},
		{"truncation", dns.Fault{Truncate: true, Type: "MX"}, []string{"NOERROR aa tc", "NOERROR aa tc", "NOERROR aa", "NOERROR aa tc"}},
		{"another name", dns.Fault{Drop: true, Name: "radebeul.example"}, []string{"NOERROR aa", "NOERROR aa", "NOERROR aa", "NOERROR aa"}},
	}
	ask := func(s *dns.Server) []string {
		var got []string
		for _, m := range []*wire.Msg{put(s, inside, mx()), put(s, inside, mx()), put(s, inside, a()), put(s, outside, mx())} {
			got = append(got, tell(m)[0])
		}
		return got
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := split()
			cfg.Views[1].Zones[0].Records = append(cfg.Views[1].Zones[0].Records, "mail 300 IN A 203.0.113.1")
			s, rec := server(t, cfg)
			undo, err := s.SetFault(tt.fault)
			if err != nil {
				t.Fatal(err)
			}
			got := ask(s)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("under the fault (-want +got):\n%s", diff)
			}
			for i, e := range rec.Events() {
				silent, failed := got[i] == "silence", got[i] != "NOERROR aa"
				if silent != (e.Rcode == dns.Silence) || failed != strings.HasSuffix(e.Detail, "fault") {
					t.Errorf("answer %q stands in the record as %+v", got[i], e)
				}
			}
			undo()
			undo()
			if diff := cmp.Diff([]string{"NOERROR aa", "NOERROR aa", "NOERROR aa", "NOERROR aa"}, ask(s)); diff != "" {
				t.Errorf("after undo (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLatestFaultCounts(t *testing.T) {
	s, _ := server(t, split())
	q := func() string { return tell(put(s, "10.2.12.25", question("null.example.", wire.TypeMX)))[0] }
	undoFirst, _ := s.SetFault(dns.Fault{Rcode: "SERVFAIL"})
	undoSecond, _ := s.SetFault(dns.Fault{Rcode: "REFUSED"})
	got := []string{q()}
	undoSecond()
	got = append(got, q())
	undoFirst()
	got = append(got, q())
	if want := []string{"REFUSED", "SERVFAIL", "NOERROR aa"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestFaultRefused(t *testing.T) {
	s, _ := server(t, split())
	tests := []struct {
		fault dns.Fault
		want  string
	}{
		{dns.Fault{}, "set exactly one of Rcode, Drop, Truncate (0 are set)"},
		{dns.Fault{Drop: true, Truncate: true}, "(2 are set)"},
		{dns.Fault{Rcode: "NOERROR"}, `Rcode "NOERROR" is no failure`},
		{dns.Fault{Rcode: "servfail"}, `Rcode "servfail" is no failure; give one such as SERVFAIL`},
		{dns.Fault{Rcode: "BADVERS"}, `Rcode "BADVERS" is no failure`},
		{dns.Fault{Drop: true, Type: "MAIL"}, `Type "MAIL" is unknown`},
		{dns.Fault{Drop: true, View: "extern"}, `there is no view "extern"`},
		{dns.Fault{Drop: true, Name: "a..b"}, `Name "a..b" is no domain name`},
		{dns.Fault{Drop: true, Times: -1}, "Times is -1"},
	}
	for _, tt := range tests {
		if _, err := s.SetFault(tt.fault); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: error %v, want one with %q", tt.fault, err, tt.want)
		}
	}
}

func TestZonesRefused(t *testing.T) {
	tests := []struct {
		name string
		zone dns.Zone
		want string
	}{
		{"no origin", zone(""), `zone "": origin is no domain name`},
		{"bad origin", zone("a..b"), `zone "a..b": origin is no domain name`},
		{"no SOA", dns.Zone{Origin: "a.example", Records: []string{"@ 300 IN NS b."}}, `zone "a.example": has no SOA at its origin`},
		{"no NS", dns.Zone{Origin: "a.example", Records: []string{soaLine}}, "has no NS at its origin"},
		{"two SOA", zone("a.example", soaLine), "a zone has one SOA"},
		{"SOA elsewhere", zone("a.example", strings.Replace(soaLine, "@", "b", 1)), `record 3 "b 300 IN SOA`},
		{"unknown type", zone("a.example", "b 300 IN MAIL c"), `record 3 "b 300 IN MAIL c": dns:`},
		{"bad address", zone("a.example", "b 300 IN A 10.2.12.256"), "bad A"},
		{"empty line", zone("a.example", ""), "holds no record"},
		{"comment", zone("a.example", "; nothing"), "holds no record"},
		{"two lines", zone("a.example", "b 300 IN A 10.0.0.1\nc 300 IN A 10.0.0.2"), "holds more than one record"},
		{"include", zone("a.example", "$INCLUDE /etc/passwd"), "is a directive"},
		{"generate", zone("a.example", "$GENERATE 1-65535 h$ A 10.0.0.1"), "is a directive"},
		{"name outside", zone("a.example", "mail.b.example. 300 IN A 10.0.0.1"), "mail.b.example. lies outside the zone"},
		{"class", zone("a.example", "b 300 CH TXT hello"), "is not of class IN"},
		{"CNAME beside others", zone("a.example", "b 300 IN A 10.0.0.1", "b 300 IN CNAME c"), "a CNAME allows no other record"},
		{"others beside CNAME", zone("a.example", "b 300 IN CNAME c", "b 300 IN A 10.0.0.1"), "a CNAME allows no other record"},
		{"CNAME at the origin", zone("a.example", "@ 300 IN CNAME c"), "a CNAME allows no other record"},
		{"twice", zone("a.example", "b 300 IN A 10.0.0.1", "B 60 IN A 10.0.0.1"), `record 4 "B 60 IN A 10.0.0.1": stands twice`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dns.NewServer(dns.Config{Who: "dns", Views: []dns.View{{Name: "v", Clients: prefixes("10.0.0.0/8"), Zones: []dns.Zone{tt.zone}}}}, nil)
			var zoneErr *dns.ZoneError
			if !errors.As(err, &zoneErr) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want a ZoneError with %q", err, tt.want)
			}
		})
	}
}

func TestViewsRefused(t *testing.T) {
	view := func(name string, clients []netip.Prefix, zones ...dns.Zone) dns.View {
		return dns.View{Name: name, Clients: clients, Zones: zones}
	}
	tests := []struct {
		name  string
		views []dns.View
		want  string
	}{
		{"hidden by an earlier view", []dns.View{view("all", prefixes("0.0.0.0/0")), view("kdn", prefixes("10.2.0.0/16"))},
			`view "kdn": clients 10.2.0.0/16 already see view "all" by 0.0.0.0/0; list the narrower view first`},
		{"one zone twice", []dns.View{view("a", prefixes("10.0.0.0/8"), zone("a.example"), zone("A.example."))}, "stands twice in this view"},
		{"no prefix", []dns.View{view("a", []netip.Prefix{{}})}, "no address prefix"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := dns.NewServer(dns.Config{Who: "dns", Views: tt.views}, nil); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// A zone for the root answers for every name: unknown ones do not exist, which a mail server must be told.
func TestRootZone(t *testing.T) {
	cfg := dns.Config{Who: "dns", Views: []dns.View{{Name: "v", Clients: prefixes("0.0.0.0/0"), Zones: []dns.Zone{
		zone(".", "mail.a.example. 300 IN A 10.0.0.1"), zone("b.example", "@ 300 IN A 10.0.0.2"),
	}}}}
	s, _ := server(t, cfg)
	for name, want := range map[string]string{
		"mail.a.example.": "NOERROR aa", "a.example.": "NOERROR aa", "c.example.": "NXDOMAIN aa", "b.example.": "NOERROR aa", "c.b.example.": "NXDOMAIN aa",
	} {
		if got := tell(put(s, "10.0.0.9", question(name, wire.TypeA)))[0]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
