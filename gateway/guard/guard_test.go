package guard

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The guard as a whole is tested on the wire, with go-smtp behind it, in package smtpd.

// reading is what a scanner makes of data, however it is cut.
func reading(data []byte, cut func() int) (n int, end bool, fault string) {
	s := newOctetScanner(998)
	for n < len(data) && !end {
		var k int
		k, end = s.scan(data[n:min(len(data), n+cut())])
		n += k
	}
	return n, end, s.fault
}

// TestScannerAgainstSearch: the end is the first CR LF . CR LF of CR LF + data, found by searching; the cuts
// between reads make no difference.
func TestScannerAgainstSearch(t *testing.T) {
	piece := rapid.SampledFrom([]string{"\r", "\n", "\r\n", ".", "\r\n.", "\r\n.\r\n", "x", "\x00", "..", "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		data := []byte(strings.Join(rapid.SliceOfN(piece, 0, 20).Draw(t, "pieces"), ""))
		n, end, fault := reading(data, func() int { return rapid.IntRange(1, 5).Draw(t, "cut") })
		at := bytes.Index(append([]byte("\r\n"), data...), []byte("\r\n.\r\n"))
		if end != (at >= 0) || end && n != at+3 || !end && n != len(data) {
			t.Fatalf("%q: end %v after %d, by searching at %d", data, end, n, at)
		}
		clean := bytes.TrimSuffix(data[:n], []byte("\r")) // may get its LF yet
		clean = bytes.ReplaceAll(clean, []byte("\r\n"), nil)
		if bad := bytes.ContainsAny(clean, "\r\n\x00"); bad != (fault != "") {
			t.Fatalf("%q: fault %q", data, fault)
		}
	})
}

func TestScannerLine(t *testing.T) {
	for n, want := range map[int]string{998: "", 999: "", 1000: "line too long"} { // 999: a stuffed dot and 998
		if _, _, fault := reading([]byte(strings.Repeat("x", n)+"\r\n"), func() int { return 100 }); fault != want {
			t.Errorf("%d octets: %q", n, fault)
		}
	}
}

func TestParseCommand(t *testing.T) {
	for in, want := range map[string]string{
		"mail from: <P@b.test>  SIZE=10 BODY=8BITMIME": "MAIL FROM:<P@b.test>",
		"MAIL FROM:<>":                 "MAIL FROM:<>",
		"MAIL FROM:<p@b.test> AUTH=<>": "MAIL FROM:<p@b.test>",
		`RCPT to:<"a>b"@b.test>`:       `RCPT TO:<"a>b"@b.test>`,
		"DATA ":                        "DATA",
		"noop anything":                "noop anything",
		"DATA now":                     "501",
		"RCPT TO:<a@b.c> X":            "555",
		"RCPT TO:<a@b.c>X":             "501",
		"RCPT TO:a@b.c":                "501",
		`RCPT TO:<"a@b.c>`:             "501",
		"RCPT TO:<a@b.c":               "501",
		"RCPT FROM:<a@b.c>":            "501",
		"MAIL FROM:<a@b.c> SIZE":       "501",
		"MAIL FROM:<a@b.c> SIZE=18446744073709551616": "552",
		"MAIL FROM:<a@b.c> AUTH=x+0D+0Ay":             "501",
		"MAIL FROM:<a@b.c> BODY=BINARYMIME":           "501",
		"EHLO a_b.example":                            "EHLO a_b.example",
		"EHLO a b":                                    "501",
		"BDAT 5":                                      "502",
		"GET / HTTP/1.1":                              "500",
		"":                                            "500",
		"STARTTLS":                                    "STARTTLS",
		"STARTTLSX":                                   "500",
	} {
		c, r := parseCommand(in, 1000)
		got := c.line
		if r != nil {
			got = replyLine(r)[:3]
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzParseCommand: what go-smtp gets is one line of printable ASCII, and the same line when checked again.
func FuzzParseCommand(f *testing.F) {
	for _, s := range []string{"EHLO a", "MAIL FROM:<a@b.c> SIZE=1", `RCPT TO:<"x\">"@b.c>`, "AUTH EXTERNAL =", "NOOP\r", "DATA\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		c, r := parseCommand(in, 1000)
		if r != nil {
			if l := replyLine(r); len(l) > 512 || strings.Count(l, "\n") != 1 {
				t.Fatalf("%q: reply %q", in, l)
			}
			return
		}
		for i := range len(c.line) {
			if c.line[i] < ' ' || c.line[i] > '~' {
				t.Fatalf("%q became %q", in, c.line)
			}
		}
		if again, r := parseCommand(c.line, 1000); r != nil || again.line != c.line {
			t.Fatalf("%q became %q, that became %q, %v", in, c.line, again.line, r)
		}
	})
}
