// Package progress tells a person on a terminal, or the log of a CI job, how a run goes. Rules: everything to one
// stream; on a terminal one line that is rewritten, otherwise one plain line a scenario; failures stay on the screen;
// verdicts are words, colour only adds to them and is off with NO_COLOR. It leaves out what a run leaves behind.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"demailbench/features/check"
	"demailbench/reports"
)

// Progress is one run as it goes.
type Progress struct {
	w       io.Writer
	live    bool
	colour  bool
	planned int
	done    int
	bad     int
	running []string
}

// New begins a run of so many scenarios; f is where a person looks.
func New(f *os.File, planned int, seed uint64) *Progress {
	p := &Progress{w: f, live: term.IsTerminal(int(f.Fd())), planned: planned}
	p.colour = p.live && os.Getenv("NO_COLOR") == ""
	fmt.Fprintf(p.w, "demailbench: %d scenarios, seed %d\n", planned, seed)
	return p
}

// Started notes that a scenario runs.
func (p *Progress) Started(id string) {
	p.running = append(p.running, id)
	p.draw()
}

// Finished tells how a scenario ended.
func (p *Progress) Finished(r reports.Scenario) {
	p.done++
	for i, id := range p.running {
		if id == r.ID {
			p.running = append(p.running[:i], p.running[i+1:]...)
			break
		}
	}
	good := r.Verdict.Settled()
	if !good {
		p.bad++
	}
	if !p.live || !good {
		p.clear()
		fmt.Fprintf(p.w, "%s %s (%d ms)\n", p.verdict(r.Verdict), r.ID, r.DurationMS)
		if !good {
			fmt.Fprintf(p.w, "     %s\n", r.Reason)
		}
	}
	p.draw()
}

func (p *Progress) verdict(v check.Verdict) string {
	s := fmt.Sprintf("%-5s", v)
	if !p.colour {
		return s
	}
	if v == check.Pass {
		return "\x1b[32m" + s + "\x1b[0m"
	}
	return "\x1b[31m" + s + "\x1b[0m"
}

func (p *Progress) clear() {
	if p.live {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

func (p *Progress) draw() {
	if !p.live {
		return
	}
	const width = 24
	full := width * p.done / max(p.planned, 1)
	line := fmt.Sprintf("[%s%s] %d/%d, %d not passed  %s", strings.Repeat("=", full), strings.Repeat(" ", width-full), p.done, p.planned, p.bad, strings.Join(p.running, "  "))
	if cols, _, err := term.GetSize(int(os.Stderr.Fd())); err == nil && len(line) >= cols {
		line = line[:max(cols-1, 0)]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
}

// Summary tells how the run ended; err is why its reports are not complete.
func (p *Progress) Summary(s *reports.Summary, out string, err error) {
	p.clear()
	fmt.Fprintf(p.w, "\n%s: %d planned, %d executed", s.Verdict, s.Planned, s.Executed)
	for _, v := range check.Verdicts {
		if n := s.Counts[v]; n > 0 {
			fmt.Fprintf(p.w, ", %d %s", n, v)
		}
	}
	fmt.Fprintf(p.w, "; %d not selected. %.1f s.\n", len(s.Excluded), float64(s.DurationMS)/1000)
	if s.Preflight != "" {
		fmt.Fprintf(p.w, "No verdict: %s\n", s.Preflight)
	}
	for _, line := range s.Stale {
		fmt.Fprintf(p.w, "Baseline: %s\n", line)
	}
	report := out + "/report.html"
	if err != nil {
		report = "incomplete, see below; what was written is in " + out
	}
	fmt.Fprintf(p.w, "Report: %s   exit code %d\n", report, s.ExitCode)
}
