//go:build linux

package ruleset

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const (
	table    = "demailbench"
	logGroup = 7
)

// Program puts r in force in the network namespace of the process, in one transaction.
func Program(r Rules) error {
	c, err := nftables.New()
	if err != nil {
		return fmt.Errorf("nftables: %w; the kernel needs nf_tables", err)
	}
	t := c.AddTable(&nftables.Table{Family: nftables.TableFamilyIPv4, Name: table})
	c.DelTable(t)
	t = c.AddTable(&nftables.Table{Family: nftables.TableFamilyIPv4, Name: table})
	p := &program{conn: c, table: t}
	p.translations(r)
	p.matrix(r)
	if p.err != nil {
		return p.err
	}
	if err := c.Flush(); err != nil {
		return fmt.Errorf("nftables: %w", err)
	}
	if r.Flush {
		if err := netlink.ConntrackTableFlush(netlink.ConntrackTable); err != nil {
			return fmt.Errorf("forget known flows: %w", err)
		}
	}
	return nil
}

// program collects rules; the first that cannot be read stays as err.
type program struct {
	conn  *nftables.Conn
	table *nftables.Table
	err   error
}

func (p *program) add(c *nftables.Chain, id string, parts ...[]expr.Any) {
	var list []expr.Any
	for _, part := range parts {
		list = append(list, part...)
	}
	p.conn.AddRule(&nftables.Rule{Table: p.table, Chain: c, Exprs: list, UserData: []byte(id)})
}

func (p *program) chain(name string, typ nftables.ChainType, hook *nftables.ChainHook, priority *nftables.ChainPriority, policy nftables.ChainPolicy) *nftables.Chain {
	return p.conn.AddChain(&nftables.Chain{Name: name, Table: p.table, Type: typ, Hooknum: hook, Priority: priority, Policy: &policy})
}

// translations are the rules of the nat chains. Static goes before masquerade.
func (p *program) translations(r Rules) {
	pre := p.chain("pre", nftables.ChainTypeNAT, nftables.ChainHookPrerouting, nftables.ChainPriorityNATDest, nftables.ChainPolicyAccept)
	post := p.chain("post", nftables.ChainTypeNAT, nftables.ChainHookPostrouting, nftables.ChainPriorityNATSource, nftables.ChainPolicyAccept)
	for i, s := range r.Static {
		id := fmt.Sprintf("static-%d", i)
		p.add(pre, id, iface(expr.MetaKeyIIFNAME, s.Interface), p.addr(destination, s.Outside), p.netmap(expr.NATTypeDestNAT, s.Inside))
		p.add(post, id, iface(expr.MetaKeyOIFNAME, s.Interface), p.addr(source, s.Inside), p.netmap(expr.NATTypeSourceNAT, s.Outside))
	}
	for i, m := range r.Masquerade {
		to := p.prefix(m.To).Addr()
		if p.err != nil {
			return
		}
		p.add(post, fmt.Sprintf("masquerade-%d", i), iface(expr.MetaKeyOIFNAME, m.Interface), p.addr(source, m.From), []expr.Any{
			&expr.Immediate{Register: 1, Data: to.AsSlice()},
			&expr.NAT{Type: expr.NATTypeSourceNAT, Family: unix.NFPROTO_IPV4, RegAddrMin: 1, RegAddrMax: 1}})
	}
}

// matrix is the forward chain: known flows, then what has no beginning, the rows, and the default.
func (p *program) matrix(r Rules) {
	forward := p.chain("forward", nftables.ChainTypeFilter, nftables.ChainHookForward, nftables.ChainPriorityFilter, nftables.ChainPolicyDrop)
	p.add(forward, "established", state(expr.CtStateBitESTABLISHED|expr.CtStateBitRELATED), verdict(Accept))
	p.add(forward, "stateless", protocol("tcp"), noSYN(), log(Stateless, "-"), verdict(Drop))
	for _, u := range r.Matrix {
		p.add(forward, u.ID, iface(expr.MetaKeyIIFNAME, u.In), iface(expr.MetaKeyOIFNAME, u.Out), p.addr(source, u.From), p.addr(destination, u.To),
			protocol(u.Protocol), ports(u.Low, u.High), log(u.Verdict, u.ID), verdict(u.Verdict))
	}
	p.add(forward, r.DefaultID, log(r.Default, r.DefaultID), verdict(r.Default))
}

