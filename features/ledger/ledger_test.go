package ledger_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features"
	"demailbench/features/ledger"
	"demailbench/fixtures"
)

// real loads the project's own ledger.
func real(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestEveryStatementHasARow(t *testing.T) {
	data, err := fs.ReadFile(fixtures.FS, "requirements/ids.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(string(data))
	if len(want) != 359 {
		t.Errorf("ids.txt has %d ids, the five documents hold 359 statements", len(want))
	}
	var got []string
	for _, r := range real(t).All() {
		got = append(got, r.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows and ids.txt differ:\n%s", diff)
	}
	var spans []string
	for _, d := range real(t).Documents() {
		spans = append(spans, d.Prefix+" "+d.Source)
	}
	if diff := cmp.Diff([]string{"S0 000_bad4c1a96788c253.txt", "S1 001_006d5b6e40c164d6.txt", "S2 002_3cbfc485a5bae271.txt",
		"S3 003_cde820c13150920b.txt", "S4 004_5e0ee19c7807f265.txt"}, spans); diff != "" {
		t.Error(diff)
	}
}

func TestDecisionsAreComplete(t *testing.T) {
	var got []string
	for _, d := range real(t).Decisions() {
		got = append(got, d.ID)
	}
	want := strings.Fields("D1 D2 D3 D4 D5 D6 D7 D8 D8a D9 D10a D10b D10c D11 D12 D13 D14 D15 D16 D17 D18 D19 D20 D21 D22 D23 D24 D25 D26 D27 D28 D29 D30 D31")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// tagged returns one entry for each feature file with the statements that it or its scenarios carry.
func tagged(t *testing.T) []ledger.Scenario {
	t.Helper()
	tag := regexp.MustCompile(`@(S[0-9]+-[0-9]+)\b`)
	var out []ledger.Scenario
	err := fs.WalkDir(features.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(features.FS, path)
		for i, line := range strings.Split(string(data), "\n") {
			if line = strings.TrimSpace(line); !strings.HasPrefix(line, "@") {
				continue
			}
			s := ledger.Scenario{ID: path, Path: path, Line: i + 1}
			for _, m := range tag.FindAllStringSubmatch(line, -1) {
				s.Requirements = append(s.Requirements, m[1])
			}
			if len(s.Requirements) > 0 {
				out = append(out, s)
			}
		}
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("features: %d tag lines, error %v", len(out), err)
	}
	return out
}

func TestStatusAgreesWithTheFeatures(t *testing.T) {
	for _, p := range real(t).Strict(tagged(t)) {
		t.Error(p)
	}
}

func TestSentencesAreFitForReaders(t *testing.T) {
	ours := regexp.MustCompile(`(?i)\b(mandate|the provider)\b`)
	seen := map[string]string{}
	for _, r := range real(t).All() {
		for _, s := range []string{r.TextEN, r.TextDE} {
			if first := s[:1]; first == strings.ToLower(first) && !strings.HasPrefix(s, "„") {
				t.Errorf("%s: %q does not begin with a capital letter", r.ID, s)
			}
			if strings.Contains(s, "  ") || strings.Count(s, ". ") > 0 && !strings.Contains(s, "Januar") && !strings.Contains(s, "Juli") && !strings.Contains(s, "August") {
				t.Errorf("%s: %q is not one sentence", r.ID, s)
			}
		}
		if ours.MatchString(r.TextEN) {
			t.Errorf("%s: %q uses a word that this project keeps out", r.ID, r.TextEN)
		}
		for _, s := range []string{r.TextEN, r.TextDE} {
			if other, ok := seen[s]; ok && !(r.ID == "S0-034" && other == "S0-028") {
				t.Errorf("%s and %s have the same sentence %q", other, r.ID, s)
			}
			seen[s] = r.ID
		}
	}
}

func TestGet(t *testing.T) {
	l := real(t)
	r, err := l.Get("S0-044")
	if err != nil || r.Source != "000_bad4c1a96788c253.txt" || !r.Binding() || r.Line == 0 {
		t.Errorf("S0-044: %+v, %v", r, err)
	}
	if r, err := l.Get("S1-115"); err != nil || r.Binding() {
		t.Errorf("S1-115 is a recommendation: %+v, %v", r, err)
	}
	for id, want := range map[string]string{
		"S0-44":     `no statement "S0-44"; did you mean S0-044?`,
		"s0-044":    `no statement "s0-044"; did you mean S0-044?`,
		"@S0_44":    `no statement "@S0_44"; did you mean S0-044?`,
		"SO-044":    `no statement "SO-044"; did you mean S0-044?`,
		"S0044":     `no statement "S0044"; did you mean S0-044?`,
		"S0-077":    `no statement "S0-077"; the statements of S0 run from S0-001 to S0-076`,
		"S7-001":    `no statement "S7-001"; statements run from S0-001 to S0-076, S1-001 to S1-187, S2-001 to S2-054, S3-001 to S3-016, S4-001 to S4-026`,
		"":          `no statement ""; statements run from S0-001 to S0-076, S1-001 to S1-187, S2-001 to S2-054, S3-001 to S3-016, S4-001 to S4-026`,
		"S0--44":    `no statement "S0--44"; the statements of S0 run from S0-001 to S0-076`,
		"transport": `no statement "transport"; statements run from S0-001 to S0-076, S1-001 to S1-187, S2-001 to S2-054, S3-001 to S3-016, S4-001 to S4-026`,
	} {
		if _, err := l.Get(id); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

func TestExplain(t *testing.T) {
	l := real(t)
	scenarios := []ledger.Scenario{{ID: "transport/refusals/sender", Path: "transport/refusals.feature", Line: 9, Requirements: []string{"S1-153"}}}
	en, err := l.Explain("S1-153", scenarios, "en")
	if err != nil {
		t.Fatal(err)
	}
	de, _ := l.Explain("S1-153", scenarios, "de")
	for text, parts := range map[string][]string{
		en: {"Mail from a sender without mapping", "Source ", "001_006d5b6e40c164d6.txt", "Mapping-Tabelle", "TR-01201-6.1 10.2.1",
			"D13 Sender without mapping", "transport/refusals/sender (transport/refusals.feature:9)", "Usually fixed by", "the vendor of the gateway", "Status "},
		de: {"ohne Zuordnung", "Quelle ", "Fundstelle", "Festlegungen", "D13 Absender ohne Zuordnung", "transport/refusals.feature:9", "Abhilfe meist", "der Hersteller des Gateways", "geprüft"},
	} {
		flat := strings.Join(strings.Fields(text), " ")
		for _, p := range parts {
			if !strings.Contains(flat, strings.TrimSpace(p)) {
				t.Errorf("explanation lacks %q:\n%s", p, text)
			}
		}
	}
	for _, r := range l.All() {
		for _, lang := range []string{"en", "de"} {
			text, err := l.Explain(r.ID, nil, lang)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.Split(text, "\n") {
				if len([]rune(line)) > 100 {
					t.Errorf("%s %s: line longer than 100 characters: %q", r.ID, lang, line)
				}
			}
		}
	}
	if _, err := l.Explain("S0-44", nil, "de"); err == nil {
		t.Error("an unknown id is explained")
	}
}

func TestTraceOfTheWholeLedger(t *testing.T) {
	l := real(t)
	m := l.Trace(tagged(t))
	counts := m.Counts()
	sum := 0
	for _, n := range counts {
		sum += n
	}
	if sum != len(l.All()) || counts[ledger.Tested] == 0 {
		t.Errorf("counts %v do not add up to %d", counts, len(l.All()))
	}
	for _, r := range m.Untested() {
		if r.Status == ledger.Tested {
			t.Errorf("%s is tested and listed as untested", r.ID)
		}
		if r.WaitsFor == "" && (r.Why("en") == "" || r.Why("de") == "") {
			t.Errorf("%s is untested without a reason", r.ID)
		}
	}
	var b bytes.Buffer
	if err := m.WriteCSV(&b); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 1+len(l.All()) {
		t.Fatalf("CSV has %d rows, error %v", len(rows), err)
	}
	var back struct {
		Schema       string
		Counts       map[string]int
		Requirements []struct {
			ID        string
			Scenarios []string
		}
		Decisions []struct{ ID string }
	}
	b.Reset()
	if err := m.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("null")) {
		t.Error("JSON contains null")
	}
	if err := json.Unmarshal(b.Bytes(), &back); err != nil || len(back.Requirements) != len(l.All()) || len(back.Decisions) != 34 {
		t.Fatalf("JSON: %d requirements, error %v", len(back.Requirements), err)
	}
	if diff := cmp.Diff(counts, back.Counts); diff != "" {
		t.Error(diff)
	}
	if i := slices.IndexFunc(back.Requirements, func(r struct {
		ID        string
		Scenarios []string
	}) bool {
		return r.ID == "S1-153"
	}); len(back.Requirements[i].Scenarios) == 0 {
		t.Error("JSON: S1-153 has lost its scenario")
	}
}
