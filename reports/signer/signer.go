// Package signer is who vouches for a run: a pair of Ed25519 keys (RFC 8032) in the files that openssl reads, the
// fingerprint by which people compare them, and the signature. It leaves out what is signed, and whose key it is:
// that nobody can tell from the key.
package signer

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
)

// PublicFile is the signer's public key in a run's directory.
const PublicFile = "signer.pub"

// Size is the length of a signature in octets.
const Size = ed25519.SignatureSize

// Key is a private key.
type Key struct{ private ed25519.PrivateKey }

// Public is a public key.
type Public struct{ key ed25519.PublicKey }

// New makes a key; random is the system's source.
func New(random io.Reader) (Key, error) {
	_, private, err := ed25519.GenerateKey(random)
	if err != nil {
		return Key{}, fmt.Errorf("make a key: %w", err)
	}
	return Key{private}, nil
}

// Public is the key that others verify with.
func (k Key) Public() Public { return Public{k.private.Public().(ed25519.PublicKey)} }

// Sign signs octets.
func (k Key) Sign(octets []byte) []byte { return ed25519.Sign(k.private, octets) }

// PEM is the private key as PKCS #8 (RFC 5958, RFC 8410). It is secret.
func (k Key) PEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, fmt.Errorf("write a private key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// ParseKey reads what PEM wrote, or openssl genpkey -algorithm ed25519. The error never has the key in it.
func ParseKey(text []byte) (Key, error) {
	der, err := block(text, "PRIVATE KEY", "demailbench key new FILE makes one")
	if err != nil {
		return Key{}, err
	}
	k, err := x509.ParsePKCS8PrivateKey(der)
	private, ok := k.(ed25519.PrivateKey)
	if err != nil || !ok {
		return Key{}, errors.New("is no Ed25519 private key in PKCS #8; demailbench key new FILE makes one")
	}
	return Key{private}, nil
}

// PEM is the public key as SubjectPublicKeyInfo (RFC 5280 4.1, RFC 8410).
func (p Public) PEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: p.der()})
}

func (p Public) der() []byte {
	der, err := x509.MarshalPKIXPublicKey(p.key)
	if err != nil {
		panic("signer: an Ed25519 key cannot be written: " + err.Error()) // it has no parameters that could be wrong
	}
	return der
}

// Raw is the public key itself, 32 octets.
func (p Public) Raw() []byte { return bytes.Clone(p.key) }

// FromRaw is the key with these octets.
func FromRaw(raw []byte) (Public, error) {
	if len(raw) != ed25519.PublicKeySize {
		return Public{}, fmt.Errorf("a public key has %d octets, not %d", ed25519.PublicKeySize, len(raw))
	}
	return Public{bytes.Clone(raw)}, nil
}

// ParsePublic reads a public key's PEM.
func ParsePublic(text []byte) (Public, error) {
	der, err := block(text, "PUBLIC KEY", "it stands in the file FILE.pub beside the private key")
	if err != nil {
		return Public{}, err
	}
	k, err := x509.ParsePKIXPublicKey(der)
	key, ok := k.(ed25519.PublicKey)
	if err != nil || !ok {
		return Public{}, errors.New("is no Ed25519 public key")
	}
	return Public{key}, nil
}

// Verify tells whether signature is that of octets by this key.
func (p Public) Verify(octets, signature []byte) bool {
	return len(p.key) == ed25519.PublicKeySize && ed25519.Verify(p.key, octets, signature)
}

// Equal tells whether both are the same key.
func (p Public) Equal(other Public) bool { return p.key.Equal(other.key) }

// Fingerprint is the SHA-256 of the key as openssl pkey -pubin -outform DER writes it, in groups that can be read
// out on the telephone.
func (p Public) Fingerprint() string {
	hex := fmt.Sprintf("%x", sha256.Sum256(p.der()))
	var groups []string
	for ; hex != ""; hex = hex[4:] {
		groups = append(groups, hex[:4])
	}
	return strings.Join(groups, " ")
}

// block returns what is in the only PEM block of text.
func block(text []byte, kind, hint string) ([]byte, error) {
	b, rest := pem.Decode(text)
	switch {
	case b == nil:
		return nil, fmt.Errorf("holds no key in PEM; %s", hint)
	case b.Type == "PUBLIC KEY" && kind == "PRIVATE KEY":
		return nil, errors.New("is the public key; the private one is needed, which signs")
	case b.Type == "PRIVATE KEY" && kind == "PUBLIC KEY":
		return nil, errors.New("is the private key, which is to stay with who signs; the public one is needed (FILE.pub)")
	case b.Type != kind:
		return nil, fmt.Errorf("holds %q, not %q; %s", b.Type, kind, hint)
	case len(bytes.TrimSpace(rest)) > 0:
		return nil, errors.New("holds more than one key; name a file with one")
	}
	return b.Bytes, nil
}
