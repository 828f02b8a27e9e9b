package dns

import (
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"demailbench/sim/record"
)

// udpLimit is the largest answer over UDP for a client that announces its buffer (DNS flag day 2020).
const udpLimit = 1232

// Silence stands as Rcode in the record for a question that a fault left without an answer.
const Silence = "SILENCE"

// ServeDNS answers one question; it is called by the wire library.
func (s *Server) ServeDNS(w dns.ResponseWriter, req *dns.Msg) {
	client := addrOf(w.RemoteAddr())
	_, overTCP := w.RemoteAddr().(*net.TCPAddr)
	m := new(dns.Msg)
	m.SetReply(req)
	m.Compress = true
	v := s.view(client.Addr().Unmap())
	fault := s.hit(v, req, overTCP)
	switch {
	case fault != nil && fault.Drop:
		s.remember(w, overTCP, v, req, nil, "fault")
		return
	case fault != nil && fault.Rcode != "":
		m.Rcode = dns.StringToRcode[fault.Rcode]
		m.SetEdns0(udpLimit, false)
	default:
		s.reply(m, v, req)
	}
	note := ""
	if fault != nil {
		note = "fault"
	}
	if !overTCP {
		truncate(m, req, fault != nil && fault.Truncate)
	}
	if req.IsEdns0() == nil {
		m.Extra = withoutOPT(m.Extra)
	}
	// Recorded before the client can act on it, so that cause precedes effect.
	s.remember(w, overTCP, v, req, m, note)
	w.WriteMsg(m) // the client is gone, or asks again
}

// reply fills m with what the view says, or with the refusal of a question that the server does not take.
func (s *Server) reply(m *dns.Msg, v *view, req *dns.Msg) {
	opt := req.IsEdns0()
	if opt != nil {
		m.SetEdns0(udpLimit, false)
	}
	switch {
	case req.Opcode != dns.OpcodeQuery:
		m.Rcode = dns.RcodeNotImplemented
	case len(req.Question) != 1:
		m.Rcode = dns.RcodeFormatError
	case opt != nil && opt.Version() != 0:
		m.Rcode = dns.RcodeBadVers
	case v == nil || req.Question[0].Qclass != dns.ClassINET || refusedType(req.Question[0].Qtype):
		m.Rcode = dns.RcodeRefused
	default:
		v.answer(m, req.Question[0])
	}
}

// refusedType reports zone transfers: they would tell a tenant every other's addresses at once.
func refusedType(t uint16) bool { return t == dns.TypeAXFR || t == dns.TypeIXFR }

// truncate makes m fit the client's buffer, or empties it when cut is set: ask again over TCP.
func truncate(m, req *dns.Msg, cut bool) {
	size := dns.MinMsgSize
	if opt := req.IsEdns0(); opt != nil {
		size = min(udpLimit, max(size, int(opt.UDPSize())))
	}
	if cut {
		m.Answer, m.Ns, m.Truncated = nil, nil, true
		return
	}
	m.Truncate(size)
}

func withoutOPT(extra []dns.RR) []dns.RR {
	var out []dns.RR
	for _, rr := range extra {
		if rr.Header().Rrtype != dns.TypeOPT {
			out = append(out, rr)
		}
	}
	return out
}

// remember writes the question and its answer to the record; m is nil for silence.
func (s *Server) remember(w dns.ResponseWriter, overTCP bool, v *view, req, m *dns.Msg, note string) {
	e := record.Event{
		Who: s.who, Kind: record.Query, Remote: w.RemoteAddr().String(), Local: w.LocalAddr().String(),
		Name: "(none)", Type: "(none)", Rcode: Silence, Proto: "udp", Detail: note,
	}
	if overTCP {
		e.Proto = "tcp"
	}
	if v != nil {
		e.View = v.name
	}
	if len(req.Question) > 0 {
		e.Name, e.Type = dns.CanonicalName(req.Question[0].Name), dns.Type(req.Question[0].Qtype).String()
	}
	if m != nil {
		e.Rcode = dns.RcodeToString[m.Rcode]
		e.Detail = strings.Join(append(short(m), strings.Fields(note)...), "; ")
	}
	s.rec.Add(e)
}

// short is an answer in few words: the data of its records, without names and times.
func short(m *dns.Msg) []string {
	var out []string
	for _, rr := range m.Answer {
		out = append(out, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	if len(m.Answer) == 0 && m.Rcode == dns.RcodeSuccess && !m.Truncated {
		if m.Authoritative {
			out = append(out, "no data")
		} else {
			out = append(out, "referral")
		}
	}
	if m.Truncated {
		out = append(out, "truncated")
	}
	return out
}

func addrOf(a net.Addr) netip.AddrPort {
	p, _ := netip.ParseAddrPort(a.String()) // of no view when it is no address
	return p
}
