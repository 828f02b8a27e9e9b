package dialog

import "strings"

// Lengths of RFC 5321 4.5.3.1 in octets.
const (
	maxLocal  = 64
	maxDomain = 255
	maxPath   = 254 // 256 with the brackets
	maxLabel  = 63
)

// ValidAddress accepts local-part "@" domain, both in the plain form: a dot-string of atext, and a domain
// of letters, digits and hyphens (RFC 5321 4.1.2). Quoted local parts, address literals and source routes
// are legal but used by nobody here; after go-smtp has taken the quotes off, they could not be told from
// other addresses.
func ValidAddress(addr string) bool {
	local, domain, ok := strings.Cut(addr, "@")
	return ok && len(addr) <= maxPath && validLocal(local) && ValidDomain(domain)
}

func validLocal(local string) bool {
	if len(local) > maxLocal {
		return false
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || !onlyOf(atom, atext) {
			return false
		}
	}
	return true
}

const (
	letDig = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	atext  = letDig + "!#$%&'*+-/=?^_`{|}~"
)

// ValidDomain accepts labels of letters, digits and hyphens (RFC 5321 4.1.2).
func ValidDomain(domain string) bool {
	if len(domain) > maxDomain {
		return false
	}
	for _, label := range strings.Split(domain, ".") {
		if label == "" || len(label) > maxLabel || !onlyOf(label, letDig+"-") ||
			strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return true
}

func onlyOf(s, set string) bool {
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(set, s[i]) < 0 {
			return false
		}
	}
	return true
}

// Printable reports whether line is printable ASCII.
func Printable(line []byte) bool {
	for _, b := range line {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}
