package demail

import (
	"crypto"
	_ "crypto/sha256" // the hash functions of TR-01201-3.4 3.1.21
	_ "crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
)

// hashes are the spellings of hash functions that TR-01201-3.4 3.1.21 allows in a=.
var hashes = map[string]crypto.Hash{"sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512}

// signatures are the spellings of signature algorithms behind the slash of a=.
var signatures = []string{"rsa", "ec-dsa", "rsassa-pss"}

// certificateQuery is the only value of q=: the key comes with the message, never from DNS.
const certificateQuery = "x-header/x-de-mail-signature-certificate"

// HashedFields are the fields under h= in the order of TR-01201-3.4 3.1.21. X-de-mail-private-id is listed
// only where the message has one; every other name is listed even where the field is absent.
var HashedFields = []string{
	"From", "Date", "Message-ID", "Subject", "Reply-To",
	FieldDispatch, FieldReceipt, FieldRetrieve, FieldAuthoritative, FieldPrivate,
	FieldSender, FieldChosen, FieldAuthMechanism, FieldAuthLevel, FieldProvider,
	FieldMessageType, FieldVersion, FieldPrivateID, FieldMessageID, FieldAccountHolder,
}

// Integrity is the value of X-de-mail-integrity, in the tag syntax of RFC 6376 3.5.
type Integrity struct {
	// Hash is the hash function of a=: sha256, sha384 or sha512.
	Hash string
	// Signature is the signature algorithm behind the slash of a=: rsa, ec-dsa, rsassa-pss, or empty where
	// the message is hashed only.
	Signature string
	// Domain and Selector are d= and s=, which RFC 6376 requires and the TR gives no meaning.
	Domain, Selector string
	// Fields is h=, as written.
	Fields []string
	// BodyHash is bh=; Value is b=: the hash over the header, or the signature over that hash.
	BodyHash, Value []byte
}

// ParseIntegrity reads the value of X-de-mail-integrity (folded or not) and refuses what TR-01201-3.4
// 3.1.21 does not allow: canonicalisation other than simple/simple, unknown algorithms, a missing or doubled
// tag, hashes of the wrong length, a signature without the certificate query. l= is ignored, as the TR says.
func ParseIntegrity(value string) (Integrity, error) {
	in, err := parseIntegrity(value)
	if err != nil {
		return Integrity{}, fmt.Errorf("demail: integrity: %w", err)
	}
	return in, nil
}

func parseIntegrity(value string) (in Integrity, err error) {
	tags, err := parseTags(value)
	if err != nil {
		return in, err
	}
	for _, name := range []string{"v", "a", "c", "d", "s", "h", "bh", "b"} {
		if tags[name] == "" {
			return in, fmt.Errorf("tag %s= is missing or empty", name)
		}
	}
	if tags["v"] != "1" {
		return in, fmt.Errorf("version v=%s is not 1", tags["v"])
	}
	if tags["c"] != "simple/simple" {
		return in, fmt.Errorf("canonicalisation c=%s is not simple/simple", tags["c"])
	}
	var signed bool
	in.Hash, in.Signature, signed = strings.Cut(tags["a"], "/")
	if hashes[in.Hash] == 0 || signed != slices.Contains(signatures, in.Signature) {
		return in, fmt.Errorf("algorithm a=%s is unknown", tags["a"])
	}
	if q, has := tags["q"]; signed && q != certificateQuery || !signed && has && q != certificateQuery {
		return in, fmt.Errorf("query q=%s is not %s", q, certificateQuery)
	}
	in.Domain, in.Selector = tags["d"], tags["s"]
	for _, f := range strings.Split(tags["h"], ":") {
		in.Fields = append(in.Fields, strings.Trim(f, " \t"))
	}
	size := hashes[in.Hash].Size()
	if in.BodyHash, err = decode("bh", tags["bh"], size); err != nil {
		return in, err
	}
	if signed {
		size = 0
	}
	in.Value, err = decode("b", tags["b"], size)
	return in, err
}

// decode reads a base64 value, which may contain folding; size 0 allows any length.
func decode(tag, value string, size int) ([]byte, error) {
	value = strings.Map(func(r rune) rune {
		if r == ' ' || r == '\t' {
			return -1
		}
		return r
	}, value)
	b, err := base64.StdEncoding.Strict().DecodeString(value)
	if err != nil {
		return nil, fmt.Errorf("tag %s= is not base64", tag)
	}
	if size > 0 && len(b) != size {
		return nil, fmt.Errorf("tag %s= has %d octets, the hash has %d", tag, len(b), size)
	}
	return b, nil
}

// parseTags reads a tag list of RFC 6376 3.2. Values keep inner blanks and lose outer ones.
func parseTags(value string) (map[string]string, error) {
	tags := map[string]string{}
	parts := strings.Split(strings.ReplaceAll(value, "\r\n", ""), ";")
	if last := len(parts) - 1; last > 0 && strings.Trim(parts[last], " \t") == "" {
		parts = parts[:last]
	}
	for _, part := range parts {
		name, val, found := strings.Cut(part, "=")
		name, val = strings.Trim(name, " \t"), strings.Trim(val, " \t")
		if !found || !tagName(name) {
			return nil, fmt.Errorf("%+q is not a tag", strings.Trim(part, " \t"))
		}
		if i := strings.IndexFunc(val, func(r rune) bool { return r > '~' || r < ' ' && r != '\t' }); i >= 0 {
			return nil, fmt.Errorf("tag %s= has a character outside ASCII", name)
		}
		if _, twice := tags[name]; twice {
			return nil, fmt.Errorf("tag %s= stands twice", name)
		}
		tags[name] = val
	}
	return tags, nil
}

func tagName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isAlnum(s[i]) && s[i] != '_' {
			return false
		}
	}
	return s != "" && (s[0]|0x20) >= 'a'
}

