package measure_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"demailbench/gateway/measure"
)

func net(t *testing.T, message string, step int) int64 {
	t.Helper()
	m := measure.NewMeter()
	for message != "" {
		n := min(step, len(message))
		if _, err := m.Write([]byte(message[:n])); err != nil {
			t.Fatal(err)
		}
		message = message[n:]
	}
	return m.Net()
}

// lines breaks base64 into lines of n letters.
func lines(s string, n int) string {
	var b strings.Builder
	for len(s) > n {
		b.WriteString(s[:n] + "\r\n")
		s = s[n:]
	}
	return b.String() + s + "\r\n"
}

func TestNet(t *testing.T) {
	file := strings.Repeat("\x00\xff file", 1000) // 7000 octets
	coded := lines(base64.StdEncoding.EncodeToString([]byte(file)), 76)
	part := func(head, body string) string { return "--b\r\n" + head + "\r\n" + body + "\r\n" }
	multi := "From: a@b\r\nContent-Type: multipart/mixed;\r\n\tboundary=\"b\"\r\n\r\n"
	for _, c := range []struct {
		name, message string
		want          int64
	}{
		{"empty", "From: a@b\r\n\r\n", 0},
		{"header only", "From: a@b\r\n", 0},
		{"plain", "From: a@b\r\n\r\nHello\r\n", 5},
		{"plain of two lines", "From: a@b\r\n\r\nHello\r\nYou\r\n", 10},
		{"base64 counts what it holds", "Content-Transfer-Encoding: BASE64\r\n\r\n" + coded, 7000},
		{"base64 in one long line", "Content-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(file)) + "\r\n", 7000},
		{"base64 padded inside", "Content-Transfer-Encoding: base64\r\n\r\nQQ==\r\n", 1},
		{"text that only claims to be base64", "Content-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat("\xfe", 80) + "\r\n", 80},
		{"quoted-printable", "Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =\r\nund mehr\r\n", 16},
		{"file attached", multi + part("Content-Type: text/plain\r\n", "Hi") + part("Content-Transfer-Encoding: base64\r\n", strings.TrimSuffix(coded, "\r\n")) + "--b--\r\n", 7002},
		{"preamble and epilogue", multi + "pre\r\n--b\r\n\r\nHi\r\n--b--\r\npost\r\n", 9},
		{"boundary as prefix only", multi + "--b\r\n\r\n--bb\r\n--b--\r\n", 4},
		{"message inside, with its header", multi + part("Content-Type: message/rfc822\r\n", "Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD") + "--b--\r\n", 12 + 35 + 2 + 3},
		{"multipart inside", multi + part("Content-Type: multipart/alternative; boundary=c\r\n", "--c\r\n\r\none\r\n--c\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD\r\n--c--") + "--b--\r\n", 6},
		{"no boundary given", "Content-Type: multipart/mixed\r\n\r\n--b\r\nQUJD\r\n", 9},
	} {
		for _, step := range []int{1, 7, 4096} {
			if got := net(t, c.message, step); got != c.want {
				t.Errorf("%s in steps of %d: %d octets, want %d", c.name, step, got, c.want)
			}
		}
	}
}

// FuzzMeter: never more than the gross size, and the same in any pieces.
func FuzzMeter(f *testing.F) {
	for _, s := range []string{"a: b\r\n\r\nx\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n--b--", "Content-Transfer-Encoding: base64\r\n\r\nQQ=\xff",
		"Content-Type: message/rfc822\r\n\r\nContent-Type: message/rfc822\r\n\r\n"} {
		f.Add(s, 3)
	}
	f.Fuzz(func(t *testing.T, s string, step int) {
		step = max(1, step%100)
		if !strings.Contains(s, "\n") || len(s) > 1<<16 {
			return
		}
		for line := range strings.Lines(s) {
			if len(line) > 1000 {
				return // a line beyond SMTP's limit may be cut where a write ends
			}
		}
		whole, pieces := net(t, s, len(s)), net(t, s, step)
		if whole > int64(len(s)) || whole < 0 || whole != pieces {
			t.Fatalf("%q: %d whole, %d in pieces of %d", s, whole, pieces, step)
		}
	})
}
