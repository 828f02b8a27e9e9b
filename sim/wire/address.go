package wire

import "strings"

// Lengths of RFC 5321 4.5.3.1 in octets.
const (
	maxLocal   = 64
	maxDomain  = 255
	maxPath    = 254 // 256 with the brackets
	maxLabel   = 63
	maxCommand = 2000 // 512 plus room for parameters and SASL
)

// validAddress accepts local-part "@" domain, both in the plain form: a dot-string of atext, and a domain
// of letters, digits and hyphens (RFC 5321 4.1.2). Quoted local parts, address literals and source routes
// are legal but used by nobody here; after go-smtp has taken the quotes off, they could not be told from
// other addresses.
func validAddress(addr string) bool {
	local, domain, ok := strings.Cut(addr, "@")
	return ok && len(addr) <= maxPath && validLocal(local) && validDomain(domain)
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

func validDomain(domain string) bool {
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

func printable(line []byte) bool {
	for _, b := range line {
		if b < ' ' || b > '~' {
			return false
		}
	}
	return true
}
