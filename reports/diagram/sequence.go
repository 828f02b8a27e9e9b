package diagram

import (
	"slices"
	"strings"

	"demailbench/reports/course"
)

// Measures of a sequence diagram, in pixels.
const (
	timeWidth  = 92.0
	laneWidth  = 168.0
	headHeight = 52.0
	rowHeight  = 34.0
	maxLanes   = 9
)

// sequence is one diagram while it is drawn.
type sequence struct {
	canvas
	c     *course.Course
	lanes []string
	x     map[string]float64
	width float64
	y     float64
}

// Sequence draws rows: a lifeline for each party, an arrow for each thing said, the time of the world's
// clock at the left, and a frame with a sign around the failing rows. It returns "" when there are none.
func (d Drawing) Sequence(c *course.Course, rows []course.Row) string {
	if len(rows) == 0 {
		return ""
	}
	s := &sequence{canvas: canvas{Drawing: d}, c: c, x: map[string]float64{}}
	s.arrange(rows)
	s.y = headHeight
	day := ""
	for _, r := range rows {
		if next := r.At.Format("2006-01-02"); next != day {
			day = next
			s.line(d.Text.Say("diagram.day", "day", day))
		}
		s.row(r)
	}
	height := s.y + 14
	head := &canvas{Drawing: d}
	s.heads(head, height)
	head.WriteString(s.String())
	return head.finish(s.width, height, d.Text.Say("diagram.sequence.title"), s.describe(rows))
}

// arrange gives each party a lane, from the tenants' side to the outside; parties beyond maxLanes share
// the last one.
func (s *sequence) arrange(rows []course.Row) {
	for _, r := range rows {
		for _, p := range []string{r.From, r.To} {
			if p != "" && !slices.Contains(s.lanes, p) {
				s.lanes = append(s.lanes, p)
			}
		}
	}
	if len(s.lanes) == 0 {
		s.lanes = []string{s.c.Scene.Gateway}
	}
	slices.SortStableFunc(s.lanes, func(a, b string) int { return rank(s.c, a) - rank(s.c, b) })
	width := laneWidth
	if len(s.lanes) > 6 {
		width = 128
	}
	for i, p := range s.lanes {
		s.x[p] = timeWidth + width*(float64(min(i, maxLanes-1))+0.5)
	}
	s.width = max(timeWidth+width*float64(min(len(s.lanes), maxLanes))+10, 620)
}

func (s *sequence) heads(head *canvas, height float64) {
	head.text(4, 18, "s", "start", s.Text.Say("diagram.clock"), timeWidth)
	for i, p := range s.lanes {
		x := s.x[p]
		head.el(`<path class="ln life" d="M%.0f %.0fV%.0f"/>`, x, headHeight-10, height-6)
		if i >= maxLanes-1 && i < len(s.lanes)-1 {
			continue
		}
		name, sub := p, s.c.Zone(p)
		if i >= maxLanes {
			name, sub = s.Text.Say("diagram.others"), ""
		}
		if !s.c.IsHost(p) {
			sub = s.Text.Say("diagram.router")
		}
		head.el(`<rect class="box" x="%.0f" y="4" width="%.0f" height="36" rx="3"/>`, x-60, 120.0)
		head.text(x, 19, "b", "middle", name, 118)
		head.text(x, 34, "s", "middle", sub, 130)
	}
}

// line draws a line with a text over all lanes.
func (s *sequence) line(text string) {
	s.el(`<path class="ln life" d="M%.0f %.0fH%.0f"/>`, timeWidth-8, s.y+13, s.width-4)
	s.label(timeWidth, s.y+17, "s", "start", text, s.width-timeWidth-10)
	s.y += 26
}

func (s *sequence) row(r course.Row) {
	said := r.Say(s.Text)
	height := rowHeight
	if r.Failing {
		height += 18
		s.el(`<rect class="here" x="2" y="%.0f" width="%.0f" height="%.0f" rx="4"/>`, s.y+1, s.width-4, height-2)
		s.stop(16, s.y+height-15)
		s.text(30, s.y+height-10, "bad", "start", s.Text.Say("diagram.here"), s.width)
	}
	if r.Event > 0 {
		s.text(4, s.y+20, "s", "start", r.At.Format("15:04:05.000"), timeWidth)
	}
	switch r.Shape {
	case course.Band:
		s.el(`<path class="ln life" d="M%.0f %.0fH%.0f"/>`, timeWidth-8, s.y+16, s.width-4)
		s.label(timeWidth+(s.width-timeWidth)/2, s.y+20, "b", "middle", said, s.width-timeWidth-12)
	case course.Self:
		s.self(r, said)
	default:
		s.arrow(r, said)
	}
	s.y += height
}

func (s *sequence) self(r course.Row, said string) {
	x, w := s.x[r.From], min(wide(said)+14, s.width-timeWidth-8)
	left := min(max(x-w/2, timeWidth-4), s.width-w-4)
	s.el(`<rect class="box" x="%.0f" y="%.0f" width="%.0f" height="24" rx="10"/>`, left, s.y+4, w)
	s.text(left+w/2, s.y+20, "", "middle", said, w-8)
}

func (s *sequence) arrow(r course.Row, said string) {
	from, to := s.x[r.From], s.x[r.To]
	y := s.y + 27
	if from == to {
		s.self(course.Row{From: r.From}, said)
		return
	}
	back := 2.0
	if to < from {
		back = -2
	}
	if r.Shape == course.Lost {
		end := to - 8*back
		s.el(`<path class="ln" d="M%.0f %.0fH%.0f"/>`, from, y, end)
		s.el(`<path class="cross" d="M%.0f %.0fl12 12M%.0f %.0fl12 -12"/>`, end-6, y-6, end-6, y+6)
	} else {
		s.el(`<path class="ln" d="M%.0f %.0fH%.0f" marker-end="url(#%s-a)"/>`, from, y, to-back, s.ID)
	}
	w := min(wide(said), s.width-timeWidth-8)
	mid := min(max((from+to)/2, timeWidth+w/2), s.width-w/2-4)
	s.text(mid, s.y+18, "h", "middle", said, w+4)
}

// describe says in one sentence what the drawing shows.
func (s *sequence) describe(rows []course.Row) string {
	n := 0
	failing := s.Text.Say("diagram.none")
	for _, r := range rows {
		if r.Event > 0 {
			n++
		}
		if r.Failing {
			failing = r.At.Format("15:04:05.000") + " " + r.Say(s.Text)
		}
	}
	return s.Text.Say("diagram.sequence.desc", "n", n, "parties", strings.Join(s.lanes, ", "), "failing", failing)
}
