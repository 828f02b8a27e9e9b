// Package measure reads logs of probes, which look at the service from outside, and finds the interruptions and the
// gaps in them.
//
// It leaves out who probes, and what interruptions mean for the promise: package ops accounts for them.
package measure

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"demailbench/gateway/ops"
)

// Probe is one measurement of the service from outside.
type Probe struct {
	At time.Time
	// Name is what was probed: smtp, round-trip, admin.
	Name string
	OK   bool
	// Detail is free text, the error of a failure.
	Detail string
}

// Rule says how measurements become interruptions.
type Rule struct {
	// Interval is how often is probed; a pause of more than twice as long is a gap.
	Interval time.Duration
	// Failed of Window: the service is down when so many of the last so many measurements failed.
	Failed, Window int
}

// DefaultRule is a probe each minute, two failures of three.
func DefaultRule() Rule { return Rule{Interval: time.Minute, Failed: 2, Window: 3} }

func (r Rule) check() error {
	if r.Interval < time.Second || r.Failed < 1 || r.Window < r.Failed {
		return &ops.Fault{Field: "probe rule", Value: fmt.Sprintf("%d of %d every %v", r.Failed, r.Window, r.Interval), Problem: "cannot be applied", Fix: "probe at least a second apart, with 1 <= failed <= window"}
	}
	return nil
}

// Log is a log of one kind of probe, in order of time, with what was wrong with it.
type Log struct {
	Probes []Probe
	// Flaws are lines out of order and repeated; the figures from such a log say so.
	Flaws []*ops.Fault
}

// Parse reads a log of probes: CSV with the header "time,probe,result,detail", times with offset (RFC 3339),
// result ok or failed. It returns one log for each name. What cannot be read is refused with file and line, because a
// figure must not be computed from the rest; lines out of order are sorted and flagged, lines that repeat time and
// name are flagged, failed wins. Errors are *ops.Fault.
func Parse(name string, text io.Reader) (map[string]*Log, error) {
	r := csv.NewReader(text)
	r.FieldsPerRecord = 4
	r.ReuseRecord = true
	header, err := r.Read()
	if err != nil || strings.Join(header, ",") != "time,probe,result,detail" {
		return nil, &ops.Fault{Item: name, Line: 1, Problem: "is not a log of probes", Fix: "begin it with the line time,probe,result,detail"}
	}
	logs := map[string]*Log{}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if pe, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, &ops.Fault{Item: name, Line: pe.Line, Problem: "cannot be read: " + pe.Err.Error(), Fix: "write four fields, time,probe,result,detail"}
		} else if err != nil {
			return nil, &ops.Fault{Item: name, Problem: "cannot be read: " + err.Error(), Fix: "make it readable"}
		}
		line, _ := r.FieldPos(0)
		p, fault := parseProbe(row)
		if fault != nil {
			fault.Item, fault.Line = name, line
			return nil, fault
		}
		if logs[p.Name] == nil {
			logs[p.Name] = &Log{}
		}
		logs[p.Name].add(p, name, line)
	}
	for _, l := range logs {
		l.order()
	}
	return logs, nil
}

func parseProbe(row []string) (Probe, *ops.Fault) {
	at, err := time.Parse(time.RFC3339, row[0])
	switch {
	case err != nil:
		return Probe{}, &ops.Fault{Field: "time", Value: row[0], Problem: "is not a time with its offset", Fix: "write it like 2016-03-24T22:00:00+01:00"}
	case row[1] == "":
		return Probe{}, &ops.Fault{Field: "probe", Problem: "is missing", Fix: "name what was probed"}
	case row[2] != "ok" && row[2] != "failed":
		return Probe{}, &ops.Fault{Field: "result", Value: row[2], Problem: "is not a result", Fix: "write ok or failed"}
	}
	return Probe{at, row[1], row[2] == "ok", row[3]}, nil
}

func (l *Log) add(p Probe, file string, line int) {
	if n := len(l.Probes); n > 0 && p.At.Before(l.Probes[n-1].At) {
		l.Flaws = append(l.Flaws, &ops.Fault{Item: file, Line: line, Field: "time", Value: p.At.Format(time.RFC3339), Problem: "is before the line above", Fix: "find out whether a clock was set back"})
	} else if n > 0 && p.At.Equal(l.Probes[n-1].At) {
		l.Flaws = append(l.Flaws, &ops.Fault{Item: file, Line: line, Field: "time", Value: p.At.Format(time.RFC3339), Problem: "is there twice", Fix: "find out whether two probes wrote the log"})
	}
	l.Probes = append(l.Probes, p)
}

