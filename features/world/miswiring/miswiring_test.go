package miswiring_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/sut/vendor"
	"demailbench/features/world/miswiring"
	"demailbench/fixtures"
	"demailbench/reports/messages"
	"demailbench/reports/wiring"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// TestMain gives the worlds of the tests their virtual time, which watches the whole process.
func TestMain(m *testing.M) {
	end := clock.Worker()
	code := m.Run()
	end()
	os.Exit(code)
}

// TestEveryCaseIsNamed runs every wrong wiring and holds that the first finding is at the right hop, says who mends it,
// and shows the packet where there is one.
func TestEveryCaseIsNamed(t *testing.T) {
	cases, err := miswiring.Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	if len(cases) < 30 {
		t.Fatalf("only %d cases", len(cases))
	}
	named := 0
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			found := look(t, &c)
			if found.Good() {
				t.Fatalf("nothing was found: %s", c.What)
			}
			f := found.Findings[0]
			if string(f.Hop) != c.Hop || f.Fixer != c.Fixer || c.At != "" && f.At != c.At {
				t.Errorf("want hop %s at %q, mended by %s; got", c.Hop, c.At, c.Fixer)
				for _, f := range found.Findings {
					t.Errorf("  %s %s at %q by %s: %s", f.Hop, f.Key, f.At, f.Fixer, f.Sentence(messages.In(messages.English)))
				}
				return
			}
			for _, l := range messages.Langs {
				if text := f.Sentence(messages.In(l)) + f.Fix(messages.In(l)); unfilled.MatchString(text) {
					t.Errorf("%s: %s", l, text)
				}
			}
			if f.Packet == nil && f.Hop != wiring.Driver && f.Key != "dns.unasked" {
				t.Errorf("%s %s shows no packet", f.Hop, f.Key)
			}
			named++
		})
	}
	t.Logf("%d of %d named by the right hop", named, len(cases))
}

// TestRightWiring holds that nothing is found where nothing is wrong.
func TestRightWiring(t *testing.T) {
	r := runner(t)
	r.Adapter = sut.Reference{}
	found, err := r.Wiring()
	if err != nil || !found.Good() || len(found.Tries) < 15 {
		t.Fatalf("%v: %+v", err, found)
	}
}

// unfilled is a part of a message that nobody filled in, or a key that the catalogue lacks.
var unfilled = regexp.MustCompile(`\{(from|to|at|expected|observed)\}|\[wiring`)

// runner is one for a single look.
func runner(t *testing.T) *suite.Runner {
	t.Helper()
	p, err := lab.Load(fixtures.FS, "saxony")
	if err != nil {
		t.Fatal(err)
	}
	return &suite.Runner{Profile: p, Fixtures: fixtures.FS, Seed: 1, Out: t.TempDir(), Stall: 10 * time.Second}
}

func look(t *testing.T, c *miswiring.Case) *wiring.Report {
	t.Helper()
	r := runner(t)
	switch {
	case c.World != nil:
		real, err := lab.Load(fixtures.FS, "saxony")
		if err != nil {
			t.Fatal(err)
		}
		if err := c.World.Alter(real); err != nil {
			t.Fatal(err)
		}
		r.Adapter, r.Real, r.Arrange = sut.Reference{}, real, c.World.Arrange
	case c.Gateway != nil:
		r.Adapter = miswiring.Adapter{Adapter: sut.Reference{}, Case: c.Gateway}
	default:
		a, err := vendor.Open(driven(t, c.Driver), vendor.Options{Program: "demailbench", Clock: clock.Real(), Profiles: []string{"saxony"}})
		if err != nil {
			t.Fatal(err)
		}
		r.Foreign, r.Machine = a, loopback.Doors()
	}
	found, err := r.Wiring()
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// driven writes a sut.yaml with a driver's command.
func driven(t *testing.T, command []string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sut.yaml")
	text := fmt.Sprintf(`format: "1"
identity: {vendor: v, product: p, version: "1"}
profile: saxony
endpoints: {tenants: place, provider: place}
driver:
  level: L2
  command: [%s]
limits: {max_parallel: 1, deadline: 5s}
`, quoted(command))
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

func quoted(words []string) string {
	var out []string
	for _, w := range words {
		out = append(out, fmt.Sprintf("%q", w))
	}
	return strings.Join(out, ", ")
}
