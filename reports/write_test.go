package reports

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"demailbench/features/check"
	"demailbench/reports/folder"
	"demailbench/reports/messages"
)

func TestWriteLeavesAllFiles(t *testing.T) {
	dir, s := madeRun(t, 8, 2)
	if err := Write(dir, s, Options{Lang: messages.German}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"report.html", "junit.xml", "messages.ndjson", "results.csv", "summary.md", "summary.json", "summary.schema.json"} {
		if read(t, dir, name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	back, err := ReadJSON(strings.NewReader(read(t, dir, "summary.json")))
	if err != nil {
		t.Fatal(err)
	}
	for _, sc := range back.Scenarios {
		for _, want := range []string{"timeline.ndjson", "verdict.json", "repro.sh", "dns.txt", "sequence.svg", "topology.svg"} {
			if !strings.Contains(strings.Join(sc.Evidence, "\n")+"\n", dirOf(sc.ID)+"/"+want+"\n") {
				t.Errorf("%s: %s is not in the evidence %v", sc.ID, want, sc.Evidence)
			}
		}
		for _, e := range sc.Evidence {
			if read(t, dir, e) == "" {
				t.Errorf("%s is empty", e)
			}
		}
	}
	dialog := read(t, dir, dirOf(s.Scenarios[0].ID)+"/smtp/dmda-2.txt")
	for _, want := range []string{"SMTP-Sitzung dmda-2: gateway an dmda", "C: MAIL FROM:<info@sakd.de-mail.de>", "| Subject: Antrag n924de66dab08"} {
		if !strings.Contains(dialog, want) {
			t.Errorf("the dialog lacks %q:\n%s", want, dialog)
		}
	}
}

// TestWriteAgain holds that reports can be written again from stored evidence, and are then the same.
func TestWriteAgain(t *testing.T) {
	dir, s := madeRun(t, 4, 1)
	if err := Write(dir, s, Options{}); err != nil {
		t.Fatal(err)
	}
	first := map[string]string{}
	for _, n := range []string{"report.html", "summary.json", "results.csv", dirOf(s.Scenarios[0].ID) + "/sequence.svg"} {
		first[n] = read(t, dir, n)
	}
	again, err := ReadJSON(strings.NewReader(first["summary.json"]))
	if err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, again, Options{}); err != nil {
		t.Fatal(err)
	}
	for n, want := range first {
		if read(t, dir, n) != want {
			t.Errorf("%s differs when written again", n)
		}
	}
}

// TestDamagedEvidence holds that a scenario whose record is unreadable is still reported, with the reason.
func TestDamagedEvidence(t *testing.T) {
	dir, s := madeRun(t, 4, 1)
	for i, damage := range []func(d string) error{
		func(d string) error { return os.Truncate(filepath.Join(d, "timeline.ndjson"), 5000) },
		func(d string) error { return os.Remove(filepath.Join(d, "scene.json")) },
		func(d string) error { return os.WriteFile(filepath.Join(d, "scene.json"), []byte("{"), 0o644) },
		func(d string) error { return os.RemoveAll(d) },
	} {
		if err := damage(filepath.Join(dir, filepath.FromSlash(dirOf(s.Scenarios[i].ID)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := Write(dir, s, Options{}); err != nil {
		t.Fatal(err)
	}
	page := read(t, dir, "report.html")
	for _, want := range []string{"timeline.ndjson: record: line", "scene.json: no such file", "scene.json: unexpected end", "no such file"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Count(page, `<article class="card"`) != 4 {
		t.Error("a failure vanished")
	}
}

// quota is a disk with room for so many octets.
type quota struct {
	mu   sync.Mutex
	left int
}

func (q *quota) create(name string, m fs.FileMode) (io.WriteCloser, error) {
	f, err := folder.CreateFile(name, m)
	return &quotaFile{q, f}, err
}

type quotaFile struct {
	q *quota
	io.WriteCloser
}

func (f *quotaFile) Write(p []byte) (int, error) {
	f.q.mu.Lock()
	defer f.q.mu.Unlock()
	if len(p) > f.q.left {
		n, _ := f.WriteCloser.Write(p[:f.q.left])
		f.q.left = 0
		return n, fmt.Errorf("write: %w", syscall.ENOSPC)
	}
	f.q.left -= len(p)
	return f.WriteCloser.Write(p)
}

// TestFullDisk fills the disk at many points: the error says so, no half file is left, and every report
// that is there is whole.
func TestFullDisk(t *testing.T) {
	whole := map[string]string{}
	dir, s := madeRun(t, 4, 2)
	if err := Write(dir, s, Options{}); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"report.html", "junit.xml", "messages.ndjson", "results.csv", "summary.md", "summary.schema.json", "summary.json"} {
		whole[n] = read(t, dir, n)
	}
	for room := 0; room < 400_000; room += 57_321 {
		dir, s := madeRun(t, 4, 2)
		q := &quota{left: room}
		w := &writer{folder: &folder.Folder{Dir: dir, Create: q.create}}
		err := w.all(s)
		if err == nil {
			break
		}
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "the disk is full; make room") {
			t.Fatalf("room for %d: %v", room, err)
		}
		werr := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(p, ".part") {
				t.Errorf("room for %d: %s was left", room, filepath.Base(p))
			}
			return err
		})
		if werr != nil {
			t.Fatal(werr)
		}
		for n, want := range whole {
			if raw, err := os.ReadFile(filepath.Join(dir, n)); err == nil && string(raw) != want {
				t.Errorf("room for %d: %s is there and not whole", room, n)
			}
		}
	}
}

// failing is a writer that fails after n octets.
type failing struct{ n int }

func (f *failing) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, errors.New("writer failed")
	}
	return len(p), nil
}

