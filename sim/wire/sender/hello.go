package sender

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"

	"github.com/emersion/go-smtp"

	"demailbench/sim/wire/dialog"
)

// The dialog up to STARTTLS is the client's own: go-smtp compares EHLO keywords by case, so that a server
// saying "starttls" would look as if it had none, and says "localhost" in its first EHLO.

// greeting stands for one that was read before go-smtp came in, or that TLS has none of.
const greeting = "220 greeted before\r\n"

// extensions are what a server offered.
type extensions struct {
	lines []byte // the whole reply to EHLO, keywords in upper case
	list  map[string]string
}

func (e extensions) find(keyword string) (param string, ok bool) {
	param, ok = e.list[keyword]
	return param, ok
}

// introduce reads the greeting and says EHLO. What a server says without being asked is an error.
func introduce(c net.Conn, name string) (extensions, error) {
	text := textproto.NewReader(bufio.NewReader(c))
	if _, _, err := text.ReadResponse(220); err != nil {
		return extensions{}, atVerb{"CONNECT", err}
	}
	if err := unasked(text); err != nil {
		return extensions{}, atVerb{"CONNECT", err}
	}
	if _, err := fmt.Fprintf(c, "EHLO %s\r\n", name); err != nil {
		return extensions{}, atVerb{"EHLO", err}
	}
	_, reply, err := text.ReadResponse(250)
	if err == nil {
		err = unasked(text)
	}
	if err != nil {
		return extensions{}, atVerb{"EHLO", err}
	}
	return parseExtensions(reply), nil
}

func parseExtensions(reply string) extensions {
	e := extensions{list: map[string]string{}}
	lines := strings.Split(reply, "\n")
	var out bytes.Buffer
	for i, line := range lines {
		if i > 0 {
			keyword, param, _ := strings.Cut(line, " ")
			keyword = strings.ToUpper(keyword)
			e.list[keyword] = param
			line = strings.TrimSpace(keyword + " " + param)
		}
		mark := "-"
		if i == len(lines)-1 {
			mark = " "
		}
		fmt.Fprintf(&out, "250%s%s\r\n", mark, line)
	}
	e.lines = out.Bytes()
	return e
}

// startTLS asks for TLS. Octets behind the reply were put there by somebody who cannot speak inside TLS.
func startTLS(c net.Conn) error {
	if _, err := io.WriteString(c, "STARTTLS\r\n"); err != nil {
		return err
	}
	text := textproto.NewReader(bufio.NewReader(c))
	if _, _, err := text.ReadResponse(220); err != nil {
		return err
	}
	return unasked(text)
}

func unasked(text *textproto.Reader) error {
	if text.R.Buffered() > 0 {
		return errors.New("sender: server speaks without being asked")
	}
	return nil
}

// atVerb is an error with the step in which it came.
type atVerb struct {
	verb string
	error
}

func (e atVerb) Unwrap() error { return e.error }

func helloVerb(err error) string {
	var at atVerb
	if errors.As(err, &at) {
		return at.verb
	}
	return "EHLO"
}

// replay gives go-smtp the greeting, and the reply to EHLO if there is one, that were read before.
type replay struct {
	net.Conn
	canned []byte
	hello  []byte
}

func (r *replay) Read(p []byte) (int, error) {
	if len(r.canned) > 0 {
		n := copy(p, r.canned)
		r.canned = r.canned[n:]
		return n, nil
	}
	return r.Conn.Read(p)
}

func (r *replay) Write(p []byte) (int, error) {
	if r.hello != nil && bytes.HasPrefix(p, []byte("EHLO ")) {
		r.canned, r.hello = r.hello, nil
		return len(p), nil
	}
	return r.Conn.Write(p)
}

// maxReplies is how many octets a server may say in one connection.
const maxReplies = 1 << 20

// capped ends a connection whose server talks without end.
type capped struct {
	net.Conn
	left  int
	spoke bool // the client has written
}

func (c *capped) Write(p []byte) (int, error) {
	c.spoke = true
	return c.Conn.Write(p)
}

func (c *capped) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errors.New("sender: server talks without end")
	}
	n, err := c.Conn.Read(p)
	c.left -= n
	return n, err
}

// newResult turns a failure into a recipient's result.
func newResult(to, verb string, err error) Result {
	r := Result{To: to, Verb: verb, Err: err}
	var own *dialog.Reply
	var lib *smtp.SMTPError
	var std *textproto.Error
	switch {
	case errors.As(err, &own):
		r.Code, r.Enhanced, r.Text = own.Code, own.Enhanced, own.Text
	case errors.As(err, &lib):
		r.Code, r.Text = lib.Code, lib.Message
		if lib.EnhancedCode != smtp.EnhancedCodeNotSet {
			r.Enhanced = fmt.Sprintf("%d.%d.%d", lib.EnhancedCode[0], lib.EnhancedCode[1], lib.EnhancedCode[2])
		}
	case errors.As(err, &std):
		r.Code = std.Code
		r.Enhanced, r.Text = dialog.SplitEnhanced(std.Code, std.Msg)
	default:
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "remote error" {
			r.Verb = "TLS" // an alert: with TLS 1.3 a refused certificate shows up this late
		}
	}
	return r
}

// isReply tells a server's answer from a broken connection.
func isReply(err error) bool {
	var lib *smtp.SMTPError
	return errors.As(err, &lib)
}
