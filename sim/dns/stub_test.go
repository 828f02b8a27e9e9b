package dns_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	wire "github.com/miekg/dns"

	"demailbench/sim/dns"
)

const (
	first, second = "172.16.0.53:53", "172.16.0.54:53"
	gateway       = "172.16.0.25"
)

// serve starts a server of cfg at addr.
func (n *network) serve(t *testing.T, addr string, cfg dns.Config) *dns.Server {
	t.Helper()
	s, err := dns.NewServer(cfg, n.rec)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Serve(n.listenPacket(addr), n.listen(addr)); err != nil {
		t.Fatal(err)
	}
	return s
}

// outcome is what a lookup gave, in comparable form.
type outcome struct {
	Found                        []string
	Err                          string
	NotFound, Temporary, Timeout bool
	Took                         time.Duration
}

func (n *network) lookup(f func() ([]string, error)) outcome {
	start := n.clk.Now()
	found, err := f()
	o := outcome{Found: found, Took: n.clk.Now().Sub(start)}
	var e *net.DNSError
	if errors.As(err, &e) {
		o.Err, o.NotFound, o.Temporary, o.Timeout = e.Err, e.IsNotFound, e.IsTemporary, e.IsTimeout
	} else if err != nil {
		o.Err = "not a DNSError: " + err.Error()
	}
	return o
}

func (n *network) mx(ctx context.Context, s *dns.Stub, name string) outcome {
	return n.lookup(func() ([]string, error) {
		list, err := s.LookupMX(ctx, name)
		var out []string
		for _, mx := range list {
			out = append(out, mx.Host)
		}
		return out, err
	})
}

func (n *network) ip(ctx context.Context, s *dns.Stub, network, name string) outcome {
	return n.lookup(func() ([]string, error) {
		list, err := s.LookupNetIP(ctx, network, name)
		var out []string
		for _, a := range list {
			out = append(out, a.String())
		}
		return out, err
	})
}

