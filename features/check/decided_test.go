package check

import (
	"testing"

	"demailbench/sim/record"
)

// TestDecided: what rests on decisions alone warns; where the vendor has answered all of them otherwise it is not
// applicable, and what rests on a source fails all the same.
func TestDecided(t *testing.T) {
	for _, c := range []struct {
		statements []string
		decided    map[string]string
		want       Verdict
	}{
		{[]string{"D10b"}, nil, Warn},
		{[]string{"D10b"}, map[string]string{"D10b": "flagged"}, NotApplicable},
		{[]string{"D10b", "D8"}, map[string]string{"D10b": "flagged"}, Warn},
		{[]string{"S0-062", "D10b"}, map[string]string{"D10b": "flagged"}, Fail},
		{[]string{"S0-062"}, map[string]string{"S0-062": "no"}, Fail},
	} {
		s := (&story{}).add(record.Event{Kind: record.Operation, Session: "op-1", Name: "tenant.suspend", Text: "done", Detail: `{"as":{},"args":{}}`})
		d := s.dossier()
		d.Scene.Decided = c.decided
		f := d.One(Expectation{Kind: Operated, Name: "op-1", Text: "refused", Requirements: c.statements})
		if f.OK || f.Verdict != c.want {
			t.Errorf("%v %v: %+v, want %s", c.statements, c.decided, f, c.want)
		}
	}
}
