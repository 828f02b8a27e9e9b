// Package body reads the bodies of recorded messages for the judge: their texts, calendar objects and attached
// documents, decoded. It leaves out headers and what anything means.
package body

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"strings"
)

// Texts are the decoded texts of a message: what people read, and the calendar object.
type Texts struct{ Plain, Calendar string }

// Read decodes a body with that Content-Type and Content-Transfer-Encoding as a mail program does.
func Read(contentType, encoding string, body []byte) (t Texts) {
	t.add(contentType, encoding, body)
	return t
}

func (t *Texts) add(contentType, encoding string, body []byte) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") {
		r := multipart.NewReader(bytes.NewReader(body), params["boundary"])
		for {
			part, err := r.NextRawPart()
			if err != nil {
				return
			}
			inner, _ := io.ReadAll(io.LimitReader(part, 1<<20)) // what can be read is read
			t.add(part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), inner)
		}
	}
	var r io.Reader = bytes.NewReader(body)
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	text, _ := io.ReadAll(r)
	if kind == "text/calendar" {
		t.Calendar += string(text)
		return
	}
	t.Plain += string(text) + "\n"
}

// Document is the XML document in the body of a confirmation with that Content-Type (TR-01201-3.4 3.4.1).
func Document(contentType string, body []byte) ([]byte, error) {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return nil, fmt.Errorf("its Content-Type: %w", err)
	}
	for r := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err != nil {
			return nil, fmt.Errorf("it has no XML document: %w", err)
		}
		if t, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); t == "application/xml" {
			return io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		}
	}
}