// BodyHash computes the hash over a body under simple canonicalisation (RFC 6376 3.4.3): empty lines at
// the end count as one line end. It is an io.Writer; a body of any size needs no memory.
type BodyHash struct {
	h hash.Hash
	// pending are CRLFs that count only when other octets follow; cr is a CR whose LF may come next.
	pending int
	cr      bool
}

// NewBodyHash starts a hash with the function of a= ("sha256", "sha384", "sha512"); another name is an error.
func NewBodyHash(function string) (*BodyHash, error) {
	f, ok := hashes[function]
	if !ok {
		return nil, fmt.Errorf("demail: hash function %q is not sha256, sha384 or sha512", function)
	}
	return &BodyHash{h: f.New()}, nil
}

var crlf = []byte("\r\n")

// Write adds octets of the body; it never fails.
func (b *BodyHash) Write(p []byte) (int, error) {
	start := 0
	for i, c := range p {
		switch {
		case c == '\n' && b.cr:
			b.cr = false
			b.pending++
			start = i + 1
		case c == '\r':
			b.emit(p[start:i])
			if b.cr {
				b.emit(crlf[:1])
			}
			b.cr = true
			start = i + 1
		case b.cr:
			b.emit(crlf[:1])
			b.cr = false
		}
	}
	b.emit(p[start:])
	return len(p), nil
}

// emit hashes octets and the line ends that were held back before them.
func (b *BodyHash) emit(p []byte) {
	if len(p) == 0 {
		return
	}
	for ; b.pending > 0; b.pending-- {
		b.h.Write(crlf)
	}
	b.h.Write(p)
}

// Sum ends the body and returns its hash.
func (b *BodyHash) Sum() []byte {
	if b.cr {
		b.emit(crlf[:1])
		b.cr = false
	}
	b.pending = 0
	b.h.Write(crlf)
	return b.h.Sum(nil)
}

// HashBody is the body hash of everything that r yields.
func HashBody(function string, r io.Reader) ([]byte, error) {
	b, err := NewBodyHash(function)
	if err != nil {
		return nil, err
	}
	if _, err := io.Copy(b, r); err != nil {
		return nil, fmt.Errorf("demail: hash body: %w", err)
	}
	return b.Sum(), nil
}
