package process_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"demailbench/features/ledger"
	"demailbench/features/rehearse/process"
	"demailbench/features/sut/contract"
	"demailbench/fixtures"
)

// TestProcesses: every process can be gone through to its end in each alternative in the order of the source, and
// what it names exists: operations of the contract, statements of the ledger.
func TestProcesses(t *testing.T) {
	names, err := process.Names(fixtures.FS)
	if err != nil || len(names) != 5 {
		t.Fatalf("%v %v", names, err)
	}
	l, err := ledger.Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			p, err := process.Load(fixtures.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range p.Steps {
				if _, ok := contract.Lookup(s.Operation); s.Operation != "" && !ok {
					t.Errorf("%s: no operation %s", s.ID, s.Operation)
				}
				if (s.How == "gateway") && s.Operation == "" {
					t.Errorf("%s is done at the gateway by no operation", s.ID)
				}
				for _, id := range s.Statements {
					if _, err := l.Get(id); err != nil {
						t.Errorf("%s: %v", s.ID, err)
					}
				}
			}
			for _, alternative := range []string{"A", "B"} {
				g := p.Begin(alternative)
				for _, s := range p.Steps {
					if s.Alternative != "" && s.Alternative != alternative {
						continue
					}
					if !slices.ContainsFunc(g.Next(), func(n process.Step) bool { return n.ID == s.ID }) {
						t.Errorf("%s: %s is not next", alternative, s.ID)
					}
					if err := g.Do(s.ID, true); err != nil {
						t.Errorf("%s: %v", alternative, err)
					}
				}
				if !g.Ended() {
					t.Errorf("%s does not end", alternative)
				}
			}
		})
	}
}

// TestOutOfOrder: every step of every process is refused at the beginning unless it is the first, with what is
// missing and who owes it.
func TestOutOfOrder(t *testing.T) {
	p, err := process.Load(fixtures.FS, "enrolment")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Steps[1:] {
		err := p.Begin("A").Do(s.ID, true)
		var o *process.OutOfOrder
		if !errors.As(err, &o) || len(o.Missing) == 0 || !strings.Contains(err.Error(), "("+o.Missing[0].Office+")") || !strings.Contains(o.Text(true), o.Missing[0].DE) {
			t.Errorf("%s: %v", s.ID, err)
		}
	}
	if err := p.Begin("A").Do("party", true); err == nil {
		t.Error("a step that does not exist was done")
	}
}

// TestLoop is the test cycle: parameters that are not right lead back to the configuration, and production waits.
func TestLoop(t *testing.T) {
	p, err := process.Load(fixtures.FS, "enrolment")
	if err != nil {
		t.Fatal(err)
	}
	g := p.Begin("A")
	for _, s := range p.Steps[:len(p.Steps)-2] {
		if err := g.Do(s.ID, true); err != nil {
			t.Fatal(err)
		}
	}
	if g.State() != "tested" {
		t.Errorf("state %q", g.State())
	}
	if err := g.Do("parameters", false); err != nil || g.State() != "administrators enabled" || g.Cycles != 1 {
		t.Errorf("after a no: %v, state %q", err, g.State())
	}
	if err := g.Do("production", true); err == nil {
		t.Error("production before the second test")
	}
	for _, id := range []string{"configure", "mapping", "test", "parameters", "production"} {
		if err := g.Do(id, true); err != nil {
			t.Error(err)
		}
	}
	if !g.Ended() || g.State() != "production" {
		t.Errorf("state %q", g.State())
	}
}

// TestLoadRefuses: what could not be gone through is refused.
func TestLoadRefuses(t *testing.T) {
	const step = "  - {id: a, office: tenant, person: x, how: mail, statements: [S0-001], en: a, de: b, check_en: c, check_de: d%s}\n"
	for extra, want := range map[string]string{", after: [b]": "is no earlier step", ", back_to: a": "leads back", ", alternative: C": "is not known", ", colour: red": "unknown key"} {
		text := "id: p\nen: p\nde: p\nsource: s\nsteps:\n" + strings.Replace(step, "%s", extra, 1)
		if _, err := process.Load(fstest.MapFS{"processes/p.yaml": {Data: []byte(text)}}, "p"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", extra, err)
		}
	}
}
