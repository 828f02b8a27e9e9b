package diagram

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/reports/messages"
	"demailbench/sim/record"
)

func load(t *testing.T, name string) *course.Course {
	t.Helper()
	c, err := course.Open(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// wellFormed reads svg as XML and returns its text.
func wellFormed(t *testing.T, svg string) string {
	t.Helper()
	var text strings.Builder
	dec := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return text.String()
		}
		if err != nil {
			t.Fatalf("not well-formed: %v", err)
		}
		if c, ok := tok.(xml.CharData); ok {
			text.Write(c)
			text.WriteString("\n")
		}
	}
}

func TestDrawings(t *testing.T) {
	for _, name := range []string{"twice", "cut", "dropped", "clear"} {
		c := load(t, name)
		rows := c.Rows([]int{15}, 44)
		for _, lang := range messages.Langs {
			for _, alone := range []bool{true, false} {
				d := Drawing{Text: messages.In(lang), ID: "x", Standalone: alone}
				for kind, svg := range map[string]string{"sequence": d.Sequence(c, rows), "topology": d.Topology(c, rows, c.Way("n", 60, true))} {
					text := wellFormed(t, svg)
					if !strings.Contains(svg, `role="img"`) || !strings.Contains(svg, "<title") || !strings.Contains(svg, "<desc") {
						t.Errorf("%s %s: no role, title or description", name, kind)
					}
					if alone != strings.Contains(svg, "xmlns=") {
						t.Errorf("%s %s: standalone is %v", name, kind, alone)
					}
					if strings.Contains(text, "[") && strings.Contains(text, ".") && regexp.MustCompile(`\[[a-z]+\.[a-z.]+\]`).MatchString(text) {
						t.Errorf("%s %s: a message is missing:\n%s", name, kind, text)
					}
					if len(svg) > 40_000 {
						t.Errorf("%s %s: %d octets", name, kind, len(svg))
					}
				}
			}
		}
	}
}

// TestFailureHasShapeAndWord holds that colour is not the only sign.
func TestFailureHasShapeAndWord(t *testing.T) {
	c := load(t, "dropped")
	d := Drawing{Text: messages.In(messages.German), ID: "x"}
	rows := c.Rows([]int{15}, 44)
	svg := d.Sequence(c, rows)
	if !strings.Contains(svg, `<polygon class="stop"`) || !strings.Contains(svg, "HIER GESCHEITERT") {
		t.Error("the failing row has no sign or no word")
	}
	svg = d.Topology(c, rows, c.Way("n39bae5779f12", 15, false))
	if strings.Count(svg, `<polygon class="stop"`) != 2 || !strings.Contains(svg, "ENDETE bei router-annaberg") {
		t.Errorf("the hop at which it stopped has no sign or no word:\n%s", wellFormed(t, svg))
	}
	if strings.Contains(d.Sequence(c, c.Rows(nil, 44)), "stop") {
		t.Error("nothing failed, and there is a sign")
	}
}

func TestNothingToDraw(t *testing.T) {
	c := course.New(nil, check.Scene{})
	d := Drawing{}
	if d.Sequence(c, nil) != "" || d.Topology(c, nil, nil) != "" {
		t.Error("a drawing of nothing")
	}
}

// TestHostile draws a record whose texts try to break out, with more parties and rows than have room.
func TestHostile(t *testing.T) {
	const evil = `"><script>alert(1)</script>&'` + "\x00\u202e"
	var events []record.Event
	scene := check.Scene{Gateway: "gateway", Zones: map[string]string{"gateway": evil}, Addresses: map[string][]string{"gateway": {evil}}}
	msg := &record.Message{Header: "Subject: " + evil + "\r\n\r\n"}
	for i := range 4000 {
		events = append(events, record.Event{Seq: i + 1, At: time.Unix(int64(i*7919%100000), 0), Who: fmt.Sprint(evil, i%40), Kind: record.Stored, To: []string{evil}, Msg: msg})
	}
	c := course.New(events, scene)
	legs := []course.Leg{{Hops: []string{evil + "1", evil + "2"}, Stopped: true, Stop: evil + "2", Key: "stop.dropped", Args: []any{"reason", evil}}, {Hops: []string{"", ""}}}
	rows := c.Rows([]int{2000}, 300)
	d := Drawing{Text: messages.In(messages.English), ID: "x"}
	for kind, svg := range map[string]string{"sequence": d.Sequence(c, rows), "topology": d.Topology(c, rows, legs)} {
		if strings.Contains(svg, "<script") || strings.ContainsRune(svg, 0) {
			t.Errorf("%s: markup or a NUL came through", kind)
		}
		if len(svg) > 400_000 {
			t.Errorf("%s: %d octets", kind, len(svg))
		}
		wellFormed(t, svg)
	}
}