// order sorts by time; of several at one time a failure stays.
func (l *Log) order() {
	slices.SortStableFunc(l.Probes, func(a, b Probe) int {
		failedFirst := 0
		if a.OK != b.OK {
			failedFirst = map[bool]int{false: -1, true: 1}[a.OK]
		}
		return cmp.Or(a.At.Compare(b.At), failedFirst)
	})
	l.Probes = slices.CompactFunc(l.Probes, func(a, b Probe) bool { return a.At.Equal(b.At) })
}

// Measured is what a log says about a time.
type Measured struct {
	// Down are the interruptions seen: each from the first failure of those that made it to the first success after
	// its last failure, so it is right to within one interval at both ends.
	Down ops.Spans
	// Gaps are times of which nothing is known: before the first probe, after the last, and where probes are
	// missing.
	Gaps ops.Spans
}

// Measure finds interruptions and gaps of a log in a span of time. A failure before a gap holds until the gap and no
// further. The error is a *Fault: a rule that cannot be applied.
func (l *Log) Measure(s ops.Span, r Rule) (Measured, error) {
	if err := r.check(); err != nil {
		return Measured{}, err
	}
	var m Measured
	step := int64(r.Interval / time.Second)
	inside := slices.DeleteFunc(slices.Clone(l.Probes), func(p Probe) bool { return !s.Has(p.At) })
	at := s.Start
	for len(inside) > 0 {
		n := 1
		for n < len(inside) && inside[n].At.Unix()-inside[n-1].At.Unix() <= 2*step {
			n++
		}
		end := min(inside[n-1].At.Unix()+step, s.End)
		if first := inside[0].At.Unix(); first-at > step {
			m.Gaps = append(m.Gaps, ops.Span{Start: at, End: first})
		}
		m.Down = append(m.Down, downs(inside[:n], end, r)...)
		inside, at = inside[n:], end
	}
	if s.End-at > step {
		m.Gaps = append(m.Gaps, ops.Span{Start: at, End: s.End})
	}
	m.Down, m.Gaps = ops.Union(m.Down...), ops.Union(m.Gaps...)
	return m, nil
}

// downs applies "failed of window" to probes without a gap; end is until when the last one holds.
func downs(probes []Probe, end int64, r Rule) []ops.Span {
	var out []ops.Span
	marked := mark(probes, r)
	for i := 0; i < len(probes); i++ {
		if !marked[i] {
			continue
		}
		j := i
		for j < len(probes) && (marked[j] || !probes[j].OK) {
			j++
		}
		until := end
		if j < len(probes) {
			until = probes[j].At.Unix()
		}
		out = append(out, ops.Span{Start: probes[i].At.Unix(), End: until})
		i = j
	}
	return out
}

// mark finds the probes of interruptions: in each window with enough failures those from the first failure to the
// last. A success between them does not end the interruption.
func mark(probes []Probe, r Rule) []bool {
	marked := make([]bool, len(probes))
	for i := range probes {
		first, last, failed := -1, -1, 0
		for k := max(0, i-r.Window+1); k <= i; k++ {
			if probes[k].OK {
				continue
			}
			if failed++; first < 0 {
				first = k
			}
			last = k
		}
		if failed >= r.Failed {
			for k := first; k <= last; k++ {
				marked[k] = true
			}
		}
	}
	return marked
}

// Difference is a time about which two accounts of the service disagree.
type Difference struct {
	ops.Span
	// OnlyFirst is true when the first account has an interruption here and the second has none.
	OnlyFirst bool
}

// Compare finds where two accounts disagree for longer than the tolerance, which should be twice the probes'
// interval: what was measured from outside and what the gateway's log says. Each difference is a finding for a
// person, neither side is right by itself.
func Compare(first, second ops.Spans, tolerance time.Duration) []Difference {
	var out []Difference
	for _, s := range first.Minus(second) {
		if s.Duration() > tolerance {
			out = append(out, Difference{Span: s, OnlyFirst: true})
		}
	}
	for _, s := range second.Minus(first) {
		if s.Duration() > tolerance {
			out = append(out, Difference{Span: s})
		}
	}
	slices.SortFunc(out, func(a, b Difference) int { return cmp.Compare(a.Start, b.Start) })
	return out
}
