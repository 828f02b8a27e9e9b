// Package steps binds the sentences of the features to the world: each step parses its words, calls the
// world or names an expectation, and does nothing else. It leaves out how things are done (features/world)
// and what they mean (features/check).
package steps

import (
	"fmt"
	"strconv"
	"time"

	"github.com/cucumber/godog"

	"demailbench/features/world"
)

// families are the steps by subject, a file each.
var families = []func(*world.World) []binding{sending, arriving, refusing, network, wires, gateway, provider, settings, confirming, intruding, administering, papers, atPortal, staff, maintaining, accounting, misuses}

// Register binds all steps to w.
func Register(sc *godog.ScenarioContext, w *world.World) {
	for _, family := range families {
		for _, b := range family(w) {
			sc.Step(b.sentence, b.do)
		}
	}
}

// Sentences returns the regular expressions of all steps, for the check that features and steps fit.
func Sentences() []string {
	var out []string
	for _, family := range families {
		for _, b := range family(nil) {
			out = append(out, b.sentence)
		}
	}
	return out
}

// binding is one step: a regular expression anchored at both ends, and a function over its groups.
type binding struct {
	sentence string
	do       any
}

// span reads "10 minutes" as a duration.
func span(n int, unit string) (time.Duration, error) {
	units := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}
	u, ok := units[unit]
	if !ok {
		return 0, fmt.Errorf("%d %ss is no span; use seconds, minutes, hours or days", n, unit)
	}
	return time.Duration(n) * u, nil
}

// port reads a port number.
func port(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("port %q: %w", s, err)
	}
	return int(n), nil
}
