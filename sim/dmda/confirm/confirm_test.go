package confirm_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"math/big"
	"math/rand"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/confirm"
	"demailbench/sim/dmda/message"
)

func sample() acknowledge.Message {
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
	m := sample()
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
	a, errA := confirm.PDF(sample())
	b, errB := confirm.PDF(sample())
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
	body, err := confirm.Assemble("b_", "x", sample().Unsigned(), nil)
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

// issuer is a provider with a key of its own, and a message that it has to confirm.
func issuer(tb testing.TB) (confirm.Issuer, confirm.Notice, *message.Message) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.New(rand.NewSource(1)))
	if err != nil {
		tb.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(2e9, 0), KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(nil, c, c, key.Public(), key)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := sign.New(key, der, sign.ECDSA, nil)
	if err != nil {
		tb.Fatal(err)
	}
	h, err := demail.ScanHeader("From: a@b.de-mail.de\r\nSubject: =?utf-8?q?Geb=C3=BChr?=\r\nX-de-mail-private: yes\r\nX-de-mail-private-id: AZ 1\r\nX-de-mail-message-id: <1@p>\r\nX-de-mail-integrity: v=1; a=sha256; b=AA==\r\n")
	if err != nil {
		tb.Fatal(err)
	}
	about := &message.Message{ID: "1@p", Sender: "a@b.de-mail.de", Header: h}
	rcpt := demail.MustAddress("x@y.de-mail.de")
	n := confirm.Notice{Type: demail.TypeReceipt, Label: confirm.LabelReceipt, About: about, Cc: &rcpt, Receiver: rcpt.String(), Lead: "Eingegangen."}
	m := &message.Message{ID: "2@p", Kind: demail.Confirmation, Type: demail.TypeReceipt, Sender: "Eingangsbestaetigung@p.de-mail.de", Sent: time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)}
	return confirm.Issuer{Name: "P GmbH", Hostname: "p.example", Signature: s}, n, m
}

func TestNotice(t *testing.T) {
	i, n, m := issuer(t)
	body, err := i.Body(n, m)
	if err != nil {
		t.Fatal(err)
	}
	h := append(n.Fields(), n.Header(m, demail.Recipients{To: []demail.Mailbox{{Address: demail.MustAddress("a@b.de-mail.de")}}}, body.ContentType)...)
	for name, want := range map[string]string{demail.FieldPrivate: "yes", demail.FieldPrivateID: "AZ 1", "Auto-Submitted": "auto-generated", "Content-Type": `multipart/mixed; boundary="=_demail_2"`} {
		if got, _ := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	parts, err := confirm.Split(body.ContentType, bytes.NewReader(body.Octets))
	if err != nil || !strings.Contains(parts.Text, "Betreff: Gebühr\r\n") || !strings.Contains(parts.Text, "P GmbH, p.example") || len(parts.PDF) == 0 {
		t.Errorf("%v\n%s", err, parts.Text)
	}
	i.NoPDF = true
	if body, err = i.Body(n, m); err != nil || bytes.Contains(body.Octets, []byte("application/pdf")) {
		t.Errorf("a PDF all the same, %v", err)
	}
}

// BenchmarkConfirmation is a whole confirmation: at least 300 a second on one core without PDF.
func BenchmarkConfirmation(b *testing.B) {
	for name, without := range map[string]bool{"without-pdf": true, "with-pdf": false} {
		b.Run(name, func(b *testing.B) {
			i, n, m := issuer(b)
			i.NoPDF = without
			for b.Loop() {
				body, err := i.Body(n, m)
				if err != nil {
					b.Fatal(err)
				}
				sum, err := demail.HashBody("sha256", bytes.NewReader(body.Octets))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := i.Signature.Seal(demail.Seal{Hash: "sha256", Domain: "p.de-mail.de", Selector: "demail"}, n.Fields(), sum); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "confirmations/s")
		})
	}
}
