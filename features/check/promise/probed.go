package promise

import (
	"encoding/json"
	"fmt"
	"time"

	"demailbench/features/check/deed"
	"demailbench/sim/record"
)

// The rule by which probes become interruptions: the service is down when so many of the last so many failed.
const failed, window3 = 2, 3

// stretch is a time between two instants.
type stretch struct{ from, to time.Time }

// measured are the interruptions that probes saw until an event, each from the first failure to the first success after
// the last; the time in which was probed; and the widest pause between two probes.
func (c *Case) measured(until int) (down []stretch, probed stretch, pause time.Duration) {
	var l []record.Event
	for _, e := range c.Events[:min(until, len(c.Events))] {
		if e.Kind == record.Probe {
			l = append(l, e)
		}
	}
	if len(l) == 0 {
		return nil, probed, 0
	}
	probed = stretch{l[0].At, l[len(l)-1].At}
	bad := func(i int) bool { return l[i].Text != "ok" }
	for i := range l {
		if i > 0 {
			pause = max(pause, l[i].At.Sub(l[i-1].At))
		}
		n, first := 0, -1
		for k := max(0, i-window3+1); k <= i; k++ {
			if bad(k) {
				if n++; first < 0 {
					first = k
				}
			}
		}
		if n < failed {
			continue
		}
		end := i
		for end < len(l) && bad(end) {
			end++
		}
		s := stretch{l[first].At, l[min(end, len(l)-1)].At}
		if k := len(down) - 1; k >= 0 && !s.from.After(down[k].to) {
			down[k].to = later(down[k].to, s.to)
		} else {
			down = append(down, s)
		}
	}
	return down, probed, pause
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Probed compares the interruptions in an availability report with what probes measured, where was probed: a difference
// of more than two pauses between probes is a finding.
func (c *Case) Probed(number string) deed.Finding {
	f := deed.Finding{Expected: "the account and the probes tell of the same interruptions"}
	a, err := c.operation(number)
	var r struct {
		Interruptions []struct {
			Start time.Time `json:"start"`
			End   time.Time `json:"end"`
		} `json:"interruptions"`
	}
	if err == nil {
		err = json.Unmarshal(a.Result, &r)
	}
	down, probed, pause := c.measured(a.Seq)
	if err == nil && pause == 0 {
		err = fmt.Errorf("nothing was probed")
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	var told []stretch
	for _, i := range r.Interruptions {
		told = append(told, stretch{i.Start, i.End})
	}
	f.Event = a.Seq
	for _, x := range []struct {
		have, other []stretch
		text        string
	}{{down, told, "the probes found the service down from %s to %s, the account has no interruption for %v of it"},
		{told, down, "the account has an interruption from %s to %s, the probes found the service up for %v of it"}} {
		for _, s := range x.have {
			if gap := s.within(probed).uncovered(x.other); gap > 2*pause {
				f.Observed = fmt.Sprintf(x.text, stamp(s.from), stamp(s.to), gap.Round(time.Second))
				return f
			}
		}
	}
	f.OK, f.Observed = true, fmt.Sprintf("so they do: %d interruptions measured", len(down))
	return f
}

// within is the part of s inside o.
func (s stretch) within(o stretch) stretch {
	if s.from.Before(o.from) {
		s.from = o.from
	}
	if s.to.After(o.to) {
		s.to = o.to
	}
	return s
}

// uncovered is how much of s none of l covers, counted by seconds.
func (s stretch) uncovered(l []stretch) (gap time.Duration) {
	for t := s.from; t.Before(s.to); t = t.Add(time.Second) {
		covered := false
		for _, o := range l {
			covered = covered || !t.Before(o.from) && t.Before(o.to)
		}
		if !covered {
			gap += time.Second
		}
	}
	return gap
}