// Offsets in the IPv4 header.
const (
	source      = 12
	destination = 16
)

func iface(k expr.MetaKey, name string) []expr.Any {
	if name == "" {
		return nil
	}
	b := make([]byte, unix.IFNAMSIZ)
	copy(b, name)
	return []expr.Any{&expr.Meta{Key: k, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: b}}
}

// prefix reads a prefix or an address.
func (p *program) prefix(s string) netip.Prefix {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen())
	}
	pfx, err := netip.ParsePrefix(s)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("rules: %w", err)
	}
	return pfx
}

func (p *program) addr(offset uint32, text string) []expr.Any {
	if text == "" {
		return nil
	}
	pfx := p.prefix(text)
	if p.err != nil || pfx.Bits() == 0 {
		return nil
	}
	mask := binary.BigEndian.AppendUint32(nil, ^uint32(0)<<(32-pfx.Bits()))
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseNetworkHeader, Offset: offset, Len: 4},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Mask: mask, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: pfx.Masked().Addr().AsSlice()},
	}
}

var numbers = map[string]byte{"tcp": unix.IPPROTO_TCP, "udp": unix.IPPROTO_UDP, "icmp": unix.IPPROTO_ICMP, "esp": unix.IPPROTO_ESP}

func protocol(name string) []expr.Any {
	n, ok := numbers[name]
	if !ok {
		return nil
	}
	return []expr.Any{&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: 1}, &expr.Cmp{Op: expr.CmpOpEq, Register: 1, Data: []byte{n}}}
}

func ports(low, high uint16) []expr.Any {
	if high == 0 {
		return nil
	}
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2},
		&expr.Range{Op: expr.CmpOpEq, Register: 1, FromData: binaryutil.BigEndian.PutUint16(low), ToData: binaryutil.BigEndian.PutUint16(high)},
	}
}

func state(bits uint32) []expr.Any {
	return []expr.Any{
		&expr.Ct{Key: expr.CtKeySTATE, Register: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 4, Xor: make([]byte, 4), Mask: binaryutil.NativeEndian.PutUint32(bits)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: make([]byte, 4)},
	}
}

// noSYN fits TCP packets that do not open a connection: flags other than SYN alone.
func noSYN() []expr.Any {
	const fin, syn, rst, ack = 1, 2, 4, 16
	return []expr.Any{
		&expr.Payload{DestRegister: 1, Base: expr.PayloadBaseTransportHeader, Offset: 13, Len: 1},
		&expr.Bitwise{SourceRegister: 1, DestRegister: 1, Len: 1, Mask: []byte{fin | syn | rst | ack}, Xor: []byte{0}},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: 1, Data: []byte{syn}},
	}
}

// netmap translates a prefix to one of the same length (kernel 5.8).
func (p *program) netmap(t expr.NATType, text string) []expr.Any {
	to := p.prefix(text)
	if p.err != nil {
		return nil
	}
	first := to.Masked().Addr().As4()
	last := binary.BigEndian.AppendUint32(nil, binary.BigEndian.Uint32(first[:])|^uint32(0)>>to.Bits())
	return []expr.Any{
		&expr.Immediate{Register: 1, Data: first[:]},
		&expr.Immediate{Register: 2, Data: last},
		&expr.NAT{Type: t, Family: unix.NFPROTO_IPV4, RegAddrMin: 1, RegAddrMax: 2, Prefix: true},
	}
}

// log reports a packet by netlink; see Follow.
func log(verdict, id string) []expr.Any {
	return []expr.Any{&expr.Log{Key: 1<<unix.NFTA_LOG_GROUP | 1<<unix.NFTA_LOG_PREFIX, Group: logGroup, Data: []byte(verdict + " " + id)}}
}

func verdict(v string) []expr.Any {
	switch v {
	case Accept:
		return []expr.Any{&expr.Verdict{Kind: expr.VerdictAccept}}
	case Reset: // a reset for TCP, and for the rest as below
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_TCP_RST}}
	case Prohibit:
		return []expr.Any{&expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: 13}}
	}
	return []expr.Any{&expr.Verdict{Kind: expr.VerdictDrop}}
}
