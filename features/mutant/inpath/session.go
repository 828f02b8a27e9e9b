package inpath

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"time"

	"demailbench/features/sut"
)

// early is how long after an early answer the message is handed over.
const early = 500 * time.Millisecond

// Session is one SMTP session with the peer in it.
type Session struct {
	Side Side
	// Remote is who is at the world's end.
	Remote net.Addr
	// Doors are the gateway's.
	Doors sut.Doors
	// From and To are the envelope as the client named it, as far as the server took it.
	From string
	To   []string
	// Count counts the messages that the server has taken.
	Count int
	// Spoilt is for the peer's own use.
	Spoilt bool

	p              Peer
	id             *Identity
	client, server *leg
	safe           bool
	serverSafe     bool
}

// ServerSafe reports whether the server's leg has TLS.
func (s *Session) ServerSafe() bool { return s.serverSafe }

// Recipients are the envelope's, in one word.
func (s *Session) Recipients() string { return strings.ToLower(strings.Join(s.To, " ")) }

// leg is one of the two connections.
type leg struct {
	conn net.Conn
	r    *bufio.Reader
}

func newLeg(c net.Conn) *leg {
	l := &leg{}
	l.use(c)
	return l
}

func (l *leg) use(c net.Conn) { l.conn, l.r = c, bufio.NewReaderSize(c, 64<<10) }

func (l *leg) say(text string) error {
	_, err := io.WriteString(l.conn, text)
	return err
}

// line reads a line without its end.
func (l *leg) line() (string, error) {
	s, err := l.r.ReadString('\n')
	return strings.TrimRight(s, "\r\n"), err
}

// buffered takes what has come already and was not read.
func (l *leg) buffered() string {
	b, _ := l.r.Peek(l.r.Buffered()) // it is there
	defer l.r.Discard(len(b))
	return string(b)
}

// reply reads a whole reply, with its line ends.
func (l *leg) reply() (string, error) {
	var b strings.Builder
	for {
		s, err := l.r.ReadString('\n')
		b.WriteString(s)
		if err != nil || len(s) < 4 || s[3] != '-' {
			return b.String(), err
		}
	}
}

// Say gives the server a command and returns its reply; for what the client did not ask.
func (s *Session) Say(command string) string {
	if s.server.say(command+"\r\n") != nil {
		return ""
	}
	r, _ := s.server.reply() // without a reply it is none
	return r
}

// Send gives the server a message that the client did not send, with an envelope of its own, and tells whether it
// was taken.
func (s *Session) Send(from string, to []string, message []byte) bool {
	if !good(s.Say("MAIL FROM:<" + from + ">")) {
		return false
	}
	for _, a := range to {
		if !good(s.Say("RCPT TO:<" + a + ">")) {
			return false
		}
	}
	if !strings.HasPrefix(s.Say("DATA"), "354") {
		return false
	}
	if _, err := s.server.conn.Write(stuff(message)); err != nil {
		return false
	}
	return good(s.Say("."))
}

func good(reply string) bool { return strings.HasPrefix(reply, "2") }

// run passes a session on until one side ends it.
func (s *Session) run() {
	defer s.client.conn.Close()
	defer s.server.conn.Close()
	if s.Side == ToProvider || s.Side == FromProvider {
		if s.secure(true) != nil {
			return
		}
		s.safe, s.serverSafe = true, true
	}
	r, err := s.server.reply()
	if err == nil {
		r = s.reply("", r)
	}
	for err == nil {
		if err = s.client.say(r); err != nil {
			return
		}
		var line string
		if line, err = s.client.line(); err == nil {
			r, err = s.command(line)
		}
	}
}

// verb is the first word of a command.
func verb(line string) string {
	v, _, _ := strings.Cut(strings.ToUpper(line), " ")
	return v
}

// command handles one command and returns what the client is to read.
func (s *Session) command(line string) (string, error) {
	v := verb(line)
	if s.p.Command != nil {
		pass, reply := s.p.Command(s, line)
		if reply != "" {
			return reply, nil
		}
		line = pass
	}
	if v == "STARTTLS" && !s.safe {
		return s.startTLS()
	}
	if v == "DATA" && s.p.Swallow != nil {
		return s.data("354 go ahead\r\n")
	}
	if err := s.server.say(line + "\r\n"); err != nil {
		return "", err
	}
	r, err := s.server.reply()
	if err != nil {
		return "", err
	}
	if v == "DATA" && strings.HasPrefix(r, "354") {
		return s.data(r)
	}
	s.note(v, line, r)
	return s.reply(v, r), nil
}

func (s *Session) reply(v, r string) string {
	if v == "EHLO" {
		r = s.features(r)
	}
	if s.p.Reply != nil {
		r = s.p.Reply(s, v, r)
	}
	return r
}

