package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"demailbench/sim/demail"
)

// Trust says whose certificates count, and when.
type Trust struct {
	// Roots are the issuers of providers' certificates.
	Roots *x509.CertPool
	// At is the time at which the certificate must be valid.
	At time.Time
	// Revoked reports a certificate that was revoked; nil: none was.
	Revoked func(*x509.Certificate) bool
}

// Proof is what a message proves about itself.
type Proof struct {
	// Hash is the hash function, Algorithm the signature's algorithm, empty for a message hashed only.
	Hash, Algorithm string
	// Certificate is the signer's; nil for a message hashed only.
	Certificate *x509.Certificate
}

// Verify proves header and body of a message, hashed or signed, in the order of TR-01201-3.1 step 48: hash,
// signature, validity, issuer, status. A message that must be signed and is not fails with
// demail.ReasonUnsigned. Errors are *demail.IntegrityError, or that of reading body; the Proof then has what
// was found so far.
func Verify(h demail.Header, body io.Reader, t Trust) (Proof, error) {
	err := demail.Verify(h, body)
	var bad *demail.IntegrityError
	switch {
	case err == nil:
		in, _, _ := demail.HeaderHash(h)
		if MustSign(h) {
			return Proof{Hash: in.Hash}, fail(demail.ReasonUnsigned, "a message of this kind carries a signature (TR-01201-3.4 3.1.13, 3.5.1)")
		}
		return Proof{Hash: in.Hash}, nil
	case !errors.As(err, &bad) || bad.Reason != demail.ReasonSigned:
		return Proof{}, err
	}
	in, digest, err := demail.HeaderHash(h)
	if err != nil {
		return Proof{}, err
	}
	p := Proof{Hash: in.Hash, Algorithm: in.Signature}
	if p.Certificate, err = certificate(h); err != nil {
		return p, err
	}
	if err := fits(in.Signature, p.Certificate.PublicKey); err != nil {
		return p, fail(demail.ReasonCertificate, "%v", err)
	}
	if !valid(in, digest, p.Certificate.PublicKey) {
		return p, fail(demail.ReasonSignature, "the signature is not that of %s over these fields", p.Certificate.Subject)
	}
	return p, t.Judge(p.Certificate)
}

func fail(r demail.Reason, format string, a ...any) error {
	return &demail.IntegrityError{Reason: r, Detail: fmt.Sprintf(format, a...)}
}

// MustSign reports a message that may not be hashed only: option authoritative, a confirmation, an identity
// confirmation (TR-01201-3.4 3.1.13, 3.5.1; 3.1 step 30).
func MustSign(h demail.Header) bool {
	if v, _ := h.Get(demail.FieldAuthoritative); v == "yes" {
		return true
	}
	v, _ := h.Get(demail.FieldMessageType)
	k, ok := demail.KindOf(v)
	return ok && (k == demail.Confirmation || k == demail.Ident)
}

// certificate reads the certificate that came with the message.
func certificate(h demail.Header) (*x509.Certificate, error) {
	value, ok := h.Get(demail.FieldCertificate)
	if !ok {
		return nil, fail(demail.ReasonCertificate, "no %s", demail.FieldCertificate)
	}
	der, err := base64.StdEncoding.DecodeString(strings.NewReplacer(" ", "", "\t", "").Replace(value))
	if err != nil {
		return nil, fail(demail.ReasonCertificate, "%s is not Base64", demail.FieldCertificate)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fail(demail.ReasonCertificate, "%s: %v", demail.FieldCertificate, err)
	}
	return c, nil
}

// valid checks the signature alone.
func valid(in demail.Integrity, digest []byte, public crypto.PublicKey) bool {
	f := functions[in.Hash]
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		return ecdsa.VerifyASN1(k, digest, in.Value)
	case *rsa.PublicKey:
		if in.Signature == PSS {
			return rsa.VerifyPSS(k, f, digest, in.Value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthAuto}) == nil
		}
		return rsa.VerifyPKCS1v15(k, f, digest, in.Value) == nil
	}
	return false
}

// Judge checks validity, issuer and status of a certificate; its error is a *demail.IntegrityError.
func (t Trust) Judge(c *x509.Certificate) error {
	if t.At.Before(c.NotBefore) || t.At.After(c.NotAfter) {
		return fail(demail.ReasonExpired, "the certificate of %s is valid from %s to %s, checked at %s", c.Subject,
			c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339), t.At.Format(time.RFC3339))
	}
	if t.Roots == nil {
		return fail(demail.ReasonUntrusted, "no trusted issuer is known")
	}
	if _, err := c.Verify(x509.VerifyOptions{Roots: t.Roots, CurrentTime: t.At, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}); err != nil {
		return fail(demail.ReasonUntrusted, "%v", err)
	}
	if t.Revoked != nil && t.Revoked(c) {
		return fail(demail.ReasonUntrusted, "the certificate of %s was revoked", c.Subject)
	}
	return nil
}
