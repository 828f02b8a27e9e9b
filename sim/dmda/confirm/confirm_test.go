package confirm_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/dmda/confirm"
)

func message() acknowledge.Message {
	return acknowledge.Message{
		Sender: "Eingangsbestaetigung@t-systems.de-mail.de", Subject: "*Eingangsbestätigung* Gebühr (12 €) \\ Ж", Text: "Zeile 1\nZeile 2", Hash: strings.Repeat("v=1; a=sha256; b=0WoDdJR/AhHj6GkVN+SSk83B; ", 8),
		Time: time.Date(2015, 11, 2, 8, 15, 31, 0, time.FixedZone("", 3600)), Delivery: time.Date(2015, 11, 2, 7, 0, 0, 0, time.FixedZone("", 3600)),
		Metadata: []acknowledge.Metadate{
			{Name: "Subject", Value: "Bescheid  (x)", OriginalHeader: "Subject: Bescheid\r\n  (x)\r\n"},
			{Name: "X-de-mail-private-id", Value: strings.Repeat("0123456789", 20), OriginalHeader: "X-de-mail-private-id:\r\n " + strings.Repeat("0123456789", 20) + "\r\n"},
		},
	}
}

var shown = regexp.MustCompile(`\(((?:[^()\\]|\\.)*)\)\s*Tj`)

// pdfText is what the PDF draws, decoded from its fonts' encoding, without blanks: where a line breaks is
// the page's business.
func pdfText(t *testing.T, pdf []byte) string {
	t.Helper()
	var b strings.Builder
	for _, m := range shown.FindAllSubmatch(pdf, -1) {
		raw := regexp.MustCompile(`\\(.)`).ReplaceAll(m[1], []byte("$1"))
		for _, c := range raw {
			if c == 0x80 {
				b.WriteRune('€')
			} else {
				b.WriteRune(rune(c))
			}
		}
	}
	return squeeze(b.String())
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestPDFSaysWhatTheXMLSays reads both back from a body and compares them (TR-01201-3.4 3.4.1).
func TestPDFSaysWhatTheXMLSays(t *testing.T) {
	m := message()
	pdf, err := confirm.PDF(m)
	if err != nil {
		t.Fatal(err)
	}
	body, err := confirm.Assemble("=_demail_1", "Guten Tag,\nGrüße", m.Unsigned(), pdf)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := confirm.Split(body.ContentType, bytes.NewReader(body.Octets))
	if err != nil {
		t.Fatal(err)
	}
	if parts.Text != "Guten Tag,\r\nGrüße" || !bytes.Equal(parts.PDF, pdf) {
		t.Errorf("text %q, PDF of %d octets", parts.Text, len(parts.PDF))
	}
	read, err := acknowledge.Read(parts.XML)
	if err != nil {
		t.Fatal(err)
	}
	want := read.Subject
	for _, l := range confirm.Content(read) {
		want += l.Label + ":" + l.Value
	}
	if got, want := pdfText(t, parts.PDF), strings.ReplaceAll(squeeze(want), "Ж", `\u{416}`); got != want {
		t.Errorf("the PDF shows\n%s\nthe XML says\n%s", got, want)
	}
	for _, line := range strings.Split(string(body.Octets), "\r\n") {
		if len(line) > 78 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line %q", line)
		}
	}
}

func TestEqualDocumentsGiveEqualPDFs(t *testing.T) {
	a, errA := confirm.PDF(message())
	b, errB := confirm.PDF(message())
	if errA != nil || errB != nil || !bytes.Equal(a, b) {
		t.Errorf("two PDFs of one document differ (%v, %v): a record would not repeat", errA, errB)
	}
	if !bytes.HasPrefix(a, []byte("%PDF-")) || !bytes.Contains(a, []byte("%%EOF")) {
		t.Error("that is no PDF")
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, c := range map[string][2]string{
		"plain":      {"text/plain", "x"},
		"no type":    {"", "x"},
		"no XML":     {`multipart/mixed; boundary="b"`, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"},
		"cut":        {`multipart/mixed; boundary="b"`, "--b\r\nContent-Type: text/plain\r\n\r\nx"},
		"not base64": {`multipart/mixed; boundary="b"`, "--b\r\nContent-Type: application/xml\r\nContent-Transfer-Encoding: base64\r\n\r\n?\r\n--b--\r\n"},
	} {
		if p, err := confirm.Split(c[0], strings.NewReader(c[1])); err == nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func FuzzSplit(f *testing.F) {
	body, err := confirm.Assemble("b_", "x", message().Unsigned(), nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body.ContentType, string(body.Octets))
	f.Fuzz(func(t *testing.T, contentType, body string) {
		if p, err := confirm.Split(contentType, strings.NewReader(body)); err == nil {
			acknowledge.Read(p.XML)
		}
	})
}
