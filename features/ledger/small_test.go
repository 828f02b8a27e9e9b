package ledger_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/ledger"
	"demailbench/sim/config"
)

// A small ledger of two statements, the base of the tests with broken ones.
const (
	smallIDs       = "S0-001\nS0-002\nS0-003\n"
	smallDecisions = `decisions:
  - id: D1
    title_en: Question
    title_de: Frage
    choice_en: We chose.
    choice_de: Wir wählten.
`
	smallHead = `source: terms.txt
prefix: S0
title_en: Terms
title_de: Bedingungen
requirements:
`
	firstRow = `  - id: S0-001
    section: "1"
    keywords: [zentral]
    text_en: One gateway serves all.
    text_de: Ein Gateway für alle.
    kind: gateway
    actors: [operator]
    observation: Mail passes.
    basis: source
    fixes: gateway
    status: tested
`
	secondRow = `  - id: S0-002
    section: "2"
    text_en: "=1+1 is a formula."
    text_de: "@Formel."
    kind: contract
    basis: decision
    decisions: [D1]
    status: not-testable
    why_en: It is paper.
    why_de: Das ist Papier.
`
)

// files is the small ledger with its statements replaced.
func files(statements string) fstest.MapFS {
	return fstest.MapFS{
		"requirements/ids.txt":        {Data: []byte(smallIDs)},
		"requirements/decisions.yaml": {Data: []byte(smallDecisions)},
		"requirements/s0.yaml":        {Data: []byte(statements)},
	}
}

func TestBrokenLedgers(t *testing.T) {
	row := func(old, new string) string { return smallHead + strings.Replace(firstRow, old, new, 1) }
	second := func(old, new string) string { return smallHead + firstRow + strings.Replace(secondRow, old, new, 1) }
	const bases = "use one of: source, TR, law, derived, decision"
	cases := []struct{ name, statements, want string }{
		{"unknown key", row("kind:", "sort:"), `requirements/s0.yaml:11:5: requirements[0].sort: "sort": unknown key; known keys: id, section, keywords, text_en, text_de, kind, actors, observation, basis, clause, recommended, decisions, fixes, status, waits_for, why_en, why_de, correction`},
		{"missing field", row("    text_de: Ein Gateway für alle.\n", ""), `requirements/s0.yaml:6:5: requirements[0].text_de: is missing or empty; give it`},
		{"missing status", row("    status: tested\n", ""), `requirements/s0.yaml:6:5: requirements[0].status: is missing or empty; give it`},
		{"no statements", "source: t\nprefix: S0\ntitle_en: T\ntitle_de: T\nrequirements: []\n", `requirements/s0.yaml:5:15: requirements: is missing or empty; give it`},
		{"form of the id", row("S0-001", "S0-1"), `requirements/s0.yaml:6:9: requirements[0].id: "S0-1": is not the id of a statement; write it like S0-044`},
		{"id of another document", row("S0-001", "S1-001"), `requirements/s0.yaml:6:9: requirements[0].id: "S1-001": does not begin with the document's prefix S0; move it to its document's file`},
		{"unknown id", row("S0-001", "S0-009"), `requirements/s0.yaml:6:9: requirements[0].id: "S0-009": is not in ids.txt; correct the id, or add it to requirements/ids.txt`},
		{"id twice", smallHead + firstRow + firstRow, `requirements/s0.yaml:17:9: requirements[1].id: "S0-001": stands twice; keep one`},
		{"disorder", smallHead + secondRow + firstRow, `requirements/s0.yaml:16:9: requirements[1].id: "S0-001": stands behind S0-002; keep the ids in order, each once`},
		{"unknown kind", row("kind: gateway", "kind: gate"), `requirements/s0.yaml:11:11: requirements[0].kind: "gate": is not known here; use one of: gateway, demail, network, process, contract, information`},
		{"unknown basis", row("basis: source", "basis: other"), `requirements/s0.yaml:14:12: requirements[0].basis: "other": is not known here; ` + bases},
		{"unknown status", row("status: tested", "status: done"), `requirements/s0.yaml:16:13: requirements[0].status: "done": is not known here; use one of: tested, planned, not-testable, informational`},
		{"unknown fixer", row("fixes: gateway", "fixes: somebody"), `requirements/s0.yaml:15:12: requirements[0].fixes: "somebody": is not known here; use one of: municipality, gateway, provider, network, operator`},
		{"two lines", row("One gateway serves all.", "\"One\\ngateway.\""), `requirements/s0.yaml:9:14: requirements[0].text_en: "One\ngateway.": has several lines; write one sentence in one line`},
		{"no sentence", row("One gateway serves all.", "One gateway"), `requirements/s0.yaml:9:14: requirements[0].text_en: "One gateway": does not end with a full stop; write a sentence`},
		{"quotation", row("[zentral]", "[eins zwei drei vier fünf sechs sieben acht neun]"), `requirements/s0.yaml:8:15: requirements[0].keywords: "eins zwei drei vier fünf sechs sieben acht neun": is a quotation; give a few words, at most eight`},
		{"no key words", row("    keywords: [zentral]\n", ""), `requirements/s0.yaml:6:5: requirements[0].keywords: is missing; give the source's own words for finding the place`},
		{"TR without clause", row("basis: source", "basis: TR"), `requirements/s0.yaml:6:5: requirements[0].clause: is missing; name the clause, like TR-01201-3.4 3.1.13 or De-Mail-G 5(7)`},
		{"not a clause of the TR", row("basis: source", "basis: TR\n    clause: RFC 5321"), `requirements/s0.yaml:15:13: requirements[0].clause: "RFC 5321": is not a clause of the TR; write it like TR-01201-3.4 3.1.13`},
		{"decision without decision", second("    decisions: [D1]\n", ""), `requirements/s0.yaml:17:5: requirements[1].decisions: is missing; name the decision that the statement rests on`},
		{"unknown decision", second("[D1]", "[D99]"), `requirements/s0.yaml:23:16: requirements[1].decisions: "D99": is not a decision; write one of requirements/decisions.yaml`},
		{"decision twice", second("[D1]", "[D1, D1]"), `requirements/s0.yaml:23:16: requirements[1].decisions: "D1": stands twice; keep one`},
		{"tested without observation", row("    observation: Mail passes.\n", ""), `requirements/s0.yaml:6:5: requirements[0].observation: is missing for status tested; say what shows that the rule is kept`},
		{"not testable without reason", second("    why_de: Das ist Papier.\n", ""), `requirements/s0.yaml:17:5: requirements[1].why_de: is missing for status not-testable; say why, in German`},
		{"reason without need", row("status: tested", "status: tested\n    why_en: So."), `requirements/s0.yaml:17:13: requirements[0].why_en: "So.": does not belong to status tested; remove it, or change the status`},
		{"planned for nothing", row("tested", "planned"), `requirements/s0.yaml:6:5: requirements[0].waits_for: is missing for status planned; name the capability: administration, enrolment, standard-scenarios, accounts, proofs, maintenance, cluster, containers, saxony-anhalt, smime-address, network-filter, directory, other-providers`},
		{"tested and waiting", row("status: tested", "status: tested\n    waits_for: accounts"), `requirements/s0.yaml:17:16: requirements[0].waits_for: "accounts": does not belong to status tested; remove it, or change the status`},
		{"source with folder", strings.Replace(smallHead, "terms.txt", "seeds/terms.txt", 1) + firstRow, `requirements/s0.yaml:1:9: source: "seeds/terms.txt": is not a file name; write the name without folders`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := ledger.Load(files(c.statements))
			if err == nil {
				t.Fatal("it was loaded")
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			var typed *config.Error
			if !errors.As(err, &typed) {
				t.Error("the error is not a *config.Error")
			}
		})
	}
}

