package wire

// place is where in a message the octets so far end. Messages on the wire are lines that end with CRLF; a
// dot alone on a line ends the message (RFC 5321 4.1.1.4).
type place int

const (
	lineStart place = iota // also before the first octet
	afterDot               // line start and "."
	dotCR                  // line start and ".\r"
	midLine
	afterCR
)

// closing is what has to follow the octets handed to go-smtp so far to end its message at once.
var closing = [...]string{lineStart: ".\r\n", afterDot: "\r\n", dotCR: "\n", midLine: "\r\n.\r\n", afterCR: "\n.\r\n"}

// verdict is what an octet means at its place.
type verdict int

const (
	goesOn verdict = iota
	ends           // the LF of CRLF.CRLF
	isBare         // a CR without LF or an LF without CR
)

// step moves on by one octet of a dot-stuffed message.
func (p place) step(b byte) (place, verdict) {
	switch p {
	case lineStart:
		switch b {
		case '.':
			return afterDot, goesOn
		case '\r':
			return afterCR, goesOn
		case '\n':
			return p, isBare
		}
	case afterDot:
		switch b {
		case '\r':
			return dotCR, goesOn
		case '\n':
			return p, isBare
		}
	case dotCR:
		if b == '\n' {
			return lineStart, ends
		}
		return p, isBare
	case midLine:
		switch b {
		case '\r':
			return afterCR, goesOn
		case '\n':
			return p, isBare
		}
	case afterCR:
		if b == '\n' {
			return lineStart, goesOn
		}
		return p, isBare
	}
	return midLine, goesOn
}

const endOfData = "\r\n.\r\n"

// endSeeker finds the five octets that end a message whatever stands before them. It starts as after a
// CRLF: DATA's own, so a message may be empty.
type endSeeker int

func newEndSeeker() endSeeker { return 2 }

// found takes the next octet and reports whether it is the last of the five.
func (e *endSeeker) found(b byte) bool {
	switch {
	case b == endOfData[*e]:
		*e++
	case b == '\r':
		*e = 1
	default:
		*e = 0
	}
	if int(*e) == len(endOfData) {
		*e = 0
		return true
	}
	return false
}

// lineCheck is an io.Writer that tells whether octets can be a message: CRLF line ends only, also the last.
type lineCheck struct {
	cr, mid, bare bool
	size          int64
}

func (l *lineCheck) Write(p []byte) (int, error) {
	for _, b := range p {
		if l.cr != (b == '\n') {
			l.bare = true
		}
		l.cr = b == '\r'
		l.mid = b != '\n'
	}
	l.size += int64(len(p))
	return len(p), nil
}

func (l *lineCheck) ok() bool { return !l.bare && !l.mid }
