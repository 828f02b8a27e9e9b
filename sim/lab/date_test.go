package lab_test

import (
	"testing"
	"time"
)

// TestAt moves a profile to a date at which all its certificates have expired, and back before they begin.
func TestAt(t *testing.T) {
	p := load(t, "saxony")
	for _, now := range []time.Time{time.Date(2031, 3, 30, 1, 2, 3, 0, time.UTC), time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), p.Epoch()} {
		if now != p.Epoch() && p.CheckDates(now) == nil {
			t.Errorf("the profile is good at %v by itself", now)
		}
		moved, offset := p.At(now)
		if err := moved.CheckDates(now); err != nil {
			t.Errorf("moved to %v: %v", now, err)
		}
		if d := now.Sub(moved.Epoch()); d <= -24*time.Hour || d >= 24*time.Hour {
			t.Errorf("moved to %v: the epoch is %v", now, moved.Epoch())
		}
		if offset%(24*time.Hour) != 0 || moved.Epoch().Sub(p.Epoch()) != offset {
			t.Errorf("moved to %v by %v, the epoch to %v", now, offset, moved.Epoch())
		}
	}
	if err := p.CheckDates(p.Epoch()); err != nil {
		t.Errorf("the original was changed: %v", err)
	}
}
