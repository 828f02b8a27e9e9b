package doortest

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync"
	"time"

	"demailbench/fixtures"
)

// Authority issues certificates from the bench's test keys.
type Authority struct {
	cert *x509.Certificate
	key  crypto.Signer
	now  func() time.Time

	mu     sync.Mutex
	serial int64
}

// NewAuthority makes an authority with the key of that name ("ca", "other-ca").
func NewAuthority(key string, now func() time.Time) (*Authority, error) {
	k, err := readKey(key)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: key}, NotBefore: now().AddDate(-1, 0, 0),
		NotAfter: now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a := &Authority{key: k, now: now, serial: 1}
	a.cert, err = sign(t, t, k.Public(), k)
	return a, err
}

func readKey(name string) (crypto.Signer, error) {
	text, err := fixtures.FS.ReadFile("pki/" + name + ".pem")
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, fmt.Errorf("test key %s is not PEM", name)
	}
	k, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	return k.(crypto.Signer), nil
}

func sign(t, parent *x509.Certificate, pub crypto.PublicKey, key crypto.Signer) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(nil, t, parent, pub, key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// Pool has the authority's root.
func (a *Authority) Pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

// Issue makes a certificate for name with the test key, valid for a year, for client and server.
func (a *Authority) Issue(key, name string) (tls.Certificate, error) {
	k, err := readKey(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.serial++
	t := &x509.Certificate{SerialNumber: big.NewInt(a.serial), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: a.now().Add(-time.Hour), NotAfter: a.now().AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	c, err := sign(t, a.cert, k.Public(), a.key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k, Leaf: c}, nil
}

// Card is a card in the reader; it implements door.Card.
type Card struct {
	mu   sync.Mutex
	Cert tls.Certificate
	PIN  string
	open bool
	// Tries counts the PINs presented.
	Tries int
	// Shown: the certificate can be read while the card is locked, as that of real cards; its key does not sign.
	Shown bool
}

// Unlock compares the PIN.
func (c *Card) Unlock(pin string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Tries++
	if c.open = pin == c.PIN; !c.open {
		return errors.New("wrong PIN")
	}
	return nil
}

// Certificate returns the certificate of an unlocked card.
func (c *Card) Certificate() (tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case !c.open && c.Shown:
		cert := c.Cert
		cert.PrivateKey = locked{cert.PrivateKey.(crypto.Signer)}
		return cert, nil
	case !c.open:
		return tls.Certificate{}, errLocked
	}
	return c.Cert, nil
}

var errLocked = errors.New("card is locked")

// locked is the key of a card without its PIN.
type locked struct{ crypto.Signer }

// Sign does not.
func (locked) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, errLocked }

// Remove takes the card out of the reader.
func (c *Card) Remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = false
}
