package acknowledge

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"demailbench/sim/demail/sign"
)

// Names of XML-DSig (xmldsig-core1, RFC 6931).
const (
	dsig      = "http://www.w3.org/2000/09/xmldsig#"
	exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
	enveloped = dsig + "enveloped-signature"
	digest    = "http://www.w3.org/2001/04/xmlenc#sha256"
)

// methods are the signature methods by the names of package sign.
var methods = map[string]string{
	sign.RSA:   "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
	sign.ECDSA: "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
	sign.PSS:   "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
}

// signedInfo is the element over which the signature is made, in canonical form: there it declares its
// prefix itself, in the document its parent does.
func signedInfo(method string, sum []byte, canonical bool) string {
	declare := ""
	if canonical {
		declare = ` xmlns:ds="` + dsig + `"`
	}
	return `<ds:SignedInfo` + declare + `>` +
		`<ds:CanonicalizationMethod Algorithm="` + exclusive + `"></ds:CanonicalizationMethod>` +
		`<ds:SignatureMethod Algorithm="` + method + `"></ds:SignatureMethod>` +
		`<ds:Reference URI=""><ds:Transforms>` +
		`<ds:Transform Algorithm="` + enveloped + `"></ds:Transform>` +
		`<ds:Transform Algorithm="` + exclusive + `"></ds:Transform></ds:Transforms>` +
		`<ds:DigestMethod Algorithm="` + digest + `"></ds:DigestMethod>` +
		`<ds:DigestValue>` + base64.StdEncoding.EncodeToString(sum) + `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
}

// signatureElement is the whole signature as it stands in the document.
func signatureElement(method string, sum, value, certificate []byte) string {
	return `<ds:Signature xmlns:ds="` + dsig + `">` + signedInfo(method, sum, false) +
		`<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(value) + `</ds:SignatureValue>` +
		`<ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + base64.StdEncoding.EncodeToString(certificate) +
		`</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`
}

// Sign is the document with its enveloped signature (TR-01201-3.4 table 23, Signature).
func (m Message) Sign(s *sign.Signer) ([]byte, error) {
	open, end := m.content()
	sum := sha256.Sum256([]byte(open + end))
	method := methods[s.Algorithm]
	over := sha256.Sum256([]byte(signedInfo(method, sum[:], true)))
	value, err := s.Digest("sha256", over[:])
	if err != nil {
		return nil, fmt.Errorf("acknowledge: sign: %w", err)
	}
	if key, ok := s.Key.Public().(*ecdsa.PublicKey); ok {
		if value, err = pair(value, (key.Params().BitSize+7)/8); err != nil {
			return nil, fmt.Errorf("acknowledge: sign: %w", err)
		}
	}
	return []byte(declaration + open + signatureElement(method, sum[:], value, s.Certificate) + end + "\n"), nil
}

type ecdsaSignature struct{ R, S *big.Int }

// pair turns an ECDSA signature from DER into the two numbers side by side that XML-DSig wants.
func pair(der []byte, size int) ([]byte, error) {
	var v ecdsaSignature
	if _, err := asn1.Unmarshal(der, &v); err != nil {
		return nil, err
	}
	return append(v.R.FillBytes(make([]byte, size)), v.S.FillBytes(make([]byte, size))...), nil
}

// What Verify answers for a document that proves nothing; test with errors.Is.
var (
	// ErrUnsigned: the document has no signature.
	ErrUnsigned = errors.New("the document is not signed")
	// ErrForm: the document is not written as this package writes it, so it cannot be proven here.
	ErrForm = errors.New("the document is not in the canonical form of this provider")
	// ErrTampered: the document or its signature was changed.
	ErrTampered = errors.New("the signature does not fit the document")
)

// Verify reads a signed document and proves its signature with the certificate in it. The certificate is
// judged as in package sign.
func Verify(document []byte, t sign.Trust) (Message, *x509.Certificate, error) {
	m, sig, err := read(document)
	if err != nil {
		return m, nil, err
	}
	if sig == nil {
		return m, nil, fmt.Errorf("acknowledge: verify: %w", ErrUnsigned)
	}
	sum, value, certificate, err := sig.octets()
	if err != nil {
		return m, nil, fmt.Errorf("acknowledge: verify: %w: %w", ErrForm, err)
	}
	method := sig.SignedInfo.SignatureMethod.Algorithm
	open, end := m.content()
	rewritten := declaration + open + signatureElement(method, sum, value, certificate) + end + "\n"
	if !bytes.Equal([]byte(rewritten), document) {
		return m, nil, fmt.Errorf("acknowledge: verify: %w", ErrForm)
	}
	cert, err := x509.ParseCertificate(certificate)
	if err != nil {
		return m, nil, fmt.Errorf("acknowledge: verify: certificate: %w", err)
	}
	if real := sha256.Sum256([]byte(open + end)); !bytes.Equal(real[:], sum) {
		return m, cert, fmt.Errorf("acknowledge: verify: %w: the content was changed", ErrTampered)
	}
	over := sha256.Sum256([]byte(signedInfo(method, sum, true)))
	if !holds(method, over[:], value, cert.PublicKey) {
		return m, cert, fmt.Errorf("acknowledge: verify: %w", ErrTampered)
	}
	if err := t.Judge(cert); err != nil {
		return m, cert, fmt.Errorf("acknowledge: verify: %w", err)
	}
	return m, cert, nil
}

// octets decodes what the signature holds in Base64.
func (s *signature) octets() (sum, value, certificate []byte, err error) {
	decode := func(text string) []byte {
		octets, e := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		err = errors.Join(err, e)
		return octets
	}
	return decode(s.SignedInfo.Reference.DigestValue), decode(s.SignatureValue), decode(s.Certificate), err
}

// holds checks a signature value under the method that the document names.
func holds(method string, over, value []byte, public crypto.PublicKey) bool {
	switch k := public.(type) {
	case *ecdsa.PublicKey:
		size := (k.Params().BitSize + 7) / 8
		if method != methods[sign.ECDSA] || len(value) != 2*size {
			return false
		}
		return ecdsa.Verify(k, over, new(big.Int).SetBytes(value[:size]), new(big.Int).SetBytes(value[size:]))
	case *rsa.PublicKey:
		switch method {
		case methods[sign.RSA]:
			return rsa.VerifyPKCS1v15(k, crypto.SHA256, over, value) == nil
		case methods[sign.PSS]:
			return rsa.VerifyPSS(k, crypto.SHA256, over, value, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}) == nil
		}
	}
	return false
}
