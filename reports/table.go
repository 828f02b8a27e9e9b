package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// csvHeader names the columns of results.csv.
var csvHeader = []string{"run", "id", "name", "feature", "path", "line", "verdict", "reason", "expected", "observed", "event", "packet", "link", "fixer", "requirements", "duration_ms", "virtual_ms", "repeat"}

// writeCSV writes results.csv: RFC 4180, UTF-8, a line for each planned scenario and one for each that was
// not selected, whose verdict is NOT_SELECTED.
func writeCSV(w io.Writer, s *Summary, cards []*Card) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	row := func(cells ...any) error {
		line := make([]string, len(cells))
		for i, c := range cells {
			line[i] = cell(fmt.Sprint(c))
		}
		return out.Write(line)
	}
	if err := out.Write(csvHeader); err != nil {
		return err
	}
	for i, sc := range s.Scenarios {
		var expected, observed, event, packet, link, fixer any = "", "", "", "", "", ""
		if c := cards[i]; c != nil {
			fixer = c.FixerID
			if m := c.Main; m != nil {
				expected, observed, event = m.Finding.Expected, m.Finding.Observed, m.Event
				if m.Packet != nil {
					packet, link = m.Packet.Number, m.Packet.Link
				}
			}
		}
		if err := row(s.Run, sc.ID, sc.Name, sc.Feature, sc.Path, sc.Line, sc.Verdict, sc.Reason, expected, observed, event, packet, link, fixer,
			strings.Join(sc.Requirements, " "), sc.DurationMS, sc.VirtualMS, sc.Repeat); err != nil {
			return err
		}
	}
	for _, e := range s.Excluded {
		if err := row(s.Run, e.ID, "", "", "", "", "NOT_SELECTED", e.Reason, "", "", "", "", "", "", "", "", "", ""); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cell makes a text harmless for spreadsheets: what begins like a formula gets an apostrophe, which they
// do not show (CWE-1236).
func cell(s string) string {
	if strings.IndexAny(strings.TrimLeft(s, " \u00a0\ufeff"), "=+-@\t\r\n|%") == 0 || strings.ContainsRune("\t\r\n", first(s)) {
		return "'" + s
	}
	return s
}

func first(s string) rune {
	for _, r := range s {
		return r
	}
	return 'x'
}
