// Package sign makes and proves the signed form of the integrity header (TR-01201-3.4 3.1.13, 3.1.14,
// 3.1.21): what a provider puts on authoritative messages and on its confirmations. The key comes with the
// message, in X-de-mail-signature-certificate, never from DNS; whether the certificate counts is decided by
// trusted issuers and the world's clock.
//
// It leaves out how trust lists and revocation lists are fetched: the caller says what it trusts and what
// was revoked. Curves that crypto/x509 does not know (brainpool) are reported as unreadable certificates.
package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"io"
	"time"

	"demailbench/sim/demail"
)

// The signature algorithms as a= spells them behind the slash (TR-01201-3.4 3.1.21).
const (
	// RSA is RSASSA-PKCS1-v1_5.
	RSA = "rsa"
	// PSS is RSASSA-PSS, with a salt as long as the hash.
	PSS = "rsassa-pss"
	// ECDSA is ECDSA with the signature in DER.
	ECDSA = "ec-dsa"
)

// MinRSA is the shortest RSA key in bits that is signed or proven with: what TR-03116-4 asked for when the
// pilot began.
const MinRSA = 2048

var functions = map[string]crypto.Hash{"sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512}

// Signer is a provider's signature: a key, its certificate and an algorithm.
type Signer struct {
	// Key is an RSA key of at least MinRSA bits or an ECDSA key.
	Key crypto.Signer
	// Certificate is the key's certificate, in DER.
	Certificate []byte
	// Algorithm is RSA, PSS or ECDSA.
	Algorithm string
	// Rand is the source of PSS salts. ECDSA needs none (RFC 6979), nor does RSA.
	Rand io.Reader

	from, until time.Time
}

// Valid reports whether the certificate is valid at a time: nobody signs with one that is not.
func (s *Signer) Valid(at time.Time) bool { return !at.Before(s.from) && !at.After(s.until) }

// New checks that key, certificate and algorithm belong together.
func New(key crypto.Signer, certificate []byte, algorithm string, rand io.Reader) (*Signer, error) {
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return nil, fmt.Errorf("sign: certificate: %w", err)
	}
	if err := fits(algorithm, key.Public()); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if own, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool }); !ok || !own.Equal(cert.PublicKey) {
		return nil, fmt.Errorf("sign: the certificate of %s belongs to another key", cert.Subject)
	}
	if algorithm == PSS && rand == nil {
		return nil, fmt.Errorf("sign: %s needs a source of salts", PSS)
	}
	return &Signer{Key: key, Certificate: certificate, Algorithm: algorithm, Rand: rand, from: cert.NotBefore, until: cert.NotAfter}, nil
}

// fits reports why an algorithm cannot go with a public key.
func fits(algorithm string, public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if algorithm != RSA && algorithm != PSS {
			break
		}
		if k.N.BitLen() < MinRSA {
			return fmt.Errorf("RSA key of %d bits, below %d", k.N.BitLen(), MinRSA)
		}
		return nil
	case *ecdsa.PublicKey:
		if algorithm == ECDSA {
			return nil
		}
	}
	return fmt.Errorf("algorithm %q does not go with a key of type %T", algorithm, public)
}

// Digest signs a digest made with function ("sha256", "sha384", "sha512").
func (s *Signer) Digest(function string, digest []byte) ([]byte, error) {
	var opts crypto.SignerOpts = functions[function]
	random := s.Rand
	switch s.Algorithm {
	case PSS:
		opts = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: functions[function]}
	case ECDSA:
		random = nil // RFC 6979: equal messages give equal signatures
	}
	out, err := s.Key.Sign(random, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	return out, nil
}

// Seal seals a header as seal says, signed, and returns the two fields to put on top: integrity header and
// certificate. bodyHash is that of Seal.Integrity.
func (s *Signer) Seal(seal demail.Seal, h demail.Header, bodyHash []byte) (demail.Header, error) {
	seal.Signature = s.Algorithm
	seal.Sign = func(digest []byte) ([]byte, error) { return s.Digest(seal.Hash, digest) }
	f, err := seal.Integrity(h, bodyHash)
	if err != nil {
		return nil, err
	}
	return demail.Header{f, demail.NewBase64Field(demail.FieldCertificate, s.Certificate)}, nil
}
