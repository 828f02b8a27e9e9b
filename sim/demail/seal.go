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
	// Signature is the spelling of the signature algorithm behind the slash of a=, and Sign makes the
	// signature over a header hash; both unset for a message that is hashed only. Package sign fills them.
	Signature string
	Sign      func(digest []byte) ([]byte, error)
}

// Integrity computes the X-de-mail-integrity field for a header and the hash of its body (HashBody with the
// same function): to be done last, when all metadata is set and folded (TR-01201-3.4 3.1.21). An integrity
// field that h already has is not part of the computation, nor is the certificate of a signature.
func (s Seal) Integrity(h Header, bodyHash []byte) (Field, error) {
	f, ok := hashes[s.Hash]
	if !ok || len(bodyHash) != f.Size() {
		return Field{}, fmt.Errorf("demail: seal: hash function %q with a body hash of %d octets", s.Hash, len(bodyHash))
	}
	algorithm, query := s.Hash, ""
	if s.Sign != nil {
		algorithm, query = s.Hash+"/"+s.Signature, " q="+certificateQuery+";"
	}
	fields := listedFields(h)
	bare := NewField(FieldIntegrity, fmt.Sprintf("v=1; a=%s; c=simple/simple; d=%s; s=%s;%s h=%s; bh=%s; b=",
		algorithm, s.Domain, s.Selector, query, strings.Join(fields, ": "), base64.StdEncoding.EncodeToString(bodyHash)))
	value := headerHash(s.Hash, h, fields, bare)
	if s.Sign != nil {
		var err error
		if value, err = s.Sign(value); err != nil {
			return Field{}, fmt.Errorf("demail: seal: %w", err)
		}
	}
	raw := strings.TrimSuffix(bare.Raw, "\r\n") + fold(base64.StdEncoding.EncodeToString(value)) + "\r\n"
	return Field{Name: FieldIntegrity, Raw: raw}, nil
}

// fold breaks a long word without blanks into continuation lines of at most 77 characters.
func fold(word string) string {
	var b strings.Builder
	for len(word) > 76 {
		b.WriteString("\r\n " + word[:76])
		word = word[76:]
	}
	return b.String() + "\r\n " + word
}

// NewBase64Field writes octets as Base64 in lines of at most 77 characters, as the certificate of a
// signature is written (TR-01201-3.4 3.1.14).
func NewBase64Field(name string, octets []byte) Field {
	return Field{Name: name, Raw: name + ":" + fold(base64.StdEncoding.EncodeToString(octets)) + "\r\n"}
}

// HeaderHash recomputes the hash over the fields that the integrity header of h lists: what b= holds in a
// message that is hashed only, and what was signed in one that is signed. Errors are *IntegrityError.
func HeaderHash(h Header) (Integrity, []byte, error) {
	field, in, err := integrityOf(h)
	if err != nil {
		return Integrity{}, nil, err
	}
	return in, headerHash(in.Hash, h, in.Fields, field), nil
}

// integrityOf finds and reads the integrity header of a message.
func integrityOf(h Header) (Field, Integrity, error) {
	field, ok := h.Field(FieldIntegrity)
	if !ok {
		return field, Integrity{}, &IntegrityError{ReasonAbsent, "no " + FieldIntegrity}
	}
	in, err := ParseIntegrity(strings.TrimSuffix(field.Raw[strings.IndexByte(field.Raw, ':')+1:], "\r\n"))
	if err != nil {
		return field, Integrity{}, &IntegrityError{ReasonSyntax, err.Error()}
	}
	return field, in, nil
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
	// ReasonSigned: b= is a signature, which comparing hashes does not prove; h= and the body are right.
	ReasonSigned Reason = "signed"
	// ReasonUnsigned: a message that must be signed (authoritative, confirmation, ident) is hashed only.
	ReasonUnsigned Reason = "unsigned"
	// ReasonCertificate: the certificate is missing, unreadable, or its key does not fit a=.
	ReasonCertificate Reason = "certificate"
	// ReasonSignature: the signature is not that of the certificate's key over the listed fields.
	ReasonSignature Reason = "signature"
	// ReasonExpired: the certificate is not valid at the time of the check.
	ReasonExpired Reason = "expired"
	// ReasonUntrusted: the certificate does not come from a trusted issuer, or was revoked.
	ReasonUntrusted Reason = "untrusted"
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
	field, in, err := integrityOf(h)
	if err != nil {
		return err
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
