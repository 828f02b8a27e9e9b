package process

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"demailbench/features/sut"
	"demailbench/gateway"
)

// write writes the gateway's configuration and the files that it names, and returns the configuration's path.
func write(s sut.Setup, p sut.Place) (string, error) {
	data, err := filepath.Rel(p.Files, p.Data)
	if err != nil {
		return "", err
	}
	c := sut.Configure(s, data)
	c.Listen.Tenants, c.Listen.Provider, c.Listen.Health = p.Tenants.String(), p.Provider.String(), p.Control.String()
	c.MailPort, c.Drain = p.MailPort, max(p.Drain/2, time.Second)
	c.Files.Resolver, c.Files.Probe = p.Names.String(), p.Probe
	contents, err := secrets(&c, p)
	if err != nil {
		return "", err
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("gateway.yaml: %w", err)
	}
	file, err := filepath.Abs(filepath.Join(p.Files, "gateway.yaml"))
	if err != nil {
		return "", err
	}
	for _, f := range append(contents, content{file, text}) {
		if err := os.WriteFile(f.path, f.text, 0o600); err != nil {
			return "", err
		}
	}
	return file, nil
}

// secrets returns the files with certificates, keys and PIN, and puts their names, relative to the
// configuration, into c.
func secrets(c *gateway.Config, p sut.Place) (contents []content, err error) {
	var roots bytes.Buffer
	for _, root := range p.Roots {
		block(&roots, "CERTIFICATE", root.Raw)
	}
	for _, f := range []struct {
		path *string
		name string
		text func() ([]byte, error)
	}{
		{&c.Files.Certificate, "gateway.pem", func() ([]byte, error) { return chain(p.Certificate), nil }},
		{&c.Files.Key, "gateway-key.pem", func() ([]byte, error) { return key(p.Certificate) }},
		{&c.Files.Roots, "roots.pem", func() ([]byte, error) { return roots.Bytes(), nil }},
		{&c.Files.Card.Certificate, "card.pem", func() ([]byte, error) { return chain(p.Card), nil }},
		{&c.Files.Card.Key, "card-key.pem", func() ([]byte, error) { return key(p.Card) }},
		{&c.Files.Card.PIN, "card.pin", func() ([]byte, error) { return []byte(p.PIN + "\n"), nil }},
	} {
		text, err := f.text()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if *f.path, err = filepath.Rel(p.Files, filepath.Join(p.Secrets, f.name)); err != nil {
			return nil, err
		}
		contents = append(contents, content{filepath.Join(p.Secrets, f.name), text})
	}
	return contents, nil
}

// content is a file to write.
type content struct {
	path string
	text []byte
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
