// Package stranger speaks SMTP as no mail program does: several mails in one session under several senders, ends of
// messages that are none, addresses that are claimed, commands before their time. It notes in the record what became
// of each mail, as a mail program of the world would. It leaves out which mails (package letter) and what is expected.
package stranger

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"demailbench/features/world/letter"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// patience is how long one waits for an answer.
const patience = 2 * time.Minute

// Stranger is one session with a server.
type Stranger struct {
	c    *wire.Client
	to   string
	conn net.Conn
	r    *bufio.Reader
	safe string
}

// Visit opens a connection as the host of c to a server's "IP:port".
func Visit(c *wire.Client, to string) (*Stranger, error) {
	ctx, cancel := c.Clock.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := c.Dial(ctx, "tcp", to)
	if err != nil {
		return nil, fmt.Errorf("%s cannot reach %s: %w", c.Who, to, err)
	}
	return &Stranger{c: c, to: to, conn: conn, r: bufio.NewReader(conn)}, nil
}

// Close ends the connection without a word.
func (s *Stranger) Close() { s.conn.Close() }

// Write sends octets as they are.
func (s *Stranger) Write(octets string) error {
	if err := s.conn.SetWriteDeadline(s.c.Clock.Now().Add(patience)); err != nil {
		return err
	}
	_, err := io.WriteString(s.conn, octets)
	return err
}

// Read waits for a whole reply.
func (s *Stranger) Read() (Reply, error) { return s.within(patience) }

func (s *Stranger) within(d time.Duration) (Reply, error) {
	if err := s.conn.SetReadDeadline(s.c.Clock.Now().Add(d)); err != nil {
		return Reply{}, err
	}
	var text strings.Builder
	for {
		line, err := s.r.ReadString('\n')
		if err != nil {
			return Reply{}, err
		}
		if text.WriteString(line); len(line) < 4 || line[3] != '-' {
			break
		}
	}
	r := Reply{Text: strings.TrimSpace(text.String())}
	r.Code, _ = strconv.Atoi(r.Text[:min(3, len(r.Text))]) // no number is no reply that one could take for a yes
	return r, nil
}

// Reply is what a server answered.
type Reply struct {
	Code int
	Text string
}

// OK reports whether it is a yes.
func (r Reply) OK() bool { return r.Code/100 == 2 || r.Code/100 == 3 }

// Say sends a command and waits for the reply.
func (s *Stranger) Say(format string, a ...any) (Reply, error) {
	if err := s.Write(fmt.Sprintf(format, a...) + "\r\n"); err != nil {
		return Reply{}, err
	}
	return s.Read()
}

// Enter reads the greeting, says EHLO and goes over to TLS as the server name; first is sent in clear together with
// STARTTLS, behind it. It reports whether the server answered first although it came before the handshake.
func (s *Stranger) Enter(name, first string) (answered bool, err error) {
	if _, err := s.Read(); err != nil {
		return false, err
	}
	if _, err := s.Say("EHLO %s", s.c.Hostname); err != nil {
		return false, err
	}
	if err := s.Write("STARTTLS\r\n" + first); err != nil {
		return false, err
	}
	r, err := s.Read()
	if err != nil || r.Code != 220 {
		return false, fmt.Errorf("STARTTLS: %d %s: %w", r.Code, r.Text, err)
	}
	config := s.c.TLS.Clone()
	config.ServerName = name
	safe := tls.Client(s.conn, config)
	if err := safe.Handshake(); err != nil {
		return false, fmt.Errorf("TLS with %s: %w", s.to, err)
	}
	s.conn, s.r, s.safe = safe, bufio.NewReader(safe), strings.TrimPrefix(tls.VersionName(safe.ConnectionState().Version), "TLS ")
	if first != "" {
		if r, err := s.within(time.Second); err == nil && r.Code > 0 {
			return true, nil
		}
		return false, nil
	}
	_, err = s.Say("EHLO %s", s.c.Hostname)
	return false, err
}

// Submit hands one mail over, with text in place of its body, and notes what became of it.
func (s *Stranger) Submit(m *letter.Mail, text string) error {
	for _, command := range []string{"MAIL FROM:<" + m.From + ">", "RCPT TO:<" + m.To + ">", "DATA"} {
		r, err := s.Say("%s", command)
		if err != nil || !r.OK() {
			s.note(m, command[:4], r, err)
			_, _ = s.Say("RSET") // what a server without a session left answers is nobody's business
			return nil
		}
	}
	if err := s.Write(m.Message.Header + text); err != nil {
		s.note(m, "END", Reply{}, err)
		return nil
	}
	r, err := s.Read()
	s.note(m, "END", r, err)
	return nil
}

// note writes what became of a mail to the record.
func (s *Stranger) note(m *letter.Mail, verb string, r Reply, err error) {
	e := record.Event{Who: s.c.Who, Kind: record.Rejected, Local: s.conn.LocalAddr().String(), Remote: s.to, TLS: s.safe, Verb: verb, Code: r.Code, From: m.From, To: []string{m.To}, Msg: &m.Message}
	rest := strings.TrimSpace(strings.TrimPrefix(r.Text, strconv.Itoa(r.Code)))
	if enhanced, text, ok := strings.Cut(rest, " "); ok && strings.Count(enhanced, ".") == 2 {
		e.Enhanced, rest = enhanced, text
	}
	e.Text = rest
	switch {
	case err != nil:
		e.Error = err.Error()
	case r.Code/100 == 2 && verb == "END":
		e.Kind, e.Verb = record.Sent, ""
	}
	s.c.Record.Add(e)
}
