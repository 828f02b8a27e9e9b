package world

import (
	"demailbench/features/world/preflight"
)

// Miswired is the error of a world whose foreign gateway is not there as declared.
type Miswired = preflight.Miswired

// preflight looks whether the gateway is there as declared.
func (w *World) preflight() *Miswired {
	s := &preflight.Subject{Hostname: w.o.Profile.Topology.Host(w.scene.Gateway).Hostname, Probe: w.probe, Names: w.bridge.Names(), Record: w.rec,
		Dial: w.bridge.Dial, Ended: w.ended, Clock: w.clock, Ready: w.waits.Ready}
	var err error
	for _, t := range w.o.Profile.Tenants {
		if secure := t.Transport == "starttls"; s.Tenants.Peer == "" || secure && !s.Tenants.Secure {
			s.Tenants = preflight.TenantsSide{Hello: w.o.Profile.Topology.Host(t.MailServer).Hostname, Secure: secure}
			s.Tenants.Side, err = w.side(mailPort, w.gatewayAddress(mailPort), t.MailServer)
			if err != nil {
				return &Miswired{Hop: "topology", Err: err}
			}
		}
	}
	s.Tenants.TLS = w.lab.PKI().ClientConfig(s.Hostname)
	s.Provider.Certificate = w.lab.ProviderClient()
	if s.Provider.Side, err = w.side(providerPort, w.outside(providerPort), w.scene.Provider); err != nil {
		return &Miswired{Hop: "topology", Err: err}
	}
	s.Provider.TLS = w.lab.PKI().ClientConfig(s.Hostname, w.lab.Certificate(w.scene.Provider))
	return s.Check()
}

// side is a listener of the gateway as a host sees it.
func (w *World) side(port uint16, inside, host string) (preflight.Side, error) {
	way, err := w.o.Profile.Topology.Way(host, w.scene.Gateway)
	return preflight.Side{Port: port, At: w.bridge.Listener(port), Inside: inside, Peer: host, Source: way.Source}, err
}
