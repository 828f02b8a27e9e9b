package demail_test

import (
	"bytes"
	"testing"

	"demailbench/gateway/demail"
)

func FuzzCanonical(f *testing.F) {
	var v addressVectors
	load(f, "addresses.json", &v)
	for _, c := range append(v.Valid, v.Invalid...) {
		f.Add(c.In)
	}
	f.Fuzz(func(t *testing.T, in string) {
		a, err := demail.Canonical(in)
		if err != nil {
			return
		}
		if again, err := demail.Canonical(a); err != nil || again != a {
			t.Fatalf("%q became %q, that became %q, %v", in, a, again, err)
		}
		for _, c := range []byte(a) {
			if c <= ' ' || c > '~' || bytes.IndexByte([]byte(`<>"\,;:()[]`), c) >= 0 {
				t.Fatalf("%q became %q", in, a)
			}
		}
	})
}

func FuzzScanHeader(f *testing.F) {
	var v headerVectors
	load(f, "headers.json", &v)
	for _, c := range append(v.Valid, v.Invalid...) {
		f.Add([]byte(c.Raw))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		h, err := demail.ScanHeader(in)
		if err != nil {
			return
		}
		if !bytes.Equal(h.Bytes(), in) {
			t.Fatalf("%q became %q", in, h.Bytes())
		}
		_ = demail.CheckSubmitted(h)
	})
}

func FuzzParseList(f *testing.F) {
	for _, s := range []string{" p@a.test\r\n", " \"A, B\" <p@a.test>, q@b.test (x)\r\n", " G: a@b.c, d@e.f;\r\n", " <a@b.c", "(((", "a\\"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		l, err := demail.ParseList(in)
		if err != nil {
			return
		}
		same, _ := l.Rewrite(func(a string) (string, bool) { return a, true })
		broken := false
		for _, m := range l.Mailboxes {
			broken = broken || m.Err != nil
		}
		if !broken && !bytes.Equal(same, in) {
			t.Fatalf("%q became %q", in, same)
		}
		mapped, empty := l.Rewrite(func(string) (string, bool) { return "x@y.de-mail.de", true })
		if empty {
			return
		}
		again, err := demail.ParseList(mapped)
		if err != nil {
			t.Fatalf("%q became %q: %v", in, mapped, err)
		}
		for _, m := range again.Mailboxes {
			if m.Address != "x@y.de-mail.de" {
				t.Fatalf("%q became %q with %q, %v", in, mapped, m.Address, m.Err)
			}
		}
	})
}
