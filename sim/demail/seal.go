package demail

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// Seal says how an integrity header is made.
type Seal struct {
	// Hash is sha256, sha384 or sha512.
	Hash string
	// Domain and Selector become d= and s=. RFC 6376 requires the tags; nothing is ever fetched from there.
	Domain, Selector string
}

// Integrity computes the hash-only X-de-mail-integrity field for a header and the hash of its body
// (HashBody with the same function): to be done last, when all metadata is set and folded (TR-01201-3.4
// 3.1.21). An integrity field that h already has is not part of the computation.
func (s Seal) Integrity(h Header, bodyHash []byte) (Field, error) {
	f, ok := hashes[s.Hash]
	if !ok || len(bodyHash) != f.Size() {
		return Field{}, fmt.Errorf("demail: seal: hash function %q with a body hash of %d octets", s.Hash, len(bodyHash))
	}
	fields := listedFields(h)
	value := fmt.Sprintf("v=1; a=%s; c=simple/simple; d=%s; s=%s; h=%s; bh=%s; b=",
		s.Hash, s.Domain, s.Selector, strings.Join(fields, ": "), base64.StdEncoding.EncodeToString(bodyHash))
	bare := NewField(FieldIntegrity, value)
	sum := headerHash(s.Hash, h, fields, bare)
	raw := strings.TrimSuffix(bare.Raw, "\r\n") + "\r\n " + base64.StdEncoding.EncodeToString(sum) + "\r\n"
	return Field{Name: FieldIntegrity, Raw: raw}, nil
}

// listedFields is the content of h= for a header.
func listedFields(h Header) []string {
	var out []string
	_, hasID := h.Field(FieldPrivateID)
	for _, name := range HashedFields {
		if name != FieldPrivateID || hasID {
			out = append(out, name)
		}
	}
	return out
}

// headerHash is the header-hash of RFC 6376 3.7 under simple canonicalisation, with the TR's rule that the
// topmost of several equal fields counts: the listed fields, then the integrity field without the value of
// b= and without its CRLF.
func headerHash(function string, h Header, fields []string, integrity Field) []byte {
	sum := hashes[function].New()
	used := map[string]bool{}
	for _, name := range fields {
		if f, ok := h.Field(name); ok && !used[lower(name)] {
			io.WriteString(sum, f.Raw)
		}
		used[lower(name)] = true
	}
	io.WriteString(sum, withoutValue(integrity.Raw))
	return sum.Sum(nil)
}

// withoutValue removes the value of b= with all blanks around it, and the CRLF at the end.
func withoutValue(raw string) string {
	raw = strings.TrimSuffix(raw, "\r\n")
	colon := strings.IndexByte(raw, ':') + 1
	parts := strings.Split(raw[colon:], ";")
	for i, part := range parts {
		if eq := strings.IndexByte(part, '='); eq >= 0 && strings.Trim(part[:eq], " \t\r\n") == "b" {
			parts[i] = part[:eq+1]
		}
	}
	return raw[:colon] + strings.Join(parts, ";")
}

// Reason is why a proof of integrity does not hold.
type Reason string

// The reasons, in the order in which Verify looks for them.
const (
	// ReasonAbsent: the message has no integrity header.
	ReasonAbsent Reason = "absent"
	// ReasonSyntax: the integrity header cannot be read or uses what the TR forbids.
	ReasonSyntax Reason = "syntax"
	// ReasonFields: h= is not the list of TR-01201-3.4 3.1.21, so fields could change unnoticed.
	ReasonFields Reason = "fields"
	// ReasonBody: the body was changed.
	ReasonBody Reason = "body"
	// ReasonHeader: a listed field was changed, added or removed.
	ReasonHeader Reason = "header"
	// ReasonSigned: b= is a signature, which this version does not check; h= and the body are right.
	ReasonSigned Reason = "signed"
)

// IntegrityError says why the integrity of a message is not proven.
type IntegrityError struct {
	Reason Reason
	Detail string
}

// Error names the reason and what was found.
func (e *IntegrityError) Error() string {
	return fmt.Sprintf("demail: integrity not proven (%s): %s", e.Reason, e.Detail)
}

// Verify recomputes the hash-only integrity header over a header and its body and returns nil when both
// are as the provider sealed them, else an *IntegrityError (or the error of reading body). A signed message
// ends with ReasonSigned after its body proved right.
func Verify(h Header, body io.Reader) error {
	field, ok := h.Field(FieldIntegrity)
	if !ok {
		return &IntegrityError{ReasonAbsent, "no " + FieldIntegrity}
	}
	in, err := ParseIntegrity(strings.TrimSuffix(field.Raw[strings.IndexByte(field.Raw, ':')+1:], "\r\n"))
	if err != nil {
		return &IntegrityError{ReasonSyntax, err.Error()}
	}
	if want, got := strings.Join(listedFields(h), ":"), strings.Join(in.Fields, ":"); !strings.EqualFold(want, got) {
		return &IntegrityError{ReasonFields, fmt.Sprintf("h= lists %s, expected %s", got, want)}
	}
	sum, err := HashBody(in.Hash, body)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, in.BodyHash) {
		return &IntegrityError{ReasonBody, fmt.Sprintf("bh= is %x, the body has %x", in.BodyHash, sum)}
	}
	if in.Signature != "" {
		return &IntegrityError{ReasonSigned, "algorithm " + in.Signature + " needs the certificate of the message"}
	}
	if sum := headerHash(in.Hash, h, in.Fields, field); !bytes.Equal(sum, in.Value) {
		return &IntegrityError{ReasonHeader, fmt.Sprintf("b= is %x, the header has %x", in.Value, sum)}
	}
	return nil
}
