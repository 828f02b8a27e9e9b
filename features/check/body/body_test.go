package body

import (
	"strings"
	"testing"
)

const mixed = "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nArbeiten f=C3=BCr f=\r\n=C3=BCnf Stunden\r\n" +
	"--b\r\nContent-Type: text/calendar\r\nContent-Transfer-Encoding: base64\r\n\r\nQkVHSU46VkNBTEVOREFSDQo=\r\n--b--\r\n"

func TestRead(t *testing.T) {
	got := Read("multipart/mixed; boundary=b", "", []byte(mixed))
	if !strings.Contains(got.Plain, "Arbeiten für fünf Stunden") || !strings.HasPrefix(got.Calendar, "BEGIN:VCALENDAR") {
		t.Errorf("%+v", got)
	}
	if got := Read("nonsense;;", "", []byte("x")); got.Plain != "x\n" {
		t.Errorf("%+v", got)
	}
}

// FuzzRead holds that no message, whoever wrote it, makes the judge fall.
func FuzzRead(f *testing.F) {
	f.Add("multipart/mixed; boundary=b", "", []byte(mixed))
	f.Add("multipart/mixed", "base64", []byte("--\r\n"))
	f.Fuzz(func(_ *testing.T, contentType, encoding string, body []byte) {
		Read(contentType, encoding, body)
		_, _ = Document(contentType, body)
	})
}
