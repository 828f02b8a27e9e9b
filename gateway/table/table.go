// Package table is the mapping table as a file: read as spreadsheet programs save it, written so that they show it and
// run nothing. Reading is lenient about separator, character set, heads and further columns, and strict about cells:
// what is wrong with a row stands beside it, and the other rows are read all the same.
//
// It leaves out whose addresses they are and what the table may hold (packages tenant and clerk).
package table

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Row is one row.
type Row struct {
	// Line is its line in the file, from 1; Number counts rows without the head.
	Line, Number int
	// Mail and DeMail are the cells without blanks around them.
	Mail, DeMail string
	// Faults are what is wrong with its form; none of it is used then.
	Faults []Fault
}

// Fault is what is wrong with a cell.
type Fault struct {
	// Column is "mail", "demail", or empty for the row as a whole.
	Column, Value string
	Problem, Fix  string
}

// ErrTooMany means that the file has more rows than are read.
var ErrTooMany = errors.New("the file has too many rows")

// longest is the longest line that is looked at, in octets.
const longest = 4096

// Read reads at most limit rows. The error says that the file as a whole is no mapping table.
func Read(file []byte, limit int) ([]Row, error) {
	text, err := decode(file)
	if err != nil {
		return nil, err
	}
	var layout *layout
	rows := []Row{}
	for n, line := range lines(text) {
		switch {
		case strings.Trim(line, " \t;,") == "":
		case layout == nil:
			if layout = layoutOf(line); layout == nil {
				return nil, errors.New("the first line does not name the columns mail and demail")
			}
		case len(rows) == limit:
			return nil, ErrTooMany
		default:
			r := layout.row(line)
			r.Line, r.Number = n+1, len(rows)+1
			rows = append(rows, r)
		}
	}
	if layout == nil {
		return nil, errors.New("the file is empty")
	}
	return rows, nil
}

// decode finds the character set: UTF-16 by its mark, UTF-8 by its form, else that of Windows in Western Europe.
func decode(file []byte) (string, error) {
	for _, mark := range []struct {
		octets    string
		low, high int
	}{{"\xff\xfe", 0, 1}, {"\xfe\xff", 1, 0}} {
		if rest, ok := bytes.CutPrefix(file, []byte(mark.octets)); ok {
			units := make([]uint16, len(rest)/2)
			for i := range units {
				units[i] = uint16(rest[2*i+mark.low]) | uint16(rest[2*i+mark.high])<<8
			}
			return string(utf16.Decode(units)), nil
		}
	}
	if utf8.Valid(file) {
		return strings.TrimPrefix(string(file), "\ufeff"), nil
	}
	if bytes.IndexByte(file, 0) >= 0 {
		return "", errors.New("the file is no text")
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(file)
	if err != nil {
		return "", fmt.Errorf("the file is neither UTF-8 nor Windows-1252: %w", err)
	}
	return string(text), nil
}

// lines yields the lines of a text with their index.
func lines(text string) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for n := 0; text != ""; n++ {
			line, rest, _ := strings.Cut(text, "\n")
			if !yield(n, strings.TrimSuffix(line, "\r")) {
				return
			}
			text = rest
		}
	}
}

// layout is where the columns are.
type layout struct {
	separator    byte
	mail, demail int
}

// layoutOf reads the head, nil when it is none.
func layoutOf(line string) *layout {
	for _, separator := range []byte(";,\t") {
		l := &layout{separator, -1, -1}
		cells, ok := cut(line, separator)
		for i, c := range cells {
			switch name(c) {
			case "mail", "email", "emailadresse", "emailaddress":
				l.mail = i
			case "demail", "demailadresse", "demailaddress":
				l.demail = i
			}
		}
		if ok && l.mail >= 0 && l.demail >= 0 {
			return l
		}
	}
	return nil
}

// name is a head without what people write differently.
func name(head string) string {
	return strings.NewReplacer("-", "", " ", "", "\u00a0", "").Replace(strings.ToLower(head))
}

// cut parts a line into cells (RFC 4180 2); false when its quotation marks do not match.
func cut(line string, separator byte) (cells []string, ok bool) {
	for {
		if !strings.HasPrefix(line, `"`) {
			i := strings.IndexByte(line, separator)
			if i < 0 {
				return append(cells, line), true
			}
			cells, line = append(cells, line[:i]), line[i+1:]
			continue
		}
		var cell strings.Builder
		line = line[1:]
		for {
			i := strings.IndexByte(line, '"')
			if i < 0 {
				return nil, false
			}
			cell.WriteString(line[:i])
			line = line[i+1:]
			if !strings.HasPrefix(line, `"`) {
				break
			}
			cell.WriteByte('"')
			line = line[1:]
		}
		cells = append(cells, cell.String())
		if line == "" {
			return cells, true
		}
		if line[0] != separator {
			return nil, false
		}
		line = line[1:]
	}
}

// row reads a row.
func (l *layout) row(line string) (r Row) {
	whole := func(problem, fix string) Row {
		return Row{Faults: []Fault{{Value: shown(line), Problem: problem, Fix: fix}}}
	}
	if len(line) > longest {
		return whole("is too long", "leave only the two addresses in the row")
	}
	cells, ok := cut(line, l.separator)
	switch {
	case !ok:
		return whole("has quotation marks that do not match", "remove them")
	case len(cells) <= max(l.mail, l.demail):
		return whole("has fewer cells than the first line", "complete the row, or delete it")
	case strings.ContainsRune(line, utf8.RuneError):
		return whole("has a character that cannot be read", "save the file as CSV UTF-8")
	}
	read := func(column string, cell string) string {
		cell = strings.TrimSpace(cell)
		plain, neutral := strings.CutPrefix(cell, "'")
		switch {
		case cell == "":
			r.Faults = append(r.Faults, Fault{column, "", "is empty", "write the address, or delete the row"})
		case Formula(cell):
			r.Faults = append(r.Faults, Fault{column, shown(cell), "begins as a formula of a spreadsheet does", "correct the cell"})
		case neutral && Formula(plain): // as Write wrote it
			return plain
		}
		return cell
	}
	r.Mail, r.DeMail = read("mail", cells[l.mail]), read("demail", cells[l.demail])
	return r
}

// shown is the beginning of a value, for an answer.
func shown(s string) string {
	if len(s) <= 100 {
		return s
	}
	return strings.ToValidUTF8(s[:100], "") + "..."
}

// Formula reports whether a spreadsheet program would run a cell (CWE-1236).
func Formula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}

// Write writes rows of an e-mail and a De-Mail address, as Excel reads them in Germany: UTF-8 with byte order mark,
// semicolons, CRLF. A cell that would be run gets an apostrophe in front; Read takes it away again.
func Write(rows [][2]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeffmail;demail\r\n")
	for _, r := range rows {
		b.WriteString(cell(r[0]) + ";" + cell(r[1]) + "\r\n")
	}
	return b.Bytes()
}

func cell(s string) string {
	if Formula(s) {
		s = "'" + s
	}
	if strings.ContainsAny(s, "\";,\r\n\t") {
		s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}
