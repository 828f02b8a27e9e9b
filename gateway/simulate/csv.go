package simulate

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// Files are the documents of the report by name: simulation.html and CSV tables. Equal simulations give equal files.
// The error is that of the page's template, which no model should cause.
func (r *Report) Files() (map[string][]byte, error) {
	page, err := r.page()
	if err != nil {
		return nil, fmt.Errorf("simulate: write the page: %w", err)
	}
	return map[string][]byte{
		"simulation.html": page, "summary.csv": r.summaryTable(), "months.csv": r.monthTable(), "weeks.csv": r.weekTable(),
		"sensitivity.csv": r.sensitivityTable(), "longest.csv": r.longestTable(), "causes.csv": r.causeTable(),
	}, nil
}

func table(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(rows) // a buffer takes everything
	return b.Bytes()
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 6, 64) }

func (s Share) row(name string) []string {
	low, high := s.Bounds()
	return []string{name, strconv.FormatInt(s.Kept, 10), strconv.FormatInt(s.Cases, 10), decimal(s.Probability()), decimal(low), decimal(high)}
}

var shareHead = []string{"what", "kept", "cases", "probability", "low_95", "high_95"}

func (r *Report) summaryTable() []byte {
	t := r.Tally
	return table([][]string{shareHead, t.Years.row("years, every month and week"), t.YearsMonths.row("years, every month"), t.YearsWeeks.row("years, every week"),
		t.Months.row("months"), t.MonthsRaw.row("months, every interruption counted"), t.Weeks.row("weeks"), t.WeeksRaw.row("weeks, every interruption counted")})
}

func (r *Report) monthTable() []byte {
	rows := [][]string{{"month", "cases", "kept", "kept_raw", "mean_down_seconds", "down_seconds_50", "down_seconds_95", "down_seconds_99"}}
	for i := range r.Tally.months {
		m := &r.Tally.months[i]
		row := []string{fmt.Sprintf("%02d", i+1), strconv.FormatInt(m.cases, 10), strconv.FormatInt(m.kept, 10), strconv.FormatInt(m.keptRaw, 10), strconv.FormatInt(m.down/max(m.cases, 1), 10)}
		for _, q := range []int64{500, 950, 990} {
			row = append(row, strconv.FormatInt(int64(m.downAt(q)/time.Second), 10))
		}
		rows = append(rows, row)
	}
	return table(rows)
}

func (r *Report) weekTable() []byte {
	rows := [][]string{{"longest_from_seconds", "weeks"}}
	for k, n := range r.Tally.weeks {
		if n > 0 {
			rows = append(rows, []string{strconv.Itoa(k * weekBin), strconv.FormatInt(n, 10)})
		}
	}
	return table(rows)
}

func (r *Report) sensitivityTable() []byte {
	rows := [][]string{append([]string{"factor"}, shareHead[1:]...)}
	if len(r.Sensitivity) > 0 {
		rows = append(rows, r.Base.row("unchanged"))
	}
	for _, e := range r.Sensitivity {
		rows = append(rows, e.Years.row(e.English))
	}
	return table(rows)
}

func (r *Report) longestTable() []byte {
	rows := [][]string{{"seconds", "begin", "end", "history"}}
	for _, l := range r.Tally.Longest {
		rows = append(rows, []string{strconv.FormatInt(l.Seconds(), 10), l.Begin().Format(time.RFC3339), l.Finish().Format(time.RFC3339), strconv.Itoa(l.Run)})
	}
	return table(rows)
}

func (r *Report) causeTable() []byte {
	rows := [][]string{{"cause", "seconds_a_year"}}
	for _, name := range slices.Sorted(maps.Keys(r.Tally.Lost)) {
		rows = append(rows, []string{name, strconv.FormatInt(r.Tally.Lost[name]/int64(r.Years), 10)})
	}
	return table(rows)
}
