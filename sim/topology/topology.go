// Package topology is the plan of a simulated network, read from YAML and checked before anything is
// built: segments, hosts, routers with their translations, IPSEC lines, and the communication matrix.
//
// It is pure: it traces by the plan alone which way a packet takes and under which addresses it is seen,
// and derives from one matrix for the whole network what each router must allow. So a fault in the plan is
// found in the file and not in the traffic. It leaves out building the network (package lab), who uses it
// (tenants, accounts), names (zones) and IPv6.
package topology

import (
	"io/fs"
	"net/netip"

	"demailbench/sim/config"
	"demailbench/sim/firewall"
)

// Topology is a network. Read makes one; its values do not change afterwards.
type Topology struct {
	// Name is the topology's name in reports.
	Name string `yaml:"name"`
	// Epoch is when scenarios begin, unless they say otherwise (D29).
	Epoch config.Time `yaml:"epoch"`
	// Segments are the networks, Hosts and Routers what is joined to them.
	Segments []Segment `yaml:"segments"`
	Hosts    []Host    `yaml:"hosts"`
	Routers  []Router  `yaml:"routers,omitempty"`
	// Matrix is the communication matrix (Freischaltungsmatrix, S2-023) of the whole network.
	Matrix []Row `yaml:"matrix,omitempty"`

	source  *config.Source
	entries map[string][]firewall.Entry // by router
}

// Segment is a network in which everybody reaches everybody without a router.
type Segment struct {
	Name string `yaml:"name"`
	// Zone is the security zone for the matrix.
	Zone string `yaml:"zone"`
	// Prefix holds the addresses of the segment.
	Prefix config.Prefix `yaml:"prefix"`
	// Realm is the address realm (RFC 2663 2.1): within one an address means one host only. Segments
	// without it share the realm of the state's networks.
	Realm string `yaml:"realm,omitempty"`
}

// Role says what a host is for.
type Role string

// The roles.
const (
	// Gateway is the host of the gateway under test.
	Gateway Role = "gateway"
	// DMDA is the provider's host.
	DMDA Role = "dmda"
	// DNS is a name server, which answers with its View.
	DNS Role = "dns"
	// Mail is a mail server.
	Mail Role = "mail"
	// Client is somebody's desk, or a stranger.
	Client Role = "client"
)

// Host is a machine with one address.
type Host struct {
	// Name is unique among segments, hosts and routers: it is Who in the record.
	Name    string      `yaml:"name"`
	Role    Role        `yaml:"role"`
	Segment string      `yaml:"segment"`
	Address config.Addr `yaml:"address"`
	// Router is the next hop to everything outside the segment.
	Router config.Addr `yaml:"router"`
	// Hostname is the name in the domain name system; roles mail and gateway need one.
	Hostname string `yaml:"hostname,omitempty"`
	// View is what a name server answers with: the name of a zone file's view.
	View string `yaml:"view,omitempty"`
	// Domains and Mailboxes are the mail domains of a mail server that is no tenant's, and the addresses
	// in them that exist.
	Domains   []string `yaml:"domains,omitempty"`
	Mailboxes []string `yaml:"mailboxes,omitempty"`
	// RelaysFor are the networks whose hosts may send to any domain by this mail server.
	RelaysFor []config.Prefix `yaml:"relays_for,omitempty"`
	// Smarthosts take all mail for a domain and its subdomains, instead of MX.
	Smarthosts []Smarthost `yaml:"smarthosts,omitempty"`
}

// Smarthost sends mail for a domain by a given host.
type Smarthost struct {
	// Domain is a domain suffix; "." is every domain.
	Domain string `yaml:"domain"`
	// Host is the name of a host in the topology; mail goes to its port 25.
	Host string `yaml:"host"`
}

// Router joins segments.
type Router struct {
	Name       string      `yaml:"name"`
	Interfaces []Interface `yaml:"interfaces"`
	NAT        NAT         `yaml:"nat,omitempty"`
	Routes     []Route     `yaml:"routes,omitempty"`
	// Default is what happens to flows that the matrix does not list: "drop" (also when empty) or
	// "reject" (ICMP 3/13).
	Default string `yaml:"default,omitempty"`
}

// Interface connects a router to a segment, or by a tunnel to another router.
type Interface struct {
	// Name is unique in the router.
	Name string `yaml:"name"`
	// Zone is given for tunnels only; other interfaces are in the zone of their segment.
	Zone    string `yaml:"zone,omitempty"`
	Segment string `yaml:"segment,omitempty"`
	// Address is the router's own, with the length of the network's prefix.
	Address config.Prefix `yaml:"address"`
	Tunnel  *Tunnel       `yaml:"tunnel,omitempty"`
}

