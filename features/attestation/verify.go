package attestation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/features/evidence"
	"demailbench/features/ledger"
	"demailbench/features/suite"
	"demailbench/reports"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
	"demailbench/reports/parcel"
	"demailbench/reports/signer"
)

// Bench is what the verifying bench knows itself, against which a package is held.
type Bench struct {
	Tool, Features, Fixtures string
	Scenarios                []suite.Scenario
	Ledger                   *ledger.Ledger
}

// Question is what is asked of a package.
type Question struct {
	File string
	// Key is the key that must have signed; nil when the asker does not know it.
	Key *signer.Public
	// Work is an empty directory in which the evidence is judged again; "" to leave that out.
	Work  string
	Bench Bench
}

// Answer is what was found.
type Answer struct {
	// Faults are reasons not to believe the package, Notes what its reader should know.
	Faults, Notes []string
	// Left are the scenarios that this bench requires and that are not in it.
	Left []string
	// Signer is the key that sealed; Known when it is the one asked for.
	Signer signer.Public
	Known  bool
	// Origin and Summary are the package's; nil when it is broken.
	Origin  *manifest.Origin
	Summary *reports.Summary
	// Again are the verdicts drawn anew; nil when that was not asked, or there is nothing to judge.
	Again *suite.Replay
}

// ExitCode is that of the verdicts drawn anew when they say that something fails; otherwise a package with a fault
// bears no verdict.
func (a *Answer) ExitCode() int {
	switch {
	case a.Again != nil && a.Again.Again.ExitCode == check.ExitFail:
		return check.ExitFail
	case len(a.Faults) > 0 || a.Summary == nil:
		return check.ExitInconclusive
	}
	return a.Summary.ExitCode
}

func (a *Answer) fault(format string, args ...any) {
	a.Faults = append(a.Faults, fmt.Sprintf(format, args...))
}

func (a *Answer) note(format string, args ...any) {
	a.Notes = append(a.Notes, fmt.Sprintf(format, args...))
}

// Verify answers q. The error says that the file cannot be read, or the work directory not be written.
func Verify(q Question) (*Answer, error) {
	f, err := os.Open(q.File)
	if err != nil {
		return nil, &suite.UsageError{Text: fmt.Sprintf("open the package: %v", err)}
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		return nil, &suite.UsageError{Text: fmt.Sprintf("%s is no file; name a package, or judge a run's directory again with demailbench replay", q.File)}
	}
	if err != nil {
		return nil, err
	}
	a := &Answer{}
	p, err := parcel.Open(f, info.Size())
	if b := new(parcel.Broken); errors.As(err, &b) {
		a.fault("%s: %s", filepath.Base(q.File), b.Reason)
		return a, nil
	} else if err != nil {
		return nil, err
	}
	a.identify(p, q.Key)
	if !a.read(p) {
		return a, nil
	}
	a.hold(q.Bench)
	if q.Work != "" {
		return a, a.rejudge(p, q)
	}
	a.note("the verdicts were not recomputed; --rejudge does")
	return a, nil
}

// identify looks whose key it is.
func (a *Answer) identify(p *parcel.Parcel, key *signer.Public) {
	a.Signer = p.Signer
	switch {
	case key == nil:
		a.note("whose key that is nobody has said: compare the fingerprint with the one that you were given in another way, or name the key with --key")
	case key.Equal(p.Signer):
		a.Known = true
	default:
		a.fault("it was signed with another key than the one of --key, whose fingerprint is %s: whoever signed it is not who you expect", key.Fingerprint())
	}
}

