package store

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"demailbench/gateway/door/doortest"
)

func TestGroupCommit(t *testing.T) {
	s := guarded(t, t.TempDir(), nil)
	before := s.Stats()
	const n = 20
	var wg sync.WaitGroup
	s.clock.IO(func() { // while the disk is busy the others queue up
		for i := range n {
			wg.Go(func() {
				if err := s.Update(func(tx *Tx) error { _, err := tx.BeginOutage(fmt.Sprint(i), start); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		for len(s.in) < n-1 { // one is with the writer, which waits for the disk
			runtime.Gosched()
		}
	})
	wg.Wait()
	after := s.Stats()
	if got := (Stats{after.Commits - before.Commits, after.Changes - before.Changes}); got != (Stats{1, n}) {
		t.Fatalf("%+v, want one commit of %d changes", got, n)
	}
}

func TestBadChangeFailsAlone(t *testing.T) {
	s := guarded(t, t.TempDir(), nil)
	bad := errors.New("bad")
	errs := make([]error, 5)
	var wg sync.WaitGroup
	s.clock.IO(func() {
		for i := range errs {
			wg.Go(func() {
				errs[i] = s.Update(func(tx *Tx) error {
					if i == 2 {
						return bad
					}
					_, err := tx.BeginOutage(fmt.Sprint(i), start)
					return err
				})
			})
		}
		for len(s.in) < len(errs)-1 {
			runtime.Gosched()
		}
	})
	wg.Wait()
	for i, err := range errs {
		if (i == 2) != errors.Is(err, bad) || i != 2 && err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	err := s.Update(func(tx *Tx) error {
		for i := range errs {
			if _, was, err := tx.EndOutage(fmt.Sprint(i)); err != nil || was == (i == 2) {
				return fmt.Errorf("outage %d: there %v, %v", i, was, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// BenchmarkUpdate is the durable rate of 20 writers of small messages, as 20 SMTP sessions make it.
func BenchmarkUpdate(b *testing.B) {
	clock := doortest.NewClock(start)
	s, err := Open(b.TempDir(), Options{Clock: clock})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	var n atomic.Int64
	b.SetParallelism(20 / runtime.GOMAXPROCS(0))
	b.SetBytes(10 << 10)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := put(s, fmt.Sprint("m", n.Add(1)), 10<<10); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/float64(s.Stats().Commits), "changes/commit")
}
