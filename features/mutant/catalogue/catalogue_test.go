package catalogue

import (
	"regexp"
	"testing"

	"demailbench/features/ledger"
	"demailbench/features/mutant"
	"demailbench/fixtures"
)

// TestCatalogue holds the rows to what the hunt and its readers rely on.
func TestCatalogue(t *testing.T) {
	l, err := ledger.Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	seen := map[string]bool{}
	for _, e := range All() {
		if !id.MatchString(e.ID) || seen[e.ID] {
			t.Errorf("id %q is no name in lower case with hyphens, or stands twice", e.ID)
		}
		seen[e.ID] = true
		if e.Text == "" || len(e.Requirements) == 0 || e.Family == "" || e.Severity == "" || e.Class == "" {
			t.Errorf("%s: something of text, requirements, family, severity, class is missing", e.ID)
		}
		for _, r := range e.Requirements {
			if _, err := l.Get(r); err != nil {
				t.Errorf("%s: %v", e.ID, err)
			}
		}
		if e.Unmeasurable == "" && e.fault.None() {
			t.Errorf("%s: nothing is wrong with it", e.ID)
		}
	}
}

func TestFind(t *testing.T) {
	if found := Find("direction-swapped"); len(found) != 1 || found[0].ID != "direction-swapped" {
		t.Errorf("one id finds %d", len(found))
	}
	if n := len(Find(string(mutant.Lying))); n != len(lying) {
		t.Errorf("the family finds %d of %d", n, len(lying))
	}
	if n := len(Find("options-tag")); n < 2 {
		t.Errorf("a beginning at a hyphen finds %d", n)
	}
	if n := len(Find("options-ta")); n != 0 {
		t.Errorf("half a word finds %d", n)
	}
}
