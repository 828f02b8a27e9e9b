package process

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/goccy/go-yaml"

	"demailbench/features/sut"
	"demailbench/features/sut/credentials"
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
	if err := secrets(&c, p); err != nil {
		return "", err
	}
	if s.Administration != nil {
		c.Listen.Admin = p.Admin.String()
		if err := administrator(&c, s.Administration, p); err != nil {
			return "", err
		}
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("gateway.yaml: %w", err)
	}
	file, err := filepath.Abs(filepath.Join(p.Files, "gateway.yaml"))
	if err != nil {
		return "", err
	}
	return file, os.WriteFile(file, text, 0o600)
}

// administrator writes the password of the operator's first person into a file, and its name into c.
func administrator(c *gateway.Config, a *sut.Administration, p sut.Place) error {
	file, err := credentials.Administrator(a, p)
	if err != nil {
		return err
	}
	files, err := filepath.Abs(p.Files)
	if err != nil {
		return err
	}
	c.Files.Administrator, err = filepath.Rel(files, file)
	return err
}

// secrets writes the files with certificates, keys and PIN, and puts their names, relative to the configuration,
// into c.
func secrets(c *gateway.Config, p sut.Place) error {
	at, err := credentials.Write(p)
	if err != nil {
		return err
	}
	files, err := filepath.Abs(p.Files)
	if err != nil {
		return err
	}
	for from, to := range map[string]*string{at.Certificate: &c.Files.Certificate, at.Key: &c.Files.Key, at.Roots: &c.Files.Roots,
		at.Card.Certificate: &c.Files.Card.Certificate, at.Card.Key: &c.Files.Card.Key, at.Card.PIN: &c.Files.Card.PIN} {
		if *to, err = filepath.Rel(files, from); err != nil {
			return err
		}
	}
	return nil
}
