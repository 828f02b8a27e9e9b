package password

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var cheap = Cost{Time: 1, Memory: 8, Threads: 1}

func TestMatches(t *testing.T) {
	random := rand.NewChaCha8([32]byte{1})
	h, err := New("correct horse battery", cheap, random)
	if err != nil {
		t.Fatal(err)
	}
	again, err := New("correct horse battery", cheap, random)
	if err != nil || again == h {
		t.Fatalf("two hashes of one password are the same: %v", err)
	}
	for secret, want := range map[string]bool{"correct horse battery": true, "correct horse batterx": false, "": false, "correct horse battery ": false} {
		if got, err := h.Matches(secret); err != nil || got != want {
			t.Errorf("%q: %v, %v", secret, got, err)
		}
	}
	if strings.Contains(string(h), "horse") {
		t.Error("the password is in its hash")
	}
}

// The vector is the reference implementation's: echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1 -l 32 (m is 2^8 KiB).
func TestVector(t *testing.T) {
	h := Hash("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
	if ok, err := h.Matches("password"); !ok || err != nil {
		t.Errorf("the reference's hash does not match: %v", err)
	}
}

func TestDamagedHashes(t *testing.T) {
	for _, h := range []Hash{"", "x", "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$", "$argon2i$v=19$m=8,t=1,p=1$c29tZXNhbHQ$AAAA", "$argon2id$v=18$m=8,t=1,p=1$c29tZXNhbHQ$AAAA",
		"$argon2id$v=19$m=4294967295,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", "$argon2id$v=19$m=8,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
		"$argon2id$v=19$m=8,t=1,p=1$!$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"} {
		if ok, err := h.Matches(""); ok || err == nil {
			t.Errorf("%q matches, or can be used", h)
		}
	}
}

func TestCost(t *testing.T) {
	for _, c := range []Cost{{}, {0, 8, 1}, {1, 7, 1}, {1, 8, 0}, {1, 15, 2}, {17, 8, 1}, {1, 1<<20 + 1, 1}, {1, 1 << 20, 17}} {
		if _, err := New("x", c, nil); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
	if err := Recommended.Check(); err != nil {
		t.Error(err)
	}
}

func TestWait(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 0, 2: 0, 3: time.Minute, 4: 2 * time.Minute, 6: 8 * time.Minute, 7: 15 * time.Minute, 1000000: 15 * time.Minute} {
		if got := Wait(n); got != want {
			t.Errorf("after %d: %v, want %v", n, got, want)
		}
	}
}
