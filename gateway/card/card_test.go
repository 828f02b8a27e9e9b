package card_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/card"
	"demailbench/gateway/door/doortest"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// reader is a card whose states the test chooses.
type reader struct {
	cert    tls.Certificate
	pin     string
	out     bool
	open    bool
	tries   int
	unknown bool // errors do not tell their cause
}

type refused struct {
	text  string
	wrong bool
}

func (r refused) Error() string  { return r.text }
func (r refused) WrongPIN() bool { return r.wrong }

func (r *reader) Unlock(pin string) error {
	switch {
	case r.out && r.unknown:
		return errors.New("no card")
	case r.out:
		return refused{"no card", false}
	}
	r.tries++
	if r.tries > 3 {
		return refused{"card is blocked", false}
	}
	if pin != r.pin {
		return refused{"wrong PIN", true}
	}
	r.tries, r.open = 0, true
	return nil
}

func (r *reader) Certificate() (tls.Certificate, error) {
	if r.out {
		r.open = false
		return tls.Certificate{}, errors.New("no card")
	}
	if !r.open {
		return tls.Certificate{}, errors.New("card is locked")
	}
	return r.cert, nil
}

func issue(t *testing.T, now func() time.Time) tls.Certificate {
	t.Helper()
	ca, err := doortest.NewAuthority("ca", now)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ca.Issue("itsp-card", "itsp-card")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSlot(t *testing.T) {
	now := start
	clock := func() time.Time { return now }
	r := &reader{cert: issue(t, clock), pin: "1234"}
	s := card.NewSlot(r, clock)
	expect := func(step, want string) {
		t.Helper()
		_, err := s.Certificate()
		if got := ""; err != nil {
			got = err.Error()
			if want == "" || !strings.Contains(got, want) {
				t.Errorf("%s: %v, want %q", step, err, want)
			}
		} else if want != "" {
			t.Errorf("%s: a certificate, want %q", step, want)
		}
	}
	expect("locked", "locked")
	if err := s.Unlock("1234"); err != nil {
		t.Fatal(err)
	}
	expect("unlocked", "")
	r.out = true
	expect("removed", "no card")
	expect("still removed", "no card")
	r.out = false
	expect("back in the reader", "")
	r.pin, r.open = "9999", false // another card, in fact
	for range 5 {
		expect("another card's PIN", "locked")
	}
	if r.tries != 1 {
		t.Errorf("a wrong PIN was presented %d times", r.tries)
	}
	r.pin = "1234"
	expect("and not again", "locked")
	next := &reader{cert: issue(t, clock), pin: "5678"}
	if _, err := s.Replace(next, "1234"); err == nil {
		t.Error("replaced by a card with another PIN")
	}
	if _, err := s.Replace(next, "5678"); err != nil {
		t.Error(err)
	}
	expect("replaced", "")
	now = start.AddDate(1, 0, 1)
	expect("expired", "has expired on 2016-11-02")
	if _, err := s.Replace(next, "5678"); err == nil || !strings.Contains(err.Error(), "expired") {
		t.Errorf("replaced by an expired card: %v", err)
	}
}

// TestUnknownCause: of an error that does not tell its cause the worst is assumed.
func TestUnknownCause(t *testing.T) {
	r := &reader{cert: issue(t, func() time.Time { return start }), pin: "1234", unknown: true}
	s := card.NewSlot(r, func() time.Time { return start })
	if err := s.Unlock("1234"); err != nil {
		t.Fatal(err)
	}
	r.out = true
	if _, err := s.Certificate(); err == nil {
		t.Fatal("a certificate without a card")
	}
	r.out, r.pin = false, "9999"
	if _, err := s.Certificate(); err == nil || r.tries != 0 {
		t.Errorf("%v, %d tries", err, r.tries)
	}
}
