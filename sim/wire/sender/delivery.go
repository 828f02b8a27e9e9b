package sender

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
)

// delivery is one Send.
type delivery struct {
	c       *Client
	env     dialog.Envelope
	msg     record.Message
	timeout time.Duration

	raw     *dialog.Timed
	net     *capped // raw, or TLS over it
	smtp    *smtp.Client
	broken  bool // no reply came: QUIT is pointless
	out     Outcome
	decided []bool
}

// refusal is a judgement of the client's own, in the form of a server's.
func refusal(code int, enhanced string, err error) error {
	return &dialog.Reply{Code: code, Enhanced: enhanced, Text: err.Error(), Cause: err}
}

// checkMessage reads the message once, before anything is sent: what cannot cross unchanged, must not be
// repaired on the way.
func (d *delivery) checkMessage() bool {
	check := &lineCheck{}
	err := d.copyTo(check)
	switch {
	case err != nil:
		d.fail("DATA", err)
	case !check.ok():
		d.fail("DATA", refusal(554, "5.6.0", ErrBareLine))
	case check.size != d.msg.Size:
		d.fail("DATA", fmt.Errorf("sender: message says it has %d octets, but has %d", d.msg.Size, check.size))
	default:
		return true
	}
	return false
}

func (d *delivery) copyTo(w io.Writer) error {
	if _, err := io.WriteString(w, d.msg.Header); err != nil {
		return err
	}
	body, err := d.c.Bodies.Open(d.msg.Body)
	if err != nil {
		return err
	}
	defer body.Close()
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{body}, make([]byte, 32<<10))
	return err
}

var errAddress = errors.New("sender: address is not valid")

// checkAddresses keeps out of the commands what could be read as something else.
func (d *delivery) checkAddresses() bool {
	if d.env.From != "" && !dialog.ValidAddress(d.env.From) {
		d.fail("MAIL", refusal(553, "5.1.7", errAddress))
	}
	for i, to := range d.env.To {
		if !d.decided[i] && !dialog.ValidAddress(to) {
			d.failOne(i, "RCPT", refusal(553, "5.1.3", errAddress))
		}
	}
	return d.open() > 0
}

// open counts the recipients whose fate is not decided.
func (d *delivery) open() (n int) {
	for _, done := range d.decided {
		if !done {
			n++
		}
	}
	return n
}

func (d *delivery) connect(ctx context.Context, addr string) bool {
	dialCtx, cancel := d.c.Clock.WithTimeout(ctx, d.timeout)
	defer cancel()
	nc, err := d.c.Dial(dialCtx, "tcp", addr)
	if err != nil {
		d.fail("CONNECT", err)
		return false
	}
	d.raw = dialog.NewTimed(nc, d.c.Clock, d.timeout, 0)
	d.net = &capped{Conn: d.raw, left: maxReplies}
	d.out.Local = nc.LocalAddr().String()
	return true
}

// secure brings TLS about, or not, as the client is told.
func (d *delivery) secure(ctx context.Context) bool {
	if d.c.ImplicitTLS {
		return d.handshake(ctx)
	}
	if d.c.STARTTLS == Never || d.c.STARTTLS == Opportunistic && d.c.TLS == nil {
		d.smtp = smtp.NewClient(d.net)
		return true
	}
	ext, err := introduce(d.net, d.c.Hostname)
	if err != nil {
		d.fail(helloVerb(err), err)
		return false
	}
	if _, offered := ext.find("STARTTLS"); !offered {
		if d.c.STARTTLS == Required {
			io.WriteString(d.net, "QUIT\r\n")
			d.fail("TLS", ErrNoSTARTTLS)
			return false
		}
		d.smtp = smtp.NewClient(&replay{Conn: d.net, canned: []byte(greeting), hello: ext.lines})
		return true
	}
	if err := startTLS(d.net); err != nil {
		d.fail("TLS", err)
		return false
	}
	if !d.handshake(ctx) {
		return false
	}
	d.smtp = smtp.NewClient(&replay{Conn: d.net, canned: []byte(greeting)})
	return true
}

