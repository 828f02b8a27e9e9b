package protocol

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Errors of reading lines.
var (
	// ErrTooLong is a line above the limit. What follows cannot be told apart from its rest.
	ErrTooLong = errors.New("the line is too long")
	// ErrTruncated is text after the last line break when the input ends.
	ErrTruncated = errors.New("the last line has no end")
)

// Lines reads lines of bounded length: whatever the other end sends, memory is bounded.
type Lines struct {
	r   *bufio.Reader
	max int
}

// NewLines reads lines of at most max octets (line break included) from r; 0 means MaxLine.
func NewLines(r io.Reader, max int) *Lines {
	if max <= 0 {
		max = MaxLine
	}
	return &Lines{r: bufio.NewReaderSize(r, min(max, 64<<10)), max: max}
}

// Next returns the next line without its break, in memory of its own. The error is io.EOF at the end, or
// ErrTooLong, ErrTruncated (both wrapped, with what was read so far), or the reader's own.
func (l *Lines) Next() ([]byte, error) {
	var line []byte
	for {
		part, err := l.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > l.max:
			return line[:l.max], fmt.Errorf("%w: more than %d octets", ErrTooLong, l.max)
		case err == nil:
			return line[:len(line)-1], nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, ErrTruncated
		default:
			return line, err
		}
	}
}
