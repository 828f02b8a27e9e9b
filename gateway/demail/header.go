package demail

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// Field is one header field as it stands in the message.
type Field struct {
	// Name is the field's name in the message's own case, without blanks before the colon.
	Name string
	// Raw is the whole field with its line ends; Raw[:Colon] is the name with whatever stands before the
	// colon, Raw[Colon+1:] the value.
	Raw   []byte
	Colon int
}

// Is compares the field's name without case, as RFC 5322 and TR-01201-3.4 3.1 want it.
func (f Field) Is(name string) bool { return strings.EqualFold(f.Name, name) }

// Spaced reports a blank or tab before the colon, which parsers read in different ways.
func (f Field) Spaced() bool { return f.Colon != len(f.Name) }

// Value is everything after the colon, with folding and line ends.
func (f Field) Value() []byte { return f.Raw[f.Colon+1:] }

// Text is the value on one line: unfolded (RFC 5322 2.2.3) and without blanks at its edges.
func (f Field) Text() string {
	v := bytes.ReplaceAll(f.Value(), []byte("\r\n"), nil)
	return string(bytes.Trim(v, " \t"))
}

// Header is a message's header section, cut into fields without a change of any octet.
type Header struct {
	Fields []Field
	// End is the empty line that closes the header, "\r\n", or nothing in a message without a body.
	End []byte
}

// Bytes returns the octets of the header; of an unchanged one, those it was scanned from.
func (h Header) Bytes() []byte {
	n := len(h.End)
	for _, f := range h.Fields {
		n += len(f.Raw)
	}
	b := make([]byte, 0, n)
	for _, f := range h.Fields {
		b = append(b, f.Raw...)
	}
	return append(b, h.End...)
}

// All returns the fields of the name, top to bottom.
func (h Header) All(name string) []Field {
	var fs []Field
	for _, f := range h.Fields {
		if f.Is(name) {
			fs = append(fs, f)
		}
	}
	return fs
}

// SyntaxError is a line that parsers would read in different ways.
type SyntaxError struct {
	// Line counts from 1.
	Line    int
	Problem string
}

// Error is "header line 3: no colon".
func (e *SyntaxError) Error() string { return fmt.Sprintf("header line %d: %s", e.Line, e.Problem) }

// maxLine is the longest line of a header without its CRLF (RFC 5322 2.1.1).
const maxLine = 998

// ScanHeader cuts a header section, with or without its final empty line, into fields. It guesses nothing: a
// line without a colon or above 998 octets, a name with octets other than 33-126, a continuation before the
// first field, a CR or LF alone, NUL or octets after the empty line are a *SyntaxError. A line of blanks only continues its field
// (RFC 5322 3.2.2) and does not end the header.
func ScanHeader(b []byte) (Header, error) {
	var h Header
	for line := 1; len(b) > 0; line++ {
		if bytes.HasPrefix(b, []byte("\r\n")) {
			if len(b) > 2 {
				return Header{}, &SyntaxError{line, "text after the empty line"}
			}
			h.End = b
			break
		}
		n, problem := cutLine(b)
		if problem != "" {
			return Header{}, &SyntaxError{line, problem}
		}
		if b[0] == ' ' || b[0] == '\t' {
			if len(h.Fields) == 0 {
				return Header{}, &SyntaxError{line, "continuation before the first field"}
			}
			last := &h.Fields[len(h.Fields)-1]
			last.Raw = last.Raw[:len(last.Raw)+n]
		} else {
			f, problem := startField(b[:n:len(b)])
			if problem != "" {
				return Header{}, &SyntaxError{line, problem}
			}
			h.Fields = append(h.Fields, f)
		}
		b = b[n:]
	}
	for i := range h.Fields {
		h.Fields[i].Raw = h.Fields[i].Raw[:len(h.Fields[i].Raw):len(h.Fields[i].Raw)]
	}
	return h, nil
}

// cutLine returns the length of the first line with its CRLF.
func cutLine(b []byte) (n int, problem string) {
	i := bytes.IndexAny(b, "\r\n\x00")
	switch {
	case i < 0:
		return 0, "no line end"
	case b[i] == 0:
		return 0, "NUL"
	case b[i] == '\n' || i+1 == len(b) || b[i+1] != '\n':
		return 0, "CR or LF alone"
	case i > maxLine:
		return 0, "longer than 998 octets"
	}
	return i + 2, ""
}

// startField reads the first line of a field.
func startField(line []byte) (Field, string) {
	colon := bytes.IndexByte(line, ':')
	if colon < 0 {
		return Field{}, "no colon"
	}
	name := bytes.TrimRight(line[:colon], " \t")
	if len(name) == 0 {
		return Field{}, "empty field name"
	}
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return Field{}, fmt.Sprintf("octet %#x in a field name", c)
		}
	}
	return Field{Name: string(name), Raw: line, Colon: colon}, ""
}

// ErrHeaderTooLarge is ReadHeader's error beyond its limit.
var ErrHeaderTooLarge = errors.New("header is larger than allowed")

// ReadHeader reads a header with its final empty line from r and leaves r at the body; a message that ends
// before an empty line is all header. Beyond limit octets it returns what it has read and ErrHeaderTooLarge.
// Other errors are r's.
func ReadHeader(r *bufio.Reader, limit int) ([]byte, error) {
	var b []byte
	start := 0
	for {
		chunk, err := r.ReadSlice('\n')
		b = append(b, chunk...)
		switch {
		case len(b) > limit:
			return b, ErrHeaderTooLarge
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return b, ignoreEOF(err)
		case len(b)-start == 2 && b[start] == '\r':
			return b, nil
		}
		start = len(b)
	}
}

// WithValue returns the field with another value, which begins after the colon and ends in CRLF. With its own
// value it is the same field, octet for octet.
func (f Field) WithValue(value []byte) Field {
	raw := append([]byte(nil), f.Raw[:f.Colon+1]...)
	f.Raw = append(raw, value...)
	return f
}
