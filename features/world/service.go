package world

import (
	"fmt"
	"path/filepath"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/world/plan"
	"demailbench/features/world/watch"
	"demailbench/sim/probe"
	"demailbench/sim/record"
)

// CountClearDays makes whole working days between a notice and the work what the gateway asks for (D5).
func (w *World) CountClearDays() error {
	if _, vendor := w.o.Foreign.(sut.Limited); vendor {
		return w.block("needs a parameter of the gateway, notice.clear_days (D5), for which drivers have no operation")
	}
	s := w.setup()
	s.ClearDays, w.scene.ClearDays, w.altered = true, true, &s
	if err := w.StopGateway(); err != nil {
		return err
	}
	return w.Restart()
}

// Probe has a tenant's mail server look at the gateway from now on, at each interval.
func (w *World) Probe(tenant string, interval time.Duration) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	w.leaving = append(w.leaving, watch.Begin(probe.Config{Who: t.MailServer, Dial: w.lab.Host(t.MailServer).Dial, Address: w.gatewayAddress(25), Interval: interval,
		Timeout: interval / 2, Clock: w.clock, Record: w.rec}))
	return nil
}

// Replace loses the gateway's machine with all that is on it, and starts another one from a backup that was called so.
func (w *World) Replace(backup string) error {
	number, err := w.Office().Paper(backup)
	if err != nil {
		return err
	}
	r, ok := w.o.Adapter.(sut.Restorer)
	if w.onWall() {
		r, ok = w.o.Foreign.(sut.Restorer)
	}
	if !ok { // a product that has its own way
		return w.Office().Prepare(contract.Bench, contract.BackupRestore{Backup: number}, nil)
	}
	if err := w.kill(); err != nil {
		return err
	}
	w.lives++
	fresh := filepath.Join(w.o.Dir, "work", fmt.Sprintf("gateway-%d", w.lives))
	w.clock.IO(func() { err = r.Restore(w.data, number, fresh) })
	if err != nil {
		return &Unmet{check.Finding{Verdict: check.Fail, Rule: "restore", Requirements: []string{"S1-030"}, Expected: "another instance starts from the backup", Observed: err.Error()}}
	}
	w.data = fresh
	return w.Restart()
}

// RefusesPilotUntil wants the gateway not to start with that last day of the pilot operation; then it starts without it.
func (w *World) RefusesPilotUntil(day string) error {
	const name = "setting refused"
	before := w.setup()
	if err := w.Change(plan.PilotUntil(day)); err != nil {
		w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: name, Detail: err.Error()})
		if w.altered = &before; w.Restart() != nil {
			return err
		}
	}
	return w.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: name})
}
