package pki_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"

	"demailbench/sim/pki"
)

const pin = "271828"

func TestCardStates(t *testing.T) {
	unlock := func(pin string) func(*pki.Card) error {
		return func(c *pki.Card) error { return c.Unlock(pin) }
	}
	do := func(f func(*pki.Card)) func(*pki.Card) error {
		return func(c *pki.Card) error { f(c); return nil }
	}
	type step struct {
		do   func(*pki.Card) error
		want error // what the step answers
	}
	right, wrong := step{unlock(pin), nil}, step{unlock("000000"), pki.ErrPIN}
	remove, insert := step{do((*pki.Card).Remove), nil}, step{do((*pki.Card).Insert), nil}
	block := step{do((*pki.Card).Block), nil}
	last := step{unlock(""), pki.ErrBlocked}
	tests := []struct {
		name  string
		steps []step
		sign  error // what the key then answers
		tries int
	}{
		{"new", nil, pki.ErrLocked, 3},
		{"unlocked", []step{right}, nil, 3},
		{"one wrong PIN", []step{wrong}, pki.ErrLocked, 2},
		{"wrong PIN locks an unlocked card", []step{right, wrong}, pki.ErrLocked, 2},
		{"right PIN resets the counter", []step{wrong, wrong, right, wrong, wrong, right}, nil, 3},
		{"third wrong PIN blocks", []step{wrong, wrong, last}, pki.ErrBlocked, 0},
		{"right PIN after the block", []step{wrong, wrong, last, {unlock(pin), pki.ErrBlocked}}, pki.ErrBlocked, 0},
		{"removing does not reset the counter", []step{wrong, wrong, remove, insert, last}, pki.ErrBlocked, 0},
		{"removed", []step{right, remove}, pki.ErrRemoved, 3},
		{"PIN without card", []step{remove, {unlock(pin), pki.ErrRemoved}}, pki.ErrRemoved, 3},
		{"inserted again is locked", []step{right, remove, insert}, pki.ErrLocked, 3},
		{"inserted again and unlocked", []step{right, remove, insert, right}, nil, 3},
		{"inserting a card that is in locks it", []step{right, insert}, pki.ErrLocked, 3},
		{"blocked by the provider", []step{right, block}, pki.ErrBlocked, 0},
		{"blocked for good", []step{block, remove, insert, {unlock(pin), pki.ErrBlocked}}, pki.ErrBlocked, 0},
	}
	a := authority(t, &wall{epoch})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			card := pki.NewCard(issue(t, a, client), pin)
			cert, err := card.Certificate() // fetched before the steps: the state at the use counts
			if err != nil {
				t.Fatal(err)
			}
			for i, s := range tt.steps {
				err := s.do(card)
				if !errors.Is(err, s.want) {
					t.Fatalf("step %d: error %v, want %v", i+1, err, s.want)
				}
				if err != nil && (strings.Contains(err.Error(), pin) || strings.Contains(err.Error(), "000000")) {
					t.Errorf("step %d: error %q tells a PIN", i+1, err)
				}
			}
			clientErr, _ := handshake(t, a.MutualConfig(issue(t, a, server)), a.ClientConfig("itsp.t-systems.example", cert))
			want := "" // crypto/tls keeps only the text of a signer's error
			if tt.sign != nil {
				want = "pki: sign with card: " + tt.sign.Error()
			}
			check(t, "handshake", clientErr, want)
			if got := card.Tries(); got != tt.tries {
				t.Errorf("%d tries left, want %d", got, tt.tries)
			}
			if _, err := card.Certificate(); errors.Is(tt.sign, pki.ErrRemoved) != errors.Is(err, pki.ErrRemoved) {
				t.Errorf("Certificate: error %v while the key answers %v", err, tt.sign)
			}
			if want := map[bool]int{true: 1}[tt.sign == nil]; card.Signatures() != want {
				t.Errorf("%d signatures, want %d", card.Signatures(), want)
			}
		})
	}
}

func TestPINErrorCountsDown(t *testing.T) {
	card := pki.NewCard(issue(t, authority(t, &wall{epoch}), client), pin)
	for left := pki.MaxTries - 1; left >= 0; left-- {
		var e *pki.PINError
		if err := card.Unlock("1"); !errors.As(err, &e) || e.Left != left {
			t.Fatalf("error %v, want a PINError with %d left", err, left)
		}
	}
}

func TestCardNeedsKeyThatSigns(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("NewCard took a certificate without a key")
		}
	}()
	pki.NewCard(tls.Certificate{}, pin)
}
