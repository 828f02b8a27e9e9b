package hunt

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/mutant"
	"demailbench/features/suite"
)

func scenario(id, step string, tags ...string) suite.Scenario {
	return suite.Scenario{ID: id, Tags: tags, Steps: []string{step}}
}

func ids(list []suite.Scenario) (out []string) {
	for _, s := range list {
		out = append(out, s.ID)
	}
	return out
}

func TestOrder(t *testing.T) {
	h := Hunt{Scenarios: []suite.Scenario{scenario("large", "sends 20 MiB", "@S1-165"), scenario("other", "x", "@S0-001"), scenario("second", "x", "@S1-164"),
		scenario("chief", "x", "@S1-165"), scenario("large other", "20 MiB"), scenario("both", "x", "@S1-164", "@S1-165")}}
	own, others := h.order(mutant.Mutant{Requirements: []string{"S1-165", "S1-164"}})
	if diff := cmp.Diff([]string{"chief", "both", "second", "large"}, ids(own)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"other", "large other"}, ids(others)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"other"}, ids(quick(others))); diff != "" {
		t.Error(diff)
	}
}

func TestSpread(t *testing.T) {
	list := []suite.Scenario{scenario("a", ""), scenario("b", ""), scenario("c", ""), scenario("d", "")}
	if diff := cmp.Diff([]string{"a", "c"}, ids(spread(list, 2))); diff != "" {
		t.Error(diff)
	}
	if len(spread(list, 9)) != 4 {
		t.Error("a short list is not whole")
	}
}

// TestWorkerThatDies: a mutant whose workers die costs a report, not the hunt.
func TestWorkerThatDies(t *testing.T) {
	h := Hunt{Scenarios: []suite.Scenario{scenario("a", "x", "@S1-165")}, Jobs: 2, Keep: t.TempDir(), Command: func(string, string) []string { return []string{"/bin/false"} }}
	reports, err := h.Run(context.Background(), []mutant.Mutant{{ID: "m", Requirements: []string{"S1-165"}}, {ID: "blind", Unmeasurable: "no eyes", Requirements: []string{"S1-165"}}})
	if err != nil || len(reports) != 2 {
		t.Fatal(reports, err)
	}
	for _, r := range reports {
		if r.Outcome != mutant.Unmeasurable {
			t.Errorf("%s: %s (%s)", r.ID, r.Outcome, r.Why)
		}
	}
}
