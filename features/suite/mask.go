package suite

import (
	"bytes"
	"slices"
	"strings"

	messages "github.com/cucumber/messages/go/v21"
)

// mask blanks all but one scenario out of a feature file, so that godog runs exactly that one and errors
// still name the lines of the file.
type mask struct {
	lines   [][]byte
	spans   []span
	keyword map[string]string
}

// span is the lines of one scenario, [from, to) counted from 1, with those of its example rows.
type span struct {
	id       string
	name     string
	line     int
	from, to int
	rows     []row
	tables   []span
}

type row struct {
	id    string
	line  int
	first string
}

func newMask(doc *messages.GherkinDocument, src []byte) *mask {
	m := &mask{lines: bytes.Split(src, []byte("\n")), keyword: map[string]string{}}
	starts := m.backgrounds(doc)
	for _, sc := range scenariosOf(doc) {
		s := m.span(sc)
		starts = append(starts, s.from)
		m.spans = append(m.spans, s)
	}
	slices.Sort(starts)
	for i := range m.spans {
		s := &m.spans[i]
		s.to = len(m.lines) + 1
		if k, _ := slices.BinarySearch(starts, s.from+1); k < len(starts) {
			s.to = starts[k]
		}
		for k := range s.tables {
			s.tables[k].to = s.to
			if k+1 < len(s.tables) {
				s.tables[k].to = s.tables[k+1].from
			}
		}
	}
	return m
}

// backgrounds notes the steps of all backgrounds and returns the lines on which rules begin.
func (m *mask) backgrounds(doc *messages.GherkinDocument) (starts []int) {
	for _, c := range doc.Feature.Children {
		if c.Background != nil {
			m.steps(c.Background.Steps)
		}
		if c.Rule == nil {
			continue
		}
		starts = append(starts, firstLine(int(c.Rule.Location.Line), c.Rule.Tags))
		for _, rc := range c.Rule.Children {
			if rc.Background != nil {
				m.steps(rc.Background.Steps)
			}
		}
	}
	return starts
}

// span is where a scenario and its example rows begin; where they end follows from what comes next.
func (m *mask) span(sc *messages.Scenario) span {
	m.steps(sc.Steps)
	s := span{id: sc.Id, name: sc.Name, line: int(sc.Location.Line), from: firstLine(int(sc.Location.Line), sc.Tags)}
	for _, ex := range sc.Examples {
		t := span{from: firstLine(int(ex.Location.Line), ex.Tags)}
		for _, r := range ex.TableBody {
			t.rows = append(t.rows, row{r.Id, int(r.Location.Line), r.Cells[0].Value})
		}
		s.rows = append(s.rows, t.rows...)
		s.tables = append(s.tables, t)
	}
	return s
}

func (m *mask) steps(steps []*messages.Step) {
	for _, s := range steps {
		m.keyword[s.Id] = s.Keyword
	}
}

func firstLine(line int, tags []*messages.Tag) int {
	for _, t := range tags {
		line = min(line, int(t.Location.Line))
	}
	return line
}

// only returns the file with the scenario, and the row, that the AST node ids name.
func (m *mask) only(ids []string) []byte {
	lines := slices.Clone(m.lines)
	for _, s := range m.spans {
		if s.id != ids[0] {
			blank(lines, s.from, s.to)
			continue
		}
		for _, t := range s.tables {
			if !slices.ContainsFunc(t.rows, func(r row) bool { return r.id == ids[len(ids)-1] }) {
				blank(lines, t.from, t.to)
			}
		}
		for _, r := range s.rows {
			if r.id != ids[len(ids)-1] {
				blank(lines, r.line, r.line+1)
			}
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

func blank(lines [][]byte, from, to int) {
	for i := from; i < to; i++ {
		lines[i-1] = nil
	}
}

// identify returns the id of a pickle and its line in the file.
func (m *mask) identify(p string, pk *messages.Pickle) (id string, line int) {
	id = strings.TrimSuffix(p, ".feature") + "/"
	for _, s := range m.spans {
		if s.id != pk.AstNodeIds[0] {
			continue
		}
		id, line = id+slug(s.name), s.line
		for _, r := range s.rows {
			if r.id == pk.AstNodeIds[len(pk.AstNodeIds)-1] {
				return id + "/" + slug(r.first), r.line
			}
		}
	}
	return id, line
}
