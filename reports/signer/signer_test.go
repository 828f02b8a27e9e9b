package signer

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func made(t *testing.T, seed byte) Key {
	t.Helper()
	k, err := New(rand.NewChaCha8([32]byte{seed}))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSignAndVerify(t *testing.T) {
	k, other := made(t, 1), made(t, 2)
	text, err := k.PEM()
	if err != nil {
		t.Fatal(err)
	}
	back, err := ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	public, err := ParsePublic(back.Public().PEM())
	if err != nil {
		t.Fatal(err)
	}
	sig := back.Sign([]byte("manifest"))
	switch {
	case !public.Equal(k.Public()) || public.Equal(other.Public()):
		t.Error("keys are mixed up")
	case !public.Verify([]byte("manifest"), sig):
		t.Error("its own signature does not hold")
	case public.Verify([]byte("Manifest"), sig), public.Verify([]byte("manifest"), sig[:63]), other.Public().Verify([]byte("manifest"), sig):
		t.Error("a signature holds that must not")
	case public.Fingerprint() == other.Public().Fingerprint() || len(public.Fingerprint()) != 79:
		t.Errorf("fingerprint %q", public.Fingerprint())
	}
	raw, err := FromRaw(public.Raw())
	if err != nil || !raw.Equal(public) {
		t.Errorf("raw: %v", err)
	}
	if _, err := FromRaw(nil); err == nil {
		t.Error("no octets are a key")
	}
	if new(Public).Verify(nil, nil) {
		t.Error("no key verifies")
	}
}

// TestFingerprint holds the fingerprint against openssl: the test key 1 of RFC 8032 7.1, whose public half is
// d75a98...511a; openssl pkey -pubin -outform DER | sha256sum of it gives the sum below.
func TestFingerprint(t *testing.T) {
	raw := []byte("\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe\xd3\xc9\x64\x07\x3a\x0e\xe1\x72\xf3\xda\xa6\x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a")
	p, err := FromRaw(raw)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Fingerprint(); got != "06e3 fd8f da29 bb60 ab59 557d e61e db0a ecdb 2311 34be 30e7 5b45 5f8e 1b79 2fa9" {
		t.Errorf("fingerprint %s", got)
	}
}

func TestBadKeys(t *testing.T) {
	k := made(t, 1)
	private, err := k.PEM()
	if err != nil {
		t.Fatal(err)
	}
	public := k.Public().PEM()
	junk := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("junk")})
	for _, tt := range []struct {
		text    string
		private bool
		want    string
	}{
		{"", true, "demailbench key new"},
		{string(public), true, "is the public key"},
		{string(private), false, "is the private key"},
		{string(private) + string(private), true, "more than one key"},
		{string(junk), true, "no Ed25519 private key"},
		{strings.ReplaceAll(string(public), "PUBLIC KEY", "CERTIFICATE"), false, `holds "CERTIFICATE"`},
	} {
		var err error
		if tt.private {
			_, err = ParseKey([]byte(tt.text))
		} else {
			_, err = ParsePublic([]byte(tt.text))
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("want %q, got %v", tt.want, err)
		}
	}
}

func FuzzParsePublic(f *testing.F) {
	der, err := x509.MarshalPKIXPublicKey(ed25519.NewKeyFromSeed(make([]byte, 32)).Public())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParsePublic(text); err == nil && len(p.Raw()) != ed25519.PublicKeySize {
			t.Errorf("read a key of %d octets", len(p.Raw()))
		}
	})
}

func TestFiles(t *testing.T) {
	name := t.TempDir() + "/key"
	k, err := Create(name, rand.NewChaCha8([32]byte{7}))
	if err != nil {
		t.Fatal(err)
	}
	private, err1 := ReadKey(name)
	public, err2 := ReadPublic(name + ".pub")
	if err1 != nil || err2 != nil || !private.Public().Equal(k.Public()) || !public.Equal(k.Public()) {
		t.Errorf("read again: %v %v", err1, err2)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the private key's file: %v %v", info.Mode(), err)
	}
	if _, err := Create(name, rand.NewChaCha8([32]byte{8})); err == nil {
		t.Error("a key was replaced")
	}
	if _, err := ReadKey(name + ".pub"); err == nil || !strings.Contains(err.Error(), "is the public key") {
		t.Errorf("the wrong half: %v", err)
	}
	for _, bad := range []string{name + ".none", t.TempDir()} {
		if _, err := ReadPublic(bad); err == nil {
			t.Errorf("%s is a key", bad)
		}
	}
}
