package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"demailbench/features/explain"
	"demailbench/features/suite"
)

type explainCommand struct {
	sources
	What  string `arg:"" help:"A statement, such as S0-044; or \"message\", and the file of a De-Mail."`
	File  string `arg:"" optional:"" help:"The De-Mail to explain, octet for octet (.eml)."`
	Roots string `help:"Trust the issuers in this PEM file; without it, whether an issuer is trusted stays open." type:"existingfile" placeholder:"FILE"`
	Lang  string `help:"en or de." enum:"en,de" default:"en"`
}

// Run prints everything about a statement, or about a stored De-Mail; about the latter it ends with 1 when
// something speaks against it.
func (c *explainCommand) Run() error {
	if c.What == "message" {
		return c.message()
	}
	if c.File != "" {
		return &suite.UsageError{Text: fmt.Sprintf("explain %s %s: only \"explain message FILE\" takes a file", c.What, c.File)}
	}
	l, scenarios, err := c.statements()
	if err != nil {
		return err
	}
	text, err := l.Explain(c.What, scenarios, c.Lang)
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	fmt.Println(strings.TrimRight(text, "\n"))
	return nil
}

func (c *explainCommand) message() error {
	if c.File == "" {
		return &suite.UsageError{Text: "explain message: name the file of a De-Mail, such as one in the evidence under mail/"}
	}
	octets, err := os.ReadFile(c.File)
	if err != nil {
		return &suite.UsageError{Text: fmt.Sprintf("explain message: %v", missing(err))}
	}
	o := explain.Options{German: c.Lang == "de"}
	if c.Roots != "" {
		pem, err := os.ReadFile(c.Roots)
		if err != nil {
			return &suite.UsageError{Text: err.Error()}
		}
		o.Roots = x509.NewCertPool()
		if !o.Roots.AppendCertsFromPEM(pem) {
			return &suite.UsageError{Text: "--roots " + c.Roots + ": no certificate in it; it must hold the issuers' certificates as PEM"}
		}
	}
	r, err := explain.Message(octets, o)
	if err != nil {
		return &suite.UsageError{Text: fmt.Sprintf("%s: %v", c.File, err)}
	}
	fmt.Println(strings.TrimRight(r.String(), "\n"))
	if !r.Holds() {
		return exitCode(1)
	}
	return nil
}

// missing says of a file that is not there what a person looks for then.
func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; the path is seen from the directory in which the command runs", err)
	}
	return err
}
