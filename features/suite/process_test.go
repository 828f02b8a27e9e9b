package suite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features"
	"demailbench/reports"
	"demailbench/reports/messages"
)

func TestProcessOf(t *testing.T) {
	for _, c := range []struct {
		name, description string
		want              []reports.ProcessRow
	}{
		{"none", "  Prose about something.\n  Hints: no row.", nil},
		{"rows", "  Prose.\n\n  Actors: a town, KDN GmbH\n  Alternative A: KDN GmbH\n    does it.\n\n  More prose.\n  Hint: one\n  Hint: two",
			[]reports.ProcessRow{{Kind: "actors", Text: "a town, KDN GmbH"}, {Kind: "alternative-a", Text: "KDN GmbH does it."}, {Kind: "hint", Text: "one"}, {Kind: "hint", Text: "two"}}},
	} {
		if diff := cmp.Diff(c.want, processOf(c.description)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestEveryRowHasGerman holds the processes' tables against the message catalogue.
func TestEveryRowHasGerman(t *testing.T) {
	all, err := Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, s := range all {
		for _, r := range s.Process {
			if _, lang := messages.In(messages.German).Process(r.Text); lang != messages.German && !used[r.Text] {
				t.Errorf("%s: %q has no German; add it to reports/messages/processes.yaml", s.Path, r.Text)
			}
			used[r.Text] = true
		}
	}
	for _, en := range messages.Processes() {
		if !used[en] {
			t.Errorf("German stands for %q, which is in no feature any more", en)
		}
	}
}
