package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/reports"
)

// TestMain makes the test program its own worker and the separate gateway, as the real program is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == "worker" || os.Args[1] == "gateway" || os.Args[1] == "driver") {
		os.Exit(execute(os.Args[1:]))
	}
	os.Exit(m.Run())
}

func readSummary(t *testing.T, dir string) *reports.Summary {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "summary.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := reports.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// comparable is a summary without its wall clock fields. Where 20 MiB are carried, the instants are left out too:
// on a machine under load Go's scheduler interrupts whoever computes for 10 ms, and then segments of one instant may
// change places, which moves an arrival by a millisecond.
func comparable(t *testing.T, s *reports.Summary) string {
	t.Helper()
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitAfter(string(raw), "\n  },\n")
	for i, p := range parts {
		if strings.Contains(p, "20-mib") {
			parts[i] = instants.ReplaceAllString(p, "")
		}
	}
	raw = []byte(strings.Join(parts, ""))
	return regexp.MustCompile(`"(run|started|duration_ms)": [^\n]*`).ReplaceAllString(string(raw), `"$1"`)
}

// TestMainJob is the main job as a user has it: the reference gateway conforms, nothing planned is missing,
// a second run with the same seed finds the same, every capture is readable and without a bad checksum,
// and the evidence judged again agrees. Under the race detector a world takes seconds, so there some of each kind
// run; and it shuffles the scheduler, so the second run, whose instants differ then, is left out.
func TestMainJob(t *testing.T) {
	first := t.TempDir()
	args := []string{"run", "--out", first}
	if raceDetector {
		args = append(args, "transport/inbound", "transport/durability", "transport/outages", "demail/card")
	}
	if code := execute(args); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	s := readSummary(t, first)
	if s.Planned < 12 || s.Executed != s.Planned {
		t.Errorf("planned %d, executed %d", s.Planned, s.Executed)
	}
	if !raceDetector {
		sameAgain(t, s)
	}
	if code := execute([]string{"replay", first}); code != 0 {
		t.Errorf("replay: exit code %d", code)
	}
	checkCaptures(t, first, s)
}

// sameAgain runs again, on one worker, and holds the result against first.
func sameAgain(t *testing.T, first *reports.Summary) {
	t.Helper()
	dir := t.TempDir()
	if code := execute([]string{"run", "--out", dir, "--jobs", "1"}); code != 0 {
		t.Fatalf("second run: exit code %d", code)
	}
	if d := cmp.Diff(comparable(t, first), comparable(t, readSummary(t, dir))); d != "" {
		t.Errorf("two runs with one seed differ:\n%s", d)
	}
}

var instants = regexp.MustCompile(`"(virtual_ms|at_ms)": \d+|\d\d:\d\d:\d\d\.\d+`)

// badChecksum is how tcpdump says it, of TCP, IP, UDP and ICMP; it also prints what HTTP and SMTP say, so single words
// prove nothing.
var badChecksum = regexp.MustCompile(`\(incorrect -> |bad (udp )?cksum |wrong icmp cksum `)

func checkCaptures(t *testing.T, dir string, s *reports.Summary) {
	t.Helper()
	tcpdump, err := exec.LookPath("tcpdump")
	if err != nil {
		t.Skip("needs tcpdump to read the captures")
	}
	for _, sc := range s.Scenarios {
		name := ""
		for _, e := range sc.Evidence {
			if strings.HasSuffix(e, ".pcapng") {
				name = filepath.Join(dir, e)
			}
		}
		if name == "" {
			t.Errorf("%s has no capture", sc.ID)
			continue
		}
		out, err := exec.Command(tcpdump, "-nvvv", "-r", name).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v: %.300s", sc.ID, err, out)
		}
		if bad := badChecksum.Find(out); bad != nil {
			t.Errorf("%s: the capture has a packet with a checksum that is %s", sc.ID, bad)
		}
	}
}

// TestUsage holds the exit code and the words for what users get wrong.
func TestUsage(t *testing.T) {
	for _, args := range [][]string{
		{"run", "NOSUCH"}, {"run", "--tags", "@nosuch"}, {"run", "--tags", "@a,"}, {"run", "--seed", "x"}, {"run", "--profile", "nosuch"},
		{"nosuch"}, {"gateway", "--config", "/nonexistent.yaml"}, {"replay", t.TempDir()},
	} {
		if code := execute(args); code != 64 {
			t.Errorf("%q: exit code %d, want 64", args, code)
		}
	}
	if code := execute([]string{"run", "--dry-run", "--tags", "not @S0-038"}); code != 0 {
		t.Errorf("dry run: exit code %d", code)
	}
}
