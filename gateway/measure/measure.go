// Package measure weighs a message: its net size is what the sender put in before it was encoded for the way.
//
// TR-01201-3.1 4.1 gives users 20 MiB net and asks the providers' links for 45 MiB gross without saying how the
// first is measured. Here net is the sum of the octets of all body parts with their transfer encoding (RFC 2045
// 6) undone: base64 and quoted-printable as decoded, everything else as it stands, a message inside the message
// with its header. Header fields of the message and of its parts, boundaries, and line ends of base64 do not
// count (D20). A file of 20 MiB is 20 MiB whatever the mail program makes of it.
//
// The package reads a stream once, keeps one line, and guesses nothing that would make a message lighter: what
// it cannot read counts as it stands. It leaves out limits and refusals.
package measure

import (
	"bytes"
	"mime"
	"strings"
)

// Meter counts the net size of the message that is written to it, header first.
type Meter struct {
	net  int64
	line []byte
	// header collects the fields of the part that begins; nil inside a body.
	header  []byte
	inHead  bool
	nested  bool // the header belongs to a message inside the message and counts
	parts   []string
	decoder decoder
	// owed is the line end before the line to come; before a boundary it belongs to the boundary (RFC 2046 5.1.1).
	owed int64
}

const (
	// lineMax is how much of a line is looked at; a longer one is no boundary and no field of interest.
	lineMax = 2000
	// headerMax bounds the fields that are kept of a part.
	headerMax = 64 << 10
	// depthMax is the number of nested multiparts; deeper ones count as they stand.
	depthMax = 32
)

// NewMeter returns a meter at the beginning of a message.
func NewMeter() *Meter { return &Meter{inHead: true} }

// Write takes the next octets; it never fails.
func (m *Meter) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			m.line = append(m.line, p...)
			if len(m.line) > lineMax && !m.inHead {
				m.body(m.line, false)
				m.line = m.line[:0]
			}
			break
		}
		m.line = append(m.line, p[:i+1]...)
		m.end()
		p = p[i+1:]
	}
	return n, nil
}

// Net is the net size in octets of what was written.
func (m *Meter) Net() int64 {
	if len(m.line) > 0 {
		m.end()
	}
	return m.net
}

// end handles a complete line.
func (m *Meter) end() {
	switch {
	case m.inHead:
		m.head()
	case m.boundary():
	default:
		m.body(m.line, true)
	}
	m.line = m.line[:0]
}

// head handles a line of a header.
func (m *Meter) head() {
	if m.nested {
		m.net += int64(len(m.line))
	}
	if len(bytes.TrimRight(m.line, "\r\n")) > 0 {
		if len(m.header)+len(m.line) <= headerMax {
			m.header = append(m.header, m.line...)
		}
		return
	}
	kind, params := contentType(value(m.header, "content-type"))
	encoding := strings.ToLower(value(m.header, "content-transfer-encoding"))
	m.header, m.inHead, m.nested = nil, false, false
	m.decoder = decoder{encoding: encoding}
	plain := encoding != "base64" && encoding != "quoted-printable"
	switch {
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "" && len(m.parts) < depthMax:
		m.parts = append(m.parts, params["boundary"])
		m.decoder = decoder{}
	case (kind == "message/rfc822" || kind == "message/global") && plain:
		m.inHead, m.nested = true, true
	}
}

// boundary handles a line that ends a part.
func (m *Meter) boundary() bool {
	line := bytes.TrimRight(m.line, " \t\r\n")
	if !bytes.HasPrefix(line, []byte("--")) {
		return false
	}
	for i := len(m.parts) - 1; i >= 0; i-- {
		rest, ok := strings.CutPrefix(string(line[2:]), m.parts[i])
		if !ok || rest != "" && rest != "--" {
			continue
		}
		m.parts, m.decoder, m.owed = m.parts[:i+1], decoder{}, 0
		if rest == "--" {
			m.parts = m.parts[:i]
			return true
		}
		m.inHead = true
		return true
	}
	return false
}

// body counts a line of content, or the beginning of a very long one.
func (m *Meter) body(line []byte, whole bool) {
	m.net += m.owed
	m.owed = 0
	text := bytes.TrimRight(line, "\r\n")
	end := int64(len(line) - len(text))
	n, keepsEnd := m.decoder.count(text)
	m.net += n
	if whole && keepsEnd {
		m.owed = end
	}
}

// decoder counts what lines of one part decode to.
type decoder struct {
	encoding string
	// letters is the number of base64 letters so far.
	letters int64
}

// count returns the octets of a line's text without its line end, and whether that is content too.
func (d *decoder) count(text []byte) (n int64, keepsEnd bool) {
	switch d.encoding {
	case "base64":
		before := d.letters * 3 / 4
		for _, c := range text {
			if 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' {
				d.letters++
			} else if c != '=' && c != ' ' && c != '\t' {
				n++ // no base64: it counts as it stands
			}
		}
		return n + d.letters*3/4 - before, false
	case "quoted-printable":
		text = bytes.TrimRight(text, " \t")
		soft := bytes.HasSuffix(text, []byte("="))
		text = bytes.TrimSuffix(text, []byte("="))
		for i := 0; i < len(text); i++ {
			if text[i] == '=' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]) {
				i += 2
			}
			n++
		}
		return n, !soft
	}
	return int64(len(text)), true
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'F' || 'a' <= c && c <= 'f'
}

// value is the unfolded value of the first field of the name in lower case.
func value(header []byte, name string) string {
	var found []byte
	for line := range bytes.Lines(header) {
		if found != nil {
			if line[0] != ' ' && line[0] != '\t' {
				break
			}
			found = append(found, bytes.TrimRight(line, "\r\n")...)
			continue
		}
		n, v, ok := bytes.Cut(line, []byte(":"))
		if ok && strings.EqualFold(strings.TrimRight(string(n), " \t"), name) {
			found = append([]byte{' '}, bytes.TrimRight(v, "\r\n")...)
		}
	}
	return strings.TrimSpace(string(found))
}

// contentType reads a Content-Type; one that is broken has no parameters.
func contentType(v string) (string, map[string]string) {
	kind, params, err := mime.ParseMediaType(v)
	if err != nil && kind == "" {
		kind, _, _ = strings.Cut(strings.ToLower(v), ";")
	}
	return strings.TrimSpace(kind), params
}
