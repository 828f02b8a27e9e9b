package demail

import (
	"errors"
	"fmt"
	"strings"
)

// Why an address is refused; test with errors.Is.
var (
	// ErrSyntax: not a mailbox of RFC 5321 4.1.2 with a dot-string local part.
	ErrSyntax = errors.New("not a mailbox address")
	// ErrNotASCII: octets above 127. They are refused, not folded: idna, ToLower and EqualFold give three
	// answers for one letter.
	ErrNotASCII = errors.New("address is not ASCII")
	// ErrLiteral: the domain is an IP address; literals never bypass the rules for domains.
	ErrLiteral = errors.New("address literal instead of a domain")
	// ErrTooLong: beyond RFC 5321 4.5.3.1 or, for De-Mail addresses, TR-01201-2.1 2.1.
	ErrTooLong = errors.New("address is too long")
)

// Lengths in octets: RFC 5321 4.5.3.1.1, and TR-01201-2.1 2.1 for De-Mail.
const (
	maxLocal        = 64
	maxDomain       = 253
	maxAddress      = 254
	maxLabel        = 63
	maxDeMailDomain = 189
	maxDeMail       = 253
)

// AddressError says what is wrong with an address. Its text quotes the address and is for logs, not replies.
type AddressError struct {
	Address string
	// Cause is one of the package's address errors.
	Cause error
	// Problem is the detail.
	Problem string
}

// Error is "address "x": not a mailbox address: two @".
func (e *AddressError) Error() string {
	return fmt.Sprintf("address %.300q: %v: %s", e.Address, e.Cause, e.Problem)
}

// Unwrap returns the cause.
func (e *AddressError) Unwrap() error { return e.Cause }

// Canonical returns the one form of an address by which the gateway maps, judges, stores and sends: ASCII,
// lower case, a dot-string local part. A quoted local part is refused: go-smtp hands over local parts without
// quotes, and after that nobody can tell a delimiter from a letter. Local parts are compared without case on
// both sides, as TR-01201-2.1 2.1.3 wants it for De-Mail. Canonical of a canonical address is itself. Errors
// are *AddressError.
func Canonical(address string) (string, error) {
	local, domain, err := split(address)
	if err != nil {
		return "", err
	}
	if problem, cause := checkLocal(local); cause != nil {
		return "", &AddressError{address, cause, problem}
	}
	if problem, cause := checkDomain(domain); cause != nil {
		return "", &AddressError{address, cause, problem}
	}
	if len(local)+1+len(domain) > maxAddress {
		return "", &AddressError{address, ErrTooLong, fmt.Sprintf("more than %d octets", maxAddress)}
	}
	return lower(local) + "@" + lower(domain), nil
}

// CanonicalDomain returns a domain's canonical form: ASCII, lower case, no final dot, at least two labels.
func CanonicalDomain(domain string) (string, error) {
	if problem, cause := checkDomain(domain); cause != nil {
		return "", &AddressError{domain, cause, problem}
	}
	return lower(domain), nil
}

// split parts an address at its first @; a second one is then no octet of a domain.
func split(address string) (local, domain string, err error) {
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case c > 0x7e:
			return "", "", &AddressError{address, ErrNotASCII, fmt.Sprintf("octet %#x", c)}
		case c <= ' ':
			return "", "", &AddressError{address, ErrSyntax, fmt.Sprintf("octet %#x", c)}
		}
	}
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return "", "", &AddressError{address, ErrSyntax, "no @"}
	}
	return local, domain, nil
}

func checkLocal(s string) (problem string, cause error) {
	if len(s) > maxLocal {
		return fmt.Sprintf("local part has more than %d octets", maxLocal), ErrTooLong
	}
	for _, atom := range strings.Split(s, ".") {
		if atom == "" {
			return "empty part between dots", ErrSyntax
		}
		for i := 0; i < len(atom); i++ {
			if !isAtext(atom[i]) {
				return fmt.Sprintf("%q in the local part", atom[i]), ErrSyntax
			}
		}
	}
	return "", nil
}

func checkDomain(s string) (problem string, cause error) {
	if strings.HasPrefix(s, "[") {
		return s, ErrLiteral
	}
	if len(s) > maxDomain {
		return fmt.Sprintf("domain has more than %d octets", maxDomain), ErrTooLong
	}
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return "domain of one label", ErrSyntax
	}
	for _, l := range labels {
		if problem, cause := checkLabel(l); cause != nil {
			return problem, cause
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "numeric top level domain", ErrSyntax
	}
	return "", nil
}

func checkLabel(l string) (problem string, cause error) {
	if l == "" || len(l) > maxLabel {
		return "domain label of wrong length", ErrSyntax
	}
	if !isAlnum(l[0]) || !isAlnum(l[len(l)-1]) {
		return "domain label does not begin and end with a letter or digit", wrongOctet(l[0])
	}
	for i := 0; i < len(l); i++ {
		// The underscore is in the TR's own example, poststelle@standort_a.institution.de-mail.de.
		if c := l[i]; !isAlnum(c) && c != '-' && c != '_' {
			return fmt.Sprintf("%q in the domain", c), wrongOctet(c)
		}
	}
	return "", nil
}

// wrongOctet is the cause for an octet that does not belong into a domain.
func wrongOctet(c byte) error {
	if c > 0x7e {
		return ErrNotASCII
	}
	return ErrSyntax
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

func isAtext(c byte) bool {
	return isAlnum(c) || strings.IndexByte("!#$%&'*+-/=?^_`{|}~", c) >= 0
}

// lower maps A-Z only; the callers have refused everything beyond ASCII.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// CanonicalDeMail is Canonical with the lengths of TR-01201-2.1 2.1: domain 189, whole address 253 octets.
// Whether the domain is one of De-Mail is a rule of package tenant.
func CanonicalDeMail(address string) (string, error) {
	a, err := Canonical(address)
	if err != nil {
		return "", err
	}
	if len(Domain(a)) > maxDeMailDomain || len(a) > maxDeMail {
		return "", &AddressError{address, ErrTooLong, "beyond the lengths of a De-Mail address"}
	}
	return a, nil
}

// Domain returns what follows the @ of a canonical address.
func Domain(canonical string) string {
	_, d, _ := strings.Cut(canonical, "@")
	return d
}

// systemNames are the local parts that a DMDA reserves for its own messages (TR-01201-2.1 2.1).
var systemNames = map[string]bool{
	"versandbestaetigung": true, "eingangsbestaetigung": true, "abholbestaetigung": true,
	"schadsoftware-warnung": true, "meldung": true, "ident-bestaetigung": true, "ident-meldung": true,
}

// IsSystem reports whether a canonical De-Mail address is a DMDA's own, from which confirmations and
// notifications come.
func IsSystem(canonical string) bool {
	local, _, _ := strings.Cut(canonical, "@")
	return systemNames[local]
}
