// Package header reads raw headers and addresses for the judge, who trusts no parser of the gateway's or of the
// simulated world's. It leaves out what fields mean.
package header

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
)

// Values returns the values of field name in a raw header, unfolded, top first.
func Values(raw, name string) []string {
	var out []string
	for _, f := range Fields(raw) {
		n, v, ok := strings.Cut(f, ":")
		if ok && strings.EqualFold(strings.TrimRight(n, " \t"), name) {
			out = append(out, strings.TrimSpace(v))
		}
	}
	return out
}

// Fields splits a raw header into unfolded fields.
func Fields(raw string) []string {
	var out []string
	for line := range strings.SplitSeq(raw, "\r\n") {
		switch {
		case line == "":
		case (line[0] == ' ' || line[0] == '\t') && len(out) > 0:
			out[len(out)-1] += line
		default:
			out = append(out, line)
		}
	}
	return out
}

// Words decodes RFC 2047 encoded words.
func Words(s string) string {
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return d
	}
	return s
}

// Mention tells whether a raw header has nonce in some field, encoded or not.
func Mention(header, nonce string) bool {
	return slices.ContainsFunc(Fields(header), func(f string) bool { return strings.Contains(Words(f), nonce) })
}

// naming are the fields that name mails, by ids that their senders' programs made of any name.
var naming = []string{"Message-ID", "In-Reply-To", "References", "X-de-mail-message-id"}

// Showing returns the first field of a raw header, but those that name mails, that has one of the words in whatever
// case; "" for none.
func Showing(raw string, words []string) string {
	for _, f := range Fields(raw) {
		name, _, _ := strings.Cut(f, ":")
		if slices.ContainsFunc(naming, func(n string) bool { return strings.EqualFold(n, strings.TrimSpace(name)) }) {
			continue
		}
		if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(strings.ToLower(f), strings.ToLower(w)) }) {
			return f
		}
	}
	return ""
}

// Plain is the text of a message that is one text part, decoded, with blanks for line ends.
func Plain(raw string, text []byte) string {
	if e := Values(raw, "Content-Transfer-Encoding"); len(e) == 1 && strings.EqualFold(e[0], "quoted-printable") {
		if plain, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(text))); err == nil {
			text = plain
		}
	}
	return strings.Join(strings.Fields(string(text)), " ")
}

// Author returns the only address of the From field, or the field itself when it is something else.
func Author(raw string) string {
	v := Values(raw, "From")
	if len(v) != 1 {
		return fmt.Sprintf("%d From fields", len(v))
	}
	if a, err := mail.ParseAddress(v[0]); err == nil {
		return a.Address
	}
	return v[0]
}
