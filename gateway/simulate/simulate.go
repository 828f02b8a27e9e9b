// Package simulate asks how probable it is that an operation keeps its promise: months to decades of failures,
// repairs, maintenance and foreign disturbances, drawn by chance and judged by the rules of package ops.
//
// It is event-driven: nothing is computed for the time in which nothing happens. Equal files and seeds give equal
// results on any number of workers. A history is a stretch of years with its own chance; what is kept of it are
// counts, so that memory does not grow with the number of years. It leaves out mail, queues and load: the service is
// up or down.
package simulate

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"demailbench/gateway/ops"
	"demailbench/gateway/simulate/operation"
)

// Options are what the caller of a simulation decides.
type Options struct {
	// Years and Seed replace those of the file when they are not nil.
	Years *int
	Seed  *uint64
	// Workers is how many histories are computed at a time; 0: as many as there are processors. It does not change
	// the result.
	Workers int
	// Progress, when not nil, is told how far the work is, from one goroutine at a time, at most a hundred times
	// for each part. Now is the clock for the time left; without it Left is unknown.
	Progress func(Progress)
	Now      func() time.Time
}

// Progress is how far a simulation is.
type Progress struct {
	// Done of Total years, those for the sensitivity included.
	Done, Total int
	// Left is the time left at the present speed; negative: unknown.
	Left time.Duration
}

// Report is the result of a simulation.
type Report struct {
	Model *operation.Model
	// Histories and Years were simulated, Years without those for the sensitivity.
	Histories, Years int
	Tally            *Tally
	// Sensitivity is what one factor changes at a time, the strongest first; Base is the share of years kept in the
	// same histories without a change.
	Sensitivity []Effect
	Base        Share
}

// Simulate reads a file (name is for errors) and runs it: what demailbench simulate does. Errors are those of operation.Parse,
// the context's, or a *ops.Fault when the number of years is out of range.
func Simulate(ctx context.Context, name string, text []byte, o Options) (*Report, error) {
	m, err := operation.Parse(name, text)
	if err != nil {
		return nil, err
	}
	if o.Seed != nil {
		m.Seed = *o.Seed
	}
	if o.Years != nil {
		if m.Total = *o.Years; m.Total < 1 || m.Total > operation.MaxYears {
			return nil, &ops.Fault{Field: "years", Value: strconv.Itoa(m.Total), Problem: fmt.Sprintf("is not between 1 and %d", operation.MaxYears), Fix: "choose another number"}
		}
	}
	return Run(ctx, m, o)
}

// Run simulates a model. The error is the context's, or a *ops.Fault when the calendar has no working days for the
// notices.
func Run(ctx context.Context, m *operation.Model, o Options) (*Report, error) {
	p, err := newPlan(m)
	if err != nil {
		return nil, err
	}
	histories := (m.Total + m.Years - 1) / m.Years
	var changes []variant
	each := 0
	if m.Factors > 0 {
		changes, each = variants(m), min((m.Factors+m.Years-1)/m.Years, histories)
	}
	meter := newMeter(o, (histories+each*len(changes))*m.Years)
	r := &Report{Model: m, Histories: histories, Years: histories * m.Years}
	if r.Tally, err = p.runs(ctx, histories, o.Workers, meter); err != nil {
		return nil, err
	}
	if each == 0 {
		return r, nil
	}
	base := r.Tally
	if each < histories {
		if base, err = p.runs(ctx, each, o.Workers, nil); err != nil {
			return nil, err
		}
	}
	r.Base = base.Years
	for _, v := range changes {
		changed := *p // no change touches the calendar
		changed.model = v.model
		t, err := changed.runs(ctx, each, o.Workers, meter)
		if err != nil {
			return nil, err
		}
		r.Sensitivity = append(r.Sensitivity, Effect{Factor: v.factor, Years: t.Years, Months: t.Months, Weeks: t.Weeks})
	}
	sortEffects(r.Sensitivity, r.Base)
	return r, nil
}

// runs simulates histories on several workers. Each history has chance of its own, and tallies are sums: who computes
// what does not matter.
func (p *plan) runs(ctx context.Context, histories, workers int, m *meter) (*Tally, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, histories)
	tallies := make([]*Tally, workers)
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range tallies {
		tallies[w] = newTally()
		wait.Go(func() {
			for run := int(next.Add(1)) - 1; run < histories && ctx.Err() == nil; run = int(next.Add(1)) - 1 {
				tallies[w].judge(p, run, p.assemble(p.draw(run)))
				m.add(p.model.Years)
			}
		})
	}
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for _, t := range tallies[1:] {
		tallies[0].merge(t)
	}
	return tallies[0], nil
}

// meter tells the progress.
type meter struct {
	mu          sync.Mutex
	o           Options
	begin       time.Time
	done, total int
	told        int // hundredths
}

func newMeter(o Options, total int) *meter {
	m := &meter{o: o, total: total}
	if o.Now != nil {
		m.begin = o.Now()
	}
	return m
}

// add counts years; a nil meter does not.
func (m *meter) add(years int) {
	if m == nil || m.o.Progress == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done += years
	if percent := m.done * 100 / m.total; percent > m.told {
		m.told = percent
		p := Progress{Done: m.done, Total: m.total, Left: -1}
		if m.o.Now != nil {
			p.Left = time.Duration(float64(m.o.Now().Sub(m.begin)) / float64(m.done) * float64(m.total-m.done))
		}
		m.o.Progress(p)
	}
}
