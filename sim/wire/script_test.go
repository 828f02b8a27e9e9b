package wire_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// script runs a dialog with the server, one step a line:
//
//	C: text      sends text and CRLF
//	c: "text"    sends a Go string literal as it is
//	S: regexp    reads a reply, whole, and compares its last line
//	S: EOF       wants the connection to end
//	W: 5m        waits on the clock
//	TLS          starts TLS
//	SHUT         closes the connection
func (w *world) script(text string) {
	w.t.Helper()
	c, err := w.net.Dial(context.Background(), "tcp", "192.168.10.25:25")
	if err != nil {
		w.t.Errorf("dial: %v", err)
		return
	}
	c.SetReadDeadline(w.clock.Now().Add(3 * time.Hour))
	d := &dialog{w: w, conn: c, in: bufio.NewReader(c)}
	defer func() { d.conn.Close() }()
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		line = strings.TrimSpace(line)
		if err := d.step(line); err != nil {
			w.t.Errorf("line %d, %s: %v", i+1, line, err)
			return
		}
	}
}

type dialog struct {
	w    *world
	conn net.Conn
	in   *bufio.Reader
}

func (d *dialog) step(line string) error {
	what, arg, _ := strings.Cut(line, ":")
	arg = strings.TrimPrefix(arg, " ")
	switch what {
	case "C":
		_, err := io.WriteString(d.conn, arg+"\r\n")
		return err
	case "c":
		raw, err := strconv.Unquote(arg)
		if err == nil {
			_, err = io.WriteString(d.conn, raw)
		}
		return err
	case "S":
		return d.expect(arg)
	case "W":
		wait, err := time.ParseDuration(arg)
		if err == nil {
			err = d.w.clock.Sleep(context.Background(), wait)
		}
		return err
	case "TLS":
		tc := tls.Client(d.conn, d.w.ca.ClientConfig(hostname))
		d.conn, d.in = tc, bufio.NewReader(tc)
		return tc.Handshake()
	case "SHUT":
		return d.conn.Close()
	}
	return errors.New("no such step")
}

func (d *dialog) expect(want string) error {
	reply, err := d.reply()
	switch {
	case want == "EOF" && (errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed)):
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errors.New("no reply")
	case err != nil:
		return err
	case want == "EOF" || !regexp.MustCompile("^(?:"+want+")").MatchString(reply):
		return errors.New("reply is " + reply)
	}
	return nil
}

// reply reads one reply and returns its last line.
func (d *dialog) reply() (string, error) {
	for {
		line, err := d.in.ReadString('\n')
		if err != nil {
			return "", err
		}
		if len(line) < 4 || line[3] != '-' {
			return strings.TrimRight(line, "\r\n"), nil
		}
	}
}
