package config

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Error is one fault of one file, said in one line: where it is, what is wrong, and what to do. Fields
// that do not apply are empty or zero.
type Error struct {
	// File is the path inside the set of configuration files, with forward slashes.
	File string
	// Line and Column count from 1, columns in characters; 0 when the fault is of the file as a whole.
	Line, Column int
	// Field is the path of the value in the notation of YAMLPath without "$.": "hosts[3].address".
	Field string
	// Value is the offending value as written.
	Value string
	// Problem says what is wrong, Fix what to do about it.
	Problem, Fix string
}

// shown is the number of octets of a value that an error repeats: enough to find it.
const shown = 80

// Error returns "file:line:column: field: value: problem; fix", leaving out what is empty. It never
// contains a line break, whatever the file holds.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		b.WriteString(":" + strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column))
	}
	b.WriteString(": ")
	if e.Field != "" {
		b.WriteString(e.Field + ": ")
	}
	if e.Value != "" {
		b.WriteString(quote(e.Value) + ": ")
	}
	b.WriteString(e.Problem)
	if e.Fix != "" {
		b.WriteString("; " + e.Fix)
	}
	return strings.NewReplacer("\n", " ", "\r", " ").Replace(b.String())
}

// quote shortens and quotes a value, keeping umlauts readable.
func quote(v string) string {
	if len(v) <= shown {
		return strconv.Quote(v)
	}
	cut := shown
	for cut > 0 && !utf8.RuneStart(v[cut]) {
		cut--
	}
	return strconv.Quote(v[:cut]) + "..."
}
