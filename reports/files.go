package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// WriteAll writes every report of s into the run's directory dir, and each scenario's result beside its
// evidence. What was written before an error stays valid.
func WriteAll(dir string, s *Summary) error {
	for _, sc := range s.Scenarios {
		if err := writeVerdict(dir, sc); err != nil {
			return err
		}
	}
	for _, f := range []struct {
		name  string
		write func(io.Writer, *Summary) error
	}{{"report.html", WriteHTML}, {"junit.xml", WriteJUnit}, {"summary.json", WriteJSON}} {
		if err := writeFile(filepath.Join(dir, f.name), func(w io.Writer) error { return f.write(w, s) }); err != nil {
			return err
		}
	}
	return nil
}

func writeVerdict(dir string, sc Scenario) error {
	d := filepath.Join(dir, "scenarios", strings.ReplaceAll(sc.ID, "/", "."))
	if err := os.MkdirAll(d, 0o755); err != nil {
		return fmt.Errorf("write verdict of %s: %w", sc.ID, err)
	}
	return writeFile(filepath.Join(d, "verdict.json"), func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(sc)
	})
}

// writeFile writes a file under another name first, so that a full disk leaves no half report.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name + ".part")
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	return nil
}
