package world

import (
	"fmt"

	"demailbench/features/world/hostile"
	"demailbench/features/world/letter"
	"demailbench/sim/topology"
)

// Hostile is a gateway in wrong hands, at the gateway's host and with the operator's card.
func (w *World) Hostile() *hostile.Gateway {
	p, host := w.o.Profile.Accounts.Provider, w.o.Profile.Role(topology.DMDA)
	address := host.Address.Addr
	if way, err := w.o.Profile.Topology.Way(w.scene.Gateway, host.Name); err == nil {
		address = way.Dial
	}
	card, pin := w.Reader().Card()
	return &hostile.Gateway{Client: w.client(w.scene.Gateway), Link: fmt.Sprintf("%s:%d", address, p.Port), Hostname: p.Hostname, Provider: w.scene.Provider,
		PKI: w.lab.PKI(), Card: card, PIN: pin, Bodies: w.bodies, Expect: w.Expect,
		Compose: func(d letter.Draft) (*letter.Mail, error) {
			d.To = Citizen
			m, err := w.desk.Compose(d)
			if err == nil {
				m.Who, m.Server = w.scene.Gateway, w.scene.Gateway
				w.it = m
			}
			return m, err
		}}
}
