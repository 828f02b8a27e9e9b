package message

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"time"
)

// WriteMbox appends a message to an mbox (TR-01201-3.4 3.6, RFC 4155): a line "From ", the message with a ">"
// before every line that begins with "From ", quoted or not, and an empty line. Line ends become LF, as mbox
// files have them; a reader that wants to prove the message puts CRLF back.
func WriteMbox(w io.Writer, from string, at time.Time, message io.Reader) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "From %s %s\n", from, at.UTC().Format(time.ANSIC))
	in := bufio.NewReader(message)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if bytes.HasPrefix(bytes.TrimLeft(line, ">"), []byte("From ")) {
				out.WriteByte('>')
			}
			out.Write(bytes.TrimRight(line, "\r\n"))
			out.WriteByte('\n')
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("mbox: %w", err)
		}
	}
	out.WriteByte('\n')
	return out.Flush()
}
