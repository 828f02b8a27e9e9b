package ops

import (
	"cmp"
	"slices"
	"time"
)

// Span is a stretch of time in seconds since 1970 UTC, half-open: [Start, End) (D1). The clock's changes do not
// touch it.
type Span struct{ Start, End int64 }

// Between is the span of two instants, fractions of a second cut off.
func Between(start, end time.Time) Span { return Span{start.Unix(), end.Unix()} }

// Begin is the first instant, in Berlin's time.
func (s Span) Begin() time.Time { return time.Unix(s.Start, 0).In(berlin) }

// Finish is the first instant after the span, in Berlin's time.
func (s Span) Finish() time.Time { return time.Unix(s.End, 0).In(berlin) }

// Seconds is the length; 0 for a span that is empty or turned round.
func (s Span) Seconds() int64 { return max(s.End-s.Start, 0) }

// Duration is the length.
func (s Span) Duration() time.Duration { return time.Duration(s.Seconds()) * time.Second }

// Has reports whether t lies in the span.
func (s Span) Has(t time.Time) bool { return s.Start <= t.Unix() && t.Unix() < s.End }

// Touches reports whether the spans have a second in common.
func (s Span) Touches(o Span) bool { return max(s.Start, o.Start) < min(s.End, o.End) }

// String writes the span in Berlin's time.
func (s Span) String() string {
	return s.Begin().Format(time.RFC3339) + " to " + s.Finish().Format(time.RFC3339)
}

// Spans are a set of seconds: spans in order, none empty, none touching or meeting the next. Union makes one.
type Spans []Span

// Union is the set of all seconds in any of the spans, which may be in any order and overlap. Spans that meet
// become one: an interruption that continues under another cause is continuous.
func Union(spans ...Span) Spans {
	sorted := make(Spans, 0, len(spans))
	for _, s := range spans {
		if s.Seconds() > 0 {
			sorted = append(sorted, s)
		}
	}
	slices.SortFunc(sorted, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	out := sorted[:0]
	for _, s := range sorted {
		if n := len(out); n > 0 && s.Start <= out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// And is the set of seconds that are in both.
func (a Spans) And(b Spans) Spans {
	var out Spans
	for i, j := 0, 0; i < len(a) && j < len(b); {
		s := Span{max(a[i].Start, b[j].Start), min(a[i].End, b[j].End)}
		if s.Seconds() > 0 {
			out = append(out, s)
		}
		if a[i].End < b[j].End {
			i++
		} else {
			j++
		}
	}
	return out
}

// Minus is the set of seconds that are in a and not in b.
func (a Spans) Minus(b Spans) Spans {
	var out Spans
	j := 0
	for _, s := range a {
		for j < len(b) && b[j].End <= s.Start {
			j++
		}
		for k := j; k < len(b) && b[k].Start < s.End; k++ {
			if b[k].Start > s.Start {
				out = append(out, Span{s.Start, b[k].Start})
			}
			s.Start = max(s.Start, b[k].End)
		}
		if s.Seconds() > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Seconds is the number of seconds in the set.
func (a Spans) Seconds() int64 {
	var n int64
	for _, s := range a {
		n += s.Seconds()
	}
	return n
}

// Within is the number of seconds of the set inside s.
func (a Spans) Within(s Span) int64 {
	var n int64
	for _, x := range a.Touching(s) {
		n += Span{max(x.Start, s.Start), min(x.End, s.End)}.Seconds()
	}
	return n
}

// Touching are the spans, whole, that have a second inside s.
func (a Spans) Touching(s Span) Spans {
	i, _ := slices.BinarySearchFunc(a, s.Start, func(x Span, at int64) int { return cmp.Compare(x.End, at+1) })
	j := i
	for j < len(a) && a[j].Start < s.End {
		j++
	}
	return a[i:j]
}

// Longest is the longest span, the first of equals; the zero Span of an empty set.
func (a Spans) Longest() Span {
	var out Span
	for _, s := range a {
		if s.Seconds() > out.Seconds() {
			out = s
		}
	}
	return out
}
