package world

import (
	"fmt"
	"net/netip"
	"time"

	"demailbench/features/evidence"
	"demailbench/features/world/wiring"
	report "demailbench/reports/wiring"
)

// Examine looks at the wiring between a gateway that was started and its world: every way as its ends would walk it,
// then, when all are free, one mail each way. It must run on the world's clock.
func (w *World) Examine() (*report.Report, error) {
	a := w.scene.GatewayAddresses
	s := &wiring.Subject{Plan: w.o.Profile, Lab: w.lab, Record: w.rec, Clock: w.clock, Gateway: w.scene.Gateway, Provider: w.scene.Provider,
		Outside: netip.MustParseAddr(a[len(a)-1]), Citizen: Citizen, Healthy: w.running().Healthy, Patience: 10 * time.Second}
	r := s.Examine()
	return r, s.Through(wiring.Senders{
		Citizen: func(to string) (string, error) {
			err := w.CitizenSends(to, "")
			return w.nonce(), err
		},
		Clerk: func(tenant, mailbox string) (string, error) {
			err := w.ClerkSends(Letter{Tenant: tenant, Clerk: mailbox})
			return w.nonce(), err
		},
	}, a, min(w.waits.Arrival, 10*time.Minute))
}

// nonce is that of the mail that was sent last, if any.
func (w *World) nonce() string {
	if w.it == nil {
		return ""
	}
	return w.it.Nonce
}

// Locate stores the evidence and finds the packets that show what a report says. It runs after Drive has returned.
func (w *World) Locate(r *report.Report) error {
	if err := evidence.Save(w.o.Dir, w.rec.Events(), w.scene, w.bodies); err != nil {
		return err
	}
	if err := w.KeepLog(); err != nil {
		return err
	}
	c, err := evidence.Open(w.o.Dir)
	if err != nil {
		return fmt.Errorf("look for the packets: %w", err)
	}
	r.Locate(c)
	return nil
}