func (d *delivery) handshake(ctx context.Context) bool {
	if d.c.TLS == nil {
		d.fail("TLS", errors.New("sender: Client.TLS is nil, but TLS is required"))
		return false
	}
	cfg := d.c.TLS
	if cfg.ServerName == "" && !cfg.InsecureSkipVerify {
		cfg = cfg.Clone()
		cfg.ServerName, _, _ = net.SplitHostPort(d.out.Remote)
	}
	tc := tls.Client(d.raw, cfg)
	if err := tc.HandshakeContext(ctx); err != nil {
		d.fail("TLS", fmt.Errorf("TLS handshake: %w", err))
		return false
	}
	d.out.TLS = strings.TrimPrefix(tls.VersionName(tc.ConnectionState().Version), "TLS ")
	d.net = &capped{Conn: tc, left: maxReplies}
	d.smtp = smtp.NewClient(d.net)
	return true
}

// greet runs what comes before MAIL.
func (d *delivery) greet() bool {
	if err := d.smtp.Hello(d.c.Hostname); err != nil {
		verb := "EHLO"
		if !d.net.spoke {
			verb = "CONNECT"
		}
		d.fail(verb, err)
		return false
	}
	if d.c.External {
		if err := d.smtp.Auth(sasl.NewExternalClient(d.c.Identity)); err != nil {
			d.fail("AUTH", err)
			return false
		}
	}
	return true
}

// transact runs MAIL, RCPT and DATA, and QUIT whatever became of them.
func (d *delivery) transact() {
	defer d.quit()
	if err := d.smtp.Mail(d.env.From, &smtp.MailOptions{Size: d.msg.Size}); err != nil {
		d.fail("MAIL", err)
		return
	}
	for i, to := range d.env.To {
		if d.decided[i] {
			continue
		}
		if err := d.smtp.Rcpt(to, nil); err != nil {
			if !isReply(err) {
				d.fail("RCPT", err)
				return
			}
			d.failOne(i, "RCPT", err)
		}
	}
	if d.open() == 0 {
		return
	}
	w, err := d.smtp.Data()
	if err != nil {
		d.fail("DATA", err)
		return
	}
	if err := d.copyTo(w); err != nil {
		d.raw.Close() // a dot now would make half a message a whole one
		d.fail("DATA", err)
		return
	}
	resp, err := w.CloseWithResponse()
	if err != nil {
		d.fail("END", err)
		return
	}
	d.succeed(resp.StatusText)
}

// quitTime is how long a server may take to say goodbye; the message's fate is decided by then.
const quitTime = 10 * time.Second

func (d *delivery) quit() {
	if d.broken {
		return
	}
	d.raw.SetIdle(min(quitTime, d.timeout))
	d.smtp.Quit()
}

func (d *delivery) succeed(text string) {
	enhanced, text := dialog.SplitEnhanced(250, text)
	var to []string
	for i := range d.out.Results {
		if !d.decided[i] {
			r := &d.out.Results[i]
			r.Verb, r.Code, r.Enhanced, r.Text = "END", 250, enhanced, text
			to = append(to, r.To)
		}
	}
	d.c.Record.Add(d.event(record.Event{Kind: record.Sent, To: to, Code: 250, Enhanced: enhanced, Text: text}))
}

// fail decides all recipients that are not decided yet.
func (d *delivery) fail(verb string, err error) {
	d.broken = !isReply(err)
	var to []string
	var r Result
	for i := range d.out.Results {
		if !d.decided[i] {
			d.decided[i] = true
			r = newResult(d.out.Results[i].To, verb, err)
			d.out.Results[i] = r
			to = append(to, r.To)
		}
	}
	if len(to) > 0 {
		d.reject(r, to)
	}
}

func (d *delivery) failOne(i int, verb string, err error) {
	d.decided[i] = true
	d.out.Results[i] = newResult(d.env.To[i], verb, err)
	d.reject(d.out.Results[i], []string{d.env.To[i]})
}

func (d *delivery) reject(r Result, to []string) {
	e := record.Event{Kind: record.Rejected, To: to, Verb: r.Verb, Code: r.Code, Enhanced: r.Enhanced, Text: r.Text}
	if r.Code == 0 {
		e.Error = r.Err.Error()
	}
	d.c.Record.Add(d.event(e))
}

func (d *delivery) event(e record.Event) record.Event {
	e.Who, e.Local, e.Remote, e.TLS = d.c.Who, d.out.Local, d.out.Remote, d.out.TLS
	e.From, e.Msg = d.env.From, &d.msg
	return e
}