// Tunnel is one end of an IPSEC line (S0-039).
type Tunnel struct {
	// Over names the interface of the same router, listed before, whose segment carries the line.
	Over string `yaml:"over"`
	// Peer is the other end's address on that segment.
	Peer config.Addr `yaml:"peer"`
}

// NAT are a router's translations (RFC 3022).
type NAT struct {
	Static     []Static     `yaml:"static,omitempty"`
	Masquerade []Masquerade `yaml:"masquerade,omitempty"`
}

// Static translates whole prefixes 1:1, both ways.
type Static struct {
	// Interface is the one on the outside.
	Interface string        `yaml:"interface"`
	Inside    config.Prefix `yaml:"inside"`
	Outside   config.Prefix `yaml:"outside"`
}

// Masquerade lets many inside addresses share one outside address.
type Masquerade struct {
	// Interface is the one on the outside.
	Interface string        `yaml:"interface"`
	From      config.Prefix `yaml:"from"`
	To        config.Addr   `yaml:"to"`
}

// Route leads to a network by a next router.
type Route struct {
	To  config.Prefix `yaml:"to"`
	Via config.Addr   `yaml:"via"`
}

// Row is one row of the communication matrix: a flow that may begin, on whatever routers it crosses.
type Row struct {
	// ID is what records and reports name.
	ID       string `yaml:"id"`
	Purpose  string `yaml:"purpose"`
	From     Party  `yaml:"from"`
	To       Party  `yaml:"to"`
	Protocol string `yaml:"protocol"`
	// Port is the destination port of tcp and udp.
	Port uint16 `yaml:"port,omitempty"`
	// ValidFrom is the first instant of the row's validity, ValidTo the first after it; open when empty.
	ValidFrom config.Time `yaml:"valid_from,omitempty"`
	ValidTo   config.Time `yaml:"valid_to,omitempty"`
	// RequestedBy, ApprovedBy and ImplementedBy are roles or organisations.
	RequestedBy   string `yaml:"requested_by"`
	ApprovedBy    string `yaml:"approved_by"`
	ImplementedBy string `yaml:"implemented_by"`
	// Status is requested, approved, active (also when empty), suspended or revoked.
	Status string `yaml:"status,omitempty"`
}

// Party is one side of a row: either a host or all hosts of a zone.
type Party struct {
	Host string `yaml:"host,omitempty"`
	Zone string `yaml:"zone,omitempty"`
}

// Read reads the topology file name of fsys and checks it. The error is a *config.Error.
func Read(fsys fs.FS, name string) (*Topology, error) {
	t := &Topology{}
	var err error
	if t.source, err = config.Read(fsys, name, t); err != nil {
		return nil, err
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	return t, nil
}

// Source is the file that the topology was read from.
func (t *Topology) Source() *config.Source { return t.source }

// Segment returns the segment of that name, or nil.
func (t *Topology) Segment(name string) *Segment {
	return find(t.Segments, func(s *Segment) bool { return s.Name == name })
}

// Host returns the host of that name, or nil.
func (t *Topology) Host(name string) *Host {
	return find(t.Hosts, func(h *Host) bool { return h.Name == name })
}

// Router returns the router of that name, or nil.
func (t *Topology) Router(name string) *Router {
	return find(t.Routers, func(r *Router) bool { return r.Name == name })
}

// Interface returns the router's interface of that name, or nil.
func (r *Router) Interface(name string) *Interface {
	return find(r.Interfaces, func(i *Interface) bool { return i.Name == name })
}

// Toward is the interface by which the router sends what goes to a, or nil.
func (r *Router) Toward(a netip.Addr) *Interface {
	out, _ := r.route(a)
	return out
}

// Zone is the security zone of an interface.
func (t *Topology) Zone(i *Interface) string {
	if s := t.Segment(i.Segment); s != nil {
		return s.Zone
	}
	return i.Zone
}

// Realm is the address realm that an interface looks into. A tunnel's is the state's: whoever is let in
// by one belongs to it.
func (t *Topology) Realm(i *Interface) string {
	if s := t.Segment(i.Segment); s != nil {
		return s.Realm
	}
	return ""
}

// OnLink is the host's address with the length of its segment's prefix.
func (t *Topology) OnLink(h *Host) netip.Prefix {
	return netip.PrefixFrom(h.Address.Addr, t.Segment(h.Segment).Prefix.Bits())
}

func find[T any](list []T, match func(*T) bool) *T {
	for i := range list {
		if match(&list[i]) {
			return &list[i]
		}
	}
	return nil
}
