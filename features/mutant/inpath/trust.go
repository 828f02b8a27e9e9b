package inpath

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"sync"
	"time"
)

type (
	clockNow = func() time.Time
	rootPool = *x509.CertPool
	cardOf   = interface {
		Unlock(pin string) error
		Certificate() (tls.Certificate, error)
	}
)

// authority signs what the peer shows the gateway in the name of others.
type authority struct {
	cert *x509.Certificate
	key  ed25519.PrivateKey
	leaf ed25519.PrivateKey
}

// The keys are no secret: nobody but a mutant trusts the authority.
var theAuthority = sync.OnceValue(func() *authority {
	key := ed25519.NewKeyFromSeed([]byte("the key of the in-path authority"))
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "in-path peer"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: validFrom, NotAfter: validTo, KeyUsage: x509.KeyUsageCertSign}
	cert, err := sign(t, t, key.Public(), key)
	if err != nil {
		panic(err) // the template is ours
	}
	return &authority{cert: cert, key: key, leaf: ed25519.NewKeyFromSeed([]byte("the key of the in-path peers all"))}
})

func sign(t, parent *x509.Certificate, public any, key ed25519.PrivateKey) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, t, parent, public, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func newAuthority() *authority { return theAuthority() }

// The peer's certificates are good at any date that a scenario has.
var (
	validFrom = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	validTo   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// added are the roots with ours among them.
func (a *authority) added(roots *x509.CertPool) *x509.CertPool {
	p := roots.Clone()
	p.AddCert(a.cert)
	return p
}

// issue makes a certificate with a name, for either side of a handshake.
func (a *authority) issue(name string) (tls.Certificate, error) {
	t := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: validFrom, NotAfter: validTo, KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	cert, err := sign(t, a.cert, a.leaf.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{cert.Raw, a.cert.Raw}, PrivateKey: a.leaf}, nil
}

// Replace tells the peer of the gateway's new card.
func (id *Identity) Replace(card cardOf) { id.card = card }

// Renew tells the peer of the gateway's new certificate.
func (id *Identity) Renew(c tls.Certificate) { id.certificate = c }

// secure puts TLS on both legs of a session. The server's is first, inside the client's handshake: who is refused
// there is refused here too.
func (s *Session) secure(server bool) error {
	if s.Side == Submission || s.Side == FromProvider {
		return s.secureListener(server)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, Time: s.id.clock, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		if server && s.Side == ToTenant {
			if err := s.secureServer(hello.ServerName); err != nil {
				return nil, err
			}
		}
		c, err := s.id.authority.issue(hello.ServerName)
		return &c, err
	}}
	if s.Side == ToProvider { // the gateway must use its card as it would without us
		config.ClientAuth = tls.RequireAnyClientCert
		config.VerifyConnection = func(state tls.ConnectionState) error { return s.secureServer(state.ServerName) }
	}
	conn := tls.Server(s.client.conn, config)
	s.client.use(conn)
	return conn.Handshake()
}

// secureServer shakes hands with a peer of the gateway as the gateway would, as far as the greeting after it,
// which is when a client learns that its certificate was refused.
func (s *Session) secureServer(name string) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: name, RootCAs: s.id.roots, Time: s.id.clock,
		CurvePreferences: []tls.CurveID{tls.X25519}, SessionTicketsDisabled: true}
	config.InsecureSkipVerify = s.p.Gullible
	if s.Side == ToProvider {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c, err := s.id.card.Certificate()
			return &c, err
		}
	}
	conn := tls.Client(s.server.conn, config)
	if err := conn.Handshake(); err != nil {
		return err
	}
	s.server.use(conn)
	if s.Side == ToProvider {
		_, err := s.server.r.Peek(1)
		return err
	}
	return nil
}

// secureListener shakes hands with somebody who comes to the gateway, then with the gateway in his name.
func (s *Session) secureListener(server bool) error {
	config := &tls.Config{MinVersion: tls.VersionTLS12, Time: s.id.clock, Certificates: []tls.Certificate{s.id.certificate},
		CurvePreferences: []tls.CurveID{tls.X25519}, SessionTicketsDisabled: true}
	switch {
	case s.Side == FromProvider && s.p.Gullible:
		config.ClientAuth = tls.RequestClientCert
	case s.Side == FromProvider:
		config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, s.id.roots
	}
	conn := tls.Server(s.client.conn, config)
	s.client.use(conn)
	if err := conn.Handshake(); err != nil || !server {
		return err
	}
	to := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true, Time: s.id.clock, SessionTicketsDisabled: true,
		CurvePreferences: []tls.CurveID{tls.X25519}}
	if s.Side == FromProvider {
		name := s.id.provider
		if peers := conn.ConnectionState().PeerCertificates; !s.p.Gullible {
			if len(peers) == 0 {
				return errors.New("in-path peer: no client certificate")
			}
			name = peers[0].Subject.CommonName
		}
		c, err := s.id.authority.issue(name)
		if err != nil {
			return err
		}
		to.Certificates = []tls.Certificate{c}
	}
	inner := tls.Client(s.server.conn, to)
	s.server.use(inner)
	return inner.Handshake()
}