func TestBrokenSets(t *testing.T) {
	cases := []struct{ name, file, data, want string }{
		{"no ids", "requirements/ids.txt", "", "requirements/ids.txt: there is no such file; list every statement's id, one a line"},
		{"id twice", "requirements/ids.txt", "S0-001\nS0-002\nS0-001\n", `requirements/ids.txt:3:1: "S0-001": is not an id, or stands twice; write each id once, like S0-044`},
		{"no decisions", "requirements/decisions.yaml", "", "requirements/decisions.yaml: there is no such file; create it or correct the name where it is listed\n" +
			`requirements/s0.yaml:23:16: requirements[1].decisions: "D1": is not a decision; write one of requirements/decisions.yaml`},
		{"decision twice", "requirements/decisions.yaml", smallDecisions + strings.TrimPrefix(smallDecisions, "decisions:\n"), `requirements/decisions.yaml:7:9: decisions[1].id: "D1": stands twice; keep one`},
		{"form of a decision", "requirements/decisions.yaml", smallDecisions + "  - {id: d2, title_en: Q, title_de: F, choice_en: Yes., choice_de: Ja.}\n", `requirements/decisions.yaml:7:10: decisions[1].id: "d2": is not the id of a decision; write it like D5 or D10a`},
		{"prefix twice", "requirements/t0.yaml", smallHead + strings.Replace(firstRow, "S0-001", "S0-003", 1), `requirements/t0.yaml:2:9: prefix: "S0": is the prefix of terms.txt too; give each document its own`},
		{"no statements", "requirements/s0.yaml", "", "requirements: holds no file of statements; README.md beside it describes the format"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			set := files(smallHead + firstRow + secondRow)
			if set[c.file] = (&fstest.MapFile{Data: []byte(c.data)}); c.data == "" {
				delete(set, c.file)
			}
			_, err := ledger.Load(set)
			if err == nil {
				t.Fatal("it was loaded")
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// small loads the small ledger.
func small(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Load(files(smallHead + firstRow + secondRow))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestStrict(t *testing.T) {
	scenarios := []ledger.Scenario{
		{ID: "b/none", Path: "b.feature", Line: 3},
		{ID: "a/typo", Path: "a.feature", Line: 7, Requirements: []string{"S0-1", "S0-1"}},
		{ID: "a/paper", Path: "a.feature", Line: 5, Requirements: []string{"S0-002"}},
	}
	var got []string
	for _, p := range small(t).Strict(scenarios) {
		got = append(got, p.Kind+" "+p.String())
	}
	want := []string{
		`status-not-tested a.feature:5: tag @S0-002, but requirements/s0.yaml:17 gives it status not-testable: =1+1 is a formula.; change the status to tested, or tag the statement that the scenario shows`,
		`unknown-id a.feature:7: tag @S0-1 names no statement; did you mean S0-001?`,
		`scenario-without-statement b.feature:3: scenario "b/none" carries no statement's id; tag it with the statement that it shows, like @S0-044`,
		`tested-without-scenario requirements/s0.yaml:6: S0-001 has status tested, but no scenario carries @S0-001; tag the scenario that shows it, or change the status`,
		`statement-without-row requirements/ids.txt: S0-003 has no row; write the row of the statement, with a status`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	good := []ledger.Scenario{{ID: "a/good", Path: "a.feature", Line: 1, Requirements: []string{"S0-001"}}}
	if left := small(t).Strict(good); len(left) != 1 || left[0].Kind != ledger.NoDecision {
		t.Errorf("with a scenario for each tested statement there remain %v", left)
	}
}

func TestCSVIsSafeInSpreadsheets(t *testing.T) {
	m := small(t).Trace([]ledger.Scenario{
		{ID: "=HYPERLINK(0)", Path: "+a.feature", Line: 2, Requirements: []string{"S0-001", "S0-009"}},
		{ID: "-cmd", Path: "＝a.feature", Line: 3}})
	var b bytes.Buffer
	if err := m.WriteScenariosCSV(&b); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"scenario", "path", "line", "requirement", "status", "basis", "text_en"},
		{"'=HYPERLINK(0)", "'+a.feature", "2", "S0-001", "tested", "source", "One gateway serves all."},
		{"'=HYPERLINK(0)", "'+a.feature", "2", "S0-009", "unknown", "", ""},
		{"'-cmd", "'＝a.feature", "3", "", "", "", ""}}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := m.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	if got, err = csv.NewReader(&b).ReadAll(); err != nil {
		t.Fatal(err)
	}
	if text := got[2][2:4]; text[0] != "'=1+1 is a formula." || text[1] != "'@Formel." {
		t.Errorf("cells %q may be taken for formulas", text)
	}
}

// full is a writer that fails, as a full disk does.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestWritersReportAFullDisk(t *testing.T) {
	m := small(t).Trace(nil)
	for name, err := range map[string]error{"csv": m.WriteCSV(full{}), "scenarios": m.WriteScenariosCSV(full{}), "json": m.WriteJSON(full{})} {
		if err == nil || err.Error() != "write trace: no space left on device" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(smallHead+firstRow+secondRow, smallDecisions, smallIDs)
	f.Add(smallHead+secondRow+firstRow, "decisions: []\n", "S0-001\nX\n")
	f.Add("source: a\nprefix: S0\ntitle_en: a\ntitle_de: a\nrequirements: [{id: S0-001}]\n", smallDecisions, "")
	f.Add("requirements:\n  - {id: &a [x], section: *a}\n", "decisions: {}\n", "S0-001")
	f.Fuzz(func(t *testing.T, statements, decisions, ids string) {
		set := files(statements)
		set["requirements/decisions.yaml"].Data = []byte(decisions)
		set["requirements/ids.txt"].Data = []byte(ids)
		l, err := ledger.Load(set)
		if err != nil {
			var typed *config.Error
			if !errors.As(err, &typed) {
				t.Fatalf("error %v is not a *config.Error", err)
			}
			return
		}
		m := l.Trace([]ledger.Scenario{{ID: "a", Path: "a", Requirements: []string{"S0-001"}}})
		for _, r := range l.All() {
			if _, err := l.Explain(r.ID, nil, "de"); err != nil {
				t.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := errors.Join(m.WriteCSV(&b), m.WriteJSON(&b), m.WriteScenariosCSV(&b)); err != nil {
			t.Fatal(err)
		}
	})
}
