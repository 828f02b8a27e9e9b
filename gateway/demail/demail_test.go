package demail_test

import (
	"bufio"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"demailbench/gateway/demail"
)

func TestCanonicalRefuses(t *testing.T) {
	for _, c := range []struct {
		id, in string
		want   error
	}{
		{"ADR-001", `"poststelle"@a.de-mail.de`, demail.ErrSyntax},
		{"ADR-003", "@b.de-mail.de:poststelle@a.de-mail.de", demail.ErrSyntax},
		{"ADR-005", "poststelle@a.de-mail.de@b.de-mail.de", demail.ErrSyntax},
		{"ADR-009", "\u212Aommune@a.test", demail.ErrNotASCII},
		{"ADR-009", "post\u017Ftelle@a.test", demail.ErrNotASCII},
		{"ADR-011", "x@a。de-mail.de", demail.ErrNotASCII},
		{"ADR-011", "x@ａ.de-mail.de", demail.ErrNotASCII},
		{"ADR-011", "x@a\u00ad.de-mail.de", demail.ErrNotASCII},
		{"ADR-011", "x@A.DE-MAIL.DE.", demail.ErrSyntax},
		{"ADR-015", "=?utf-8?q?poststelle=40b.de-mail.de=2C?=@a.test@b.test", demail.ErrSyntax},
		{"ADR-033", "poststelle@[10.0.0.1]", demail.ErrLiteral},
		{"ADR-033", "poststelle@[IPv6:::1]", demail.ErrLiteral},
		{"ADR-035", "poststelle@a.de-mail.de\x00.b.test", demail.ErrSyntax},
		{"CMD-001", "poststelle@a.de-mail.de\r\nRCPT TO:<leak@x.test>", demail.ErrSyntax},
		{"RFC 5321 4.5.3.1.1", strings.Repeat("x", 65) + "@a.test", demail.ErrTooLong},
		{"RFC 5321 4.5.3.1.3", "x@" + strings.Repeat("x.", 127) + "de", demail.ErrTooLong},
	} {
		got, err := demail.Canonical(c.in)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %q gave %q, %v; want %v", c.id, c.in, got, err, c.want)
		}
	}
}

