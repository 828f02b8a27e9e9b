package smtpd_test

import (
	"bufio"
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"demailbench/fixtures"
	"demailbench/gateway/smtpd"
)

// pki issues certificates over the bench's public test keys.
type pki struct {
	t      testing.TB
	rand   io.Reader
	serial int64
	clock  func() time.Time
	roots  *x509.CertPool
	cas    map[string]*x509.Certificate
}

func newPKI(t testing.TB) *pki {
	p := &pki{t: t, rand: rand.NewChaCha8([32]byte{2}), roots: x509.NewCertPool(), cas: map[string]*x509.Certificate{}}
	for _, name := range []string{"ca", "other-ca"} {
		tmpl := &x509.Certificate{Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
		p.cas[name] = p.sign(tmpl, tmpl, p.key(name).Public(), name)
	}
	p.roots.AddCert(p.cas["ca"])
	return p
}

func (p *pki) key(name string) crypto.Signer {
	p.t.Helper()
	b, err := fixtures.FS.ReadFile("pki/" + name + ".pem")
	if err != nil {
		p.t.Fatal(err)
	}
	block, _ := pem.Decode(b)
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		p.t.Fatal(err)
	}
	return k.(crypto.Signer)
}

func (p *pki) sign(tmpl, parent *x509.Certificate, pub any, signer string) *x509.Certificate {
	p.t.Helper()
	p.serial++
	tmpl.SerialNumber = big.NewInt(p.serial)
	if tmpl.NotAfter.IsZero() {
		tmpl.NotBefore, tmpl.NotAfter = epoch.Add(-time.Hour), epoch.Add(24*time.Hour)
	}
	der, err := x509.CreateCertificate(p.rand, tmpl, parent, pub, p.key(signer))
	if err != nil {
		p.t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// issue makes a certificate for key, by default from "ca" for both usages.
func (p *pki) issue(key, name string, change func(*x509.Certificate) (ca string)) tls.Certificate {
	tmpl := &x509.Certificate{Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	ca := "ca"
	if change != nil {
		ca = change(tmpl)
	}
	c := p.sign(tmpl, p.cas[ca], p.key(key).Public(), ca)
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: p.key(key)}
}

func (p *pki) server() tls.Certificate { return p.issue("gateway", "gw.central.example", nil) }

// served hands the server's certificate out.
func (p *pki) served() func() *tls.Certificate {
	c := p.server()
	return func() *tls.Certificate { return &c }
}

// client is a TLS configuration with a certificate of name, or none.
func (p *pki) client(key, name string) *tls.Config {
	c := &tls.Config{RootCAs: p.roots, ServerName: "gw.central.example", Time: func() time.Time { return epoch }}
	if name != "" {
		c.Certificates = []tls.Certificate{p.issue(key, name, nil)}
	}
	return c
}

func newProvider(t testing.TB, p *pki, change func(*smtpd.Config)) *bench {
	return newBench(t, smtpd.NewProvider, func(c *smtpd.Config) {
		c.Certificate, c.Roots, c.Peers = p.served(), p.roots, []string{"itsp.t-systems.example"}
		if change != nil {
			change(c)
		}
	})
}

func newSTARTTLS(t testing.TB, p *pki) *bench {
	return newTenants(t, func(c *smtpd.Config) { c.Certificate = p.served() })
}

const dmda = "198.51.100.10"

// dialTLS opens a connection with implicit TLS; the handshake happens with the first octets.
func (b *bench) dialTLS(c *tls.Config) *client {
	b.t.Helper()
	cl := b.dial(dmda)
	cl.upgrade(c)
	return cl
}

func (c *client) upgrade(config *tls.Config) {
	c.conn = tls.Client(c.raw, config)
	c.r = bufio.NewReader(c.conn)
}

func TestSTARTTLS(t *testing.T) {
	p := newPKI(t)
	b := newSTARTTLS(t, p)
	c := b.dial(hostA)
	c.talk("< 220 ", "> STARTTLS", "< 503 5.5.1 EHLO first", "> EHLO a.test")
	if got := c.reply(); !strings.Contains(got, "\n250-STARTTLS\n") {
		t.Errorf("STARTTLS is not offered: %q", got)
	}
	c.talk("> STARTTLS now", "< 501", "> STARTTLS", "< 220 2.0.0")
	c.upgrade(p.client("", ""))
	c.talk("> MAIL FROM:<p@a.test>", "< 503 5.5.1 EHLO first", "> EHLO a.test")
	if got := c.reply(); strings.Contains(got, "STARTTLS") {
		t.Errorf("STARTTLS is offered inside TLS: %q", got)
	}
	c.talk("> STARTTLS", "< 503", "> MAIL FROM:<p@a.test>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> DATA", "< 354 ",
		"~From: p@a.test\r\n\r\nx\r\n.\r\n", "< 250 ", "> QUIT", "< 221 ", "< EOF")
	if a := b.audit.acceptances(); len(a) != 1 || a[0].Peer.TLS != "1.3" || a[0].Peer.Hello != "a.test" {
		t.Errorf("audit: %+v", a)
	}
}

// TestSTARTTLSForgets: what was said in clear does not count inside TLS (RFC 3207 4.2).
func TestSTARTTLSForgets(t *testing.T) {
	p := newPKI(t)
	b := newSTARTTLS(t, p)
	c := b.dial(hostB)
	c.talk("< 220 ", "> EHLO b.test", "< 250 ", "> MAIL FROM:<p@b.test>", "< 250 ", "> RCPT TO:<cz@x.de-mail.de>", "< 250 ", "> STARTTLS", "< 220 ")
	c.upgrade(p.client("", ""))
	c.talk("> EHLO b.test", "< 250 ", "> DATA", "< 503")
}

// TestSTARTTLSInjection is CVE-2011-0411: commands between STARTTLS and the handshake.
func TestSTARTTLSInjection(t *testing.T) {
	b := newSTARTTLS(t, newPKI(t))
	c := b.dial(hostA)
	c.talk("< 220 ", "> EHLO a.test", "< 250 ", "~STARTTLS\r\nMAIL FROM:<p@a.test>\r\n", "< 503 5.5.1", "< EOF")
}

// TestFailedHandshake: after it nothing is said or heard in clear.
func TestFailedHandshake(t *testing.T) {
	b := newSTARTTLS(t, newPKI(t))
	c := b.dial(hostA)
	c.talk("< 220 ", "> EHLO a.test", "< 250 ", "> STARTTLS", "< 220 ")
	c.send("this is no ClientHello\r\nEHLO a.test\r\nMAIL FROM:<p@a.test>\r\n")
	rest, _ := io.ReadAll(c.r)
	if strings.ContainsAny(string(rest), "\n") || len(rest) > 0 && rest[0] != 21 {
		t.Errorf("said in clear: %q", rest)
	}
	if r := b.audit.refusals(); len(r) != 1 || r[0].Verb != "TLS" {
		t.Errorf("audit: %+v", r)
	}
}

// TestHandshakeDeadline is TLS-021: a peer that feeds the handshake octet by octet is cut all the same.
func TestHandshakeDeadline(t *testing.T) {
	b := newSTARTTLS(t, newPKI(t))
	c := b.dial(hostA)
	c.talk("< 220 ", "> EHLO a.test", "< 250 ", "> STARTTLS", "< 220 ")
	c.send("\x16\x03\x01\x02")
	for range 6 {
		c.raw.out.blocked()
		b.clock.advance(10 * time.Second)
	}
	if rest, _ := io.ReadAll(c.r); strings.Contains(string(rest), "421") {
		t.Errorf("said in clear: %q", rest)
	}
}

// TestProviderCertificate is S0-016 and D16: who may push De-Mails.
func TestProviderCertificate(t *testing.T) {
	p := newPKI(t)
	expired := func(c *x509.Certificate) string {
		c.NotBefore, c.NotAfter = epoch.Add(-time.Hour), epoch.Add(-time.Second)
		return "ca"
	}
	for _, c := range []struct {
		name string
		cert func() []tls.Certificate
		ok   bool
	}{
		{"the DMDA's", func() []tls.Certificate { return []tls.Certificate{p.issue("provider", "itsp.t-systems.example", nil)} }, true},
		{"none", func() []tls.Certificate { return nil }, false},
		{"another name", func() []tls.Certificate { return []tls.Certificate{p.issue("spare-1", "mail.a.test", nil)} }, false},
		{"another authority", func() []tls.Certificate {
			return []tls.Certificate{p.issue("provider", "itsp.t-systems.example", func(*x509.Certificate) string { return "other-ca" })}
		}, false},
		{"expired 1 s ago", func() []tls.Certificate {
			return []tls.Certificate{p.issue("provider", "itsp.t-systems.example", expired)}
		}, false},
		{"for servers only", func() []tls.Certificate {
			return []tls.Certificate{p.issue("provider", "itsp.t-systems.example", func(c *x509.Certificate) string {
				c.ExtKeyUsage = c.ExtKeyUsage[:1]
				return "ca"
			})}
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newProvider(t, p, nil)
			config := p.client("", "")
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if certs := c.cert(); len(certs) > 0 {
					return &certs[0], nil
				}
				return &tls.Certificate{}, nil
			}
			cl := b.dialTLS(config)
			cl.t = t
			if c.ok {
				cl.talk("< 220 ")
				return
			}
			cl.talk("< EOF")
			io.Copy(io.Discard, cl.raw) // the server's own end comes after the alert
			if r := b.audit.refusals(); len(r) != 1 || r[0].Verb != "TLS" || r[0].Direction != smtpd.Inbound {
				t.Errorf("audit: %+v", r)
			}
		})
	}
}

func TestExternal(t *testing.T) {
	p := newPKI(t)
	hello := []string{"< 220 ", "> EHLO itsp.t-systems.example", "< 250 "}
	for _, c := range []struct {
		name string
		talk []string
	}{
		{"empty identity", []string{"> AUTH EXTERNAL =", "< 235 ", "> AUTH EXTERNAL =", "< 503"}},
		{"own identity by challenge", []string{"> AUTH EXTERNAL", "< 334", "> aXRzcC50LXN5c3RlbXMuZXhhbXBsZQ==", "< 235 "}},
		{"another identity", []string{"> AUTH EXTERNAL bWFpbC5hLnRlc3Q=", "< 535 5.7.8"}},
		{"cancelled", []string{"> AUTH EXTERNAL", "< 334", "> *", "< 501", "> NOOP", "< 250 "}},
		{"no base64", []string{"> AUTH EXTERNAL ###", "< 454"}},
		{"another mechanism", []string{"> AUTH PLAIN AAAA", "< 504"}},
		{"TLS-015 CRLF in the identity", []string{"> AUTH EXTERNAL eA0KeQ==", "< 535 5.7.8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cl := newProvider(t, p, nil).dialTLS(p.client("provider", "itsp.t-systems.example"))
			cl.t = t
			cl.talk(hello...)
			cl.talk(c.talk...)
		})
	}
}

func TestProviderNeedsItsParts(t *testing.T) {
	p := newPKI(t)
	good := smtpd.Config{Hostname: "gw", Rules: rules(t), Intake: &intake{}, Clock: newClock(), Rand: p.rand, Certificate: p.served(),
		Roots: p.roots, Peers: []string{"itsp.t-systems.example"}}
	for name, change := range map[string]func(*smtpd.Config){
		"certificate": func(c *smtpd.Config) { c.Certificate = nil },
		"roots":       func(c *smtpd.Config) { c.Roots = nil },
		"peers":       func(c *smtpd.Config) { c.Peers = nil },
		"Rules":       func(c *smtpd.Config) { c.Rules = nil },
	} {
		c := good
		change(&c)
		if _, err := smtpd.NewProvider(c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := smtpd.NewProvider(good); err != nil {
		t.Error(err)
	}
}

// TestShutdown: idle peers are told, a message under way is finished, nobody new is served.
func TestShutdown(t *testing.T) {
	p := newPKI(t)
	b := newSTARTTLS(t, p)
	idle, secure, busy := b.dial(hostB), b.dial(hostA), b.dial(hostB)
	idle.talk("< 220 ", "> EHLO b.test", "< 250 ")
	secure.talk("< 220 ", "> EHLO a.test", "< 250 ", "> STARTTLS", "< 220 ")
	secure.upgrade(p.client("", ""))
	secure.talk("> EHLO a.test", "< 250 ")
	busy.talk(upToData...)
	busy.send("From: p@b.test\r\n\r\n")
	done := make(chan error, 1)
	go func() { done <- b.server.Shutdown(context.Background()) }()
	idle.talk("< 421 4.3.2", "< EOF")
	secure.talk("< 421 4.3.2", "< EOF")
	if _, err := b.l.dial(hostB); err == nil {
		t.Error("a new connection was taken")
	}
	busy.talk("~x\r\n.\r\n", "< 250 2.0.0 queued", "< 421 4.3.2", "< EOF")
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// TestShutdownGivesUp: when the time for draining is over, the rest is cut.
func TestShutdownGivesUp(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk(upToData...)
	ctx, cancel := b.clock.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- b.server.Shutdown(ctx) }()
	<-b.l.done
	b.clock.advance(time.Minute)
	if err := <-done; err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	c.talk("< EOF")
}

// TestClose: everything is cut, nothing half received is stored.
func TestClose(t *testing.T) {
	b := newTenants(t, nil)
	c := b.dial(hostB)
	c.talk(upToData...)
	c.send("From: p@b.test\r\n\r\nhalf\r\n")
	b.server.Close()
	c.talk("< EOF")
	if n := len(b.intake.all()); n != 0 {
		t.Error(fmt.Sprint(n, " messages stored"))
	}
}
