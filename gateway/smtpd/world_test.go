package smtpd_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/demail"
	"demailbench/gateway/smtpd"
	"demailbench/gateway/tenant"
)

// The world of these tests: a clock that only the test moves, connections in memory whose deadlines follow
// it, and an intake in memory. Servers, guards, go-smtp and TLS are the real ones.

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.FixedZone("CET", 3600))

// clock is a door.Clock at rest.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*timer]bool
}

type timer struct {
	at time.Time
	f  func()
}

func newClock() *clock { return &clock{now: epoch, timers: map[*timer]bool{}} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) AfterFunc(d time.Duration, f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{c.now.Add(d), f}
	c.timers[t] = true
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		was := c.timers[t]
		delete(c.timers, t)
		return was
	}
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	woken := make(chan struct{})
	defer c.AfterFunc(d, func() { close(woken) })()
	select {
	case <-woken:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *clock) WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := c.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
	return ctx, func() { stop(); cancel(context.Canceled) }
}

func (c *clock) IO(f func()) { f() }

// advance moves the clock and runs what has become due.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []*timer
	for t := range c.timers {
		if !t.at.After(c.now) {
			due = append(due, t)
			delete(c.timers, t)
		}
	}
	c.mu.Unlock()
	for _, t := range due {
		t.f()
	}
}

// pipe carries octets one way and keeps what has not been read.
type pipe struct {
	mu      sync.Mutex
	cond    *sync.Cond
	buf     []byte
	closed  bool
	late    bool // the reader's deadline has passed
	waiting bool // a reader is blocked
	stop    func() bool
	clock   *clock
}

func newPipe(c *clock) *pipe {
	p := &pipe{clock: c, stop: func() bool { return false }}
	p.cond = sync.NewCond(&p.mu)
	return p
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.late:
			return 0, os.ErrDeadlineExceeded
		case len(p.buf) > 0:
			n := copy(b, p.buf)
			p.buf = p.buf[n:]
			return n, nil
		case p.closed:
			return 0, io.EOF
		}
		p.waiting = true
		p.cond.Broadcast()
		p.cond.Wait()
		p.waiting = false
	}
}

func (p *pipe) write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return 0, net.ErrClosed
	}
	p.buf = append(p.buf, b...)
	p.cond.Broadcast()
	return len(b), nil
}

func (p *pipe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	p.cond.Broadcast()
}

func (p *pipe) deadline(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
	d := t.Sub(p.clock.Now())
	p.late = !t.IsZero() && d <= 0
	p.cond.Broadcast()
	if t.IsZero() || p.late {
		return
	}
	p.stop = p.clock.AfterFunc(d, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.late = true
		p.cond.Broadcast()
	})
}

// blocked waits until a reader waits for octets that are not there.
func (p *pipe) blocked() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for !(p.waiting && len(p.buf) == 0 && !p.closed) {
		p.cond.Wait()
	}
}

func (p *pipe) empty() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.buf) == 0
}

// conn is one end of a connection in memory.
type conn struct {
	in, out       *pipe
	local, remote net.Addr
}

func (c *conn) Read(b []byte) (int, error)         { return c.in.read(b) }
func (c *conn) Write(b []byte) (int, error)        { return c.out.write(b) }
func (c *conn) Close() error                       { c.in.close(); c.out.close(); return nil }
func (c *conn) LocalAddr() net.Addr                { return c.local }
func (c *conn) RemoteAddr() net.Addr               { return c.remote }
func (c *conn) SetReadDeadline(t time.Time) error  { c.in.deadline(t); return nil }
func (c *conn) SetWriteDeadline(t time.Time) error { return nil }
func (c *conn) SetDeadline(t time.Time) error      { return c.SetReadDeadline(t) }

// listener hands over what dial makes.
type listener struct {
	clock *clock
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

var gatewayAddr = net.TCPAddrFromAddrPort(netip.MustParseAddrPort("172.16.0.25:25"))

func newListener(c *clock) *listener {
	return &listener{clock: c, conns: make(chan net.Conn), done: make(chan struct{})}
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *listener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *listener) Addr() net.Addr { return gatewayAddr }

// dial connects from an address.
func (l *listener) dial(from string) (*conn, error) {
	up, down := newPipe(l.clock), newPipe(l.clock)
	remote := net.TCPAddrFromAddrPort(netip.MustParseAddrPort(from + ":40000"))
	select {
	case l.conns <- &conn{in: up, out: down, local: gatewayAddr, remote: remote}:
		return &conn{in: down, out: up, local: remote, remote: gatewayAddr}, nil
	case <-l.done:
		return nil, errors.New("connection refused")
	}
}

// intake keeps committed messages in memory.
type intake struct {
	mu        sync.Mutex
	messages  []message
	aborted   int
	failBegin error
	failWrite error
	// commit, when set, runs in Commit.
	commit func() error
}

type message struct {
	smtpd.Envelope
	Data string
}

type spool struct {
	in  *intake
	env smtpd.Envelope
	buf bytes.Buffer
}

func (i *intake) Begin(_ context.Context, e smtpd.Envelope) (smtpd.Spool, error) {
	if i.failBegin != nil {
		return nil, i.failBegin
	}
	return &spool{in: i, env: e}, nil
}

func (s *spool) Write(b []byte) (int, error) {
	if s.in.failWrite != nil {
		return 0, s.in.failWrite
	}
	return s.buf.Write(b)
}

func (s *spool) Commit() (string, error) {
	if s.in.commit != nil {
		if err := s.in.commit(); err != nil {
			return "", err
		}
	}
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.messages = append(s.in.messages, message{s.env, s.buf.String()})
	return "m1", nil
}

func (s *spool) Abort() {
	s.in.mu.Lock()
	defer s.in.mu.Unlock()
	s.in.aborted++
}

func (i *intake) all() []message {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]message(nil), i.messages...)
}

