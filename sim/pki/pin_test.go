package pki_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"errors"
	"math/rand"
	"testing"

	"demailbench/sim/pki"
)

// TestWrongPIN holds that who presented a PIN learns whether the PIN was the cause.
func TestWrongPIN(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.New(rand.NewSource(1)))
	if err != nil {
		t.Fatal(err)
	}
	c := pki.NewCard(tls.Certificate{PrivateKey: key}, "1234")
	for _, step := range []struct {
		name  string
		first func()
		want  bool
	}{
		{"wrong", func() {}, true},
		{"removed", c.Remove, false},
		{"wrong again", c.Insert, true},
		{"blocked", c.Block, false},
	} {
		step.first()
		var e interface{ WrongPIN() bool }
		if err := c.Unlock("0000"); !errors.As(err, &e) || e.WrongPIN() != step.want {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}
