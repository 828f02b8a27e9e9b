// Package hostile is a gateway in wrong hands: it holds the operator's card and speaks to the provider's link as it
// likes. What the provider answers stands in the record. It leaves out what the answers mean (features/check).
package hostile

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// Gateway is at the gateway's host and has its card. Its methods are for one goroutine.
type Gateway struct {
	// Client is a mail client at the host, Link where the provider takes De-Mails, Hostname the name in its
	// certificate, Provider its host in the record.
	Client                   *wire.Client
	Link, Hostname, Provider string
	// PKI is whom everybody trusts, Card the operator's card and PIN what opens it.
	PKI  *pki.Authority
	Card *pki.Card
	PIN  string
	// Bodies has the bodies of the mails; Compose writes one to the citizen.
	Bodies  *record.Bodies
	Compose func(letter.Draft) (*letter.Mail, error)
	// Expect puts an expectation into the record, and waits until it holds.
	Expect func(check.Expectation) error
}

// open makes the client one that speaks to the link properly: implicit TLS, the card's certificate, SASL EXTERNAL.
func (g *Gateway) open() error {
	err := g.Card.Unlock(g.PIN)
	if err != nil {
		return fmt.Errorf("the card cannot be misused: %w", err)
	}
	cert, err := g.Card.Certificate()
	if err != nil {
		return fmt.Errorf("the card cannot be misused: %w", err)
	}
	g.Client.ImplicitTLS, g.Client.External, g.Client.TLS = true, true, g.PKI.ClientConfig(g.Hostname, cert)
	return nil
}

// Misuse sends a mail with a claimed sender, another one in the From field, and forged header fields by the link.
func (g *Gateway) Misuse(envelope, from string, fields ...string) error {
	if err := g.open(); err != nil {
		return err
	}
	m, err := g.Compose(letter.Draft{Envelope: envelope, From: from, Fields: fields})
	if err != nil {
		return err
	}
	g.Client.Send(context.Background(), g.Link, wire.Envelope{From: m.From, To: []string{m.To}}, m.Message)
	return nil // what became of it is in the record
}

// LinkRefuses expects that the provider refused something on its link with a code at a verb.
func (g *Gateway) LinkRefuses(verb, code string) error {
	return g.Expect(check.Expectation{Kind: check.Happened, Event: string(record.Refused), Who: g.Provider, Verb: verb, Code: code})
}

// Stages are where a connection can be cut, in their order.
var Stages = []string{"TLS", "greeting", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "half the message", "the last line"}

// Cuts opens a connection, goes as far as stage, and cuts the line there.
func (g *Gateway) Cuts(stage, from string) error {
	far := slices.Index(Stages, stage)
	if far < 0 {
		return fmt.Errorf("no stage %q; the stages are: %s", stage, strings.Join(Stages, ", "))
	}
	m, octets, err := g.octets(from)
	if err != nil {
		return err
	}
	c, err := g.dial()
	if err != nil {
		return err
	}
	defer c.NetConn().Close() // the line is cut: no close_notify, no QUIT
	text := textproto.NewConn(c)
	for _, s := range Stages[1 : far+1] {
		if err := say(text, s, m, octets); err != nil {
			return fmt.Errorf("the DMDA does not let a proper dialog go on to %s: %w", s, err)
		}
	}
	return nil
}

// say goes through one stage of a proper dialog.
func say(text *textproto.Conn, stage string, m *letter.Mail, octets []byte) error {
	line, code := "", 250
	switch stage {
	case "greeting":
		code = 220
	case "EHLO":
		line = "EHLO gateway.central.example"
	case "AUTH":
		line, code = "AUTH EXTERNAL =", 235
	case "MAIL":
		line = "MAIL FROM:<" + m.From + ">"
	case "RCPT":
		line = "RCPT TO:<" + m.To + ">"
	case "DATA":
		line, code = "DATA", 354
	case "half the message":
		return write(text, octets[:len(octets)/2])
	case "the last line": // all of it, but not the dot that ends it
		return write(text, octets[len(octets)/2:])
	}
	if line != "" {
		if err := text.PrintfLine("%s", line); err != nil {
			return err
		}
	}
	_, _, err := text.ReadResponse(code)
	return err
}

func write(text *textproto.Conn, octets []byte) error {
	if _, err := text.W.Write(octets); err != nil {
		return err
	}
	return text.W.Flush()
}

// SpeaksEarly sends its whole dialog before the provider has greeted.
func (g *Gateway) SpeaksEarly(from string) error {
	m, octets, err := g.octets(from)
	if err != nil {
		return err
	}
	c, err := g.dial()
	if err != nil {
		return err
	}
	defer c.Close()
	dialog := fmt.Sprintf("EHLO gateway.central.example\r\nAUTH EXTERNAL =\r\nMAIL FROM:<%s>\r\nRCPT TO:<%s>\r\nDATA\r\n%s.\r\nQUIT\r\n", m.From, m.To, octets)
	if _, err := io.WriteString(c, dialog); err != nil {
		return nil // the DMDA has hung up already
	}
	_, _ = io.Copy(io.Discard, c) // what it says is in its record
	return nil
}

// Floods opens so many connections at once and says nothing on them.
func (g *Gateway) Floods(connections int) error {
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range connections {
		c, err := g.dial()
		if err != nil {
			return err
		}
		open = append(open, c)
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
			return nil // the DMDA takes no more
		}
	}
	return nil
}

// dial opens a connection to the link with TLS and the card.
func (g *Gateway) dial() (*tls.Conn, error) {
	if err := g.open(); err != nil {
		return nil, err
	}
	raw, err := g.Client.Dial(context.Background(), "tcp", g.Link)
	if err != nil {
		return nil, fmt.Errorf("the link cannot be reached: %w", err)
	}
	c := tls.Client(raw, g.Client.TLS)
	if err := c.HandshakeContext(context.Background()); err != nil {
		raw.Close()
		return nil, fmt.Errorf("the link does not take the card: %w", err)
	}
	return c, nil
}

// octets writes a mail from an address, as it goes over the wire, without the dot.
func (g *Gateway) octets(from string) (*letter.Mail, []byte, error) {
	m, err := g.Compose(letter.Draft{Envelope: from, From: from})
	if err != nil {
		return nil, nil, err
	}
	body, err := g.Bodies.Open(m.Message.Body)
	if err != nil {
		return nil, nil, err
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		return nil, nil, err
	}
	var b strings.Builder
	d := textproto.NewWriter(bufio.NewWriter(&b)).DotWriter()
	if _, err := io.WriteString(d, m.Message.Header+string(text)); err != nil {
		return nil, nil, err
	}
	if err := d.Close(); err != nil {
		return nil, nil, err
	}
	return m, []byte(strings.TrimSuffix(b.String(), ".\r\n")), nil
}
