package sender

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
