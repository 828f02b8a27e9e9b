package preflight

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	"demailbench/reports/wiring"
)

// checkTenants greets the tenants' listener as a tenant's mail server, and starts TLS when that needs it.
func (s *Subject) checkTenants() *Miswired {
	t := s.Tenants
	hop := fmt.Sprintf("tenants' listener %v, which stands for %s", t.At, t.Inside)
	fail := func(part wiring.Hop, err error, fix string) *Miswired { return &Miswired{hop, err, fix, part} }
	c, m := s.knock(hop, t.Side)
	if m != nil {
		return m
	}
	defer c.Close()
	text := textproto.NewConn(c)
	if _, _, err := text.ReadResponse(220); err != nil {
		return fail(wiring.Auth, fmt.Errorf("no greeting with 220 for %v, which stands for mail server %s: %w", c.LocalAddr(), t.Peer, err),
			"let it speak SMTP there, and serve the tenants' networks that the configuration names")
	}
	offer, err := say(text, 250, "EHLO "+t.Hello)
	if err != nil {
		return fail(wiring.Auth, fmt.Errorf("EHLO is refused: %w", err), "let it take EHLO (RFC 5321 4.1.1.1)")
	}
	if !t.Secure {
		return nil
	}
	if !strings.Contains(strings.ToUpper(offer), "STARTTLS") {
		return fail(wiring.TLS, errors.New("it does not offer STARTTLS"), "give it its certificate and key, and switch STARTTLS on")
	}
	if _, err := say(text, 220, "STARTTLS"); err != nil {
		return fail(wiring.TLS, fmt.Errorf("STARTTLS is refused: %w", err), "give it its certificate and key")
	}
	_, m = s.handshake(hop, c, t.TLS)
	return m
}

// checkProvider greets the provider's listener as the DMDA, with its certificate.
func (s *Subject) checkProvider() *Miswired {
	p := s.Provider
	hop := fmt.Sprintf("provider's listener %v, which stands for %s", p.At, p.Inside)
	c, m := s.knock(hop, p.Side)
	if m != nil {
		return m
	}
	defer c.Close()
	safe, m := s.handshake(hop, c, p.TLS)
	if m != nil {
		return m
	}
	if _, _, err := textproto.NewConn(safe).ReadResponse(220); err != nil {
		return &Miswired{hop, fmt.Errorf("no greeting with 220 for the DMDA, certificate %q, from %v: %w", p.Certificate, c.LocalAddr(), err),
			"let it trust the roots that it was given, and take the DMDA's certificate", certificate(err)}
	}
	return nil
}

// handshake makes c a TLS connection.
func (s *Subject) handshake(hop string, c net.Conn, cfg *tls.Config) (*tls.Conn, *Miswired) {
	safe := tls.Client(c, cfg)
	err := safe.Handshake()
	if err == nil {
		return safe, nil
	}
	return nil, &Miswired{hop, fmt.Errorf("TLS handshake as %s: %w", cfg.ServerName, err),
		fmt.Sprintf("let it speak TLS there, with the certificate that it was given: for %s, of the bench's authority, valid today", s.Hostname), wiring.TLS}
}

// certificate is the kind of wiring that a complaint about the DMDA's certificate is about: who takes a valid one for
// expired has a wrong clock.
func certificate(err error) wiring.Hop {
	if strings.Contains(err.Error(), "expired certificate") {
		return wiring.Clock
	}
	return wiring.ClientCertificate
}

func say(text *textproto.Conn, want int, command string) (string, error) {
	if err := text.PrintfLine("%s", command); err != nil {
		return "", err
	}
	_, answer, err := text.ReadResponse(want)
	return answer, err
}
