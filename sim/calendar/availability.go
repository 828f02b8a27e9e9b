package calendar

import "time"

// Kind says how a second counts. What counts more is greater and wins where causes overlap (D4).
type Kind byte

const (
	// Up: nothing interrupted the service.
	Up Kind = iota
	// Foreign: interrupted by a proven cause outside the operator's control, not counted (S0-055).
	Foreign
	// Told: own work in a window announced in time; counts for 98.5 %, not for the week (D3).
	Told
	// Own: everything else; counts for both.
	Own
)

// Outage is an interruption as the bench knows it.
type Outage struct {
	From, To time.Time
	// Foreign is a cause outside the operator's control, Proven that evidence is there, Work maintenance.
	Foreign, Proven, Work bool
}

// Window is announced maintenance whose notice was not late.
type Window struct{ From, To time.Time }

// Seconds is a stretch of time with one mark for each second. A year is 32 MB: it is meant for judging, where
// nothing is cheaper to believe than counting.
type Seconds struct {
	begin int64
	marks []Kind
}

// Mark marks every second from and before to. Outages are cut off at the ends.
func Mark(from, to time.Time, outages []Outage, announced []Window) *Seconds {
	s := &Seconds{begin: from.Unix(), marks: make([]Kind, to.Unix()-from.Unix())}
	for _, o := range outages {
		for at := max(o.From.Unix(), s.begin); at < min(o.To.Unix(), to.Unix()); at++ {
			k := Own
			switch {
			case o.Foreign && o.Proven:
				k = Foreign
			case o.Work && told(at, announced):
				k = Told
			}
			s.marks[at-s.begin] = max(s.marks[at-s.begin], k)
		}
	}
	return s
}

func told(at int64, announced []Window) bool {
	for _, w := range announced {
		if w.From.Unix() <= at && at < w.To.Unix() {
			return true
		}
	}
	return false
}

// Count is the number of seconds of each Kind, from and before to, which must lie within what was marked.
func (s *Seconds) Count(from, to time.Time) [4]int64 {
	var n [4]int64
	for _, k := range s.marks[from.Unix()-s.begin : to.Unix()-s.begin] {
		n[k]++
	}
	return n
}

// Keeps reports whether the stretch reaches 98.5 %, and whether it does when every interruption counts (S0-054, D1, D3).
func (s *Seconds) Keeps(from, to time.Time) (adjusted, raw bool) {
	n := s.Count(from, to)
	total := n[Up] + n[Foreign] + n[Told] + n[Own]
	return (n[Up]+n[Foreign])*1000 >= total*985, n[Up]*1000 >= total*985
}

// Longest is the longest run of seconds of that kind or a greater one which has a second in the stretch, with all its
// seconds, also outside (S0-056, D2: Own; raw: Foreign). What was not marked is taken for up.
func (s *Seconds) Longest(from, to time.Time, least Kind) int64 {
	i, end := max(from.Unix()-s.begin, 0), min(to.Unix()-s.begin, int64(len(s.marks)))
	for i > 0 && i < end && s.marks[i] >= least && s.marks[i-1] >= least {
		i--
	}
	var best, run int64
	for ; i < int64(len(s.marks)); i++ {
		down := s.marks[i] >= least
		if !down {
			run = 0
		}
		if i >= end && run == 0 {
			break
		}
		if down {
			run++
			best = max(best, run)
		}
	}
	return best
}
