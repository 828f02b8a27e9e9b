// Package sender sends messages by SMTP as the parties of the simulated world do: one connection a message,
// an outcome for each recipient, and TLS exactly as told. It runs on go-smtp's client; what the library
// repairs, overlooks or waits for without end, the package refuses, notices or ends (RFC 5321, 3207, 4954).
// It leaves out finding the server, queues and retries: those are the party's (sim/mta, sim/dmda).
package sender

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
)

// defaultTimeout is that of Client.Timeout.
const defaultTimeout = 5 * time.Minute

// STARTTLS says how a client treats STARTTLS. No choice sends in clear after a failed handshake.
type STARTTLS int

const (
	// Opportunistic uses STARTTLS where the server offers it and Client.TLS is set, else sends in clear.
	Opportunistic STARTTLS = iota
	// Never sends in clear.
	Never
	// Required sends only after STARTTLS: without the offer nothing of the envelope leaves the client.
	Required
)

// Errors of the client's own judgement; match them with errors.Is on Result.Err.
var (
	// ErrNoSTARTTLS: TLS is required and the server does not offer it.
	ErrNoSTARTTLS = errors.New("sender: server does not offer STARTTLS, which is required")
	// ErrBareLine: the message has a CR or LF of its own, or does not end with CRLF, so it cannot cross
	// SMTP unchanged (RFC 5321 2.3.8).
	ErrBareLine = errors.New("sender: message has a bare CR or LF or does not end with CRLF")
)

// Client sends messages, one connection each. Who, Hostname, Dial, Clock, Record and Bodies are required.
// A Client has no state: it may be copied and used by several goroutines.
type Client struct {
	// Who is the host's name in the record.
	Who string
	// Hostname is the name in EHLO.
	Hostname string
	// Dial opens the connection.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Clock is the world's clock.
	Clock clock.Clock
	// Record receives Sent and Rejected events.
	Record *record.Record
	// Bodies has the bodies of the messages to send.
	Bodies *record.Bodies
	// TLS is the client's side of TLS. Where its ServerName is empty, the host of the address is used.
	TLS *tls.Config
	// STARTTLS is ignored with ImplicitTLS.
	STARTTLS STARTTLS
	// ImplicitTLS starts the connection with the handshake.
	ImplicitTLS bool
	// External authenticates with SASL EXTERNAL as Identity, empty for whatever the certificate says.
	External bool
	Identity string
	// Timeout limits the dial and each wait for the peer to answer or to take octets; 0 means 5 min.
	Timeout time.Duration
}

// Send delivers msg to the server at addr ("IP:port") for all recipients of env, and reports on each. It
// ends with ctx. One failing recipient does not keep the message from the others.
func (c *Client) Send(ctx context.Context, addr string, env dialog.Envelope, msg record.Message) Outcome {
	d := &delivery{c: c, env: env, msg: msg, timeout: c.Timeout, out: Outcome{Remote: addr}}
	if d.timeout == 0 {
		d.timeout = defaultTimeout
	}
	for _, to := range env.To {
		d.out.Results = append(d.out.Results, Result{To: to})
	}
	d.decided = make([]bool, len(env.To))
	if d.checkMessage() && d.checkAddresses() && d.connect(ctx, addr) {
		defer context.AfterFunc(ctx, func() { d.raw.Close() })()
		defer d.raw.Close()
		if d.secure(ctx) && d.greet() {
			d.transact()
		}
	}
	return d.out
}
