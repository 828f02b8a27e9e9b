// Package excerpt takes out of a run's directory what a person needs who looks into what did not pass: the reports, and
// the evidence of those scenarios. CI services keep artefacts for a price.
package excerpt

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"demailbench/reports"
	"demailbench/reports/folder"
)

// Failed copies the reports of the run in dir, and the evidence of every scenario that a person has to look at, to out,
// which must be empty or missing. It returns how many scenarios there are.
func Failed(dir, out string) (int, error) {
	if list, err := os.ReadDir(out); err == nil && len(list) > 0 {
		return 0, fmt.Errorf("the directory %s is not empty; choose another with --out", out)
	}
	f, err := os.Open(filepath.Join(dir, "summary.json"))
	if err != nil {
		return 0, fmt.Errorf("%s holds no run: %w", dir, err)
	}
	defer f.Close()
	s, err := reports.ReadJSON(f)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", dir, err)
	}
	wanted, n := map[string]bool{}, 0
	for _, sc := range s.Scenarios {
		if sc.Verdict.Settled() {
			continue
		}
		n++
		for _, name := range sc.Evidence {
			wanted[name] = true
		}
	}
	return n, copyInto(dir, &folder.Folder{Dir: out}, wanted)
}

// copyInto copies the wanted files and what lies at the top, or beside the scenarios.
func copyInto(dir string, to *folder.Folder, wanted map[string]bool) error {
	from := os.DirFS(dir)
	return fs.WalkDir(from, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(name, "scenarios/") && !wanted[name] {
			return err
		}
		in, err := from.Open(name)
		if err != nil {
			return err
		}
		defer in.Close()
		out, err := to.Open(name)
		if err != nil {
			return err
		}
		_, err = io.Copy(out, in)
		return errors.Join(err, out.Close())
	})
}