// features are a server's without CHUNKING, whose messages the peer does not read.
func (s *Session) features(r string) string {
	var lines []string
	tls := false
	for _, l := range strings.Split(strings.TrimSuffix(r, "\r\n"), "\r\n") {
		if len(l) > 4 && strings.EqualFold(l[4:], "CHUNKING") {
			continue
		}
		tls = tls || len(l) > 4 && strings.EqualFold(l[4:], "STARTTLS")
		lines = append(lines, l)
	}
	if s.p.Downgrade && !tls && !s.safe && good(r) {
		lines = append(lines, "250 STARTTLS")
	}
	for i, l := range lines {
		if len(l) > 3 {
			sep := "-"
			if i == len(lines)-1 {
				sep = " "
			}
			lines[i] = l[:3] + sep + l[4:]
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// note keeps the envelope.
func (s *Session) note(v, line, r string) {
	switch {
	case v == "RSET", v == "EHLO", v == "HELO", v == "MAIL":
		s.From, s.To = "", nil
	}
	if !good(r) {
		return
	}
	_, arg, _ := strings.Cut(line, "<")
	arg, _, _ = strings.Cut(arg, ">")
	switch v {
	case "MAIL":
		s.From = arg
	case "RCPT":
		s.To = append(s.To, arg)
	}
}

func (s *Session) startTLS() (string, error) {
	server := true
	if err := s.server.say("STARTTLS\r\n"); err != nil {
		return "", err
	}
	r, err := s.server.reply()
	if err != nil {
		return "", err
	}
	if !good(r) {
		if !s.p.Downgrade {
			return r, nil
		}
		r, server = "220 2.0.0 ready\r\n", false
	}
	if err := s.client.say(r); err != nil {
		return "", err
	}
	injected := s.client.buffered()
	if err := s.secure(server); err != nil {
		return "", err
	}
	s.safe, s.serverSafe = true, server
	if s.p.Injected && injected != "" {
		if err := s.client.say("250 2.0.0 " + verb(injected) + " as asked before the handshake\r\n"); err != nil {
			return "", err
		}
	}
	line, err := s.client.line() // after the handshake the client speaks first
	if err != nil {
		return "", err
	}
	return s.command(line)
}

// data passes one message on; the client has not read the reply ready yet.
func (s *Session) data(ready string) (string, error) {
	if err := s.client.say(ready); err != nil {
		return "", err
	}
	message, err := s.content()
	if err != nil {
		return "", err
	}
	if s.p.Swallow != nil {
		if s.p.Swallow(s, message) {
			s.Say("RSET")
			s.From, s.To = "", nil
			return "250 2.0.0 queued\r\n", nil
		}
		if r := s.Say("DATA"); !strings.HasPrefix(r, "354") {
			return r, nil
		}
	}
	if s.p.Early {
		if err := s.client.say("250 2.0.0 queued\r\n"); err != nil {
			return "", err
		}
		_ = s.Doors.Clock.Sleep(context.Background(), early)
	}
	if s.p.Message != nil {
		message = s.p.Message(s, message)
	}
	if _, err := s.server.conn.Write(append(stuff(message), ".\r\n"...)); err != nil {
		return "", err
	}
	r, err := s.server.reply()
	if err != nil && s.p.Lost != "" {
		return s.p.Lost, nil
	}
	if err != nil {
		return "", err
	}
	if good(r) {
		s.Count++
		if s.p.Taken != nil {
			s.p.Taken(s, message)
		}
	}
	r = s.reply(".", r)
	s.From, s.To = "", nil
	if s.p.Early { // this reply was given before
		line, err := s.client.line()
		if err != nil {
			return "", err
		}
		return s.command(line)
	}
	return r, nil
}

// content reads a message to its end and undoes the dot-stuffing.
func (s *Session) content() ([]byte, error) {
	var out []byte
	whole := true // the line before ended in CRLF
	for {
		l, err := s.client.r.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			out, whole = append(out, l...), false
			continue
		}
		if err != nil {
			return nil, err
		}
		if whole && string(l) == ".\r\n" || s.p.LooseEnd && strings.Trim(string(l), "\r\n") == "." {
			return out, nil
		}
		if whole && l[0] == '.' {
			l = l[1:]
		}
		out = append(out, l...)
		whole = bytes.HasSuffix(l, []byte("\r\n"))
	}
}

// stuff is a message with dot-stuffing and a line end at its end.
func stuff(m []byte) []byte {
	out := make([]byte, 0, len(m)+64)
	if bytes.HasPrefix(m, []byte(".")) {
		out = append(out, '.')
	}
	out = append(out, bytes.ReplaceAll(m, []byte("\r\n."), []byte("\r\n.."))...)
	if len(m) > 0 && !bytes.HasSuffix(m, []byte("\r\n")) {
		out = append(out, '\r', '\n')
	}
	return out
}
