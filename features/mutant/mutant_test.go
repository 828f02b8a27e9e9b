package mutant_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/check"
	"demailbench/features/mutant"
)

func results(verdicts ...check.Verdict) (out []mutant.Result) {
	for i, v := range verdicts {
		out = append(out, mutant.Result{Scenario: string(rune('a' + i)), Verdict: v, Reason: "because"})
	}
	return out
}

func many(v check.Verdict, n int) (out []mutant.Result) {
	for range n {
		out = append(out, results(v)...)
	}
	return out
}

func TestJudge(t *testing.T) {
	gateway := mutant.Mutant{ID: "m", Family: mutant.Direction, Severity: mutant.C, Requirements: []string{"S1-165"}}
	world := gateway
	world.Family = mutant.World
	free := gateway
	free.Tolerated = "nobody says so"
	blind := gateway
	blind.Unmeasurable = "no eyes"
	for _, test := range []struct {
		name string
		m    mutant.Mutant
		s    mutant.Seen
		want mutant.Report
	}{
		{"a scenario of its statement fails", gateway, mutant.Seen{Own: results(check.Pass, check.Fail)}, mutant.Report{Outcome: mutant.Killed, KilledBy: "b"}},
		{"only others fail", gateway, mutant.Seen{Own: results(check.Pass), Others: results(check.Pass, check.Fail)},
			mutant.Report{Outcome: mutant.Survived, Why: "no scenario of its statements failed", Noticed: "b"}},
		{"nobody carries its statement", gateway, mutant.Seen{Others: results(check.Pass)},
			mutant.Report{Outcome: mutant.Survived, Why: "no scenario carries its statements"}},
		{"time runs out", gateway, mutant.Seen{Own: results(check.Pass), Late: true},
			mutant.Report{Outcome: mutant.Survived, Why: "it took longer than it was given before a scenario failed"}},
		{"they only warn", gateway, mutant.Seen{Own: results(check.Warn, check.Pass)}, mutant.Report{Outcome: mutant.Tolerated, Why: "a only warns"}},
		{"the source leaves it open", free, mutant.Seen{Own: results(check.Pass)}, mutant.Report{Outcome: mutant.Tolerated, Why: "nobody says so"}},
		{"what must be tolerated fails", free, mutant.Seen{Own: results(check.Fail)}, mutant.Report{Outcome: mutant.Killed, KilledBy: "a"}},
		{"the bench cannot see it", blind, mutant.Seen{}, mutant.Report{Outcome: mutant.Unmeasurable, Why: "no eyes"}},
		{"no verdict on anything", gateway, mutant.Seen{Own: results(check.Blocked, check.Inconclusive)},
			mutant.Report{Outcome: mutant.Unmeasurable, Why: "no scenario came to a verdict; b: because"}},
		{"an error of the bench is no kill", gateway, mutant.Seen{Own: results(check.Error, check.Pass)},
			mutant.Report{Outcome: mutant.Survived, Why: "no scenario of its statements failed"}},
		{"a world in which nothing can be judged", world, mutant.Seen{Own: results(check.Inconclusive)}, mutant.Report{Outcome: mutant.Killed, KilledBy: "a"}},
		{"more than half of the suite", gateway, mutant.Seen{Own: results(check.Fail), Others: append(many(check.Fail, 13), many(check.Pass, 11)...)},
			mutant.Report{Outcome: mutant.Killed, KilledBy: "a", Gross: true}},
		{"half of the suite", gateway, mutant.Seen{Own: results(check.Fail), Others: append(many(check.Fail, 12), many(check.Pass, 12)...)},
			mutant.Report{Outcome: mutant.Killed, KilledBy: "a"}},
		{"too few to call it gross", gateway, mutant.Seen{Own: results(check.Fail), Others: many(check.Fail, 4)}, mutant.Report{Outcome: mutant.Killed, KilledBy: "a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.want.Mutant = test.m
			if diff := cmp.Diff(test.want, mutant.Judge(test.m, test.s)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func report(id string, o mutant.Outcome, s mutant.Severity, f mutant.Family) mutant.Report {
	return mutant.Report{Mutant: mutant.Mutant{ID: id, Severity: s, Family: f}, Outcome: o}
}

func TestTable(t *testing.T) {
	reports := []mutant.Report{report("a", mutant.Killed, mutant.C, mutant.Direction), report("b", mutant.Survived, mutant.C, mutant.Queue),
		report("c", mutant.Tolerated, mutant.M, mutant.Queue), report("d", mutant.Unmeasurable, mutant.H, mutant.Roles), report("e", mutant.Killed, mutant.C, mutant.World)}
	reports[0].Gross = true
	table := mutant.Table(reports, "2015-07-01", "abc1234")
	for _, want := range []string{"| direction | 1 | 1 | 1 | 0 | 0 | 0 |", "| queue | 2 | 0 | 0 | 1 | 1 | 0 |", "| **gateways** | 4 | 1 | 1 | 1 | 1 | 1 |",
		"| of these severity C | 2 | 1 | 1 | 0 | 1 | 0 |", "| **the world's parts** | 1 | 1 | 0 | 0 | 0 | 0 |", "killed: 1 of 2 (50.0 %); of severity C 1 of 2 (50.0 %). 2015-07-01, commit abc1234."} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	if !strings.Contains(mutant.Table(nil, "", ""), "killed: none measured") {
		t.Error("an empty hunt has a percentage")
	}
}

func TestInsert(t *testing.T) {
	doc := "before\n" + mutant.Begin + "\nold\n" + mutant.End + "\nafter\n"
	got, err := mutant.Insert(doc, "new\n")
	if want := "before\n" + mutant.Begin + "\nnew\n" + mutant.End + "\nafter\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []string{"", mutant.Begin, mutant.End + "\n" + mutant.Begin} {
		if _, err := mutant.Insert(bad, "new"); err == nil || !strings.Contains(err.Error(), mutant.Begin) {
			t.Errorf("%q: error %v does not name the marker", bad, err)
		}
	}
}

func TestRatchet(t *testing.T) {
	known := []string{"a", "b", "c"}
	r, err := mutant.ParseRatchet("# survivors\na # an issue\n\n b\n", known)
	if diff := cmp.Diff(mutant.Ratchet{"a", "b"}, r); err != nil || diff != "" {
		t.Fatal(err, diff)
	}
	broken := r.Hold([]mutant.Report{report("a", mutant.Killed, mutant.C, mutant.Queue), report("b", mutant.Survived, mutant.C, mutant.Queue),
		report("c", mutant.Survived, mutant.C, mutant.Queue)})
	want := []string{"mutant a does not survive any more: remove it from the list",
		"mutant c survives and is not listed: write the scenario that it shows to be missing"}
	if diff := cmp.Diff(want, broken); diff != "" {
		t.Error(diff)
	}
	for text, want := range map[string]string{"a\nx\n": `line 2: no mutant "x"`, "a\na\n": `line 2: "a" stands there twice`} {
		if _, err := mutant.ParseRatchet(text, known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
