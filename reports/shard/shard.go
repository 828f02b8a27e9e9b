// Package shard divides a run among several machines and puts the results together again: the merged run has the
// summary and the reports of one that was not divided, but for its wall clock fields. It leaves out running.
package shard

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"demailbench/reports"
	"demailbench/reports/folder"
	"demailbench/reports/manifest"
)

// Shard is one part of a plan, I of N, both from 1. The zero Shard is the whole.
type Shard struct{ I, N int }

// Parse reads "1/3"; "" is the whole.
func Parse(s string) (Shard, error) {
	if s == "" {
		return Shard{}, nil
	}
	a, b, ok := strings.Cut(s, "/")
	i, err1 := strconv.Atoi(a)
	n, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || i < 1 || n < i || n > 1000 {
		return Shard{}, fmt.Errorf("%q is no part of a run; write i/n with 1 <= i <= n, like 1/3", s)
	}
	return Shard{i, n}, nil
}

// String is "1/3", or "".
func (s Shard) String() string {
	if s.N == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.I, s.N)
}

// Has tells whether the scenario at place k of the whole plan, from 0, is in this part.
func (s Shard) Has(k int) bool { return s.N == 0 || k%s.N == s.I-1 }

// reason begins the reason why a scenario was left to another part.
const reason = "left to shard "

// Reason is why the scenario at place k is not in this part.
func (s Shard) Reason(k int) string { return reason + Shard{k%s.N + 1, s.N}.String() }

// Merge puts the runs in dirs together in out, which is made and must be empty or missing. Every part must be there
// once, whole, and of the same run. The error says what is wrong with which directory.
func Merge(dirs []string, out string, o reports.Options) (*reports.Summary, error) {
	if list, err := os.ReadDir(out); err == nil && len(list) > 0 {
		return nil, fmt.Errorf("the directory %s is not empty; choose another with --out", out)
	}
	parts, err := read(dirs)
	if err != nil {
		return nil, err
	}
	s := join(parts, filepath.Base(out))
	to := &folder.Folder{Dir: out}
	if err := os.MkdirAll(filepath.Join(out, "scenarios"), 0o755); err != nil {
		return nil, folder.Fault(out, err)
	}
	redacted := map[string]int{}
	for _, p := range parts {
		if err := os.CopyFS(filepath.Join(out, "scenarios"), os.DirFS(filepath.Join(p.dir, "scenarios"))); err != nil {
			return nil, folder.Fault(filepath.Join(out, "scenarios"), err)
		}
		for name, n := range p.manifest.Redacted {
			redacted[name] = n
		}
	}
	if err := reports.Write(out, s, o); err != nil {
		return s, err
	}
	origin := parts[0].manifest.Origin
	origin.Run, origin.Started = s.Run, s.Started
	return s, manifest.Write(to, os.DirFS(out), origin, redacted)
}

// part is one part that was read.
type part struct {
	dir      string
	shard    Shard
	summary  *reports.Summary
	manifest *manifest.Manifest
}

// read reads all parts, sorted, and holds them against each other.
func read(dirs []string) ([]part, error) {
	var parts []part
	for _, dir := range dirs {
		p, err := open(dir)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		parts = append(parts, *p)
	}
	slices.SortFunc(parts, func(a, b part) int { return a.shard.I - b.shard.I })
	if len(parts) == 0 {
		return nil, errors.New("no directory of a run was named")
	}
	first := parts[0]
	for i, p := range parts {
		switch {
		case p.shard.N != first.shard.N:
			return nil, fmt.Errorf("%s is shard %v and %s is shard %v: they are parts of different runs", first.dir, first.shard, p.dir, p.shard)
		case p.shard.I < i+1:
			return nil, fmt.Errorf("shard %v is there twice: %s and %s", p.shard, parts[i-1].dir, p.dir)
		case p.shard.I > i+1:
			return nil, fmt.Errorf("shard %v is missing; name its directory too", Shard{i + 1, p.shard.N})
		}
		if what := differs(first, p); what != "" {
			return nil, fmt.Errorf("%s and %s have different %s: they are parts of different runs", first.dir, p.dir, what)
		}
	}
	if len(parts) < first.shard.N {
		return nil, fmt.Errorf("shard %v is missing; name its directory too", Shard{len(parts) + 1, first.shard.N})
	}
	return parts, whole(parts)
}

