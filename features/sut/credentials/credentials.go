// Package credentials writes what an operator puts into a gateway's hands - its certificate, the ITSP card with
// its PIN, and whom to trust - as the files that a program of its own reads. It leaves out making them (sim/pki)
// and what reads them.
package credentials

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"demailbench/features/sut"
)

// Files are the absolute paths of the files, all but PIN in PEM.
type Files struct {
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
	Roots       string `json:"roots"`
	Card        struct {
		Certificate string `json:"certificate"`
		Key         string `json:"key"`
		// PIN is a file with the PIN and a line feed.
		PIN string `json:"pin"`
	} `json:"card"`
}

// Write writes them into p.Secrets, which is kept by nobody.
func Write(p sut.Place) (Files, error) {
	var c Files
	var roots bytes.Buffer
	for _, root := range p.Roots {
		block(&roots, "CERTIFICATE", root.Raw)
	}
	for _, f := range []struct {
		path *string
		name string
		text func() ([]byte, error)
	}{
		{&c.Certificate, "gateway.pem", func() ([]byte, error) { return chain(p.Certificate), nil }},
		{&c.Key, "gateway-key.pem", func() ([]byte, error) { return key(p.Certificate) }},
		{&c.Roots, "roots.pem", func() ([]byte, error) { return roots.Bytes(), nil }},
		{&c.Card.Certificate, "card.pem", func() ([]byte, error) { return chain(p.Card), nil }},
		{&c.Card.Key, "card-key.pem", func() ([]byte, error) { return key(p.Card) }},
		{&c.Card.PIN, "card.pin", func() ([]byte, error) { return []byte(p.PIN + "\n"), nil }},
	} {
		text, err := f.text()
		if err != nil {
			return c, fmt.Errorf("%s: %w", f.name, err)
		}
		if *f.path, err = filepath.Abs(filepath.Join(p.Secrets, f.name)); err != nil {
			return c, err
		}
		if err := os.WriteFile(*f.path, text, 0o600); err != nil {
			return c, err
		}
	}
	return c, nil
}

// Administrator writes the password of the operator's first person, with a line feed, into a file of p.Secrets and
// returns its absolute path.
func Administrator(a *sut.Administration, p sut.Place) (string, error) {
	path, err := filepath.Abs(filepath.Join(p.Secrets, "administrator"))
	if err != nil {
		return "", err
	}
	return path, os.WriteFile(path, []byte(a.Password+"\n"), 0o600)
}

// chain is a certificate with those of its issuers, in PEM.
func chain(c tls.Certificate) []byte {
	var out bytes.Buffer
	for _, der := range c.Certificate {
		block(&out, "CERTIFICATE", der)
	}
	return out.Bytes()
}

// key is a certificate's key, in PEM.
func key(c tls.Certificate) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	block(&out, "PRIVATE KEY", der)
	return out.Bytes(), nil
}

func block(to *bytes.Buffer, kind string, der []byte) {
	to.Write(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}
