// Package patch makes a mutant of a change to the sources: a copy of them in a directory of its own, the patch
// applied, the program built. It leaves out running the suite against it: the built program does that itself.
package patch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Stage is where making a mutant failed.
type Stage string

// The stages: the patch cannot be read or does not apply, the patched sources do not build.
const (
	Apply Stage = "apply"
	Build Stage = "build"
)

// Error says why there is no mutant.
type Error struct {
	Stage Stage
	Patch string
	// Output is what the tool said, its last lines.
	Output string
	// Fix says what to do.
	Fix string
}

// Error names the patch, the tool's words and what to do.
func (e *Error) Error() string {
	what := "does not apply"
	if e.Stage == Build {
		what = "gives a gateway that does not build"
	}
	return fmt.Sprintf("patch %s %s; %s:\n%s", e.Patch, what, e.Fix, e.Output)
}

// left are what no mutant needs.
var left = map[string]bool{".git": true, "bin": true, "out": true}

// Make copies the sources in root to dir, applies the patch in file and builds the program, whose path it returns. A
// patch that is at fault is an *Error. The copy ends with ctx.
func Make(ctx context.Context, root, dir, file string) (program string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", &Error{Apply, file, err.Error(), "name a file in the form of git diff"}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return "", &Error{Apply, file, "the file is empty", "write it by git diff > " + file}
	}
	if err := clone(root, dir); err != nil {
		return "", fmt.Errorf("patch: copy the sources: %w", err)
	}
	apply := exec.CommandContext(ctx, "git", "apply", "--whitespace=nowarn", "-")
	apply.Dir, apply.Stdin = dir, bytes.NewReader(text)
	if out, err := apply.CombinedOutput(); err != nil {
		return "", failure(ctx, Apply, file, out, err, "make it against this version, by git diff in "+root)
	}
	program = filepath.Join(dir, "bin", "demailbench")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program, "./cmd/demailbench")
	build.Dir = dir
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := build.CombinedOutput(); err != nil {
		return "", failure(ctx, Build, file, out, err, "correct what the compiler names")
	}
	return program, nil
}

// failure tells a fault of the patch from one of the machine.
func failure(ctx context.Context, stage Stage, file string, out []byte, err error, fix string) error {
	var exit *exec.ExitError
	if ctx.Err() != nil || !errors.As(err, &exit) {
		return fmt.Errorf("patch: %s: %w", stage, err)
	}
	return &Error{stage, file, last(string(out), 20), fix}
}

func last(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// clone copies the sources.
func clone(root, dir string) error {
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		switch {
		case d.IsDir() && left[d.Name()]:
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(to, 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}
