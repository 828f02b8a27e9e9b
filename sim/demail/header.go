package demail

import (
	"fmt"
	"strings"
)

// MaxLine is the longest line of a header in octets, without its CRLF (RFC 5322 2.1.1).
const MaxLine = 998

// Field is one field of a header as it stands in the message.
type Field struct {
	// Name is the name as written, without blanks before the colon.
	Name string
	// Raw is the whole field in octets: name, colon, value with its folding, final CRLF.
	Raw string
	// Blank reports a blank between name and colon: obsolete syntax (RFC 5322 4.5) that many parsers
	// overlook and others honour, so whoever polices names must see it.
	Blank bool
}

// Value is the unfolded value without blanks around it: each CRLF before a blank is removed, the blank
// stays (RFC 5322 2.2.3).
func (f Field) Value() string {
	_, v, _ := strings.Cut(f.Raw, ":")
	return strings.Trim(strings.ReplaceAll(v, "\r\n", ""), " \t")
}

// Is compares the name, ignoring case (TR-01201-3.4 3.1).
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Header is the fields of a message from top to bottom.
type Header []Field

// ScanError says at which line of a header the scanner stopped, and why.
type ScanError struct {
	// Line counts from 1.
	Line    int
	Problem string
}

// Error names line and problem.
func (e *ScanError) Error() string {
	return fmt.Sprintf("demail: header line %d: %s", e.Line, e.Problem)
}

// ScanHeader splits the octets of a header into its fields. raw may end with the empty line that ends a
// header, and must end there. It accepts what RFC 5322 lets a reader accept (a blank before the colon,
// continuation lines of blanks only, octets above 127 in values) and refuses with *ScanError what parsers
// read differently: bare CR, bare LF, NUL, a line without colon, a first line that is a continuation,
// characters outside printable ASCII in a name, lines above MaxLine.
func ScanHeader(raw string) (Header, error) {
	var h Header
	for line := 1; raw != ""; line++ {
		text, rest, problem := cutLine(raw)
		if problem != "" {
			return nil, &ScanError{line, problem}
		}
		raw = rest
		switch {
		case text == "":
			if raw != "" {
				return nil, &ScanError{line, "octets follow the empty line that ends the header"}
			}
		case text[0] == ' ' || text[0] == '\t':
			if len(h) == 0 {
				return nil, &ScanError{line, "the header begins with a continuation line"}
			}
			h[len(h)-1].Raw += text + "\r\n"
		default:
			f, problem := startField(text)
			if problem != "" {
				return nil, &ScanError{line, problem}
			}
			h = append(h, f)
		}
	}
	return h, nil
}

// cutLine takes the first line without its CRLF.
func cutLine(raw string) (text, rest, problem string) {
	i := strings.IndexAny(raw, "\r\n\x00")
	switch {
	case i < 0:
		return "", "", "the last line has no CRLF"
	case raw[i] == 0:
		return "", "", "NUL octet"
	case raw[i] == '\n':
		return "", "", "LF without CR"
	case !strings.HasPrefix(raw[i:], "\r\n"):
		return "", "", "CR without LF"
	case i > MaxLine:
		return "", "", fmt.Sprintf("longer than %d octets", MaxLine)
	}
	return raw[:i], raw[i+2:], ""
}

func startField(text string) (f Field, problem string) {
	name, _, found := strings.Cut(text, ":")
	if !found {
		return f, "no colon"
	}
	bare := strings.TrimRight(name, " \t")
	if bare == "" {
		return f, "nothing before the colon"
	}
	for i := 0; i < len(bare); i++ {
		if bare[i] <= ' ' || bare[i] >= 0x7f {
			return f, fmt.Sprintf("octet 0x%02x in the name of a field", bare[i])
		}
	}
	return Field{Name: bare, Raw: text + "\r\n", Blank: bare != name}, ""
}

// Get returns the value of the topmost field of that name: the one that counts (TR-01201-3.4 3.1.1).
func (h Header) Get(name string) (value string, ok bool) {
	if f, ok := h.Field(name); ok {
		return f.Value(), true
	}
	return "", false
}

// Field returns the topmost field of that name.
func (h Header) Field(name string) (f Field, ok bool) {
	for _, f := range h {
		if f.Is(name) {
			return f, true
		}
	}
	return Field{}, false
}

// All returns the fields of that name from top to bottom.
func (h Header) All(name string) Header { return h.filter(func(f Field) bool { return f.Is(name) }) }

// Without returns the header without the fields of these names.
func (h Header) Without(names ...string) Header {
	return h.filter(func(f Field) bool {
		for _, n := range names {
			if f.Is(n) {
				return false
			}
		}
		return true
	})
}

func (h Header) filter(keep func(Field) bool) Header {
	var out Header
	for _, f := range h {
		if keep(f) {
			out = append(out, f)
		}
	}
	return out
}

// String is the octets of the header with the empty line that ends it.
func (h Header) String() string {
	var b strings.Builder
	for _, f := range h {
		b.WriteString(f.Raw)
	}
	b.WriteString("\r\n")
	return b.String()
}

// NewField writes a field, folded at blanks so that lines have at most 78 characters where the value has
// blanks to fold at (TR-01201-3.4 3.1.21 condition 3). The value is one line of ASCII text; what does not
// fit there must be encoded before, and becomes a question mark here: a line end in a value would smuggle a
// field of its own.
func NewField(name, value string) Field {
	value = strings.Map(func(r rune) rune {
		if r != '\t' && (r < ' ' || r > '~') {
			return '?'
		}
		return r
	}, value)
	var b strings.Builder
	b.WriteString(name + ":")
	column := b.Len()
	value = strings.Trim(value, " \t")
	for rest := " " + value; value != "" && rest != ""; {
		word := firstWord(rest)
		if column+len(word) > 78 && column > len(name)+1 {
			b.WriteString("\r\n")
			column = 0
		}
		b.WriteString(word)
		column += len(word)
		rest = rest[len(word):]
	}
	b.WriteString("\r\n")
	return Field{Name: name, Raw: b.String()}
}

// firstWord is the blanks at the start of s and the characters up to the next blank.
func firstWord(s string) string {
	i := len(s) - len(strings.TrimLeft(s, " \t"))
	if n := strings.IndexAny(s[i:], " \t"); n >= 0 {
		return s[:i+n]
	}
	return s
}
