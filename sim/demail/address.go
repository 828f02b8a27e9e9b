package demail

import (
	"fmt"
	"strings"
)

// Limits of a De-Mail address in octets (TR-01201-2.1 2.1.3).
const (
	MaxLocal   = 64
	MaxDomain  = 189
	MaxAddress = 253
)

// Address is a De-Mail or e-mail address in its canonical form: ASCII, lower case, a dot-string without
// quotes before the @ and a host name behind it. Two equal addresses are equal Go values. The zero value is
// no address.
type Address struct {
	local, domain string
}

// AddressError says why a text is not an address.
type AddressError struct {
	// Text is what was read.
	Text string
	// Problem is the rule that it breaks.
	Problem string
}

// Error quotes the text, so that invisible characters show.
func (e *AddressError) Error() string {
	return fmt.Sprintf("demail: address %+q: %s", e.Text, e.Problem)
}

// ParseAddress reads one bare address (addr-spec without comments, quotes or brackets) and returns its
// canonical form. It refuses everything that two parsers might read differently: quoted local parts,
// domain literals, blanks, a trailing dot, characters outside ASCII. Underscores are taken inside domain
// labels, because TR-01201-2.1 2.1.2.1 has one in an example. Errors are *AddressError.
func ParseAddress(s string) (Address, error) {
	fail := func(problem string) (Address, error) {
		return Address{}, &AddressError{Text: s, Problem: problem}
	}
	if len(s) > MaxAddress {
		return fail(fmt.Sprintf("longer than %d characters", MaxAddress))
	}
	local, domain, found := strings.Cut(s, "@")
	if !found {
		return fail("has no @")
	}
	if problem := localProblem(local); problem != "" {
		return fail(problem)
	}
	if problem := domainProblem(domain); problem != "" {
		return fail(problem)
	}
	return Address{local: lower(local), domain: lower(domain)}, nil
}

// MustAddress is ParseAddress for constants of tests and tables; it panics where that fails.
func MustAddress(s string) Address {
	a, err := ParseAddress(s)
	if err != nil {
		panic(err)
	}
	return a
}

func localProblem(local string) string {
	if local == "" {
		return "nothing before the @"
	}
	if len(local) > MaxLocal {
		return fmt.Sprintf("more than %d characters before the @", MaxLocal)
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" {
			return "a dot at the start or the end of the local part, or two in a row"
		}
		for i := 0; i < len(atom); i++ {
			if !isAtext(atom[i]) {
				return fmt.Sprintf("character %+q is not allowed before the @", rune(atom[i]))
			}
		}
	}
	return ""
}

func domainProblem(domain string) string {
	if len(domain) > MaxDomain {
		return fmt.Sprintf("more than %d characters behind the @", MaxDomain)
	}
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return "the domain has no dot"
	}
	for _, label := range labels {
		if problem := labelProblem(label); problem != "" {
			return problem
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "the top level domain is a number"
	}
	return ""
}

func labelProblem(label string) string {
	if label == "" {
		return "an empty label in the domain"
	}
	if len(label) > 63 {
		return "a label of the domain is longer than 63 characters"
	}
	for i := 0; i < len(label); i++ {
		c := label[i]
		inner := (c == '-' || c == '_') && i > 0 && i < len(label)-1
		if !isAlnum(c) && !inner {
			return fmt.Sprintf("character %+q is not allowed at this place of the domain", rune(c))
		}
	}
	return ""
}

// isAtext is atext of RFC 5322 3.2.3.
func isAtext(c byte) bool {
	return isAlnum(c) || c > ' ' && c < 0x7f && strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// lower is ASCII only: Unicode folding would make a Kelvin sign a k.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// String is the canonical form, or "" for the zero value.
func (a Address) String() string {
	if a == (Address{}) {
		return ""
	}
	return a.local + "@" + a.domain
}

// Local is the part before the @.
func (a Address) Local() string { return a.local }

// Domain is the part behind the @.
func (a Address) Domain() string { return a.domain }

// MarshalText writes the canonical form.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads an address as ParseAddress does, for configuration files.
func (a *Address) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAddress(string(text))
	return err
}

// Pseudonym reports a pseudonymous address of a natural person, "pn_<designation>" (TR-01201-2.1 2.1.1).
func (a Address) Pseudonym() bool { return strings.HasPrefix(a.local, "pn_") }

// Below reports whether the address lies under one of the De-Mail domains, for example "de-mail.de". An
// address directly at such a domain is none: institution or provider always adds a label (TR-01201-2.1
// 2.1.2).
func (a Address) Below(domains ...string) bool {
	for _, d := range domains {
		if strings.HasSuffix(a.domain, "."+lower(d)) {
			return true
		}
	}
	return false
}
