package content_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"
	"testing/iotest"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/content"
)

func header(t testing.TB, fields string) demail.Header {
	t.Helper()
	h, err := demail.ScanHeader(fields)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func quoted(s string) string {
	var b strings.Builder
	w := quotedprintable.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

const mixed = "Content-Type: multipart/mixed; boundary=b\r\n"

func TestExamine(t *testing.T) {
	bad := content.TestFile()
	for _, c := range []struct {
		name, head, body string
		want             content.Finding
	}{
		{"plain text", "", "Guten Tag\r\n", content.Finding{Net: 11}},
		{"malware in the text", "", "x" + bad + "y", content.Finding{Net: 70, Malware: content.Eicar}},
		{"in Base64", "Content-Transfer-Encoding: BASE64\r\n", encoded(bad), content.Finding{Net: 68, Malware: content.Eicar}},
		{"in an attachment", mixed, "--b\r\n\r\ntext\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded("..."+bad) + "\r\n--b--\r\n", content.Finding{Net: 75, Malware: content.Eicar}},
		{"in quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n", quoted(strings.Repeat("ü", 20) + bad), content.Finding{Net: 108, Malware: content.Eicar}},
		{"in a forwarded message", mixed, "--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n\r\n" + bad + "\r\n--c--\r\n--b--\r\n", content.Finding{Net: 68, Malware: content.Eicar}},
		{"cut in two halves", "", bad[:30] + "\r\n" + bad[30:], content.Finding{Net: 70}},
		{"encrypted with S/MIME", "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n", encoded(bad), content.Finding{Net: 68, Encrypted: true}},
		{"signed with S/MIME only", "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n", encoded(bad), content.Finding{Net: 68, Malware: content.Eicar}},
		{"encrypted with OpenPGP", "Content-Type: multipart/encrypted; boundary=b\r\n", "--b\r\n\r\n" + bad + "\r\n--b--\r\n", content.Finding{Net: 84, Encrypted: true}},
		{"broken multipart", mixed, "--b\r\n\r\n" + bad, content.Finding{Net: 75, Malware: content.Eicar}},
		{"broken Base64", "Content-Transfer-Encoding: base64\r\n", "!" + bad, content.Finding{Net: 69, Malware: content.Eicar}},
	} {
		got, err := content.Examine(header(t, c.head), iotest.OneByteReader(strings.NewReader(c.body)))
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v; want %+v", c.name, got, err, c.want)
		}
		if at, err := content.Examine(header(t, c.head), strings.NewReader(c.body)); err != nil || at != c.want {
			t.Errorf("%s, read at once: %+v, %v; want %+v", c.name, at, err, c.want)
		}
	}
}

func TestEncryptedAttachment(t *testing.T) {
	body := "--b\r\n\r\ntext\r\n--b\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded(content.TestFile()) + "\r\n--b--\r\n"
	got, err := content.Examine(header(t, mixed), strings.NewReader(body))
	if err != nil || got != (content.Finding{Net: 72, Encrypted: true}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReadErrorIsReported(t *testing.T) {
	broken := errors.New("disk")
	if _, err := content.Examine(nil, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

func FuzzExamine(f *testing.F) {
	f.Add("multipart/mixed; boundary=b", "--b\r\n\r\n"+content.TestFile()+"\r\n--b--")
	f.Add("text/plain", content.TestFile())
	f.Fuzz(func(t *testing.T, contentType, body string) {
		h := demail.Header{demail.NewField("Content-Type", contentType)}
		got, err := content.Examine(h, strings.NewReader(body))
		if err != nil || got.Net > int64(len(body)) {
			t.Errorf("%+v, %v", got, err)
		}
		if strings.Contains(body, content.TestFile()) && got.Malware == "" && !got.Encrypted {
			t.Error("overlooked")
		}
	})
}
