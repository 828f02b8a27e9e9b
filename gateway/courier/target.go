package courier

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sort"
	"strconv"
	"strings"

	"demailbench/gateway/queue"
	"demailbench/gateway/tenant"
)

// target is one address to try.
type target struct {
	// host is the name that its certificate must carry.
	host string
	addr netip.AddrPort
	// clear allows SMTP without TLS: the address is at the far end of the tenant's IPSEC line.
	clear bool
	// dmda: implicit TLS, the card, and SASL EXTERNAL.
	dmda bool
}

// hop is where a route leads, before names are resolved.
type hop struct {
	// hosts are "name" or address in the order of preference, with their port.
	hosts []string
	port  uint16
	// implicit means that there was no MX record and the domain itself is its mail server.
	implicit bool
	t        tenant.Tenant
	dmda     bool
}

// mailPort is where mail servers listen (RFC 5321 4.5.4.2).
const mailPort = 25

// maxTargets bounds the addresses tried in one attempt (RFC 5321 5.1 asks for at least two).
const maxTargets = 8

// targets finds the addresses of a route in the order in which to try them.
func (c *Courier) targets(ctx context.Context, route string) ([]target, *trouble) {
	h, t := c.hop(ctx, route)
	if t != nil {
		return nil, t
	}
	var l []target
	var last *trouble
	for _, host := range h.hosts {
		addrs, err := c.addresses(ctx, host)
		if err != nil {
			last = problem("DNS", "cannot resolve "+host, err)
			last.permanent = h.implicit && denied(err)
			continue
		}
		for _, a := range addrs {
			l = append(l, target{host: host, addr: netip.AddrPortFrom(a, h.port), clear: h.inLine(a), dmda: h.dmda})
		}
	}
	if len(l) == 0 {
		return nil, last
	}
	return l[:min(len(l), maxTargets)], nil
}

// hop finds the hosts of a route: the DMDA, a tenant's own next hop, or the MX of the mail domain.
func (c *Courier) hop(ctx context.Context, route string) (hop, *trouble) {
	if route == queue.RouteDMDA {
		h, err := single(c.DMDA)
		h.dmda = true
		return h, err
	}
	domain, ok := queue.MailDomain(route)
	if !ok {
		return hop{}, problem("DNS", "unknown route "+route, nil)
	}
	owner, _ := c.Owner(domain)
	if owner.NextHop != "" {
		h, err := single(owner.NextHop)
		h.t = owner
		return h, err
	}
	return c.exchangers(ctx, domain, owner)
}

// single is a hop given as "host:port".
func single(address string) (hop, *trouble) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return hop{}, problem("DNS", "next hop", err)
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return hop{}, problem("DNS", "next hop", err)
	}
	return hop{hosts: []string{host}, port: uint16(n)}, nil
}

// exchangers asks for the domain's MX records (RFC 5321 5.1, RFC 7505).
func (c *Courier) exchangers(ctx context.Context, domain string, owner tenant.Tenant) (hop, *trouble) {
	h := hop{port: c.MailPort, t: owner}
	mx, err := c.Resolver.LookupMX(ctx, absolute(domain))
	switch { // records that come with an error are the sound ones among others, or a null MX
	case len(mx) == 1 && strings.Trim(mx[0].Host, ".") == "":
		t := problem("DNS", fmt.Sprintf("%s says that it takes no mail (null MX)", domain), nil)
		t.permanent = true
		return hop{}, t
	case len(mx) > 0:
	case err == nil || denied(err):
		h.hosts, h.implicit = []string{domain}, true
		return h, nil
	default:
		return hop{}, problem("DNS", "cannot look up the mail server of "+domain, err)
	}
	sort.SliceStable(mx, func(i, j int) bool { return mx[i].Pref < mx[j].Pref })
	for _, r := range mx {
		h.hosts = append(h.hosts, strings.TrimSuffix(strings.ToLower(r.Host), "."))
	}
	return h, nil
}

// addresses resolves a name, IPv4 first; an address stands for itself.
func (c *Courier) addresses(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	found, err := c.Resolver.LookupNetIP(ctx, "ip", absolute(host))
	if err != nil {
		return nil, err
	}
	addrs := make([]netip.Addr, len(found))
	for i, a := range found {
		addrs[i] = a.Unmap()
	}
	sort.SliceStable(addrs, func(i, j int) bool { return addrs[i].Is4() && !addrs[j].Is4() })
	return addrs, nil
}

// absolute keeps a resolver from trying a name below its search list, where a stranger may hold it.
func absolute(name string) string { return strings.TrimSuffix(name, ".") + "." }

// inLine reports that mail to a may go in clear: the tenant has an IPSEC line and a lies behind it (S0-039). A
// name that resolves elsewhere gets no clear text.
func (h hop) inLine(a netip.Addr) bool {
	if h.t.Transport != tenant.IPSEC {
		return false
	}
	for _, p := range h.t.Networks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
