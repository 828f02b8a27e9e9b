// Package confirm makes the bodies of the messages that a De-Mail provider writes itself: human text, the
// XML document of package acknowledge and a PDF of equal content, in one multipart/mixed (TR-01201-3.4
// 3.4.1).
//
// It knows no accounts and sends nothing; which message is due to whom is the provider's business (sim/dmda).
package confirm

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

// Part names of a body.
const (
	XMLName = "Nachricht.xml"
	PDFName = "Nachricht.pdf"
)

// Body is a MIME body and the value of the Content-Type field above it.
type Body struct {
	ContentType string
	Octets      []byte
}

// Assemble puts human text, XML document and PDF together; a PDF of nil is left out. The boundary must not
// occur in the parts: they are encoded, so any with an underscore will do. Text has LF line ends.
func Assemble(boundary, text string, document, pdf []byte) (Body, error) {
	var b bytes.Buffer
	plain, err := quoted(text)
	if err != nil {
		return Body{}, fmt.Errorf("confirm: text: %w", err)
	}
	part(&b, boundary, "text/plain; charset=utf-8", "quoted-printable", "", plain)
	part(&b, boundary, "application/xml", "base64", XMLName, lines(document))
	if pdf != nil {
		part(&b, boundary, "application/pdf", "base64", PDFName, lines(pdf))
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return Body{ContentType: fmt.Sprintf("multipart/mixed; boundary=%q", boundary), Octets: b.Bytes()}, nil
}

func part(b *bytes.Buffer, boundary, contentType, encoding, name, content string) {
	fmt.Fprintf(b, "--%s\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n", boundary, contentType, encoding)
	if name != "" {
		fmt.Fprintf(b, "Content-Disposition: attachment; filename=%q\r\n", name)
	}
	fmt.Fprintf(b, "\r\n%s\r\n", content)
}

func quoted(text string) (string, error) {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	if _, err := io.WriteString(w, strings.ReplaceAll(text, "\n", "\r\n")); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return b.String(), nil
}

// lines is Base64 in lines of 76 characters.
func lines(octets []byte) string {
	var b strings.Builder
	text := base64.StdEncoding.EncodeToString(octets)
	for len(text) > 76 {
		b.WriteString(text[:76] + "\r\n")
		text = text[76:]
	}
	b.WriteString(text)
	return b.String()
}

// Parts are the decoded parts of a body.
type Parts struct {
	Text     string
	XML, PDF []byte
}

// maxPart limits what Split reads of one part.
const maxPart = 4 << 20

// Split takes a body apart by the Content-Type field above it. Parts of other types are passed over; a
// body without XML document is an error.
func Split(contentType string, body io.Reader) (Parts, error) {
	media, params, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/mixed" {
		return Parts{}, fmt.Errorf("confirm: Content-Type %+.100q is not multipart/mixed", contentType)
	}
	var p Parts
	for r := multipart.NewReader(body, params["boundary"]); ; {
		next, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Parts{}, fmt.Errorf("confirm: %w", err)
		}
		octets, err := decoded(next)
		if err != nil {
			return Parts{}, fmt.Errorf("confirm: %w", err)
		}
		switch t, _, _ := mime.ParseMediaType(next.Header.Get("Content-Type")); {
		case t == "application/xml" && p.XML == nil:
			p.XML = octets
		case t == "application/pdf" && p.PDF == nil:
			p.PDF = octets
		case t == "text/plain" && p.Text == "":
			p.Text = string(octets)
		}
	}
	if p.XML == nil {
		return Parts{}, fmt.Errorf("confirm: the body has no part application/xml")
	}
	return p, nil
}

func decoded(part *multipart.Part) ([]byte, error) {
	var r io.Reader = part
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		r = quotedprintable.NewReader(part)
	}
	return io.ReadAll(io.LimitReader(r, maxPart))
}
