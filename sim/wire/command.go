package wire

import (
	"bufio"
	"bytes"
	"errors"
	"strconv"
	"strings"

	"demailbench/sim/wire/dialog"
)

// maxCommand is the longest command line in octets: 512 (RFC 5321 4.5.3.1.4) and room for SASL.
const maxCommand = 2000

// readCommand reads one line, checks it and hands it over, or answers it itself and hands nothing over. A
// line that was cut off before its CRLF is never run.
func (c *conn) readCommand() error {
	line, reply, err := c.readLine()
	if err != nil {
		return err
	}
	if c.phase == saslLine {
		c.phase = commands
		if reply != nil {
			line = []byte("*") // cancels the exchange, which go-smtp waits for
		}
		c.pending = append(line, "\r\n"...)
		return nil
	}
	c.attempt = ""
	verb, arg, _ := strings.Cut(string(line), " ")
	c.verb = strings.ToUpper(verb)
	if reply != nil {
		c.verb = "?"
		c.answer(reply)
		return nil
	}
	if c.dispatch(arg) && c.pending == nil {
		c.pending = append(line, "\r\n"...)
	}
	return nil
}

// readLine reads a command line without its CRLF; reply says what is wrong with it.
func (c *conn) readLine() (line []byte, reply *Reply, err error) {
	part, err := c.in.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull) || len(part) > maxCommand
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = c.in.ReadSlice('\n')
	}
	if err != nil {
		return nil, nil, err
	}
	line = bytes.Clone(bytes.TrimSuffix(part, []byte("\r\n")))
	switch {
	case long:
		return nil, Refuse(500, "5.5.6", "command line is too long"), nil
	case len(line) == len(part):
		return nil, Refuse(500, "5.5.2", "command line does not end with CRLF"), nil
	case !dialog.Printable(line):
		return nil, Refuse(500, "5.5.2", "command line has octets that are not printable ASCII"), nil
	}
	return line, nil, nil
}

// dispatch answers what the guard answers itself, and reports whether go-smtp shall see the command.
func (c *conn) dispatch(arg string) bool {
	var reply *Reply
	c.pending = nil
	switch c.verb {
	case "EHLO", "HELO":
		reply = c.checkHello(arg)
	case "STARTTLS":
		c.startTLS(arg)
		return false
	case "AUTH":
		reply = c.checkAuth(arg)
	case "MAIL":
		reply = c.checkMail(arg)
	case "RCPT":
		reply = c.checkRcpt(arg)
	case "DATA":
		reply = c.checkData(arg)
	case "BDAT":
		// A chunk follows that must never be read as commands.
		c.answer(Refuse(502, "5.5.1", "CHUNKING is not offered"))
		c.kill()
		return false
	}
	if reply != nil {
		c.pending = nil
		c.answer(reply)
		return false
	}
	switch c.verb {
	case "EHLO", "HELO":
		return c.strike("EHLO", nil)
	case "AUTH":
		return c.strike("AUTH", nil)
	case "DATA":
		return c.strike("DATA", c.tx.To)
	}
	return true
}

var (
	errHelloFirst = Refuse(503, "5.5.1", "say EHLO first")
	errNeedTLS    = Refuse(530, "5.7.0", "STARTTLS first")
	errNeedAuth   = Refuse(530, "5.7.0", "authenticate first")
)

func (c *conn) checkHello(arg string) *Reply {
	literal := strings.HasPrefix(arg, "[") && strings.HasSuffix(arg, "]") && !strings.ContainsAny(arg, " <>")
	if !literal && !dialog.ValidDomain(arg) {
		return Refuse(501, "5.5.4", "one domain or address literal is expected")
	}
	c.facts.Helo = arg
	return nil
}

func (c *conn) startTLS(arg string) {
	switch {
	case arg != "":
		c.answer(Refuse(501, "5.5.4", "STARTTLS has no parameters"))
		return
	case c.facts.TLS != "":
		c.answer(Refuse(503, "5.5.1", "TLS is active"))
		return
	case !c.offer:
		c.answer(Refuse(502, "5.5.1", "STARTTLS is not offered"))
		return
	case c.in.Buffered() > 0:
		// What was sent in clear must not be taken for something said inside TLS (RFC 3207 4.2, 6).
		c.answer(Refuse(503, "5.5.1", "nothing may follow STARTTLS before its reply"))
		c.kill()
		return
	}
	if !c.strike("STARTTLS", nil) {
		return
	}
	c.send([]byte("220 2.0.0 go ahead\r\n"))
	if c.dead {
		return
	}
	if err := c.handshake(); err != nil {
		c.note("starttls", err)
		return
	}
	c.facts.Helo, c.facts.Identity = "", ""
	c.tx, c.mailed, c.secured, c.mute = Envelope{}, false, true, true
	c.note("starttls", nil)
}

