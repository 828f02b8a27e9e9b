package courier

import (
	"context"
	"crypto"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/gateway/audit"
	"demailbench/gateway/door"
	"demailbench/gateway/notice"
)

// repliesMax bounds what a server may say in one session, so that it cannot fill the memory.
const repliesMax = 1 << 20

// connect opens a session at t, up to and including EHLO and AUTH. The caller closes it.
func (c *Courier) connect(ctx context.Context, t target) (*smtp.Client, string, *trouble) {
	if t.dmda {
		if _, err := c.certificate(); err != nil {
			tr := problem("CARD", "the card gives no certificate", err)
			tr.card = true
			return nil, "", tr
		}
	}
	dialing, cancel := c.Clock.WithTimeout(ctx, dialTimeout)
	defer cancel()
	raw, err := c.Dial(dialing, "tcp", t.addr.String())
	if err != nil {
		return nil, "", problem("CONNECT", "cannot connect to "+t.host, err)
	}
	conn := &guarded{Conn: raw, clock: c.Clock, budget: repliesMax}
	context.AfterFunc(ctx, func() { raw.Close() })
	k, version, tr := c.greet(ctx, t, conn)
	if tr != nil {
		return nil, "", tr
	}
	return k, version, nil
}

// greet protects conn as t demands and says hello on it. It closes conn on trouble.
func (c *Courier) greet(ctx context.Context, t target, conn *guarded) (k *smtp.Client, version string, tr *trouble) {
	defer func() {
		if tr != nil {
			conn.Close()
		}
	}()
	var safe *tls.Conn
	switch {
	case t.dmda:
		var signed signing
		if safe, tr = c.handshake(ctx, conn, c.withCard(c.DMDAName, &signed)); tr != nil {
			tr.card, tr.banned = signed.failed(), tr.insecure && !signed.failed()
		}
	case !t.clear:
		if tr = c.startTLS(conn, t.host); tr == nil {
			safe, tr = c.handshake(ctx, conn, c.tlsConfig(t.host))
		}
	}
	if tr != nil {
		return nil, "", tr
	}
	k = c.client(conn, safe, t)
	if err := k.Hello(c.Hostname); err != nil {
		return nil, "", refused("EHLO", err)
	}
	if t.dmda {
		if !k.SupportsAuth(sasl.External) {
			return nil, "", problem("AUTH", t.host+" does not offer SASL EXTERNAL", nil)
		}
		if err := k.Auth(sasl.NewExternalClient("")); err != nil {
			return nil, "", refused("AUTH", err)
		}
	}
	if safe != nil {
		version = strings.TrimPrefix(tls.VersionName(safe.ConnectionState().Version), "TLS ")
	}
	return k, version, nil
}

// client puts the SMTP client on the right layer. After STARTTLS a server does not greet again, but go-smtp
// waits for that, so the greeting that was read in clear is given to it once more.
func (c *Courier) client(conn *guarded, safe *tls.Conn, t target) *smtp.Client {
	var k *smtp.Client
	switch {
	case safe == nil:
		k = smtp.NewClient(conn)
	case t.dmda:
		k = smtp.NewClient(safe)
	default:
		k = smtp.NewClient(&greeted{Conn: safe, greeting: strings.NewReader("220 " + t.host + "\r\n")})
	}
	k.CommandTimeout, k.SubmissionTimeout = commandTimeout, finalTimeout
	return k
}

// startTLS speaks SMTP in clear as far as the reply to STARTTLS. It is ours because go-smtp says EHLO with a
// name of its own here and compares keywords by case.
func (c *Courier) startTLS(conn *guarded, host string) *trouble {
	if err := conn.SetReadDeadline(c.Clock.Now().Add(commandTimeout)); err != nil {
		return problem("CONNECT", "connection to "+host+" failed", err)
	}
	defer conn.SetReadDeadline(time.Time{}) // fails only on a dead connection, which the next read tells
	text := textproto.NewConn(conn)
	if _, _, err := text.ReadResponse(220); err != nil {
		return spoken("CONNECT", err)
	}
	features, err := command(text, 250, "EHLO "+c.Hostname)
	if err != nil {
		return spoken("EHLO", err)
	}
	offered := false
	for _, f := range strings.Split(features, "\n") {
		offered = offered || strings.EqualFold(strings.TrimSpace(f), "STARTTLS")
	}
	if !offered {
		return untrusted(problem("TLS", host+" does not offer STARTTLS; without it nothing may be sent", nil))
	}
	if _, err := command(text, 220, "STARTTLS"); err != nil {
		return untrusted(spoken("TLS", err))
	}
	if text.R.Buffered() > 0 { // what came before the handshake was not protected: RFC 3207 4.2
		return untrusted(problem("TLS", host+" sent text between STARTTLS and the handshake", nil))
	}
	return nil
}

