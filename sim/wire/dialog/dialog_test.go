package dialog_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"demailbench/sim/wire/dialog"
)

// feed gives octets to Lines until a verdict, and returns how many went in before and with it.
func feed(l *dialog.Lines, octets string) (n int, v dialog.Verdict) {
	for i := range len(octets) {
		if v := l.Next(octets[i]); v != dialog.GoesOn {
			return i + 1, v
		}
	}
	return len(octets), dialog.GoesOn
}

// TestLines compares Lines with a search for what RFC 5321 names: the first bare CR or LF, or the first
// CRLF.CRLF.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.StringOfN(rapid.RuneFrom([]rune("\r\n.x")), 0, 12, -1).Draw(t, "octets")
		l := dialog.NewLines()
		n, v := feed(&l, octets)
		switch end := strings.Index("\r\n"+octets, "\r\n.\r\n"); v {
		case dialog.Ends:
			if end < 0 || n != end+3 {
				t.Fatalf("ends after %d of %q", n, octets)
			}
		case dialog.Bare:
			if end >= 0 && end+3 < n {
				t.Fatalf("missed the end before octet %d of %q", n, octets)
			}
			if good := octets[:n-1] + "\n"; octets[n-1] == '\n' && strings.HasSuffix(octets[:n-1], "\r") {
				t.Fatalf("%q is not bare", good)
			}
		default:
			if rest := strings.ReplaceAll(octets, "\r\n", ""); end >= 0 || strings.ContainsAny(strings.TrimSuffix(rest, "\r"), "\r\n") {
				t.Fatalf("%q goes on", octets)
			}
		}
		if v != dialog.Ends {
			if closing := l.Closing(); !strings.HasSuffix("\r\n.\r\n", closing) {
				t.Fatalf("closing %q", closing)
			} else if n, v := feed(&l, closing); v != dialog.Ends || n != len(closing) {
				t.Fatalf("%q and %q: %v after %d", octets, closing, v, n)
			}
		}
	})
}

// TestSkip finds the five octets wherever the message went wrong before.
func TestSkip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		octets := rapid.StringOfN(rapid.RuneFrom([]rune("\r\n.x")), 0, 20, -1).Draw(t, "octets")
		l := dialog.NewLines()
		got := -1
		for i := range len(octets) {
			if l.Skip(octets[i]) {
				got = i
				break
			}
		}
		want := strings.Index("\r\n"+octets, "\r\n.\r\n")
		if want >= 0 {
			want += 2
		}
		if got != want {
			t.Fatalf("%q ends at %d, want %d", octets, got, want)
		}
	})
}

func TestSplitEnhanced(t *testing.T) {
	for _, test := range []struct {
		code                 int
		text, enhanced, rest string
	}{
		{550, "5.7.1 no", "5.7.1", "no"}, {550, "5.7.1", "5.7.1", ""}, {550, "no 5.7.1", "", "no 5.7.1"},
		{550, "4.7.1 no", "", "4.7.1 no"}, {550, "5.7 no", "", "5.7 no"}, {550, "5.7.1.2 no", "", "5.7.1.2 no"},
		{550, "5.7.1000 no", "", "5.7.1000 no"}, {550, "5.-1.0 no", "", "5.-1.0 no"}, {250, "", "", ""},
	} {
		if enhanced, rest := dialog.SplitEnhanced(test.code, test.text); enhanced != test.enhanced || rest != test.rest {
			t.Errorf("%q: %q, %q", test.text, enhanced, rest)
		}
	}
}

func TestReply(t *testing.T) {
	cause := errors.New("disk is full")
	r := &dialog.Reply{Code: 451, Enhanced: "4.3.0", Text: "later", Cause: cause}
	if r.Error() != "451 4.3.0 later: disk is full" || !errors.Is(r, cause) || !r.Temporary() {
		t.Error(r)
	}
	if r := dialog.Refuse(550, "", "no"); r.Error() != "550 no" || r.Temporary() {
		t.Error(r)
	}
	if got := dialog.OneLine("a\r\nb\tä"); got != "a??b??" {
		t.Errorf("%q", got)
	}
}

// FuzzValidAddress wants addresses that cannot be read as anything but one word of a command.
func FuzzValidAddress(f *testing.F) {
	for _, seed := range []string{"post@pirna.de", "a@b@c.de", `"x> NOTIFY=NEVER <y"@d.de`, "a\x00@b.de", "a..b@c.de", "", "@", "ä@b.de"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, addr string) {
		if !dialog.ValidAddress(addr) {
			return
		}
		local, domain, _ := strings.Cut(addr, "@")
		if strings.ContainsAny(addr, " <>\"\\\r\n\t()[],;:\x00") || strings.Contains(domain, "@") || len(addr) > 254 ||
			local == "" || domain == "" || strings.Contains(addr, "..") || !dialog.Printable([]byte(addr)) {
			t.Errorf("%q is accepted", addr)
		}
	})
}