// read reads manifest and summary, and reports whether there is something to judge.
func (a *Answer) read(p *parcel.Parcel) bool {
	files := p.FS()
	raw, err := fs.ReadFile(files, manifest.File)
	if err != nil {
		a.fault("it has no manifest: %v", err)
		return false
	}
	signature, err := fs.ReadFile(files, manifest.Signature)
	if err != nil || !p.Signer.Verify(raw, signature) {
		a.fault("%s is not the signature of %s by the key that sealed the package", manifest.Signature, manifest.File)
	}
	if text, err := fs.ReadFile(files, signer.PublicFile); err != nil || !bytes.Equal(text, p.Signer.PEM()) {
		a.fault("%s is not the key that sealed the package", signer.PublicFile)
	}
	m, err := manifest.Parse(raw)
	if err != nil {
		a.fault("%v", err)
		return false
	}
	differs, err := m.Compare(files)
	if err != nil {
		a.fault("%v", err)
		return false
	}
	a.Faults = append(a.Faults, differs...)
	in, err := files.Open("summary.json")
	if err != nil {
		a.fault("it has no summary: %v", err)
		return false
	}
	defer in.Close()
	s, err := reports.ReadJSON(in)
	if err != nil {
		a.fault("%v", err)
		return false
	}
	a.Origin, a.Summary = &m.Origin, s
	if s.Run != m.Run || s.Seed != m.Seed || s.Profile != m.Profile || s.Subject != (reports.Subject{Vendor: m.Vendor, Product: m.Product, Version: m.Version}) {
		a.fault("manifest and summary are of different runs")
	}
	return true
}

// hold compares with what this bench knows: who packs must not choose what is required.
func (a *Answer) hold(b Bench) {
	required := Required(b.Scenarios, b.Ledger)
	var open []string
	open, a.Left = Open(a.Summary, required, true)
	for _, o := range open {
		a.fault("open: %s", o)
	}
	if len(a.Left) > 0 {
		a.note("partial: %d of the %d scenarios that this bench requires are not in it, the first %s", len(a.Left), len(required), a.Left[0])
	}
	if a.Origin.Tool != b.Tool || a.Origin.Features != b.Features || a.Origin.Fixtures != b.Fixtures {
		a.note("it was made by demailbench %s with other features or fixtures than those of this bench, %s: what the steps were is the package's word", a.Origin.Tool, b.Tool)
		return
	}
	for _, sc := range a.Summary.Scenarios {
		i := slices.IndexFunc(b.Scenarios, func(own suite.Scenario) bool { return own.ID == sc.ID })
		if i < 0 {
			a.fault("%s is no scenario of these features", sc.ID)
			continue
		}
		if !same(b.Scenarios[i], sc) {
			a.fault("%s is not the scenario that these features have: statements or steps differ", sc.ID)
		}
	}
}

// same tells whether a result is that of the scenario as the features have it.
func same(own suite.Scenario, sc reports.Scenario) bool {
	if !slices.Equal(own.Requirements(), sc.Requirements) || len(own.Steps) != len(sc.Steps) {
		return false
	}
	for i, step := range sc.Steps {
		if step.Text == "" || !strings.HasSuffix(own.Steps[i], step.Text) || sc.Verdict == check.Pass && step.Status != "passed" {
			return false
		}
	}
	return true
}

// rejudge draws every verdict anew from the evidence.
func (a *Answer) rejudge(p *parcel.Parcel, q Question) error {
	to := &folder.Folder{Dir: q.Work}
	var local error
	err := p.Unpack(func(name string) (io.WriteCloser, error) {
		w, err := to.Open(name)
		local = err
		return w, err
	})
	if err != nil && local != nil {
		return err
	} else if err != nil {
		a.fault("%v", err)
		return nil
	}
	r, err := suite.ReplayRun(q.Work)
	if err != nil {
		a.fault("%v", err)
		return nil
	}
	a.Again = r
	for _, d := range r.Differences {
		a.fault("a verdict does not follow from its evidence: %s", d)
	}
	for _, k := range r.Kept {
		a.fault("a verdict rests on no evidence: %s", k)
	}
	if a.Origin.Fixtures == q.Bench.Fixtures {
		a.bases(q)
	}
	return nil
}

// bases looks whether the evidence takes the statements for what they are: what it calls a recommendation fails
// nobody.
func (a *Answer) bases(q Question) {
	for _, sc := range a.Summary.Scenarios {
		c, err := evidence.Open(filepath.Join(q.Work, suite.ScenarioDir(sc.ID)))
		if err != nil {
			a.fault("%s: %v", sc.ID, err)
			continue
		}
		for _, id := range c.Scene.Recommended {
			if r, err := q.Bench.Ledger.Get(id); err != nil || r.Binding() {
				a.fault("%s: its evidence calls %s a recommendation, which it is not", sc.ID, id)
			}
		}
	}
}
