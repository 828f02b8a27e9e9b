package courier

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// peer is a mail server of a test: go-smtp with answers that the test chooses.
type peer struct {
	mu sync.Mutex
	// answer judges a command; nil means accepted. For "END" the message has been read.
	answer func(p *peer, verb, arg string) error
	got    []letter
	verbs  []string
	// clear has every octet that came in.
	clear bytes.Buffer
	// dialog may replace the SMTP server altogether.
	dialog func(net.Conn)
}

// letter is what a peer took.
type letter struct {
	from, text string
	to         []string
	tls        bool
}

func (p *peer) letters() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.got...)
}

func (p *peer) set(answer func(p *peer, verb, arg string) error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = answer
}

func (p *peer) judge(verb, arg string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.verbs = append(p.verbs, verb)
	if p.answer == nil {
		return nil
	}
	return p.answer(p, verb, arg)
}

// serve starts the peer on l; cfg offers STARTTLS, implicit begins with TLS.
func (p *peer) serve(t *testing.T, l net.Listener, cfg *tls.Config, implicit bool) {
	l = &tap{l, p}
	if p.dialog != nil {
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				go p.dialog(c)
			}
		}()
		t.Cleanup(func() { l.Close() })
		return
	}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		if err := p.judge("CONNECT", ""); err != nil {
			return nil, err
		}
		return &session{p: p, c: c}, nil
	}))
	s.Domain, s.ErrorLog, s.MaxLineLength = "peer.example", log.New(io.Discard, "", 0), 4000
	if implicit {
		l = tls.NewListener(l, cfg)
	} else {
		s.TLSConfig = cfg
	}
	go s.Serve(l)
	t.Cleanup(func() { s.Close() })
}

// tap keeps what comes in.
type tap struct {
	net.Listener
	p *peer
}

// Accept wraps the connection.
func (t *tap) Accept() (net.Conn, error) {
	c, err := t.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tapped{c, t.p}, nil
}

type tapped struct {
	net.Conn
	p *peer
}

// Read copies the octets.
func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.p.mu.Lock()
	c.p.clear.Write(b[:n])
	c.p.mu.Unlock()
	return n, err
}

type session struct {
	p *peer
	c *smtp.Conn
	l letter
}

func (s *session) Reset()        { s.l = letter{} }
func (s *session) Logout() error { return nil }
func (s *session) AuthMechanisms() []string {
	return []string{sasl.External}
}
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewExternalServer(func(string) error { return s.p.judge("AUTH", "") }), nil
}
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.l.from = from
	_, s.l.tls = s.c.TLSConnectionState()
	return s.p.judge("MAIL", from)
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.p.judge("RCPT", to); err != nil {
		return err
	}
	s.l.to = append(s.l.to, to)
	return nil
}
func (s *session) Data(r io.Reader) error {
	if err := s.p.judge("DATA", ""); err != nil {
		return err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.l.text = string(b)
	if err := s.p.judge("END", ""); err != nil {
		if err == errLost {
			s.take()
			s.c.Conn().Close()
		}
		return err
	}
	s.take()
	return nil
}

func (s *session) take() {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	s.p.got = append(s.p.got, s.l)
}

// errLost takes the message and loses the reply.
var errLost = &smtp.SMTPError{Code: 451, Message: "reply lost"}

func code(c int, status [3]int, text string) error {
	return &smtp.SMTPError{Code: c, EnhancedCode: smtp.EnhancedCode(status), Message: text}
}
