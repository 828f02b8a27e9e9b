package suite

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/reports"
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
