package config

import (
	"fmt"
	"net/netip"
	"regexp"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// Addr is an IPv4 address as the files write it: "10.1.0.53".
type Addr struct{ netip.Addr }

// Prefix is an IPv4 network ("10.1.0.0/24"), or an address with the length of its network
// ("10.1.0.1/24"); which of the two is meant is the field's affair.
type Prefix struct{ netip.Prefix }

// Time is a point of time with its offset: "2015-11-02T08:00:00+01:00" (RFC 3339).
type Time struct{ time.Time }

// Day is a day of the calendar: "2015-11-02".
type Day struct{ time.Time }

// UnmarshalYAML reads a day. The German way to write one is not taken, because 03.04. is two days, but it is
// translated in what to do.
func (d *Day) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	if err != nil {
		return err
	}
	if d.Time, err = time.Parse(time.DateOnly, text); err != nil {
		example := "2015-11-02"
		if german, err := time.Parse("2.1.2006", text); err == nil {
			example = german.Format(time.DateOnly)
		}
		return refuse(n, text, "is not a day", "write it like "+example)
	}
	return nil
}

// UnmarshalYAML reads an address.
func (a *Addr) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	if err != nil {
		return err
	}
	if a.Addr, err = netip.ParseAddr(text); err != nil || !a.Addr.Is4() {
		return refuse(n, text, "is not an IPv4 address", `write it like 10.1.0.53`)
	}
	return nil
}

// UnmarshalYAML reads a network or an address with the length of its network.
func (p *Prefix) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	if err != nil {
		return err
	}
	if p.Prefix, err = netip.ParsePrefix(text); err != nil || !p.Prefix.Addr().Is4() {
		return refuse(n, text, "is not an IPv4 network", `write it like 10.1.0.0/24`)
	}
	return nil
}

// UnmarshalYAML reads a time.
func (t *Time) UnmarshalYAML(n ast.Node) error {
	text, err := scalar(n)
	if err != nil {
		return err
	}
	if t.Time, err = time.Parse(time.RFC3339, text); err != nil {
		return refuse(n, text, "is not a time with its offset", `write it like 2015-11-02T08:00:00+01:00`)
	}
	return nil
}

// scalar returns a plain or quoted value as text.
func scalar(n ast.Node) (string, error) {
	if s, ok := n.(*ast.StringNode); ok {
		return s.Value, nil
	}
	if _, ok := n.(ast.ScalarNode); ok {
		return n.GetToken().Value, nil
	}
	return "", refuse(n, "", "must be a text, not a "+n.Type().YAMLName(), "write one value")
}

// refuse leaves the file's name to translate, which knows it.
func refuse(n ast.Node, value, problem, fix string) error {
	return &valueError{node: n, value: value, problem: problem, fix: fix}
}

// valueError is a value that has the wrong form, on its way through the YAML library.
type valueError struct {
	node                ast.Node
	value, problem, fix string
}

// Error implements error.
func (e *valueError) Error() string { return fmt.Sprintf("%s: %s; %s", e.value, e.problem, e.fix) }

// namePattern keeps names fit for records, file names and certificates.
var namePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`)

// IsName reports whether s may name a party: lower case letters, digits and inner hyphens.
func IsName(s string) bool { return namePattern.MatchString(s) }
