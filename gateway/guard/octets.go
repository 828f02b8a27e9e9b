package guard

// octetScanner follows the octets after DATA, before dots are unstuffed. It finds the one end of data of RFC
// 5321 4.1.1.4, CR LF . CR LF, and everything that other servers would take for another end or another
// message; such a message is refused, never repaired, because the De-Mail hash is over its octets.
type octetScanner struct {
	maxLine int
	matched int // how many octets of CR LF . CR LF have just been seen
	cr      bool
	line    int
	fault   string
}

// newOctetScanner returns a scanner that stands at the beginning of a line.
func newOctetScanner(maxLine int) octetScanner {
	return octetScanner{maxLine: maxLine, matched: 2}
}

// scan reads b up to the end of data. It returns how many octets belong to the data, the end included, and
// whether the end was there.
func (s *octetScanner) scan(b []byte) (n int, end bool) {
	for i, c := range b {
		s.judge(c)
		s.match(c)
		if s.matched == 5 {
			return i + 1, true
		}
	}
	return len(b), false
}

// judge notes the first fault of the data.
func (s *octetScanner) judge(c byte) {
	if s.cr != (c == '\n') {
		s.fail("CR or LF alone in message")
	}
	s.cr = c == '\r'
	switch c {
	case 0:
		s.fail("NUL in message")
	case '\n':
		s.line = 0
		return
	case '\r':
		return
	}
	// One octet more than the limit: a stuffed dot is none of the line's own.
	if s.line++; s.line > s.maxLine+1 {
		s.fail("line too long")
	}
}

func (s *octetScanner) fail(fault string) {
	if s.fault == "" {
		s.fault = fault
	}
}

// match moves along CR LF . CR LF; a CR may always be the first octet of a new match.
func (s *octetScanner) match(c byte) {
	const end = "\r\n.\r\n"
	switch {
	case c == end[s.matched]:
		s.matched++
	case c == '\r':
		s.matched = 1
	default:
		s.matched = 0
	}
}