// trail is an Audit in memory.
type trail struct {
	mu       sync.Mutex
	accepted []smtpd.Acceptance
	refused  []smtpd.Rejection
}

func (a *trail) Accepted(_ context.Context, x smtpd.Acceptance) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.accepted = append(a.accepted, x)
}

func (a *trail) Refused(_ context.Context, x smtpd.Rejection) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refused = append(a.refused, x)
}

func (a *trail) refusals() []smtpd.Rejection {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]smtpd.Rejection(nil), a.refused...)
}

func (a *trail) acceptances() []smtpd.Acceptance {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]smtpd.Acceptance(nil), a.accepted...)
}

// alarm fails the test when the server logs an error: go-smtp reports panics so.
type alarm struct{ t testing.TB }

func (a alarm) Write(b []byte) (int, error) { a.t.Errorf("server: %s", b); return len(b), nil }

// bench is one server with its surroundings.
type bench struct {
	t      testing.TB
	clock  *clock
	l      *listener
	intake *intake
	audit  *trail
	server *smtpd.Server
	served chan error
}

// rules has tenants A (TLS) and B (IPSEC line) of the security notes.
func rules(t testing.TB) tenant.Rules {
	t.Helper()
	b, err := tenant.NewBook([]tenant.Tenant{
		{ID: "a", Name: "Stadt A", Networks: []netip.Prefix{netip.MustParsePrefix("10.2.12.0/24")},
			MailDomains: []string{"a.test"}, Domains: []tenant.Domain{{Name: "a.de-mail.de"}},
			Mapping: []tenant.Pair{{Mail: "p@a.test", DeMail: "poststelle@a.de-mail.de"},
				{Mail: "vertretung@a.test", DeMail: "poststelle@a.de-mail.de"},
				{Mail: "standesamt@a.test", DeMail: "standesamt@a.de-mail.de"}}},
		{ID: "b", Name: "Stadt B", Networks: []netip.Prefix{netip.MustParsePrefix("10.3.14.0/24")}, Transport: tenant.IPSEC,
			MailDomains: []string{"b.test"}, Domains: []tenant.Domain{{Name: "b.de-mail.de"}},
			Mapping: []tenant.Pair{{Mail: "p@b.test", DeMail: "poststelle@b.de-mail.de"}}},
	}, tenant.Options{Canonical: demail.Canonical})
	if err != nil {
		t.Fatal(err)
	}
	return tenant.NewRules(b)
}

func newBench(t testing.TB, build func(smtpd.Config) (*smtpd.Server, error), change func(*smtpd.Config)) *bench {
	t.Helper()
	b := &bench{t: t, clock: newClock(), intake: &intake{}, audit: &trail{}, served: make(chan error, 1)}
	b.l = newListener(b.clock)
	c := smtpd.Config{Hostname: "gw.central.example", Rules: rules(t), Intake: b.intake, Audit: b.audit, Clock: b.clock,
		Rand: rand.NewChaCha8([32]byte{1}), Log: slog.New(slog.NewTextHandler(alarm{t}, &slog.HandlerOptions{Level: slog.LevelError}))}
	if change != nil {
		change(&c)
	}
	s, err := build(c)
	if err != nil {
		t.Fatal(err)
	}
	b.server = s
	go func() { b.served <- s.Serve(b.l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-b.served; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	return b
}

// tenants starts the tenants' side without a certificate: only B's IPSEC line can submit.
func newTenants(t testing.TB, change func(*smtpd.Config)) *bench {
	return newBench(t, smtpd.NewTenants, change)
}

// client talks to the server.
type client struct {
	t    testing.TB
	raw  *conn
	conn net.Conn
	r    *bufio.Reader
}

func (b *bench) dial(from string) *client {
	b.t.Helper()
	c, err := b.l.dial(from)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { c.Close() })
	return &client{b.t, c, c, bufio.NewReader(c)}
}

func (c *client) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c.conn, s); err != nil {
		c.t.Fatalf("send %.60q: %v", s, err)
	}
}

// reply reads one reply of any number of lines; "EOF" is the end of the connection.
func (c *client) reply() string {
	var b strings.Builder
	for {
		l, err := c.r.ReadString('\n')
		if err != nil {
			return b.String() + "EOF"
		}
		b.WriteString(strings.TrimSuffix(l, "\r\n"))
		if len(l) < 4 || l[3] != '-' {
			return b.String()
		}
		b.WriteString("\n")
	}
}

// expect reads one reply whose last line begins with want.
func (c *client) expect(want string) string {
	c.t.Helper()
	got := c.reply()
	last := got[strings.LastIndexByte(got, '\n')+1:]
	if !strings.HasPrefix(last, want) {
		c.t.Errorf("got %q, want %q", got, want)
	}
	return got
}

// talk runs a dialog: lines that begin with ">" are sent with CRLF, with "~" as Go-quoted octets, with "<"
// expected.
func (c *client) talk(lines ...string) {
	c.t.Helper()
	for _, l := range lines {
		switch l[0] {
		case '>':
			c.send(strings.TrimPrefix(l[1:], " ") + "\r\n")
		case '~':
			c.send(l[1:])
		case '<':
			c.expect(strings.TrimPrefix(l[1:], " "))
		}
	}
}
