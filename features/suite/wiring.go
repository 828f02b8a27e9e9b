package suite

import (
	"context"
	"fmt"
	"path/filepath"

	"demailbench/features/check"
	"demailbench/features/world"
	"demailbench/features/world/preflight"
	"demailbench/reports/wiring"
)

// WiringID stands for the look at the wiring where a scenario id is expected.
const WiringID = "wiring"

// Wiring starts the gateway in a world of its own and looks whether everything between the two is as declared. What it
// finds is no verdict. The error is about the bench. The evidence is in the directory WiringID below Out.
func (r *Runner) Wiring() (*wiring.Report, error) {
	w, err := world.New(r.options(WiringID, filepath.Join(r.Out, WiringID)))
	if err != nil {
		return nil, err
	}
	var found *wiring.Report
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.Sever()
		if started := w.Start(); started != nil {
			found = preflight.Report(started)
		} else {
			found, err = w.Examine()
		}
		if end := w.Abandon(); err == nil && found.Good() { // what was found may be why it does not end
			err = end
		}
	}()
	if driven := w.Drive(done); driven != nil {
		r.Broken = true
		return nil, driven
	}
	if err != nil {
		return nil, err
	}
	return found, w.Locate(found)
}

// Wiring lets one worker look at the wiring.
func (p *Pool) Wiring(ctx context.Context) (*wiring.Report, error) {
	w, err := startWorker(ctx, p.Command)
	if err != nil {
		return nil, err
	}
	defer w.stop()
	a, err := w.run(WiringID)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s", p.obituary(ctx, Scenario{ID: WiringID}, w, err).Reason)
	case a.Result.Verdict == check.Error:
		return nil, fmt.Errorf("%s", a.Result.Reason)
	}
	return a.Wiring, nil
}
