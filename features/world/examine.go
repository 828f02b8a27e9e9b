package world

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"demailbench/features/evidence"
	"demailbench/features/sut"
	"demailbench/features/world/wiring"
	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
)

// Examine looks at the wiring between a gateway that was started and its world: every way as its ends would walk it,
// then, when all are free, one mail each way. It must run on the world's clock.
func (w *World) Examine() (*report.Report, error) {
	s := w.subject()
	r := s.Examine()
	if !r.Good() {
		return r, nil
	}
	return r, w.sendThrough(s)
}

func (w *World) subject() *wiring.Subject {
	a := w.scene.GatewayAddresses
	return &wiring.Subject{Plan: w.o.Profile, Lab: w.lab, Record: w.rec, Clock: w.clock, Gateway: w.scene.Gateway, Provider: w.scene.Provider,
		Outside: netip.MustParseAddr(a[len(a)-1]), Citizen: Citizen, Healthy: w.running().Healthy, Patience: patience}
}

// patience is how long one answer may take. A packet that is dropped is known from the record before.
const patience = 10 * time.Second

// sendThrough hands over one mail from the citizen and one from a clerk.
func (w *World) sendThrough(s *wiring.Subject) error {
	for _, t := range w.o.Profile.Enrolled() {
		for _, m := range t.Mapping {
			if len(t.Domains) != 1 || t.Domains[0].Direction != "both" {
				continue
			}
			inward := wiring.Mail{From: w.scene.Provider, To: t.MailServer, Since: len(w.rec.Events()), Gateways: w.scene.GatewayAddresses}
			if err := w.CitizenSends(m.DeMail, ""); err != nil {
				return err
			}
			inward.Nonce = w.It().Nonce
			w.await(s, inward)
			outward := wiring.Mail{From: t.MailServer, To: w.scene.Provider, Since: len(w.rec.Events()), Gateways: w.scene.GatewayAddresses}
			if err := w.ClerkSends(Letter{Tenant: t.ID, Clerk: m.Mail}); err != nil {
				return err
			}
			outward.Nonce = w.It().Nonce
			w.await(s, outward)
			return nil
		}
	}
	return errors.New("no tenant of this world both sends and receives")
}

// await waits until a mail is there, or long enough for a retry, and judges.
func (w *World) await(s *wiring.Subject, m wiring.Mail) {
	ctx, cancel := w.clock.WithTimeout(context.Background(), min(w.waits.Arrival, 10*time.Minute))
	defer cancel()
	for {
		changed := w.rec.Changed()
		if s.Arrived(m) {
			break
		}
		select {
		case <-changed:
			continue
		case <-ctx.Done():
		}
		break
	}
	s.Judge(m)
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

// Started makes a report of the error of Start.
func Started(err error) *report.Report {
	f := report.Finding{Hop: report.Driver, Key: "driver.start", Fixer: failure.Gateway, Observed: err.Error()}
	var m *Miswired
	var u *sut.Unreliable
	switch {
	case errors.As(err, &u):
		f.Key = "driver.failed"
	case errors.As(err, &m) && m.Part != "":
		f.Hop, f.Key, f.Observed, f.Expected = m.Part, "told", m.Hop+": "+m.Err.Error(), m.Fix
	}
	return &report.Report{Findings: []report.Finding{f}}
}
