// Package table reads a tenant's mapping table as an office saves it: CSV of a spreadsheet program, with the
// separator, the heads and the character set that the program happens to use. It lists everything that is wrong
// with the form of the file, row by row, and what it could read all the same.
//
// It is the bench's own reading, written apart from the gateway's import so that the two can disagree. It leaves
// out what the addresses mean and whose they are (package rehearse).
package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Bounds of a table. The largest authority of Saxony has some ten thousand staff.
const (
	// MaxSize is the largest file that is read, in octets.
	MaxSize = 64 << 20
	// MaxRows is the number of rows that are read, MaxProblems the number of faults that are listed.
	MaxRows, MaxProblems = 100_000, 1000
	// maxLine is the longest row in octets: two addresses of 253 octets, quoted, and columns beside them.
	maxLine = 4096
)

// Row is a row of the table, its cells without blanks around them.
type Row struct {
	// Line counts from 1, the head being the first line with cells.
	Line         int
	Mail, DeMail string
}

// Kind is what can be wrong with the form of a row.
type Kind string

// The kinds.
const (
	// Cells: the row has fewer cells than the head needs. Value is the row.
	Cells Kind = "cells"
	// Quotes: quotation marks do not match. Value is the row.
	Quotes Kind = "quotes"
	// Octets: a character could not be read in the file's character set. Value is the row.
	Octets Kind = "octets"
	// Empty: one of the two addresses is missing. Value is the other.
	Empty Kind = "empty"
	// Formula: a spreadsheet program would run the cell. Value is the cell.
	Formula Kind = "formula"
	// Long: the row has more than 4096 octets. Value is its beginning.
	Long Kind = "long"
	// Many: the table has more rows than are read; nothing after this line was looked at.
	Many Kind = "many"
)

// Problem is what is wrong with the form of one row.
type Problem struct {
	Line int
	// Column is "mail" or "demail", empty for the row as a whole.
	Column string
	Value  string
	Kind   Kind
}

// Table is what was read.
type Table struct {
	Rows     []Row
	Problems []Problem
	// Charset is "UTF-8", "UTF-16" or "Windows-1252".
	Charset string
}

// heads are the names that the two columns may have, in lower case.
var heads = map[string]string{
	"mail": "mail", "e-mail": "mail", "email": "mail", "e-mail-adresse": "mail", "e-mail address": "mail",
	"demail": "demail", "de-mail": "demail", "de-mail-adresse": "demail", "de-mail address": "demail",
}

// Read reads a table. The error says that the file as a whole is none.
func Read(r io.Reader) (*Table, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the mapping table: %w", err)
	}
	if len(raw) > MaxSize {
		return nil, fmt.Errorf("the mapping table has more than %d MiB; save only the two columns mail and demail", MaxSize>>20)
	}
	t := &Table{}
	text, err := t.decode(raw)
	if err != nil {
		return nil, err
	}
	return t, t.parse(text)
}

// decode brings the file into UTF-8. Excel writes "CSV UTF-8" with a byte order mark, "CSV" in the Windows
// character set of the machine, "Unicode text" in UTF-16. What is valid UTF-8 is UTF-8: text in Windows-1252 with
// an umlaut practically never is.
func (t *Table) decode(raw []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("\xfe\xff")):
		t.Charset = "UTF-16"
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
		if err != nil {
			return nil, fmt.Errorf("the mapping table is not UTF-16 although it begins so: %w; save it as CSV UTF-8", err)
		}
		return text, nil
	case utf8.Valid(raw):
		t.Charset = "UTF-8"
		return bytes.TrimPrefix(raw, []byte("\ufeff")), nil
	}
	t.Charset = "Windows-1252"
	text, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return nil, fmt.Errorf("the mapping table cannot be read as Windows-1252: %w; save it as CSV UTF-8", err)
	}
	return text, nil
}

// errHead is about a file without the two columns.
var errHead = errors.New(`the first line of the mapping table does not name the columns; write "mail;demail" there`)

// parse reads the head and every row.
func (t *Table) parse(text []byte) error {
	var comma rune
	mail, demail := -1, -1
	for n := 1; len(text) > 0; n++ {
		line, rest, _ := bytes.Cut(text, []byte("\n"))
		text = rest
		line = bytes.TrimRight(line, "\r")
		if len(bytes.Trim(line, " \t;,")) == 0 {
			continue
		}
		if mail < 0 {
			if comma, mail, demail = head(string(line)); mail < 0 || demail < 0 {
				return errHead
			}
			continue
		}
		if len(t.Rows) == MaxRows || len(t.Problems) >= MaxProblems {
			t.Problems = append(t.Problems, Problem{Line: n, Kind: Many})
			return nil
		}
		t.row(n, line, comma, mail, demail)
	}
	if mail < 0 {
		return errHead
	}
	return nil
}

// head finds the separator and the two columns; -1 for what is not there.
func head(line string) (comma rune, mail, demail int) {
	for _, comma = range []rune{';', ',', '\t'} {
		mail, demail = -1, -1
		cells, err := split(line, comma)
		for i, c := range cells {
			switch name := heads[strings.ToLower(strings.TrimSpace(c))]; {
			case err != nil:
			case name == "mail" && mail < 0:
				mail = i
			case name == "demail" && demail < 0:
				demail = i
			}
		}
		if mail >= 0 && demail >= 0 {
			return comma, mail, demail
		}
	}
	return 0, -1, -1
}

func split(line string, comma rune) ([]string, error) {
	d := csv.NewReader(strings.NewReader(line))
	d.Comma, d.FieldsPerRecord = comma, -1
	return d.Read()
}

// row reads one row.
func (t *Table) row(n int, line []byte, comma rune, mail, demail int) {
	fault := func(k Kind, column, value string) {
		t.Problems = append(t.Problems, Problem{n, column, value, k})
	}
	if len(line) > maxLine {
		fault(Long, "", string(line[:80]))
		return
	}
	cells, err := split(string(line), comma)
	switch {
	case err != nil:
		fault(Quotes, "", string(line))
		return
	case len(cells) <= max(mail, demail):
		fault(Cells, "", string(line))
		return
	case bytes.ContainsRune(line, utf8.RuneError):
		fault(Octets, "", string(line))
		return
	}
	r := Row{n, strings.TrimSpace(cells[mail]), strings.TrimSpace(cells[demail])}
	good := true
	for _, c := range []struct{ column, value, other string }{{"mail", r.Mail, r.DeMail}, {"demail", r.DeMail, r.Mail}} {
		switch {
		case c.value == "":
			fault(Empty, c.column, c.other)
		case IsFormula(c.value):
			fault(Formula, c.column, c.value)
		default:
			continue
		}
		good = false
	}
	if good {
		t.Rows = append(t.Rows, r)
	}
}

// IsFormula reports whether a spreadsheet program would take a cell for a formula (CWE-1236).
func IsFormula(cell string) bool {
	return cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}