func TestCanonicalKeepsLetters(t *testing.T) {
	for in, want := range map[string]string{
		"POSTSTELLE@A.DE-MAIL.DE":      "poststelle@a.de-mail.de",      // ADR-007
		"poststelle+x@a.test":          "poststelle+x@a.test",          // ADR-019
		"`touch$(x)`@a.test":           "",                             // brackets are no atext
		"`touch`|sh@a.test":            "`touch`|sh@a.test",            // CMD-011: stored literally
		"'OR'1'='1'--@a.test":          "'or'1'='1'--@a.test",          // CMD-013
		"x@standort_a.inst.de-mail.de": "x@standort_a.inst.de-mail.de", // TR-01201-2.1 2.1.2.1
	} {
		if got, _ := demail.Canonical(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestIsSystem(t *testing.T) {
	for in, want := range map[string]bool{
		"versandbestaetigung@t-systems.de-mail.de": true, "meldung@x.de-mail.de": true,
		"poststelle@x.de-mail.de": false, "": false,
	} {
		if demail.IsSystem(in) != want {
			t.Errorf("%q: want %v", in, want)
		}
	}
}

func TestCheckSubmitted(t *testing.T) {
	long := strings.Repeat("x", 900) + "\r\n "
	for _, c := range []struct{ id, header, want string }{
		{"HDR-001", "X-de-mail-sender: a@b.de-mail.de\r\n", "x-de-mail-sender: set by the De-Mail provider only"},
		{"HDR-001", "X-DE-MAIL-Auth-Level : high\r\n", "x-de-mail-auth-level: set by the De-Mail provider only"},
		{"HDR-001", "x-de-mail-integrity:\r\n v=1\r\n", "x-de-mail-integrity: set by the De-Mail provider only"},
		{"D15", "X-de-mail-privat-id: 4711\r\n", "x-de-mail-privat-id: no such De-Mail field"},
		{"HDR-017", "X-de-mail-private: YES\r\n", "x-de-mail-private: value must be yes or no"},
		{"HDR-017", "X-de-mail-private: 1\r\n", "x-de-mail-private: value must be yes or no"},
		{"HDR-017", "X-de-mail-private:\r\n", "x-de-mail-private: value must be yes or no"},
		{"HDR-009", "X-de-mail-private-id: " + long + strings.Repeat("x", 123) + "\r\n", ""},
		{"HDR-009", "X-de-mail-private-id: " + long + strings.Repeat("x", 124) + "\r\n", "x-de-mail-private-id: longer than 1024 characters"},
		{"HDR-009", "X-de-mail-private-id: Stra\u00dfe\r\n", "x-de-mail-private-id: value is not printable ASCII"},
		{"HDR-009", "X-de-mail-private-id: 1\r\nX-de-mail-private-id: 2\r\n", "x-de-mail-private-id: given twice"},
		{"options", "X-de-mail-confirmation-of-receipt: yes\r\nX-de-mail-authoritative: no\r\nX-de-mail: x\r\n", ""},
	} {
		h, err := demail.ScanHeader([]byte(c.header))
		if err != nil {
			t.Fatalf("%s: %v", c.id, err)
		}
		got := ""
		if err := demail.CheckSubmitted(h); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %.40q: got %q, want %q", c.id, c.header, got, c.want)
		}
	}
}

func TestParseList(t *testing.T) {
	for _, c := range []struct {
		value string
		want  []string // addresses, "!" for an entry without one
		group bool
	}{
		{" p@a.test\r\n", []string{"p@a.test"}, false},
		{" Poststelle <P@A.test>\r\n", []string{"p@a.test"}, false},
		{" \"Amt, \\\"A\\\"\" <p@a.test>, q@b.test\r\n", []string{"p@a.test", "q@b.test"}, false},
		{" p@a.test (Amt, \\) (innen)),\r\n\tq@b.test\r\n", []string{"p@a.test", "q@b.test"}, false},
		{" ,, p@a.test ,\r\n", []string{"p@a.test"}, false},
		{" Amt: p@a.test, q@b.test;, r@c.test\r\n", []string{"p@a.test", "q@b.test", "r@c.test"}, true},
		{" undisclosed-recipients:;\r\n", nil, true},
		{" <>\r\n", []string{"!"}, false},
		{" <@x.test:p@a.test>\r\n", []string{"!"}, false},
		{" =?utf-8?q?poststelle=40b.de-mail.de=2C?=@a.test\r\n", []string{"=?utf-8?q?poststelle=40b.de-mail.de=2c?=@a.test"}, false},
		{" p @ a.test\r\n", []string{"!"}, false},
		{" p@a.test q@b.test\r\n", []string{"!"}, false},
		{"\r\n", nil, false},
	} {
		l, err := demail.ParseList([]byte(c.value))
		if err != nil {
			t.Errorf("%q: %v", c.value, err)
			continue
		}
		var got []string
		for _, m := range l.Mailboxes {
			if m.Err != nil {
				m.Address = "!"
			}
			got = append(got, m.Address)
		}
		if d := cmp.Diff(c.want, got); d != "" || (l.Groups > 0) != c.group {
			t.Errorf("%q (groups %d):\n%s", c.value, l.Groups, d)
		}
	}
	for _, bad := range []string{`"x`, "(x", "<p@a.test", "p@a.test>", "<a@b.c><d@e.f>", "<p@a.test> q", "a;", "a:b:c;", "a:b",
		"<p@a.test>:<q@b.test>;", "[x"} {
		if _, err := demail.ParseList([]byte(bad)); !errors.Is(err, demail.ErrList) {
			t.Errorf("%q: got %v, want ErrList", bad, err)
		}
	}
}

func TestRewriteList(t *testing.T) {
	public := func(a string) (string, bool) {
		switch a {
		case "p@a.test":
			return "p@a.de-mail.de", true
		case "cz@x.de-mail.de":
			return a, true
		}
		return "", false
	}
	for _, c := range []struct{ in, want string }{
		{" CZ@x.de-mail.de ,\r\n\tcz@x.de-mail.de\r\n", " CZ@x.de-mail.de ,\r\n\tcz@x.de-mail.de\r\n"},
		{" p@a.test\r\n", " p@a.de-mail.de\r\n"},
		{" =?utf-8?q?Amt_=C3=84?= <P@a.test>\r\n", " =?utf-8?q?Amt_=C3=84?= <p@a.de-mail.de>\r\n"},
		{" \"p@a.test\" <p@a.test>\r\n", " p@a.de-mail.de\r\n"},
		{" p@a.test (intern: P@A.TEST)\r\n", " p@a.de-mail.de\r\n"},
		{" Amt <p@a.test>, x@gmail.test, Frau <cz@x.de-mail.de>\r\n", " Amt <p@a.de-mail.de>,\r\n Frau <cz@x.de-mail.de>\r\n"},
	} {
		l, err := demail.ParseList([]byte(c.in))
		if err != nil {
			t.Fatal(err)
		}
		got, empty := l.Rewrite(public)
		if string(got) != c.want || empty {
			t.Errorf("%q: got %q, empty %v; want %q", c.in, got, empty, c.want)
		}
	}
	l, _ := demail.ParseList([]byte(" x@gmail.test, <broken>\r\n"))
	if v, empty := l.Rewrite(public); !empty {
		t.Errorf("nothing should be left of it: %q", v)
	}
}

func TestReadHeader(t *testing.T) {
	long := "X: " + strings.Repeat("x", 9000) + "\r\n"
	for _, c := range []struct{ in, header string }{
		{"A: 1\r\n\r\nbody\r\n", "A: 1\r\n\r\n"},
		{"\r\nbody\r\n", "\r\n"},
		{"A: 1\r\n", "A: 1\r\n"},
		{"", ""},
		{"A: 1\r\n \r\nB: 2\r\n\r\nbody", "A: 1\r\n \r\nB: 2\r\n\r\n"}, // HDR-013
		{long + "\r\nbody", long + "\r\n"},
	} {
		r := bufio.NewReaderSize(strings.NewReader(c.in), 16)
		got, err := demail.ReadHeader(r, 10000)
		if err != nil || string(got) != c.header {
			t.Errorf("%.40q: got %.40q, %v", c.in, got, err)
		}
		rest := new(bytes.Buffer)
		rest.ReadFrom(r)
		if string(got)+rest.String() != c.in {
			t.Errorf("%.40q: octets lost", c.in)
		}
	}
	if _, err := demail.ReadHeader(bufio.NewReader(strings.NewReader(long)), 100); !errors.Is(err, demail.ErrHeaderTooLarge) {
		t.Errorf("got %v, want ErrHeaderTooLarge", err)
	}
}

// TestRewriteKeepsTheRest: whatever the other fields hold, changing one leaves them octet for octet.
func TestRewriteKeepsTheRest(t *testing.T) {
	name := rapid.StringMatching(`[!-9;-~]{1,20}`)
	value := rapid.StringMatching(`( [ -~äß]{0,60}(\r\n[ \t][ -~]{0,40}){0,3})?`)
	rapid.Check(t, func(t *rapid.T) {
		var raw bytes.Buffer
		var fields []string
		for range rapid.IntRange(0, 8).Draw(t, "fields") {
			f := name.Draw(t, "name") + ":" + value.Draw(t, "value") + "\r\n"
			fields = append(fields, f)
			raw.WriteString(f)
		}
		raw.WriteString("\r\n")
		h, err := demail.ScanHeader(raw.Bytes())
		if err != nil {
			t.Fatalf("%q: %v", raw.String(), err)
		}
		if len(fields) == 0 {
			return
		}
		i := rapid.IntRange(0, len(fields)-1).Draw(t, "changed")
		h.Fields[i] = h.Fields[i].WithValue([]byte(" new\r\n"))
		fields[i] = fields[i][:strings.IndexByte(fields[i], ':')] + ": new\r\n"
		if want := strings.Join(fields, "") + "\r\n"; string(h.Bytes()) != want {
			t.Fatalf("got %q, want %q", h.Bytes(), want)
		}
	})
}
