package attestation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/features"
	"demailbench/features/check"
	"demailbench/features/ledger"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/fixtures"
	"demailbench/reports"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
	"demailbench/reports/parcel"
	"demailbench/reports/signer"
	"demailbench/sim/clock"
	"demailbench/sim/lab"
)

// scenario is the one that the tests run.
const scenario = "transport/inbound/it-is-delivered-unchanged/annaberg"

// forgetful is a gateway without any mapping.
type forgetful struct{ sut.Reference }

func (f forgetful) Start(s sut.Setup, d sut.Doors) (sut.Gateway, error) {
	for i := range s.Tenants {
		s.Tenants[i].Mapping = s.Tenants[i].Mapping[:0]
	}
	return f.Reference.Start(s, d)
}

const workerVariable = "DEMAILBENCH_TEST_GATEWAY"

// TestMain makes the test program its own worker, as the real program is.
func TestMain(m *testing.M) {
	how, ok := os.LookupEnv(workerVariable)
	if !ok {
		os.Exit(m.Run())
	}
	defer clock.Worker()()
	profile, err := lab.Load(fixtures.FS, "saxony")
	all, err2 := suite.Load(features.FS)
	if err := errors.Join(err, err2); err != nil {
		panic(err)
	}
	r := &suite.Runner{Profile: profile, Fixtures: fixtures.FS, Adapter: sut.Reference{}, Seed: 1, Stall: 2 * time.Second, Out: os.Getenv(workerVariable + "_OUT")}
	if how == "forgetful" {
		r.Adapter = forgetful{}
	}
	if err := suite.Work(r, all, os.Stdin, os.Stdout); err != nil {
		panic(err)
	}
	os.Exit(0)
}