// One question and its answer take twice oneWay over UDP, four times over TCP with its handshake.
func TestLookups(t *testing.T) {
	const trip = 2 * oneWay
	const noName, noData = "no such host (NXDOMAIN)", "no such records (NODATA)"
	many := make([]string, 40)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{192, 0, 2, byte(i + 1)}).String()
	}
	bg := context.Background()
	tests := []struct {
		name string
		ask  func(*network, *dns.Stub) outcome
		want outcome
	}{
		{"MX by preference", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "annaberg-buchholz.example") },
			outcome{Found: []string{"first.mail.annaberg-buchholz.example.", "mail.annaberg-buchholz.example."}, Took: trip}},
		{"null MX", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "null.example") },
			outcome{Found: []string{"."}, Err: "domain accepts no mail (null MX)", NotFound: true, Took: trip}},
		{"no MX", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "mail.annaberg-buchholz.example") },
			outcome{Err: noData, NotFound: true, Took: trip}},
		{"no such domain", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "x.annaberg-buchholz.example.") },
			outcome{Err: noName, NotFound: true, Took: trip}},
		{"both kinds", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip", "mail.annaberg-buchholz.example") },
			outcome{Found: []string{"10.2.12.25", "2001:db8::25"}, Took: 2 * trip}},
		{"IPv6 only", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip6", "mail.annaberg-buchholz.example") },
			outcome{Found: []string{"2001:db8::25"}, Took: trip}},
		{"no IPv6", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip6", "mail.radebeul.example") },
			outcome{Err: noData, NotFound: true, Took: trip}},
		{"no IPv6 beside IPv4", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip", "mail.radebeul.example") },
			outcome{Found: []string{"10.2.13.25"}, Took: 2 * trip}},
		{"no such host is asked for once", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip", "x.radebeul.example") },
			outcome{Err: noName, NotFound: true, Took: trip}},
		{"alias", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip4", "www.annaberg-buchholz.example") },
			outcome{Found: []string{"10.2.12.25"}, Took: trip}},
		{"alias to nothing", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip4", "dead.annaberg-buchholz.example") },
			outcome{Err: noName, NotFound: true, Took: trip}},
		{"alias to a domain that the server refuses", func(n *network, s *dns.Stub) outcome {
			return n.ip(bg, s, "ip4", "gone.annaberg-buchholz.example")
		}, outcome{Err: "server answers REFUSED", Temporary: true, Took: 3 * trip}},
		{"aliases in a loop", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip4", "a.annaberg-buchholz.example") },
			outcome{Err: "aliases (CNAME) form a loop or are too many", Temporary: true, Took: 2 * trip}},
		{"delegation", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "sub.annaberg-buchholz.example") },
			outcome{Err: "server is not authoritative for the name and does not recurse (lame)", Temporary: true, Took: 2 * trip}},
		{"refused", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "dresden.example") },
			outcome{Err: "server answers REFUSED", Temporary: true, Took: 2 * trip}},
		{"forty addresses come by TCP", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip4", "many.radebeul.example") },
			outcome{Found: many, Took: 2 * trip}},
		{"digits", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip", "10.2.12.25") },
			outcome{Found: []string{"10.2.12.25"}}},
		{"digits of the other kind", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip6", "10.2.12.25") },
			outcome{Err: "no address of this kind", NotFound: true}},
		{"unknown network", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "tcp", "mail.radebeul.example") },
			outcome{Err: "unknown network tcp"}},
		{"the root, as a null MX names it", func(n *network, s *dns.Stub) outcome { return n.ip(bg, s, "ip", ".") },
			outcome{Err: "not a domain name", NotFound: true}},
		{"no name", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, "") },
			outcome{Err: "not a domain name", NotFound: true}},
		{"label too long", func(n *network, s *dns.Stub) outcome { return n.mx(bg, s, strings.Repeat("a", 64)+".example") },
			outcome{Err: "not a domain name", NotFound: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork()
			n.run(t, func() {
				server := n.serve(t, first, split())
				defer server.Close()
				got := tt.ask(n, dns.NewStub(n.dialer(gateway), n.clk, first))
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// What servers do wrong is temporary, costs exactly the time that resolv.conf promises, and the next
// server is asked.
func TestServersThatFail(t *testing.T) {
	servfail, silence := dns.Fault{Rcode: "SERVFAIL"}, dns.Fault{Drop: true}
	found := []string{"mail.radebeul.example."}
	const trip = 2 * oneWay
	timeout := "no answer: context deadline exceeded"
	tests := []struct {
		name          string
		first, second *dns.Fault
		dead          bool // nobody listens at the first address
		want          outcome
		asked         int // answers and silences in the record
	}{
		{name: "both well", want: outcome{Found: found, Took: trip}, asked: 1},
		{name: "first SERVFAIL", first: &servfail, want: outcome{Found: found, Took: 2 * trip}, asked: 2},
		{name: "both SERVFAIL", first: &servfail, second: &servfail, want: outcome{Err: "server answers SERVFAIL", Temporary: true, Took: 4 * trip}, asked: 4},
		{name: "first SERVFAIL once, second always", first: &dns.Fault{Rcode: "SERVFAIL", Times: 1}, second: &servfail, want: outcome{Found: found, Took: 3 * trip}, asked: 3},
		{name: "first NXDOMAIN without authority", first: &dns.Fault{Rcode: "NXDOMAIN"}, want: outcome{Found: found, Took: 2 * trip}, asked: 2},
		{name: "first silent", first: &silence, want: outcome{Found: found, Took: 5*time.Second + trip}, asked: 2},
		{name: "both silent", first: &silence, second: &silence, want: outcome{Err: timeout, Temporary: true, Timeout: true, Took: 20 * time.Second}, asked: 4},
		{name: "first closed port", dead: true, want: outcome{Found: found, Took: 2 * trip}, asked: 1},
		{name: "first truncated", first: &dns.Fault{Truncate: true}, want: outcome{Found: found, Took: 2 * trip}, asked: 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork()
			n.run(t, func() {
				servers := map[string]*dns.Fault{first: tt.first, second: tt.second}
				if tt.dead {
					delete(servers, first)
				}
				for addr, fault := range servers {
					s := n.serve(t, addr, split())
					defer s.Close()
					if fault == nil {
						continue
					}
					if _, err := s.SetFault(*fault); err != nil {
						t.Error(err)
					}
				}
				got := n.mx(context.Background(), dns.NewStub(n.dialer(gateway), n.clk, first, second), "radebeul.example")
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
			if got := len(n.rec.Events()); got != tt.asked {
				t.Errorf("%d questions in the record, want %d", got, tt.asked)
			}
		})
	}
}

func TestNoAnswerAtAll(t *testing.T) {
	tests := []struct {
		name    string
		servers []string
		within  time.Duration
		cancel  time.Duration
		want    outcome
	}{
		{name: "closed port", servers: []string{first}, want: outcome{Err: "connection refused", Temporary: true, Took: 4 * oneWay}},
		{name: "no servers", want: outcome{Err: "no name servers are configured", Temporary: true}},
		{name: "context times out", servers: []string{second}, within: 12 * time.Second,
			want: outcome{Err: "no answer: context deadline exceeded", Temporary: true, Timeout: true, Took: 10 * time.Second}},
		{name: "context times out during a try", servers: []string{second}, within: 7 * time.Second,
			want: outcome{Err: "no answer: context deadline exceeded", Temporary: true, Timeout: true, Took: 7 * time.Second}},
		{name: "context is cancelled", servers: []string{second}, cancel: 3 * time.Second,
			want: outcome{Err: "no answer: context canceled", Temporary: true, Took: 3 * time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork()
			n.run(t, func() {
				n.listenPacket(second) // hears and never answers
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if tt.within > 0 {
					ctx, cancel = n.clk.WithTimeout(ctx, tt.within)
					defer cancel()
				}
				if tt.cancel > 0 {
					n.clk.AfterFunc(tt.cancel, cancel)
				}
				got := n.mx(ctx, dns.NewStub(n.dialer(gateway), n.clk, tt.servers...), "radebeul.example")
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// A hostile server, or a stranger who guesses the port, answers something else than the question. Each
// case edits a good answer; the try then waits in vain, or the edited answer is not believed.
func TestHostileAnswers(t *testing.T) {
	timeout := outcome{Err: "no answer: context deadline exceeded", Temporary: true, Timeout: true, Took: 10 * time.Second}
	lame := outcome{Err: "server is not authoritative for the name and does not recurse (lame)", Temporary: true, Took: 4 * oneWay}
	noData := outcome{Err: "no such records (NODATA)", NotFound: true, Took: 2 * oneWay}
	tests := []struct {
		name string
		edit func(*wire.Msg)
		want outcome
	}{
		{"none", func(*wire.Msg) {}, outcome{Found: []string{"mail.radebeul.example."}, Took: 2 * oneWay}},
		{"wrong id", func(m *wire.Msg) { m.Id++ }, timeout},
		{"a question instead of an answer", func(m *wire.Msg) { m.Response = false }, timeout},
		{"another opcode", func(m *wire.Msg) { m.Opcode = wire.OpcodeNotify }, timeout},
		{"another name asked", func(m *wire.Msg) { m.Question[0].Name = "pirna.example." }, timeout},
		{"another type asked", func(m *wire.Msg) { m.Question[0].Qtype = wire.TypeA }, timeout},
		{"two questions", func(m *wire.Msg) { m.Question = append(m.Question, m.Question[0]) }, timeout},
		{"no question", func(m *wire.Msg) { m.Question = nil }, timeout},
		{"no question in a refusal", func(m *wire.Msg) { m.Question, m.Rcode = nil, wire.RcodeFormatError },
			outcome{Err: "server answers FORMERR", Temporary: true, Took: 4 * oneWay}},
		{"no question in a denial", func(m *wire.Msg) { m.Question, m.Rcode = nil, wire.RcodeNameError }, timeout},
		{"records of another name", func(m *wire.Msg) { m.Answer[0].Header().Name = "pirna.example." }, noData},
		{"records of another class", func(m *wire.Msg) { m.Answer[0].Header().Class = wire.ClassCHAOS }, noData},
		{"denial without authority", func(m *wire.Msg) { m.Rcode, m.Answer, m.Authoritative = wire.RcodeNameError, nil, false }, lame},
		{"denial of a recursive server", func(m *wire.Msg) {
			m.Rcode, m.Answer, m.Authoritative, m.RecursionAvailable = wire.RcodeNameError, nil, false, true
		}, outcome{Err: "no such host (NXDOMAIN)", NotFound: true, Took: 2 * oneWay}},
		{"empty answer without authority", func(m *wire.Msg) { m.Answer, m.Authoritative = nil, false }, lame},
		{"referral upward", func(m *wire.Msg) {
			ns, _ := wire.NewRR(". 300 IN NS a.root-servers.net.")
			m.Answer, m.Ns = nil, []wire.RR{ns}
		}, lame},
		{"alias to itself", func(m *wire.Msg) {
			m.Answer[0], _ = wire.NewRR("radebeul.example. 300 IN CNAME radebeul.example.")
		}, outcome{Err: "aliases (CNAME) form a loop or are too many", Temporary: true, Took: 4 * oneWay}},
		{"alias to another zone's real name", func(m *wire.Msg) {
			m.Answer[0], _ = wire.NewRR("radebeul.example. 300 IN CNAME pirna.example.")
		}, outcome{Err: "aliases (CNAME) form a loop or are too many", Temporary: true, Took: 8 * 2 * oneWay}},
		{"unknown rcode", func(m *wire.Msg) { m.Rcode = 13 }, outcome{Err: "server answers RCODE 13", Temporary: true, Took: 4 * oneWay}},
		{"other letters in the question", func(m *wire.Msg) { m.Question[0].Name = "Radebeul.EXAMPLE." }, outcome{Found: []string{"mail.radebeul.example."}, Took: 2 * oneWay}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := newNetwork()
			n.run(t, func() {
				pc := n.listenPacket(first)
				defer pc.Close()
				go answerEdited(n, pc, tt.edit)
				got := n.mx(context.Background(), dns.NewStub(n.dialer(gateway), n.clk, first), "radebeul.example")
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// answerEdited gives to every question an MX record, after edit. A question about another name, to which
// an alias of the case leads, gets an alias further on, without end.
func answerEdited(n *network, pc net.PacketConn, edit func(*wire.Msg)) {
	buf := make([]byte, 512)
	for {
		k, from, err := pc.ReadFrom(buf)
		if err != nil {
			return
		}
		m := new(wire.Msg)
		if m.Unpack(buf[:k]) != nil {
			continue
		}
		m.SetReply(m)
		m.Authoritative = true
		asked := m.Question[0].Name
		if asked == "radebeul.example." {
			rr, _ := wire.NewRR(asked + " 300 IN MX 10 mail.radebeul.example.")
			m.Answer = append(m.Answer, rr)
			edit(m)
		} else {
			rr, _ := wire.NewRR(asked + " 300 IN CNAME x." + asked)
			m.Answer = append(m.Answer, rr)
		}
		octets, err := m.Pack()
		if err != nil {
			panic(err)
		}
		pc.WriteTo(octets, from)
	}
}

// A stranger's datagram before the true answer changes nothing.
func TestStrangerBeforeAnswer(t *testing.T) {
	n := newNetwork()
	n.run(t, func() {
		pc := n.listenPacket(first)
		defer pc.Close()
		go func() {
			buf := make([]byte, 512)
			k, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			q := new(wire.Msg)
			q.Unpack(buf[:k])
			denial, truth := new(wire.Msg).SetRcode(q, wire.RcodeNameError), new(wire.Msg).SetReply(q)
			denial.Authoritative, truth.Authoritative = true, true
			denial.Id--
			rr, _ := wire.NewRR("radebeul.example. 300 IN MX 10 mail.radebeul.example.")
			truth.Answer = append(truth.Answer, rr)
			for _, m := range []*wire.Msg{denial, truth} {
				octets, _ := m.Pack()
				pc.WriteTo([]byte("no DNS"), from)
				pc.WriteTo(octets, from)
			}
		}()
		got := n.mx(context.Background(), dns.NewStub(n.dialer(gateway), n.clk, first), "radebeul.example")
		if diff := cmp.Diff(outcome{Found: []string{"mail.radebeul.example."}, Took: 2 * oneWay}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

// Closing answers what is under way, frees the sockets, and lets nothing start afterwards.
func TestClose(t *testing.T) {
	n := newNetwork()
	n.run(t, func() {
		s := n.serve(t, first, split())
		idle, err := n.dialer(gateway)(context.Background(), "tcp", first)
		if err != nil {
			t.Error(err)
			return
		}
		s.Close()
		if _, err := idle.Read(make([]byte, 1)); err == nil {
			t.Error("an idle connection is open after Close")
		}
		if err := s.Serve(n.listenPacket(second), nil); err == nil || !strings.Contains(err.Error(), "server is closed") {
			t.Errorf("Serve after Close: %v", err)
		}
		s.Close()
	})
	if n.clk.Elapsed() > time.Second {
		t.Errorf("closing took %v", n.clk.Elapsed())
	}
}

// A lookup wakes the clock only for its own question: an idle server costs one jump a day.
func TestIdleServerIsQuiet(t *testing.T) {
	n := newNetwork()
	n.run(t, func() {
		s := n.serve(t, first, split())
		defer s.Close()
		n.clk.Sleep(context.Background(), 72*time.Hour)
	})
	if n.clk.Jumps() > 10 {
		t.Errorf("%d jumps in 72 hours", n.clk.Jumps())
	}
}

func TestUnwrap(t *testing.T) {
	n := newNetwork()
	n.run(t, func() {
		s := dns.NewStub(func(context.Context, string, string) (net.Conn, error) { return nil, os.ErrPermission }, n.clk, first)
		_, err := s.LookupMX(context.Background(), "radebeul.example")
		if !errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("the cause is lost in %v", err)
		}
		want := &net.DNSError{Err: "permission denied", Name: "radebeul.example", Server: first, IsTemporary: true}
		if diff := cmp.Diff(want, err, cmpopts.IgnoreFields(net.DNSError{}, "UnwrapErr")); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}