func (c *conn) checkAuth(arg string) *Reply {
	mech, _, _ := strings.Cut(arg, " ")
	switch {
	case c.srv.cfg.External == nil:
		return Refuse(502, "5.5.1", "AUTH is not offered")
	case c.facts.Helo == "":
		return errHelloFirst
	case c.facts.TLS == "":
		return Refuse(538, "5.7.11", "AUTH needs TLS")
	case c.facts.Cert == nil:
		return Refuse(535, "5.7.8", "AUTH EXTERNAL needs a client certificate")
	case c.facts.Identity != "" || c.mailed:
		return Refuse(503, "5.5.1", "AUTH comes once, before MAIL")
	case !strings.EqualFold(mech, "EXTERNAL"):
		return Refuse(504, "5.5.4", "the mechanism is EXTERNAL")
	}
	return nil
}

func (c *conn) checkMail(arg string) *Reply {
	path, params, ok := cutPath(arg, "FROM:")
	c.attempt = path
	switch {
	case c.facts.Helo == "":
		return errHelloFirst
	case c.srv.cfg.RequireTLS && c.facts.TLS == "":
		return errNeedTLS
	case c.srv.cfg.External != nil && c.facts.Identity == "":
		return errNeedAuth
	case c.mailed:
		return Refuse(503, "5.5.1", "a message is under way: RSET first")
	case !ok:
		return Refuse(501, "5.5.4", "MAIL FROM:<address> is expected")
	case path != "" && !dialog.ValidAddress(path):
		return Refuse(553, "5.1.7", "sender address is not valid")
	}
	return c.checkParameters(params)
}

func (c *conn) checkRcpt(arg string) *Reply {
	path, params, ok := cutPath(arg, "TO:")
	c.attempt = path
	switch {
	case !c.mailed:
		return Refuse(503, "5.5.1", "MAIL first")
	case !ok:
		return Refuse(501, "5.5.4", "RCPT TO:<address> is expected")
	case strings.EqualFold(path, "postmaster"):
		// Every server has it (RFC 5321 4.1.1.3); go-smtp knows no address without a domain.
		c.attempt = "postmaster@" + c.srv.cfg.Hostname
		c.pending = []byte("RCPT TO:<" + c.attempt + ">\r\n")
	case !dialog.ValidAddress(path):
		return Refuse(553, "5.1.3", "recipient address is not valid")
	}
	if params != "" {
		return Refuse(555, "5.5.4", "unknown parameter of RCPT")
	}
	return nil
}

func (c *conn) checkData(arg string) *Reply {
	switch {
	case arg != "":
		return Refuse(501, "5.5.4", "DATA has no parameters")
	case !c.mailed:
		return Refuse(503, "5.5.1", "MAIL first")
	case len(c.tx.To) == 0:
		return Refuse(554, "5.5.1", "no valid recipients")
	}
	return nil
}

// cutPath splits `FROM:<path> params`. What stands between the brackets has no brackets of its own.
func cutPath(arg, keyword string) (path, params string, ok bool) {
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return "", "", false
	}
	rest, open := strings.CutPrefix(arg[len(keyword):], "<")
	path, params, closed := strings.Cut(rest, ">")
	if !open || !closed || strings.Contains(path, "<") {
		return "", "", false
	}
	if params != "" && !strings.HasPrefix(params, " ") {
		return "", "", false
	}
	return path, strings.TrimSpace(params), true
}

// checkParameters judges the parameters of MAIL: SIZE (RFC 1870) and BODY (RFC 6152), each once.
func (c *conn) checkParameters(params string) *Reply {
	seen := map[string]bool{}
	for _, p := range strings.Fields(params) {
		key, value, _ := strings.Cut(p, "=")
		key = strings.ToUpper(key)
		if seen[key] {
			return Refuse(501, "5.5.4", "parameter given twice")
		}
		seen[key] = true
		switch key {
		case "SIZE":
			n, err := strconv.ParseUint(value, 10, 64)
			if errors.Is(err, strconv.ErrSyntax) {
				return Refuse(501, "5.5.4", "SIZE is not a number")
			}
			if err != nil || n > uint64(c.srv.cfg.MaxBytes) {
				return Refuse(552, "5.3.4", "message is larger than the limit")
			}
		case "BODY":
			if !strings.EqualFold(value, "7BIT") && !strings.EqualFold(value, "8BITMIME") {
				return Refuse(501, "5.5.4", "BODY is 7BIT or 8BITMIME")
			}
		default:
			return Refuse(555, "5.5.4", "unknown parameter of MAIL")
		}
	}
	return nil
}
