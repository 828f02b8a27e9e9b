package patch

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// write makes a tiny module that builds as this one does.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

const program = "package main\n\nfunc main() {\n\tprintln(\"right\")\n}\n"

func change(to string) string {
	return "--- a/cmd/demailbench/main.go\n+++ b/cmd/demailbench/main.go\n@@ -1,5 +1,5 @@\n package main\n \n func main() {\n-\tprintln(\"right\")\n+\t" + to + "\n }\n"
}

func TestMake(t *testing.T) {
	for _, test := range []struct {
		name, patch string
		stage       Stage
		says        string
	}{
		{"a good patch", change(`println("wrong")`), "", ""},
		{"an empty patch", " \n", Apply, "empty"},
		{"a patch of something else", "--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n-a\n+b\n", Apply, "x.go"},
		{"no patch at all", "hello\n", Apply, "No valid patches"},
		{"a patch that breaks the build", change("undefined()"), Build, "undefined"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root, dir := t.TempDir(), t.TempDir()
			write(t, root, map[string]string{"go.mod": "module demailbench\n\ngo 1.26\n", "cmd/demailbench/main.go": program, "bin/old": "x", ".git/config": "x", "x.diff": test.patch})
			made, err := Make(context.Background(), root, dir, filepath.Join(root, "x.diff"))
			var e *Error
			if test.stage != "" {
				if !errors.As(err, &e) || e.Stage != test.stage || !strings.Contains(err.Error(), test.says) {
					t.Fatalf("error %v, want one of %s that says %q", err, test.stage, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(made).CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != "wrong" {
				t.Errorf("the mutant says %q, %v", out, err)
			}
			for _, name := range []string{"bin/old", ".git"} {
				if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
					t.Errorf("%s was copied", name)
				}
			}
		})
	}
}

func TestMakeWithoutPatch(t *testing.T) {
	var e *Error
	if _, err := Make(context.Background(), t.TempDir(), t.TempDir(), "missing.diff"); !errors.As(err, &e) || e.Stage != Apply {
		t.Errorf("error %v", err)
	}
}
