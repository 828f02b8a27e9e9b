package dns

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// packed is an answer with records, compressed or not, as octets.
func packed(t testing.TB, compress bool, answer, ns, extra []string) []byte {
	t.Helper()
	m := new(dns.Msg)
	m.SetReply(new(dns.Msg).SetQuestion("radebeul.example.", dns.TypeMX))
	m.Id, m.Compress = 7, compress
	for _, s := range []struct {
		lines []string
		to    *[]dns.RR
	}{{answer, &m.Answer}, {ns, &m.Ns}, {extra, &m.Extra}} {
		for _, line := range s.lines {
			rr, err := dns.NewRR(line)
			if err != nil {
				t.Fatal(err)
			}
			*s.to = append(*s.to, rr)
		}
	}
	m.SetEdns0(1232, false)
	wire, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

// TestSubstituteA holds that A records of all sections change and no other octet does.
func TestSubstituteA(t *testing.T) {
	to := func(a netip.Addr) (netip.Addr, error) {
		b := a.As4()
		return netip.AddrFrom4([4]byte{127, b[1], b[2], b[3]}), nil
	}
	sections := func(first string) [3][]string {
		return [3][]string{
			{"radebeul.example. 300 IN MX 10 mail.radebeul.example.", "mail.radebeul.example. 300 IN A " + first + ".2.13.25", "radebeul.example. 300 IN TXT \"v=spf1 ip4:10.2.13.25 -all\""},
			{"radebeul.example. 300 IN NS dns.central.example."},
			{"dns.central.example. 300 IN A " + first + ".16.0.53", "mail.radebeul.example. 300 IN AAAA 2001:db8::25"},
		}
	}
	for _, compress := range []bool{false, true} {
		before, after := sections("10"), sections("127")
		wire := packed(t, compress, before[0], before[1], before[2])
		want := packed(t, compress, after[0], after[1], after[2])
		if err := SubstituteA(wire, to); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, wire); diff != "" {
			t.Errorf("compressed %v:\n%s", compress, diff)
		}
	}
}

func TestSubstituteARefuses(t *testing.T) {
	same := func(a netip.Addr) (netip.Addr, error) { return a, nil }
	good := packed(t, true, []string{"a.example. 300 IN A 10.2.13.25"}, nil, nil)
	for name, c := range map[string]struct {
		wire []byte
		to   func(netip.Addr) (netip.Addr, error)
	}{
		"empty":        {nil, same},
		"cut header":   {good[:11], same},
		"cut question": {good[:20], same},
		"cut record":   {good[:len(good)-3], same},
		"no stand-in":  {good, func(netip.Addr) (netip.Addr, error) { return netip.Addr{}, errors.New("conflict") }},
		"IPv6":         {good, func(netip.Addr) (netip.Addr, error) { return netip.IPv6Loopback(), nil }},
	} {
		if err := SubstituteA(bytes.Clone(c.wire), c.to); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// FuzzSubstituteA holds that an identity changes nothing, whatever the octets.
func FuzzSubstituteA(f *testing.F) {
	f.Add(packed(f, true, []string{"a.example. 300 IN A 10.2.13.25", "a.example. 300 IN CNAME b.example."}, nil, []string{"b.example. 1 IN A 10.0.0.1"}))
	f.Add(packed(f, false, nil, nil, nil))
	f.Fuzz(func(t *testing.T, wire []byte) {
		before := bytes.Clone(wire)
		addrs := 0
		err := SubstituteA(wire, func(a netip.Addr) (netip.Addr, error) {
			addrs++
			return a, nil
		})
		if !bytes.Equal(before, wire) {
			t.Fatal("an identity changed the message")
		}
		if err == nil && addrs > len(wire)/15 {
			t.Fatalf("%d addresses in %d octets", addrs, len(wire))
		}
	})
}