// bench is this bench with everything built in.
func bench(t *testing.T) Bench {
	t.Helper()
	b, err := builtIn()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var builtIn = sync.OnceValues(func() (Bench, error) {
	b := Bench{Tool: sut.Version}
	var errs [4]error
	b.Scenarios, errs[0] = suite.Load(features.FS)
	b.Ledger, errs[1] = ledger.Load(fixtures.FS)
	b.Features, errs[2] = manifest.Tree(features.FS)
	b.Fixtures, errs[3] = manifest.Tree(fixtures.FS)
	return b, errors.Join(errs[:]...)
})

// run makes a run with one gateway and returns its directory.
func run(t *testing.T, how string) string {
	t.Helper()
	b := bench(t)
	plan := suite.Plan{}
	for _, s := range b.Scenarios {
		if s.ID == scenario {
			plan.Run = append(plan.Run, s)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "run")
	t.Setenv(workerVariable, how)
	t.Setenv(workerVariable+"_OUT", out)
	r := suite.Run{Plan: plan, Seed: 1, Profile: "saxony", Subject: reports.Subject{Vendor: "V", Product: "P", Version: "1"}, Out: out,
		Pool: &suite.Pool{Command: []string{self}, Jobs: 1}, Origin: manifest.Origin{Tool: b.Tool, Features: b.Features, Fixtures: b.Fixtures, SUT: "reference"}}
	if _, err := r.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	return out
}

func key(t *testing.T, seed byte) signer.Key {
	t.Helper()
	k, err := signer.New(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// ask verifies with rejudging by the key of the tests.
func ask(t *testing.T, file string, by signer.Key) *Answer {
	t.Helper()
	public := by.Public()
	a, err := Verify(Question{File: file, Key: &public, Work: t.TempDir(), Bench: bench(t)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestPackAndVerify(t *testing.T) {
	dir, k := run(t, "conforms"), key(t, 1)
	file := filepath.Join(t.TempDir(), "out.zip")
	o := Order{Dir: dir, File: file, Key: k, Required: []string{scenario}}
	if err := Pack(o); err != nil {
		t.Fatal(err)
	}
	a := ask(t, file, k)
	if len(a.Faults) > 0 || !a.Known || a.Again == nil || len(a.Again.Again.Scenarios) != 1 || a.ExitCode() != check.ExitConforming {
		t.Fatalf("faults %q, known %v, exit %d", a.Faults, a.Known, a.ExitCode())
	}
	page, err := os.ReadFile(filepath.Join(dir, "certificate.html"))
	if err != nil || !strings.Contains(string(page), "V P 1 met every requirement") || !strings.Contains(string(page), "V P 1 hat jede Anforderung") ||
		!strings.Contains(string(page), k.Public().Fingerprint()) {
		t.Errorf("%v:\n%s", err, page)
	}
	if a := ask(t, file, key(t, 2)); a.ExitCode() != check.ExitInconclusive || !strings.Contains(strings.Join(a.Faults, "\n"), "another key") {
		t.Errorf("another key: exit %d, %q", a.ExitCode(), a.Faults)
	}
	t.Run("octets", func(t *testing.T) { flip(t, file) })
	t.Run("forgeries", func(t *testing.T) { forge(t, dir) })
}

// flip changes octets all over the package; one that is not found is a hole.
func flip(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const samples = 500
	n := 0
	for i := 0; i < len(raw); i += len(raw)/samples + 1 {
		raw[i] ^= 1 << (i % 8)
		if _, err := parcel.Open(bytes.NewReader(raw), int64(len(raw))); err == nil {
			t.Errorf("octet %d: not found", i)
		}
		raw[i] ^= 1 << (i % 8)
		n++
	}
	if n < samples*9/10 {
		t.Errorf("only %d of %d octets tried", n, len(raw))
	}
	for _, broken := range [][]byte{raw[:len(raw)/2], raw[:len(raw)-1], append(bytes.Clone(raw), 0), {}} {
		name := filepath.Join(t.TempDir(), "broken.zip")
		if err := os.WriteFile(name, broken, 0o644); err != nil {
			t.Fatal(err)
		}
		if a := ask(t, name, key(t, 1)); len(a.Faults) != 1 || a.ExitCode() != check.ExitInconclusive {
			t.Errorf("%d octets: %q, exit %d", len(broken), a.Faults, a.ExitCode())
		}
	}
}

// forge lets the owner of the key seal what is not true.
func forge(t *testing.T, dir string) {
	evidence := "scenarios/" + strings.ReplaceAll(scenario, "/", ".")
	for _, tt := range []struct {
		name  string
		edit  func(t *testing.T, dir string)
		stale bool // the manifest is not written again
		want  string
	}{
		{"a file more", func(t *testing.T, dir string) { write(t, dir, "more.txt", "x") }, true, "more.txt was added"},
		{"a file less", func(t *testing.T, dir string) { remove(t, dir, "junit.xml") }, true, "junit.xml is missing"},
		{"a file changed", func(t *testing.T, dir string) { write(t, dir, "results.csv", "x") }, true, "results.csv was changed"},
		{"no manifest", func(t *testing.T, dir string) { remove(t, dir, manifest.File) }, true, "no manifest"},
		{"no signature", func(t *testing.T, dir string) { remove(t, dir, manifest.Signature) }, true, "is not the signature"},
		{"another's key", func(t *testing.T, dir string) { write(t, dir, signer.PublicFile, string(key(t, 3).Public().PEM())) }, false, "is not the key that sealed"},
		{"no evidence", func(t *testing.T, dir string) { remove(t, dir, evidence+"/timeline.ndjson") }, false, "the evidence is missing"},
		{"evidence of something else", func(t *testing.T, dir string) {
			replace(t, dir, evidence+"/timeline.ndjson", `"to":["poststelle@annaberg-buchholz.example"]`, `"to":["clerk@annaberg-buchholz.example"]`)
		}, false, "does not follow from its evidence"},
		{"a statement made a recommendation", func(t *testing.T, dir string) {
			replace(t, dir, evidence+"/scene.json", `"zones"`, `"recommended": ["S1-153"], "zones"`)
		}, false, "S1-153 a recommendation"},
		{"the scenario left out", func(t *testing.T, dir string) {
			summarise(t, dir, func(s *reports.Summary) { s.Scenarios, s.Planned = nil, 0 })
		}, false, "open: 0 scenarios"},
		{"a verdict without steps", func(t *testing.T, dir string) {
			summarise(t, dir, func(s *reports.Summary) { s.Scenarios[0].Steps = nil })
		}, false, "rests on no evidence"},
		{"an unknown scenario", func(t *testing.T, dir string) {
			summarise(t, dir, func(s *reports.Summary) { s.Scenarios[0].ID = "easy/one" })
		}, false, "is no scenario of these features"},
		{"another step", func(t *testing.T, dir string) {
			summarise(t, dir, func(s *reports.Summary) { s.Scenarios[0].Steps[0].Text = "nothing" })
		}, false, "statements or steps differ"},
		{"another run's summary", func(t *testing.T, dir string) { summarise(t, dir, func(s *reports.Summary) { s.Seed = 2 }) }, false, "of different runs"},
		{"another product", func(t *testing.T, dir string) {
			summarise(t, dir, func(s *reports.Summary) { s.Subject.Product = "Q" })
		}, false, "of different runs"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			forged := filepath.Join(t.TempDir(), "run")
			if err := os.CopyFS(forged, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			tt.edit(t, forged)
			file := filepath.Join(t.TempDir(), "forged.zip")
			seal(t, forged, file, tt.stale)
			a := ask(t, file, key(t, 1))
			if got := strings.Join(a.Faults, "\n"); len(a.Faults) == 0 || !strings.Contains(got, tt.want) || a.ExitCode() == check.ExitConforming {
				t.Errorf("want %q, got %q, exit %d", tt.want, got, a.ExitCode())
			}
		})
	}
}

// seal signs what is in dir, and packs it.
func seal(t *testing.T, dir, file string, stale bool) {
	t.Helper()
	to, k := &folder.Folder{Dir: dir}, key(t, 1)
	if m, err := manifest.Read(os.DirFS(dir)); !stale && err == nil {
		if err := manifest.Write(to, os.DirFS(dir), m.Origin, nil); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, manifest.File))
		if err != nil {
			t.Fatal(err)
		}
		write(t, dir, manifest.Signature, string(k.Sign(raw)))
	}
	var buf bytes.Buffer
	if err := parcel.Write(&buf, os.DirFS(dir), k); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func replace(t *testing.T, dir, name, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), from) {
		t.Fatalf("%s has no %s", name, from)
	}
	write(t, dir, name, strings.ReplaceAll(string(raw), from, to))
}

// summarise edits the summary so that its figures agree again.
func summarise(t *testing.T, dir string, edit func(*reports.Summary)) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	s := new(reports.Summary)
	if err := json.Unmarshal(raw, s); err != nil {
		t.Fatal(err)
	}
	edit(s)
	s.Finish()
	var buf bytes.Buffer
	if err := reports.WriteJSON(&buf, s); err != nil {
		t.Fatal(err)
	}
	write(t, dir, "summary.json", buf.String())
}

// TestRefused holds that a run with something open is not packed, and that a verdict made good is found.
func TestRefused(t *testing.T) {
	dir, k := run(t, "forgetful"), key(t, 1)
	file := filepath.Join(t.TempDir(), "out.zip")
	err := Pack(Order{Dir: dir, File: file, Key: k, Required: []string{scenario, "other/required"}})
	var open *OpenError
	if !errors.As(err, &open) || len(open.Open) != 2 || !strings.Contains(err.Error(), scenario+": FAIL") || !strings.Contains(err.Error(), "other/required: required, and not selected") {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{file, file + ".part", filepath.Join(dir, manifest.Signature)} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	summarise(t, dir, func(s *reports.Summary) {
		s.Scenarios[0].Verdict, s.Scenarios[0].Reason, s.Scenarios[0].Findings = check.Pass, "", nil
	})
	write(t, dir, signer.PublicFile, string(k.Public().PEM()))
	seal(t, dir, file, false)
	if a := ask(t, file, k); a.ExitCode() != check.ExitFail || !strings.Contains(strings.Join(a.Faults, "\n"), "does not follow from its evidence") {
		t.Errorf("a forged PASS: exit %d, %q", a.ExitCode(), a.Faults)
	}
}

func TestOpen(t *testing.T) {
	summary := func(verdicts ...check.Verdict) *reports.Summary {
		s := &reports.Summary{Planned: len(verdicts)}
		for i, v := range verdicts {
			s.Scenarios = append(s.Scenarios, reports.Scenario{ID: string(rune('a' + i)), Verdict: v, Reason: "why"})
		}
		s.Finish()
		return s
	}
	for _, v := range check.Verdicts {
		open, _ := Open(summary(v), []string{"a"}, false)
		if good := v == check.Pass || v == check.Warn || v == check.NotApplicable; good != (len(open) == 0) {
			t.Errorf("%s: open %q", v, open)
		}
	}
	if open, left := Open(summary(check.Pass), []string{"a", "b"}, true); len(open) != 0 || len(left) != 1 {
		t.Errorf("partial: open %q, left %q", open, left)
	}
	if open, _ := Open(summary(), nil, true); len(open) == 0 {
		t.Error("a run of nothing has nothing open")
	}
	stale := summary(check.Pass)
	stale.ExitCode = check.ExitStale
	if open, _ := Open(stale, nil, true); len(open) != 1 {
		t.Errorf("a stale baseline: %q", open)
	}
}

func TestVerifyWrongUse(t *testing.T) {
	for _, file := range []string{filepath.Join(t.TempDir(), "none.zip"), t.TempDir()} {
		var usage *suite.UsageError
		if _, err := Verify(Question{File: file}); !errors.As(err, &usage) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