// open reads one part. Its files must be those that its run left behind.
func open(dir string) (*part, error) {
	p := &part{dir: dir}
	f, err := os.Open(filepath.Join(dir, "summary.json"))
	if err != nil {
		return nil, fmt.Errorf("it holds no run: %w", err)
	}
	defer f.Close()
	if p.summary, err = reports.ReadJSON(f); err != nil {
		return nil, err
	}
	if p.shard, err = Parse(p.summary.Shard); err != nil || p.shard.N == 0 {
		return nil, errors.New("it is no part of a run; run the parts with --shard i/n")
	}
	files := os.DirFS(dir)
	if p.manifest, err = manifest.Read(files); err != nil {
		return nil, err
	}
	changed, err := p.manifest.Compare(files)
	if err == nil && len(changed) > 0 {
		err = fmt.Errorf("%s; take the directory as its run left it", changed[0])
	}
	return p, err
}

// differs names what two parts of one run must have in common and have not.
func differs(a, b part) string {
	for _, x := range []struct {
		what string
		same bool
	}{
		{"seeds", a.summary.Seed == b.summary.Seed},
		{"profiles", a.summary.Profile == b.summary.Profile},
		{"gateways", a.summary.Subject == b.summary.Subject && a.manifest.SUTSum == b.manifest.SUTSum},
		{"versions of the bench", a.manifest.Tool == b.manifest.Tool},
		{"features", a.manifest.Features == b.manifest.Features},
		{"fixtures", a.manifest.Fixtures == b.manifest.Fixtures},
	} {
		if !x.same {
			return x.what
		}
	}
	return ""
}

// whole makes sure that the parts are of one plan: what one left to another is there.
func whole(parts []part) error {
	have := map[string]bool{}
	for _, p := range parts {
		for _, sc := range p.summary.Scenarios {
			if have[sc.ID] {
				return fmt.Errorf("%s: scenario %s is in another part too", p.dir, sc.ID)
			}
			have[sc.ID] = true
		}
	}
	for _, p := range parts {
		for _, e := range p.summary.Excluded {
			if strings.HasPrefix(e.Reason, reason) && !have[e.ID] {
				return fmt.Errorf("%s: scenario %s was left to another part and is in none; select the same in all parts", p.dir, e.ID)
			}
		}
	}
	return nil
}

// join makes one summary.
func join(parts []part, run string) *reports.Summary {
	first := parts[0].summary
	s := *first
	s.Run, s.Shard, s.Planned, s.DurationMS = run, "", 0, 0
	s.Scenarios, s.Excluded, s.Processes, s.Stale = nil, nil, nil, nil
	var preflight []string
	for _, p := range parts {
		if p.summary.Started.Before(s.Started) {
			s.Started = p.summary.Started
		}
		s.DurationMS = max(s.DurationMS, p.summary.DurationMS)
		s.Planned += p.summary.Planned
		s.Stale = append(s.Stale, p.summary.Stale...)
		if p.summary.Preflight != "" && !slices.Contains(preflight, p.summary.Preflight) {
			preflight = append(preflight, p.summary.Preflight)
		}
	}
	s.Preflight = strings.Join(preflight, "; ")
	for k := 0; len(s.Scenarios) < s.Planned; k++ { // part i has the places i-1, i-1+n, ...
		p := parts[k%len(parts)].summary
		if at := k / len(parts); at < len(p.Scenarios) {
			s.Scenarios = append(s.Scenarios, p.Scenarios[at])
		}
		if k > s.Planned*len(parts)+len(parts) {
			break
		}
	}
	for _, e := range first.Excluded {
		if !strings.HasPrefix(e.Reason, reason) {
			s.Excluded = append(s.Excluded, e)
		}
	}
	s.Processes = processes(parts, s.Scenarios)
	slices.Sort(s.Stale)
	s.Stale = slices.Compact(s.Stale)
	s.Finish()
	return &s
}

// processes are those of all parts, in the order of the scenarios.
func processes(parts []part, scenarios []reports.Scenario) []reports.Process {
	known := map[string]reports.Process{}
	for _, p := range parts {
		for _, x := range p.summary.Processes {
			known[x.Path] = x
		}
	}
	var out []reports.Process
	for _, sc := range scenarios {
		if x, ok := known[sc.Path]; ok && (len(out) == 0 || out[len(out)-1].Path != sc.Path) {
			out = append(out, x)
		}
	}
	return out
}
