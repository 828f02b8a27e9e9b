package header

import "testing"

const raw = "Received: from pc17.tenant.example by x\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n n1\r\nMessage-ID: <n1@tenant.example>\r\nX-Empty:\r\n\r\n"

func TestShowing(t *testing.T) {
	for _, test := range []struct{ word, want string }{
		{"TENANT.example", "Received: from pc17.tenant.example by x"},
		{"n1@", ""}, // ids may have any name
		{"elsewhere", ""},
	} {
		if got := Showing(raw, []string{test.word}); got != test.want {
			t.Errorf("%s: %q, want %q", test.word, got, test.want)
		}
	}
}

func TestReading(t *testing.T) {
	if got := Values(raw, "SUBJECT"); len(got) != 1 || Words(got[0]) != "Grüße n1" {
		t.Errorf("subject %q", got)
	}
	if !Mention(raw, "Grüße") || Mention(raw, "Gruß") {
		t.Error("encoded words are read wrongly")
	}
	if got := Plain("Content-Transfer-Encoding: quoted-printable\r\n\r\n", []byte("ein=\r\n s  Wort")); got != "ein s Wort" {
		t.Errorf("plain %q", got)
	}
	if Host("10.0.0.1:25") != "10.0.0.1" || Host("x") != "x" || Port("10.0.0.1:25") != 25 || Port("x") != 0 {
		t.Error("addresses are parted wrongly")
	}
}
