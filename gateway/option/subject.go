package option

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"demailbench/gateway/tenant"
)

// subject is a Subject value without its tags.
type subject struct {
	tags []string
	rest []byte
}

// cutTags takes the tags from the beginning of a raw Subject value. Tags are ASCII words in brackets, in clear
// or inside encoded-words (RFC 2047), whose other octets and charset stay. A known word in brackets elsewhere is
// an error too: its sender believes in it.
func cutTags(value []byte, known map[string]tenant.Option) (subject, error) {
	c := cutter{known: known, in: value}
	for c.err == nil && (c.clear() || c.encoded()) {
	}
	if c.err != nil {
		return subject{}, c.err
	}
	s := subject{tags: c.tags, rest: value}
	if len(c.tags) > 0 {
		s.rest = append([]byte{' '}, bytes.TrimLeft(c.in, " \t\r\n")...)
		if !bytes.HasSuffix(s.rest, []byte("\r\n")) {
			s.rest = append(s.rest, '\r', '\n')
		}
	}
	return s, misplaced(s.rest, known)
}

// cutter is a Subject value of which the beginning has been taken.
type cutter struct {
	known map[string]tenant.Option
	in    []byte
	tags  []string
	err   error
}

// clear takes a tag that stands in clear.
func (c *cutter) clear() bool {
	t := bytes.TrimLeft(c.in, " \t\r\n")
	if len(t) == 0 || t[0] != '[' {
		return false
	}
	end := bytes.IndexByte(t, ']')
	if end < 0 {
		c.err = errors.New("is not closed")
		return false
	}
	c.in = t[end+1:]
	return c.take(t[1:end])
}

// take notes a tag or why it is none.
func (c *cutter) take(word []byte) bool {
	tag := strings.ToLower(string(bytes.TrimSpace(word)))
	if _, ok := c.known[tag]; !ok {
		c.err = fmt.Errorf("[%.60s] is not known", word)
		return false
	}
	c.tags = append(c.tags, tag)
	return true
}

// encodedWord is one encoded-word of RFC 2047 2; its charset may carry a language (RFC 2231 5).
var encodedWord = regexp.MustCompile(`^=\?([!-<>@-~]+)\?([bBqQ])\?([ -<>@-~=]*?)\?=`)

// encoded takes the tags at the beginning of an encoded-word and puts back what is left of it.
func (c *cutter) encoded() bool {
	t := bytes.TrimLeft(c.in, " \t\r\n")
	m := encodedWord.FindSubmatch(t)
	if m == nil {
		return false
	}
	base := m[2][0] == 'b' || m[2][0] == 'B'
	text, ok := decode(m[3], base)
	if !ok {
		return false
	}
	took := false
	for {
		trimmed := bytes.TrimLeft(text, " \t")
		if len(trimmed) == 0 || trimmed[0] != '[' {
			break
		}
		end := bytes.IndexByte(trimmed, ']')
		if end < 0 {
			c.err = errors.New("is not closed")
			return false
		}
		if !c.take(trimmed[1:end]) {
			return false
		}
		text, took = bytes.TrimLeft(trimmed[end+1:], " \t"), true
	}
	if !took {
		return false
	}
	after := t[len(m[0]):]
	if len(text) == 0 {
		c.in = after
		return true
	}
	c.in = append([]byte("=?"+string(m[1])+"?"+string(m[2])+"?"+encode(text, base)+"?="), after...)
	return false
}

// decode undoes the B or Q encoding.
func decode(b []byte, base bool) ([]byte, bool) {
	if base {
		out, err := base64.StdEncoding.DecodeString(string(b))
		return out, err == nil
	}
	var out []byte
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '_':
			out = append(out, ' ')
		case b[i] == '=':
			if i+2 >= len(b) {
				return nil, false
			}
			hi, lo := unhex(b[i+1]), unhex(b[i+2])
			if hi < 0 || lo < 0 {
				return nil, false
			}
			out = append(out, byte(hi<<4|lo))
			i += 2
		default:
			out = append(out, b[i])
		}
	}
	return out, true
}

func unhex(c byte) int { return strings.IndexByte("0123456789ABCDEF", upper(c)) }

func upper(c byte) byte {
	if 'a' <= c && c <= 'f' {
		return c - 'a' + 'A'
	}
	return c
}

// encode is the reverse of decode; letters and digits stay readable.
func encode(b []byte, base bool) string {
	if base {
		return base64.StdEncoding.EncodeToString(b)
	}
	var out strings.Builder
	for _, c := range b {
		switch {
		case c == ' ':
			out.WriteByte('_')
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!*+-/", c) >= 0:
			out.WriteByte(c)
		default:
			fmt.Fprintf(&out, "=%02X", c)
		}
	}
	return out.String()
}

// bracketed is a word that may be a tag, wherever it stands.
var bracketed = regexp.MustCompile(`\[\s*([A-Za-z0-9-]{1,40})\s*\]`)

// misplaced finds a tag behind the beginning.
func misplaced(value []byte, known map[string]tenant.Option) error {
	for _, m := range bracketed.FindAllSubmatch(readable(value), -1) {
		if _, ok := known[strings.ToLower(string(m[1]))]; ok {
			return fmt.Errorf("[%s] must stand at the beginning", m[1])
		}
	}
	return nil
}

// readable decodes the encoded-words of a value as far as its ASCII letters go.
func readable(value []byte) []byte {
	var out []byte
	joined := false // between two encoded-words blanks mean nothing (RFC 2047 6.2)
	for len(value) > 0 {
		if m := encodedWord.FindSubmatch(value); m != nil {
			if text, ok := decode(m[3], upper(m[2][0]) == 'B'); ok {
				if joined {
					out = bytes.TrimRight(out, " \t\r\n")
				}
				out, value, joined = append(out, text...), value[len(m[0]):], true
				continue
			}
		}
		joined = joined && (value[0] == ' ' || value[0] == '\t' || value[0] == '\r' || value[0] == '\n')
		out, value = append(out, value[0]), value[1:]
	}
	return out
}
