package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-smtp"

	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
)

// readMessage checks what the client has sent of a message and hands the good part over. At the first bare
// CR or LF it hands over an end, and swallows the rest up to the five octets that end a message, so that
// nothing of the rest can become a command.
func (c *conn) readMessage() error {
	if _, err := c.in.Peek(1); err != nil {
		return err
	}
	chunk, _ := c.in.Peek(c.in.Buffered())
	if c.phase == surplus {
		c.in.Discard(c.swallow(chunk))
		return nil
	}
	for i, b := range chunk {
		switch c.lines.Next(b) {
		case dialog.Bare:
			c.phase, c.bare = surplus, true
			c.handOver(chunk[:i])
			return nil
		case dialog.Ends:
			c.phase = commands
			c.handOver(chunk[:i+1])
			return nil
		}
	}
	c.handOver(chunk)
	return nil
}

func (c *conn) handOver(chunk []byte) {
	c.pending = bytes.Clone(chunk)
	c.in.Discard(len(chunk))
}

// swallow takes octets up to the end of data and returns how many; at the end it closes the message that
// go-smtp reads.
func (c *conn) swallow(chunk []byte) int {
	for i, b := range chunk {
		if c.lines.Skip(b) {
			c.phase = commands
			c.pending = []byte(c.lines.Closing())
			return i + 1
		}
	}
	return len(chunk)
}

// maxHeader is the largest header in octets; it is the part of a message that is in memory as a whole.
const maxHeader = 1 << 20

var errHeaderSize = Refuse(552, "5.3.4", "header is larger than 1 MiB")

// receive stores a message as it streams in. Its error is a *Reply, or what r failed with.
func (c *conn) receive(r io.Reader) (record.Message, error) {
	w := c.srv.cfg.Bodies.Writer()
	msg, err := split(r, w)
	if err == nil && c.bare {
		err = Refuse(554, "5.6.0", "message has a bare CR or LF")
	}
	if err != nil {
		w.Abort()
		return record.Message{}, err
	}
	sum, size, err := w.Close()
	if err != nil {
		return record.Message{}, &Reply{Code: 451, Enhanced: "4.3.0", Text: "cannot store the message", Cause: err}
	}
	msg.Body, msg.Size = sum, size+int64(len(msg.Header))
	return msg, nil
}

// split reads a message: the header up to and with its empty line, everything after it to body. A message
// without an empty line is all header.
func split(r io.Reader, body io.Writer) (msg record.Message, err error) {
	var header []byte
	buf := make([]byte, bufferSize)
	for {
		n, err := r.Read(buf)
		seen := max(0, len(header)-3)
		header = append(header, buf[:n]...)
		if end := headerEnd(header, seen); end >= 0 {
			msg.Header = string(header[:end])
			if _, werr := body.Write(header[end:]); werr != nil {
				return msg, storeError(werr)
			}
			if err == nil {
				err = copyBody(body, r, buf)
			}
			return msg, eofIsEnd(err)
		}
		switch {
		case len(header) > maxHeader:
			return msg, errHeaderSize
		case err != nil:
			msg.Header = string(header)
			return msg, eofIsEnd(err)
		}
	}
}

// headerEnd is where the body begins, or -1; seen octets have been looked at before.
func headerEnd(b []byte, seen int) int {
	if bytes.HasPrefix(b, []byte("\r\n")) {
		return 2
	}
	if i := bytes.Index(b[seen:], []byte("\r\n\r\n")); i >= 0 {
		return seen + i + 4
	}
	return -1
}

func copyBody(w io.Writer, r io.Reader, buf []byte) error {
	for {
		n, err := r.Read(buf)
		if _, werr := w.Write(buf[:n]); werr != nil {
			return storeError(werr)
		}
		if err != nil {
			return err
		}
	}
}

func eofIsEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func storeError(err error) error {
	return &Reply{Code: 451, Enhanced: "4.3.0", Text: "cannot store the message", Cause: err}
}

// asSMTP makes the library's error of any error of ours.
func asSMTP(err error) error {
	var r *Reply
	if !errors.As(err, &r) {
		return err
	}
	e := &smtp.SMTPError{Code: r.Code, Message: dialog.OneLine(r.Text)}
	if _, err := fmt.Sscanf(r.Enhanced, "%d.%d.%d", &e.EnhancedCode[0], &e.EnhancedCode[1], &e.EnhancedCode[2]); err != nil {
		e.EnhancedCode = smtp.EnhancedCodeNotSet
	}
	return e
}
