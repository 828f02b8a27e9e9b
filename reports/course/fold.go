package course

import (
	"fmt"
	"strings"
)

// longestBlock is the number of rows up to which a repeated group of rows is looked for: a try of a
// delivery to two recipients with its queries has about ten.
const longestBlock = 12

// fold replaces rows, and then groups of rows, that repeat by one of them and a row that says how often more.
func fold(rows []Row) []Row { return collapse(collapse(rows, 1, 3), longestBlock, 2) }

// collapse folds groups of at most longest rows that stand there least times or more.
func collapse(rows []Row, longest, least int) []Row {
	marks := make([]string, len(rows))
	for i, r := range rows {
		marks[i] = mark(r, i)
	}
	var out []Row
	for i := 0; i < len(rows); {
		size, times := repeats(marks[i:], longest)
		if times < least {
			size, times = 1, 1
		}
		out = append(out, rows[i:i+size]...)
		if times > 1 {
			last := rows[i+size*times-1]
			key := "row.more"
			if size == 1 {
				key = "row.again"
			}
			out = append(out, Row{At: last.At, Shape: Band, Key: key, Args: []any{"n", times - 1, "rows", size, "until", last.At.Format("2006-01-02 15:04:05")}})
		}
		i += size * times
	}
	return out
}

// repeats returns the size of the block at the start that covers most rows when repeated, and how often it
// stands there; 1 and 1 when nothing repeats.
func repeats(marks []string, longest int) (size, times int) {
	size, times = 1, 1
	for k := 1; k <= longest && 2*k <= len(marks); k++ {
		n := 1
		for (n+1)*k <= len(marks) && equal(marks[:k], marks[n*k:(n+1)*k]) {
			n++
		}
		if n > 1 && (n-1)*k > (times-1)*size {
			size, times = k, n
		}
	}
	return size, times
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// mark is what two rows that say the same have in common: all but the instant until which one repeats. Rows
// in focus are like no other.
func mark(r Row, i int) string {
	if r.Failing {
		return fmt.Sprint("#", i)
	}
	var b strings.Builder
	b.WriteString(string(r.Shape) + "|" + r.From + "|" + r.To + "|" + r.Key)
	for k := 0; k+1 < len(r.Args); k += 2 {
		if r.Args[k] != "until" {
			fmt.Fprint(&b, "|", r.Args[k+1])
		}
	}
	return b.String()
}

// shorten keeps at most limit rows: the first ones, those around the failing ones and the last ones.
func shorten(rows []Row, limit int) []Row {
	if len(rows) <= limit || limit < 12 {
		return rows
	}
	keep := make([]bool, len(rows))
	left := limit - limit/6 // room for the rows that stand for others
	take := func(i int) {
		if i >= 0 && i < len(rows) && !keep[i] && left > 0 {
			keep[i] = true
			left--
		}
	}
	for i, r := range rows {
		if r.Failing {
			take(i)
		}
	}
	for d := range len(rows) {
		for i, r := range rows {
			if r.Failing && d < limit/4 {
				take(i - d)
				take(i + d)
			}
		}
		take(d)
		take(len(rows) - 1 - d)
	}
	return gaps(rows, keep)
}

func gaps(rows []Row, keep []bool) []Row {
	var out []Row
	gone := 0
	for i, r := range rows {
		if keep[i] {
			if gone > 0 {
				out = append(out, Row{At: rows[i-1].At, Shape: Band, Key: "row.left", Args: []any{"n", gone}})
			}
			out, gone = append(out, r), 0
			continue
		}
		gone++
	}
	return out
}
