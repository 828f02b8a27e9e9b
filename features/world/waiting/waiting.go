// Package waiting is how long a world waits for what is expected, on virtual time and on the wall clock. It leaves out
// the waiting (features/world).
package waiting

import "time"

// Waits say how long a world waits. On virtual time waiting costs nothing; a world on the wall clock cannot
// wait as long as the requirements allow, and says so.
type Waits struct {
	// Arrival is how long a step waits for something to arrive.
	Arrival time.Duration
	// Quiet is the time in which what must not happen has time to.
	Quiet time.Duration
	// Settle is how long the world runs on after the last step, so that second copies and late notices of
	// a faulty gateway still happen.
	Settle time.Duration
	// Kill is how long the instant may be away in which the gateway is to be killed.
	Kill time.Duration
	// Longest is the longest time that a step may let pass or a fault may last.
	Longest time.Duration
	// Dial is how long a host that a step lets submit may wait for a connection; 0 means as long as it likes.
	Dial time.Duration
	// Ready is how long a foreign gateway may take until it is ready, Drain how long until it has ended.
	Ready, Drain time.Duration
}

// Virtual are the waits of virtual time, on which a step may let as much time pass as the scenario has. Arrival is longer
// than any retry of decision D27 and than the 8 h in which a De-Mail must be in the mailbox (TR-01201-3.1 4.2), Settle
// longer than the hour between retries.
func Virtual(longest time.Duration) Waits {
	return Waits{Arrival: 24 * time.Hour, Quiet: 5 * time.Minute, Settle: 3 * time.Hour, Kill: time.Hour, Longest: longest}
}

// Wall are those of the wall clock. Arrival is longer than the first retry of D27.
var Wall = Waits{Arrival: 90 * time.Second, Quiet: 3 * time.Second, Settle: 3 * time.Second, Kill: 30 * time.Second,
	Longest: 2 * time.Minute, Dial: 10 * time.Second, Ready: 20 * time.Second, Drain: 10 * time.Second}

// OnWall are w with what is 0 as in Wall.
func (w Waits) OnWall() Waits {
	for _, p := range []struct {
		to        *time.Duration
		otherwise time.Duration
	}{{&w.Arrival, Wall.Arrival}, {&w.Quiet, Wall.Quiet}, {&w.Settle, Wall.Settle}, {&w.Kill, Wall.Kill},
		{&w.Longest, Wall.Longest}, {&w.Dial, Wall.Dial}, {&w.Ready, Wall.Ready}, {&w.Drain, Wall.Drain}} {
		if *p.to == 0 {
			*p.to = p.otherwise
		}
	}
	return w
}

// Blocked is the error of a scenario that cannot be run, whatever the gateway does. Its text says why and
// what to do.
type Blocked struct{ Reason string }

// Error is the reason.
func (b *Blocked) Error() string { return b.Reason }
