// Package series judges many mails that were sent as one thing: each is there exactly once, as it was handed over. It
// leaves out which mails they are (features/check).
package series

import (
	"fmt"
	"strings"

	"demailbench/features/check/header"
	"demailbench/sim/record"
)

// Result is what is the case. Event is the number of the one that shows it best.
type Result struct {
	OK, Missing bool
	Observed    string
	Event       int
}

// Judge compares what was handed over with what came to rest, of times mails with different subjects, from the
// address from.
func Judge(handed, stored []record.Event, times int, from string) (r Result) {
	bodies, there := map[string]string{}, map[string]int{}
	for _, e := range handed {
		bodies[subject(e.Msg)] = e.Msg.Body
	}
	for _, e := range stored {
		s, by := subject(e.Msg), header.Author(e.Msg.Header)
		there[s]++
		if same := e.Msg.Body == bodies[s]; there[s] > 1 || !same || by != from {
			return Result{Event: e.Seq, Observed: fmt.Sprintf("%q is there, copy %d, From %s, body as it was handed over: %v", s, there[s], by, same)}
		}
		r.Event = e.Seq
	}
	r.OK, r.Missing = len(there) == times, len(there) < times
	r.Observed = fmt.Sprintf("%d were handed over, %d are there", len(bodies), len(there))
	return r
}

func subject(m *record.Message) string {
	return header.Words(strings.Join(header.Values(m.Header, "Subject"), " "))
}