func command(text *textproto.Conn, want int, cmd string) (string, error) {
	if err := text.PrintfLine("%s", cmd); err != nil {
		return "", err
	}
	_, msg, err := text.ReadResponse(want)
	return msg, err
}

// spoken is refused for the exchange before TLS.
func spoken(verb string, err error) *trouble {
	var e *textproto.Error
	if errors.As(err, &e) {
		return &trouble{verb: verb, answer: notice.Line(e.Error()), cause: err}
	}
	return problem(verb, "connection failed", err)
}

// handshake makes conn a TLS client connection.
func (c *Courier) handshake(ctx context.Context, conn net.Conn, cfg *tls.Config) (*tls.Conn, *trouble) {
	ctx, cancel := c.Clock.WithTimeout(ctx, tlsTimeout)
	defer cancel()
	safe := tls.Client(conn, cfg)
	if err := safe.HandshakeContext(ctx); err != nil {
		return nil, untrusted(problem("TLS", "handshake with "+cfg.ServerName+" failed", err))
	}
	return safe, nil
}

// untrusted marks t as a trouble of the line's security, unless the connection itself failed: an outage of the
// network is no reason to alert anybody to a missing certificate.
func untrusted(t *trouble) *trouble {
	var local net.Error
	var op *net.OpError
	var answered *textproto.Error
	switch {
	case t.cause == nil, errors.As(t.cause, &answered):
		t.insecure = true
	case errors.As(t.cause, &op) && (op.Op == "remote error" || op.Op == "local error"):
		t.insecure = true // a TLS alert
	case errors.As(t.cause, &local), errors.Is(t.cause, io.EOF), errors.Is(t.cause, io.ErrUnexpectedEOF),
		errors.Is(t.cause, context.Canceled), errors.Is(t.cause, context.DeadlineExceeded), errors.Is(t.cause, net.ErrClosed):
	default:
		t.insecure = true
	}
	return t
}

// tlsConfig is the client's side of every TLS connection.
func (c *Courier) tlsConfig(name string) *tls.Config {
	return &tls.Config{
		ServerName:             name,
		RootCAs:                c.Roots,
		Time:                   c.Clock.Now,
		MinVersion:             tls.VersionTLS12,
		CurvePreferences:       []tls.CurveID{tls.X25519},
		SessionTicketsDisabled: true,
	}
}

// withCard adds the card's certificate. It is asked at every handshake: a card that was removed or blocked
// ends sending at once (S1-036). s learns whether the card signed: a locked card still shows its certificate, and
// the TLS library gives no cause but text.
func (c *Courier) withCard(name string, s *signing) *tls.Config {
	cfg := c.tlsConfig(name)
	cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		cert, err := c.certificate()
		if key, ok := cert.PrivateKey.(crypto.Signer); ok {
			cert.PrivateKey = &witness{key, s, c.Trail}
		}
		return &cert, s.note(err)
	}
	return cfg
}

// signing is what became of the card in one handshake.
type signing struct {
	mu  sync.Mutex
	err error
}

func (s *signing) note(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
	return err
}

// failed tells whether the card, not the DMDA, ended the handshake.
func (s *signing) failed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err != nil
}

// witness is the card's key; its failures are noted.
type witness struct {
	crypto.Signer
	to    *signing
	trail *audit.Trail
}

// Sign signs on the card.
func (w *witness) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	sig, err := w.Signer.Sign(rand, digest, opts)
	if err != nil {
		w.trail.CardRefused(err)
	}
	return sig, w.to.note(err)
}

func (c *Courier) certificate() (tls.Certificate, error) {
	cert, err := c.Card.Certificate()
	if err != nil {
		c.Trail.CardRefused(err)
	}
	return cert, err
}

// guarded is a connection on which nobody can hold us: every write has a deadline, which go-smtp forgets while
// it writes a body, and the replies have a budget.
type guarded struct {
	net.Conn
	clock  door.Clock
	budget int
}

// Write writes p within blockTimeout (RFC 5321 4.5.3.2.5).
func (g *guarded) Write(p []byte) (int, error) {
	if err := g.Conn.SetWriteDeadline(g.clock.Now().Add(blockTimeout)); err != nil {
		return 0, err
	}
	return g.Conn.Write(p)
}

// Read counts what the server says.
func (g *guarded) Read(p []byte) (int, error) {
	if g.budget <= 0 {
		return 0, errors.New("the server's replies exceed 1 MiB")
	}
	n, err := g.Conn.Read(p)
	g.budget -= n
	return n, err
}

// greeted reads greeting before the connection.
type greeted struct {
	net.Conn
	greeting io.Reader
}

// Read returns the greeting, then what the connection has.
func (g *greeted) Read(p []byte) (int, error) {
	if n, err := g.greeting.Read(p); err == nil {
		return n, nil
	}
	return g.Conn.Read(p)
}
