package folder

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// names lists the files below dir.
func names(t *testing.T, dir string) string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.Base(p))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestErrorsLeaveNothing(t *testing.T) {
	f := &Folder{Dir: t.TempDir()}
	cause := errors.New("no ink")
	half := func(w io.Writer) error {
		if _, err := io.WriteString(w, strings.Repeat("x", 100_000)); err != nil {
			return err
		}
		return cause
	}
	if err := f.Write("a/b.txt", Plain, half); !errors.Is(err, cause) || !strings.Contains(err.Error(), "write a/b.txt: no ink") {
		t.Errorf("got %v", err)
	}
	if got := names(t, f.Dir); got != "" {
		t.Errorf("left behind: %s", got)
	}
	if err := f.Write("a/b.txt", Plain, func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := f.Write("a/b.txt", Plain, half); err == nil {
		t.Error("no error")
	}
	if raw, err := os.ReadFile(filepath.Join(f.Dir, "a", "b.txt")); err != nil || string(raw) != "old" {
		t.Errorf("the file of before is %q, %v", raw, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	f := &Folder{Dir: t.TempDir()}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if err := f.Put("d/e/"+strings.Repeat("x", i+1), Executable, []byte("content")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(strings.Fields(names(t, f.Dir))); n != 50 {
		t.Errorf("%d files", n)
	}
	info, err := os.Stat(filepath.Join(f.Dir, "d", "e", "x"))
	if err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("not executable: %v %v", info, err)
	}
}
