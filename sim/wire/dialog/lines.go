package dialog

// Verdict is what an octet means in a message on the wire.
type Verdict int

const (
	// GoesOn: the message goes on.
	GoesOn Verdict = iota
	// Ends: this is the LF of the CRLF.CRLF that ends the message.
	Ends
	// Bare: this makes a CR without LF or an LF without CR.
	Bare
)

// Lines follows the octets of one message on the wire: dot-stuffed lines that end with CRLF, the last one a
// dot alone (RFC 5321 4.1.1.4, 4.5.2).
type Lines struct {
	at   place
	seen int // how much of endOfData
}

// NewLines is at the beginning of a message, which counts as after a CRLF: DATA's own.
func NewLines() Lines { return Lines{seen: len("\r\n")} }

type place int

const (
	lineStart place = iota
	afterDot        // line start and "."
	dotCR           // line start and ".\r"
	midLine
	afterCR
)

// Next takes one octet. After Bare the octet does not count, and only Skip makes sense from there on.
func (l *Lines) Next(b byte) Verdict {
	next, verdict := l.at.step(b)
	if verdict != Bare {
		l.at = next
		l.Skip(b)
	}
	return verdict
}

func (p place) step(b byte) (place, Verdict) {
	switch p {
	case dotCR, afterCR:
		switch {
		case b != '\n':
			return p, Bare
		case p == dotCR:
			return lineStart, Ends
		}
		return lineStart, GoesOn
	}
	switch {
	case b == '\n':
		return p, Bare
	case b == '\r' && p == afterDot:
		return dotCR, GoesOn
	case b == '\r':
		return afterCR, GoesOn
	case b == '.' && p == lineStart:
		return afterDot, GoesOn
	}
	return midLine, GoesOn
}

const endOfData = "\r\n.\r\n"

// Skip takes one octet of a message that is refused already, and reports whether it is the last of the five
// octets that end a message whatever stands before them.
func (l *Lines) Skip(b byte) (ended bool) {
	switch {
	case b == endOfData[l.seen]:
		l.seen++
	case b == '\r':
		l.seen = 1
	default:
		l.seen = 0
	}
	if l.seen < len(endOfData) {
		return false
	}
	l.seen = 0
	return true
}

// Closing is what must follow the octets taken by Next for a reader of them to see the end at once.
func (l *Lines) Closing() string {
	return [...]string{lineStart: ".\r\n", afterDot: "\r\n", dotCR: "\n", midLine: "\r\n.\r\n", afterCR: "\n.\r\n"}[l.at]
}
