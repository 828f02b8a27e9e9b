package attach

import (
	"net/netip"

	"demailbench/features/world/preflight"
)

// Check looks whether the gateway is there as declared; ended is closed when it has ended.
func (w *Attachment) Check(ended func() <-chan struct{}) *preflight.Miswired {
	s := &preflight.Subject{Hostname: w.o.Profile.Topology.Host(w.o.Scene.Gateway).Hostname, Probe: w.Probe, Names: w.Way.Names(), Record: w.o.Record,
		Dial: w.Way.Dial, Ended: ended, Clock: w.o.Clock, Ready: w.o.Ready}
	var err error
	for _, t := range w.o.Profile.Tenants {
		if secure := t.Transport == "starttls"; s.Tenants.Peer == "" || secure && !s.Tenants.Secure {
			s.Tenants = preflight.TenantsSide{Hello: w.o.Profile.Topology.Host(t.MailServer).Hostname, Secure: secure}
			s.Tenants.Side, err = w.side(mailPort, netip.AddrPortFrom(w.o.Profile.Topology.Host(w.o.Scene.Gateway).Address.Addr, mailPort).String(), t.MailServer)
			if err != nil {
				return &preflight.Miswired{Hop: "topology", Err: err}
			}
		}
	}
	s.Tenants.TLS = w.o.Lab.PKI().ClientConfig(s.Hostname)
	a := w.o.Scene.GatewayAddresses
	s.Provider.Certificate = w.o.Lab.ProviderClient()
	if s.Provider.Side, err = w.side(providerPort, netip.AddrPortFrom(netip.MustParseAddr(a[len(a)-1]), providerPort).String(), w.o.Scene.Provider); err != nil {
		return &preflight.Miswired{Hop: "topology", Err: err}
	}
	s.Provider.TLS = w.o.Lab.PKI().ClientConfig(s.Hostname, w.o.Lab.Certificate(w.o.Scene.Provider))
	return s.Check()
}

// side is a listener of the gateway as a host sees it.
func (w *Attachment) side(port uint16, inside, host string) (preflight.Side, error) {
	way, err := w.o.Profile.Topology.Way(host, w.o.Scene.Gateway)
	return preflight.Side{Port: port, At: w.Way.Listener(port), Inside: inside, Peer: host, Source: way.Source}, err
}
