// Package pki is the public key infrastructure of the simulated world: authorities that issue
// certificates dated by the world's clock over fixed test keys, TLS configurations that judge them by the
// same clock, and the operator's card for the link to the provider.
//
// Certificates are a function of the keys, the clock and the order of Issue: signatures are deterministic
// (RFC 6979), so two runs with one seed show the same octets. The package leaves out revocation; whether a
// signature certificate is a qualified one is nothing it could know.
package pki

import (
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Organization stands in the subject of every certificate of the bench, so that none of them can pass for
// a real one.
const Organization = "demailbench test certificate, no real authority"

// Names of the two authorities' keys.
const (
	// TrustedKey names the authority that every party of the world trusts.
	TrustedKey = "ca"
	// UntrustedKey names the authority that nobody trusts.
	UntrustedKey = "other-ca"
)

// Validity is how long a certificate is good when its Spec does not say: two years, as long as the
// longest scenario.
const Validity = 2 * 365 * 24 * time.Hour

// Authority issues certificates in the name of one root. Its methods may be called by any goroutine.
type Authority struct {
	now  func() time.Time
	keys map[string]*ecdsa.PrivateKey
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
	pool *x509.CertPool

	mu     sync.Mutex
	serial int64
}

// New makes the authority that the world trusts. fsys holds the key files at its top (fixtures/pki); now is
// the world's clock. The root is good from five years before now until thirty years after.
func New(fsys fs.FS, now func() time.Time) (*Authority, error) {
	keys, err := readKeys(fsys)
	if err != nil {
		return nil, err
	}
	return newAuthority(keys, TrustedKey, now)
}

// Other makes an authority that nobody in the world trusts, over the same keys and clock: the issuer of
// the certificates that a party must refuse.
func (a *Authority) Other() (*Authority, error) {
	return newAuthority(a.keys, UntrustedKey, a.now)
}

func newAuthority(keys map[string]*ecdsa.PrivateKey, name string, now func() time.Time) (*Authority, error) {
	a := &Authority{now: now, keys: keys, pool: x509.NewCertPool(), serial: 1}
	var err error
	if a.key, err = a.lookup(name); err != nil {
		return nil, err
	}
	at := now()
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "demailbench " + name, Organization: []string{Organization}},
		NotBefore:    at.AddDate(-5, 0, 0), NotAfter: at.AddDate(30, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(nil, root, root, a.key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("pki: make root %q: %w", name, err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		return nil, fmt.Errorf("pki: make root %q: %w", name, err)
	}
	a.pool.AddCert(a.cert)
	return a, nil
}

// Spec says what a certificate shall hold.
type Spec struct {
	// Name is the subject's common name: a host name, or the identity of a client such as "itsp-card".
	Name string
	// Key is the name of the key, a file of fixtures/pki without ".pem".
	Key string
	// DNSNames and IPs are what a server may be reached by; a server needs at least one.
	DNSNames []string
	IPs      []netip.Addr
	// From is the first instant of validity, by default one hour before now; Until the last one, by default
	// From plus Validity. Both may lie in the past or the future on purpose. X.509 keeps whole seconds.
	From, Until time.Time
	// Client and Server are the purposes for which a peer accepts the certificate, Signature that of signing
	// messages; at least one.
	Client, Server, Signature bool
}

// Issue makes a certificate. Its error names the field of the Spec that is wrong.
func (a *Authority) Issue(s Spec) (tls.Certificate, error) {
	key, err := a.lookup(s.Key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("pki: issue %q: %w", s.Name, err)
	}
	t, err := a.template(s)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("pki: issue %q: %w", s.Name, err)
	}
	der, err := x509.CreateCertificate(nil, t, a.cert, key.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("pki: issue %q: %w", s.Name, err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("pki: issue %q: %w", s.Name, err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}

func (a *Authority) template(s Spec) (*x509.Certificate, error) {
	if s.From.IsZero() {
		s.From = a.now().Add(-time.Hour)
	}
	if s.Until.IsZero() {
		s.Until = s.From.Add(Validity)
	}
	switch {
	case s.Name == "":
		return nil, errors.New("Name is empty: a peer could not tell who this is")
	case !s.Client && !s.Server && !s.Signature:
		return nil, errors.New("neither Client nor Server nor Signature: no peer would accept it")
	case s.Server && len(s.DNSNames)+len(s.IPs) == 0:
		return nil, errors.New("Server without DNSNames or IPs: clients ignore the common name (RFC 9525 2)")
	case s.Until.Before(s.From):
		return nil, fmt.Errorf("Until %v lies before From %v", s.Until, s.From)
	}
	a.mu.Lock()
	a.serial++
	serial := a.serial
	a.mu.Unlock()
	t := &x509.Certificate{
		SerialNumber: big.NewInt(serial),
		Subject:      pkix.Name{CommonName: s.Name, Organization: []string{Organization}},
		NotBefore:    s.From, NotAfter: s.Until,
		DNSNames: s.DNSNames, KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
	}
	if s.Signature {
		t.KeyUsage |= x509.KeyUsageContentCommitment
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageEmailProtection)
	}
	for _, ip := range s.IPs {
		t.IPAddresses = append(t.IPAddresses, net.IP(ip.AsSlice()))
	}
	if s.Client {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
	}
	if s.Server {
		t.ExtKeyUsage = append(t.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	return t, nil
}

// Root is the authority's own certificate, for parties that read their roots from a file.
func (a *Authority) Root() *x509.Certificate { return a.cert }

// Pool returns a copy of the roots to trust: this authority alone.
func (a *Authority) Pool() *x509.CertPool { return a.pool.Clone() }
