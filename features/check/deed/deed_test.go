package deed

import (
	"testing"
	"time"

	"demailbench/sim/record"
)

var day = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// book has two tries of the same, a refusal, and the audit trail of the first.
func book(entries string) Book {
	const as = `{"as":{"person":"p","role":"account-admin","org":"annaberg","power_of_attorney":"poa-1"},"args":{"mail":"a@x","demail":"a@y"}`
	return Book{
		{Seq: 1, At: day, Kind: record.Operation, Session: "op-1", Name: "mapping.put", Text: Done, Detail: as + `,"result":{"rows":[{"mail":"a@x","roles":["u","v"]},{"mail":"b@x"}],"n":1}}`},
		{Seq: 2, At: day, Kind: record.Operation, Session: "op-2", Name: "mapping.put", Text: Done, Detail: as + `}`},
		{Seq: 3, At: day, Kind: record.Operation, Session: "op-3", Name: "mapping.put", Text: Refusal, Rule: "S1-149", Error: "no", Detail: as + `,"refusal":{"rule":"S1-149"}}`},
		{Seq: 4, At: day, Kind: record.Operation, Session: "op-4", Name: "mapping.put", Text: NoAnswer, Error: "500", Detail: as + `}`},
		{Seq: 5, At: day, Kind: record.Operation, Session: "op-5", Name: "audit.query", Text: Done, Detail: `{"result":{"chain":"intact","entries":[` + entries + `]}}`},
	}
}

func TestEnded(t *testing.T) {
	for _, c := range []struct {
		number, how, rule string
		ok, doubt, broken bool
	}{
		{"op-1", Done, "", true, false, false},
		{"op-1", Refusal, "", false, false, false},
		{"op-3", Refusal, "", true, false, false},
		{"op-3", Refusal, "D9 or S1-149", true, false, false},
		{"op-3", Refusal, "D9", false, true, false},
		{"op-3", Done, "", false, false, false},
		{"op-4", Done, "", false, false, false},
		{"op-4", Refusal, "", false, false, false},
		{"op-9", Done, "", false, false, true},
	} {
		f := book("").Ended(c.number, c.how, c.rule)
		if f.OK != c.ok || f.Doubt != c.doubt || f.Broken != c.broken {
			t.Errorf("%s %s %s: %+v", c.number, c.how, c.rule, f)
		}
	}
	own := book("")
	own[2].Rule = "role-check"
	if f := own.Ended("op-3", Refusal, "S1-149"); !f.OK {
		t.Errorf("a product's own name of a rule: %+v", f)
	}
}

func TestAnswers(t *testing.T) {
	b := book("")
	for values, ok := range map[string]bool{"n=1": true, "rows.0.mail=a@x": true, "rows.0.roles=u, v": true, "rows.2.mail=a@x": false, "n=2": false, "m=": false} {
		if f := b.Answered("op-1", []string{values}); f.OK != ok {
			t.Errorf("%s: %+v", values, f)
		}
	}
	for _, c := range []struct {
		has, not string
		ok       bool
	}{{`{"mail":"b@x"}`, `{"mail":"c@x"}`, true}, {`{"mail":"c@x"}`, `{"mail":"d@x"}`, false}, {`{"mail":"a@x"}`, `{"mail":"b@x"}`, false}} {
		if f := b.Listed("op-1", []string{c.has}, []string{c.not}); f.OK != c.ok {
			t.Errorf("%+v: %+v", c, f)
		}
	}
	if f := b.Answered("op-3", []string{"n=1"}); f.OK {
		t.Errorf("a refusal answers: %+v", f)
	}
}

func TestAudited(t *testing.T) {
	const (
		done    = `{"at":"2015-11-02T08:00:00Z","person":"p","org":"annaberg","operation":"mapping.put","outcome":"done","power_of_attorney":"poa-1"}`
		refused = `{"at":"2015-11-02T08:00:00Z","person":"p","org":"annaberg","operation":"mapping.put","outcome":"refused","rule":"S1-149"}`
		stolen  = `{"at":"2015-11-02T08:00:00Z","person":"p","org":"annaberg","operation":"mapping.put","outcome":"done"}`
	)
	for _, c := range []struct {
		name, entries, number string
		ok                    bool
	}{
		{"there", done, "op-1", true},
		{"only once for two", done, "op-2", false},
		{"twice", done + "," + done, "op-2", true},
		{"nothing", "", "op-1", false},
		{"without the power of attorney", stolen, "op-1", false},
		{"refusal", refused, "op-3", true},
		{"refusal not kept", done, "op-3", false},
		{"said to be done", done, "op-3", false},
	} {
		if f := book(c.entries).Audited(c.number, "op-5"); f.OK != c.ok {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}
