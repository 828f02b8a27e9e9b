package redaction

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"person":"a","password":"hunter2"}`, `{"person":"a","password":"[redacted]"}`},
		{`{"session_token": "abc", "card_pin":"123456"}`, `{"session_token": "[redacted]", "card_pin":"[redacted]"}`},
		{`level=INFO msg="signed in" pin=123456 tries=3`, `level=INFO msg="signed in" pin=[redacted] tries=3`},
		{"password: geheim\nother: 1", "password: [redacted]\nother: 1"},
		{"Authorization: Bearer eyJhbGciOi.x", "Authorization: Bearer [redacted]"},
		{"Set-Cookie: sid=abc; Path=/", "Set-Cookie: [redacted]"},
		{"C: AUTH PLAIN AGFiYwBkZWY=", "C: AUTH PLAIN [redacted]"},
		{"-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\nend", "[redacted]\nend"},
		{"-----BEGIN EC PRIVATE KEY-----\nMC4C", "[redacted]"},
		{"the vendor's own word swordfish stays", "the vendor's own word [redacted] stays"},
		// What is no secret, or hidden already.
		{`{"pin":"/tmp/x/card.pin"}`, `{"pin":"/tmp/x/card.pin"}`},
		{"pin: /tmp/x/card.pin", "pin: /tmp/x/card.pin"},
		{`"password":"[redacted]"`, `"password":"[redacted]"`},
		{"wrong PIN: the card is blocked", "wrong PIN: the card is blocked"},
		{"password: {time: 1, memory: 8}", "password: {time: 1, memory: 8}"},
		{"password of clerk reset", "password of clerk reset"},
		{"250 2.0.0 AUTH PLAIN", "250 2.0.0 AUTH PLAIN"},
	} {
		if got, _ := Text([]byte(tt.in), []string{"swordfish", "x"}); string(got) != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"summary.json":                 `{"password":"a"}`,
		"scenarios/a/sut.log":          "pin=123456 swordfish",
		"scenarios/a/driver.ndjson":    `{"password":"abc"}`,
		"scenarios/a/sut/gateway.yaml": "password: abc",
		"scenarios/a/timeline.ndjson":  `{"detail":"swordfish","token":"stays"}`,
		"scenarios/a/bodies/b.body":    "pin=123456",
		"scenarios/b/sut.log":          "nothing",
	} {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, err := Run(dir, []string{"swordfish"})
	want := map[string]int{"scenarios/a/sut.log": 2, "scenarios/a/driver.ndjson": 1, "scenarios/a/sut/gateway.yaml": 1, "scenarios/a/timeline.ndjson": 1}
	if d := cmp.Diff(want, found); d != "" || err != nil {
		t.Errorf("%v\n%s", err, d)
	}
	if text, _ := os.ReadFile(filepath.Join(dir, "scenarios/a/timeline.ndjson")); string(text) != `{"detail":"[redacted]","token":"stays"}` {
		t.Errorf("the record is %s", text)
	}
	if again, err := Run(dir, []string{"swordfish"}); err != nil || len(again) > 0 {
		t.Errorf("the second time: %v %v", again, err)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(`{"password":"hunter2"}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		once, _ := Text(in, []string{"swordfish"})
		if strings.Contains(string(once), "swordfish") {
			t.Errorf("%q keeps the secret", once)
		}
	})
}