func TestWritersReturnTheError(t *testing.T) {
	s := sample()
	w := &writer{}
	cards := make([]*Card, len(s.Scenarios))
	for name, write := range map[string]func(io.Writer) error{
		"summary.json": func(w io.Writer) error { return WriteJSON(w, s) },
		"junit.xml":    func(w io.Writer) error { return WriteJUnit(w, s) },
		"report.html":  func(w io.Writer) error { return WriteHTML(w, s) },
		"results.csv":  func(w io.Writer) error { return writeCSV(w, s, cards) },
		"summary.md":   w.page(s, cards).writeMarkdown,
		"schema":       writeSchema,
	} {
		for _, n := range []int{0, 600} {
			if err := write(&failing{n}); err == nil || !strings.Contains(err.Error(), "writer failed") {
				t.Errorf("%s, failing after %d octets: %v", name, n, err)
			}
		}
	}
}

func TestNotWritable(t *testing.T) {
	dir, s := madeRun(t, 2, 1)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(file, "run"), s, Options{}); err == nil || !strings.Contains(err.Error(), "choose another directory with --out") {
		t.Errorf("below a file: %v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "report.html", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, s, Options{}); err == nil || !strings.Contains(err.Error(), "write report.html") {
		t.Errorf("a directory in the place of a report: %v", err)
	}
	for cause, want := range map[error]string{fs.ErrPermission: "not writable; choose another with --out", syscall.EROFS: "not writable", syscall.EDQUOT: "disk is full", io.ErrShortWrite: "what was written before is complete"} {
		if err := folder.Fault("report.html", cause); !strings.Contains(err.Error(), want) || !errors.Is(err, cause) {
			t.Errorf("%v: %v", cause, err)
		}
	}
}

// TestRepro runs the script that repeats a scenario.
func TestRepro(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "repro.sh")
	sc := &Scenario{ID: "a/b", Verdict: check.Fail, Repeat: Repeat(7, "a/it's", []string{"--sut", "a b"})}
	if err := os.WriteFile(script, []byte(repro(sc)), 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(env ...string) (string, error) {
		cmd := exec.Command("/bin/sh", script, "--out", "x y")
		cmd.Env = append(env, "PATH=/usr/bin:/bin")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 127 || !strings.Contains(out, "there is no program 'demailbench'; put demailbench into PATH or set DEMAILBENCH") {
		t.Errorf("without the program: %v %s", err, out)
	}
	bench := filepath.Join(dir, "my bench")
	if err := os.WriteFile(bench, []byte("#!/bin/sh\nprintf '[%s]' \"$@\"\nexit 4\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	out, err = run("DEMAILBENCH=" + bench)
	if !errors.As(err, &exit) || exit.ExitCode() != 4 || out != "[run][a/it's][--seed][7][--sut][a b][--out][x y]" {
		t.Errorf("with the program: %v %s", err, out)
	}
}
