//go:build linux

package docker

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"

	"demailbench/sim/docker/control"
	"demailbench/sim/docker/engine"
	"demailbench/sim/docker/tap"
	"demailbench/sim/ipnet"
	"demailbench/sim/router/esp"
	"demailbench/sim/topology"
)

// atOnce is how many containers are started at a time; more do not start sooner.
const atOnce = 6

// each calls f for 0 to n-1, several at a time, and returns the first error.
func each(n int, f func(i int) error) error {
	var wg sync.WaitGroup
	var first atomic.Pointer[error]
	turn := make(chan struct{}, atOnce)
	for i := range n {
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			if first.Load() != nil {
				return
			}
			if err := f(i); err != nil {
				first.CompareAndSwap(nil, &err)
			}
		})
	}
	wg.Wait()
	if err := first.Load(); err != nil {
		return *err
	}
	return nil
}

// start starts a container for each host and each router.
func (f *Fabric) start(ctx context.Context) error {
	hosts, routers := f.plan.Hosts, f.plan.Routers
	return each(len(hosts)+len(routers), func(i int) error {
		name, s := "", engine.Spec{Role: engine.RoleNode}
		if i < len(hosts) {
			name, s.Names = hosts[i].Name, f.resolver(&hosts[i])
		} else {
			name, s.Forward = routers[i-len(hosts)].Name, true
		}
		n, err := f.launch(ctx, name, s)
		if err != nil {
			return err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.nodes[name] = n
		return nil
	})
}

// resolver is the name server in a host's resolv.conf: the plan's first that the host has a way to. Only programs of
// others read that file.
func (f *Fabric) resolver(h *topology.Host) netip.Addr {
	for i := range f.plan.Hosts {
		if server := &f.plan.Hosts[i]; server.Role == topology.DNS {
			if way, err := f.plan.Way(h.Name, server.Name); err == nil {
				return way.Dial
			}
		}
	}
	return netip.Addr{}
}

// nic is one interface of a host or router: what it is called in the container, and where it belongs.
type nic struct {
	node    *node
	device  string
	link    string
	address netip.Prefix
	segment string
	answers []netip.Addr
	tunnel  *topology.Tunnel
	card    *tap.Card
}

// device is how the interface number i of a router is called in its container: names of the plan may be too long.
func device(i int) string { return fmt.Sprintf("if%d", i) }

// nics lists all interfaces in the plan's order.
func (f *Fabric) nics() []*nic {
	var list []*nic
	for i := range f.plan.Hosts {
		h := &f.plan.Hosts[i]
		list = append(list, &nic{node: f.nodes[h.Name], device: "eth0", link: h.Name, address: f.plan.OnLink(h), segment: h.Segment,
			answers: []netip.Addr{h.Address.Addr}})
	}
	for i := range f.plan.Routers {
		r := &f.plan.Routers[i]
		for k := range r.Interfaces {
			in := &r.Interfaces[k]
			list = append(list, &nic{node: f.nodes[r.Name], device: device(k), link: r.Name + "." + in.Name, address: in.Address.Prefix,
				segment: in.Segment, answers: answersFor(r, in), tunnel: in.Tunnel})
		}
	}
	return list
}

// join plugs all interfaces in, joins their far ends to the segments, and gives everybody addresses and routes.
func (f *Fabric) join(ctx context.Context, n *ipnet.Net, secret func(a, b netip.Addr) []byte) error {
	segments := map[string]*ipnet.Segment{}
	for _, s := range f.plan.Segments {
		segments[s.Name] = n.AddSegment(s.Name)
	}
	all := f.nics()
	if err := each(len(all), func(i int) error { return f.plug(ctx, all[i], segments) }); err != nil {
		return err
	}
	for _, i := range all {
		if i.tunnel == nil {
			continue
		}
		if err := f.line(i, all, secret); err != nil {
			return err
		}
	}
	for _, i := range all {
		var port ipnet.Port
		if i.tunnel == nil {
			_, port = n.Attach(i.link, i.card, segments[i.segment], i.answers, ipnet.Params{})
		}
		i.card.Start(port)
		f.joined = append(f.joined, i)
	}
	return f.configure(ctx, all)
}

// plug lets the fabric make one interface in its node.
func (f *Fabric) plug(ctx context.Context, i *nic, segments map[string]*ipnet.Segment) error {
	mac := tap.MAC(i.address.Addr())
	p := control.Plug{PID: i.node.peer.Hello().PID, Interface: i.device, MAC: fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5])}
	has := func(netip.Addr) bool { return true } // a line has one other end
	if i.tunnel == nil {
		has = segments[i.segment].Has
	} else {
		p.MTU = esp.InnerMTU(1500)
	}
	file, err := f.root.peer.Call(ctx, control.OpPlug, p, nil)
	if err != nil {
		return fmt.Errorf("link %s: %w", i.link, err)
	}
	i.card = tap.New(i.node.name, file, i.address.Addr(), has)
	return nil
}

// line makes the interface i one end of an IPSEC line over another interface of its router.
func (f *Fabric) line(i *nic, all []*nic, secret func(a, b netip.Addr) []byte) error {
	for _, over := range all {
		if over.node == i.node && over.link == i.node.name+"."+i.tunnel.Over {
			own := over.address.Addr()
			_, err := tap.NewLine(i.card, over.card, own, i.tunnel.Peer.Addr, secret(own, i.tunnel.Peer.Addr))
			return err
		}
	}
	return fmt.Errorf("link %s: there is no interface %q to carry it", i.link, i.tunnel.Over)
}

// configure tells every node its addresses and routes.
func (f *Fabric) configure(ctx context.Context, all []*nic) error {
	todo := map[*node]*control.Configure{}
	var order []*node
	for _, i := range all {
		c := todo[i.node]
		if c == nil {
			c = &control.Configure{}
			todo[i.node], order = c, append(order, i.node)
		}
		c.Interfaces = append(c.Interfaces, control.Interface{Name: i.device, Address: i.address.String()})
	}
	for i := range f.plan.Hosts {
		h := &f.plan.Hosts[i]
		c := todo[f.nodes[h.Name]]
		if h.Router.IsValid() {
			c.Routes = append(c.Routes, control.Route{To: "0.0.0.0/0", Via: h.Router.String()})
		}
	}
	for i := range f.plan.Routers {
		r := &f.plan.Routers[i]
		c := todo[f.nodes[r.Name]]
		c.Own = shared(r)
		for _, route := range r.Routes {
			c.Routes = append(c.Routes, control.Route{To: route.To.String(), Via: route.Via.String()})
		}
	}
	return each(len(order), func(i int) error {
		if _, err := order[i].peer.Call(ctx, control.OpConfigure, todo[order[i]], nil); err != nil {
			return fmt.Errorf("%s: %w", order[i].name, err)
		}
		return nil
	})
}
