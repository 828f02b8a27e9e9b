package course

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRowsKeepTheFocus(t *testing.T) {
	for _, name := range []string{"twice", "cut", "dropped", "clear"} {
		c := load(t, name)
		for _, e := range c.Events {
			rows := c.Rows([]int{e.Seq}, 44)
			if len(rows) > 44 {
				t.Errorf("%s, event %d: %d rows", name, e.Seq, len(rows))
			}
			shown := slices.ContainsFunc(rows, func(r Row) bool { return r.Failing && r.Event == e.Seq })
			if !shown {
				t.Errorf("%s: event %d of kind %s is in focus and not shown", name, e.Seq, e.Kind)
			}
		}
	}
}

func TestRowsTell(t *testing.T) {
	c := load(t, "clear")
	rows := c.Rows(nil, 300)
	count := map[string]int{}
	for _, r := range rows {
		count[r.Key]++
		if r.Failing {
			t.Errorf("nothing is in focus, and this fails: %+v", r)
		}
		if (r.Shape == Arrow || r.Shape == Lost) && (r.From == "" || r.To == "") {
			t.Errorf("arrow without ends: %+v", r)
		}
	}
	for key, least := range map[string]int{"row.sut.start": 1, "row.fault.begin": 1, "row.stored": 4, "row.session": 2, "row.queries": 2, "row.accepted": 3} {
		if count[key] < least {
			t.Errorf("%s: %d rows, want at least %d", key, count[key], least)
		}
	}
	if count["row.connected"] > 0 || len(rows) > 40 {
		t.Errorf("%d rows for %d events", len(rows), len(c.Events))
	}
}

// TestFold writes rows as letters.
func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"":           "",
		"abc":        "abc",
		"aaa":        "a(2)",
		"abababc":    "ab(2)c",
		"xabcabcaby": "xabc(1)aby",
		"aabbaabb":   "aabb(1)",
		"abF!abF!":   "abF!abF!", // failing rows are like no other
	} {
		var rows []Row
		for _, r := range strings.ReplaceAll(in, "F!", "F") {
			rows = append(rows, Row{Event: 1, Key: string(r), Failing: r == 'F'})
		}
		var got strings.Builder
		for _, r := range fold(rows) {
			switch {
			case r.Key == "row.more" || r.Key == "row.again":
				got.WriteString("(" + string(rune('0'+r.Args[1].(int))) + ")")
			case r.Failing:
				got.WriteString("F!")
			default:
				got.WriteString(r.Key)
			}
		}
		if got.String() != want {
			t.Errorf("%s folded to %s, want %s", in, got.String(), want)
		}
	}
}

func TestShortenKeepsBeginFailureAndEnd(t *testing.T) {
	var rows []Row
	for i := range 1000 {
		rows = append(rows, Row{Event: i + 1, At: time.Unix(int64(i), 0), Failing: i == 500})
	}
	got := shorten(rows, 40)
	if len(got) > 40 {
		t.Errorf("%d rows", len(got))
	}
	left := 0
	for _, r := range got {
		if r.Key == "row.left" {
			left += r.Args[1].(int)
		}
	}
	n := len(got)
	for _, r := range got {
		if r.Key == "row.left" {
			n--
		}
	}
	if n+left != 1000 {
		t.Errorf("%d rows shown and %d named as left out, of 1000", n, left)
	}
	if got[0].Event != 1 || got[len(got)-1].Event != 1000 || !slices.ContainsFunc(got, func(r Row) bool { return r.Failing }) {
		t.Error("the begin, the end or the failure is missing")
	}
}
