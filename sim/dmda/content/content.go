// Package content looks into the body of a message as a provider does before it carries it: how large it is
// net, and whether it holds malware (TR-01201-3.1 3.1.3.1, 4.1).
//
// The only malware it knows is the EICAR test file. It leaves out archives: what is packed is not unpacked.
// What its author encrypted end to end is not looked into, it cannot be (TR-01201-3.4 2.1.3).
package content

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"strings"

	"demailbench/sim/demail"
)

// MaxNet is the largest message that a user may send, net: 20 MiB (TR-01201-3.1 4.1, D20).
const MaxNet = 20 << 20

// Eicar is the name of the one piece of malware that is known.
const Eicar = "EICAR test file"

// eicar is the test file's text. It stands in two halves so that virus scanners leave this file alone.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// TestFile returns the EICAR test file, for messages that shall be found.
func TestFile() string { return string(eicar) }

// Finding is what the body of a message holds.
type Finding struct {
	// Net is the size of all parts in octets, their transfer encoding removed.
	Net int64
	// Malware is the name of what was found; empty for nothing.
	Malware string
	// Encrypted: the message, or a part of it, is encrypted end to end and was not looked into.
	Encrypted bool
}

// maxDepth limits how deep parts nest; below that a part counts as one leaf.
const maxDepth = 20

// Examine reads a body with the header above it. A body that is not well formed is searched as it is and
// counts in full; the error is that of reading.
func Examine(h demail.Header, body io.Reader) (Finding, error) {
	contentType, _ := h.Get("Content-Type")
	encoding, _ := h.Get("Content-Transfer-Encoding")
	var f Finding
	raw := &search{reader: body, f: &f}
	if Encrypted(contentType) {
		f.Encrypted = true
		n, err := io.Copy(io.Discard, decode(encoding, body))
		f.Net = n
		if err != nil { // no Base64 after all
			rest, readErr := io.Copy(io.Discard, body)
			f.Net += rest
			err = readErr
		}
		return f, wrap(err)
	}
	malformed := f.entity(contentType, encoding, raw, 0)
	if _, err := io.Copy(io.Discard, raw); err != nil {
		return f, wrap(err)
	}
	if raw.err != nil {
		return f, wrap(raw.err)
	}
	if malformed != nil {
		f.Net = raw.size
	}
	return f, nil
}

func wrap(err error) error {
	if err != nil {
		return fmt.Errorf("content: examine: %w", err)
	}
	return nil
}

// Encrypted reports a Content-Type of something encrypted by its author: S/MIME (RFC 8551) or OpenPGP
// (RFC 3156). Something signed only is not.
func Encrypted(contentType string) bool {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return false
	}
	switch media {
	case "multipart/encrypted":
		return true
	case "application/pkcs7-mime", "application/x-pkcs7-mime":
		switch strings.ToLower(params["smime-type"]) {
		case "enveloped-data", "authenveloped-data":
			return true
		}
	}
	return false
}

// entity walks one MIME entity. Its error says that the entity is malformed.
func (f *Finding) entity(contentType, encoding string, body io.Reader, depth int) error {
	media, params, err := mime.ParseMediaType(contentType)
	if err == nil && strings.HasPrefix(media, "multipart/") && params["boundary"] != "" && depth < maxDepth {
		return f.parts(multipart.NewReader(body, params["boundary"]), depth)
	}
	leaf := &search{reader: decode(encoding, body), f: f}
	_, err = io.Copy(io.Discard, leaf)
	f.Net += leaf.size
	return err
}

func (f *Finding) parts(r *multipart.Reader, depth int) error {
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		contentType := p.Header.Get("Content-Type")
		if Encrypted(contentType) {
			f.Encrypted = true
			n, err := io.Copy(io.Discard, decode(p.Header.Get("Content-Transfer-Encoding"), p))
			if f.Net += n; err != nil {
				return err
			}
			continue
		}
		if err := f.entity(contentType, transferEncoding(p.Header), p, depth+1); err != nil {
			return err
		}
	}
}

func transferEncoding(h textproto.MIMEHeader) string { return h.Get("Content-Transfer-Encoding") }

func decode(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}

// search passes octets on and looks for malware in them, also across two reads.
type search struct {
	reader io.Reader
	f      *Finding
	size   int64
	tail   []byte
	err    error
}

func (s *search) Read(p []byte) (int, error) {
	n, err := s.reader.Read(p)
	s.size += int64(n)
	if n > 0 && s.f.Malware == "" {
		head := append(s.tail, p[:min(n, len(eicar)-1)]...)
		if bytes.Contains(head, eicar) || bytes.Contains(p[:n], eicar) {
			s.f.Malware = Eicar
		}
		keep := append(s.tail, p[max(0, n-len(eicar)+1):n]...)
		s.tail = append([]byte(nil), keep[max(0, len(keep)-len(eicar)+1):]...)
	}
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
