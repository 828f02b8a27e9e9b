// Package card keeps the operator's card in use: it unlocks it once, hands out its certificate for each
// connection, notices when that is not valid, and takes another card at run time, so that a renewal needs no
// outage (S1-033, S1-055, TR-01201-6.1 10).
//
// A PIN that the card has refused is never presented again: three of them block it. The package leaves out the
// card itself (a door), the sessions at the DMDA, and who is alerted.
package card

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"demailbench/gateway/door"
)

// Slot holds the card in use. Its methods may be called by any goroutine.
type Slot struct {
	now func() time.Time

	mu   sync.Mutex
	card door.Card
	pin  string
	// good: the card took the PIN, so it may be presented again after the card was out of the reader.
	good bool
	// fault is why the card did not do what it was asked last, nil when it did.
	fault error
}

// NewSlot returns a slot with a card that is still locked, unless it needs no PIN.
func NewSlot(card door.Card, now func() time.Time) *Slot { return &Slot{card: card, now: now} }

// Unlock presents the PIN once. The error is the card's; after it the PIN is presented no more.
func (s *Slot) Unlock(pin string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unlock(pin)
}

func (s *Slot) unlock(pin string) error {
	err := s.card.Unlock(pin)
	s.pin, s.good, s.fault = pin, err == nil || s.good && pin == s.pin && !WrongPIN(err), err
	return err
}

// WrongPIN tells whether an error of Unlock is, or may be, for the PIN's sake.
func WrongPIN(err error) bool {
	var p door.PINError
	return err != nil && (!errors.As(err, &p) || p.WrongPIN())
}

// Inserted is the certificate of the card in use, valid or not; the error says why it cannot be read.
func (s *Slot) Inserted() (*x509.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cert, err := s.card.Certificate()
	if err != nil {
		return nil, err
	}
	return Leaf(cert)
}

// Certificate returns the card's certificate. A card that was put back into the reader is unlocked by the PIN
// that it took before, here or when its key is used first: some cards show their certificate while they are locked.
// The error says why there is none; a certificate out of its time is an error too.
func (s *Slot) Certificate() (tls.Certificate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	cert, err := s.card.Certificate()
	if err != nil && s.good && s.unlock(s.pin) == nil {
		cert, err = s.card.Certificate()
	}
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := Leaf(cert)
	switch {
	case err != nil:
		return tls.Certificate{}, fmt.Errorf("card: its certificate cannot be read: %w", err)
	case s.now().After(leaf.NotAfter):
		return tls.Certificate{}, fmt.Errorf("card: its certificate %x has expired on %s", leaf.SerialNumber, leaf.NotAfter.Format(time.RFC3339))
	case s.now().Before(leaf.NotBefore):
		return tls.Certificate{}, fmt.Errorf("card: its certificate %x is valid only from %s", leaf.SerialNumber, leaf.NotBefore.Format(time.RFC3339))
	}
	if signer, ok := cert.PrivateKey.(crypto.Signer); ok {
		cert.PrivateKey = &key{signer, s}
	}
	return cert, nil
}

// Ready returns why the card cannot be used now, as far as it is known without using it, or nil.
func (s *Slot) Ready() error {
	if _, err := s.Certificate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// key is the card's key.
type key struct {
	crypto.Signer
	slot *Slot
}

// Sign signs on the card.
func (k *key) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.slot.mu.Lock()
	defer k.slot.mu.Unlock()
	sig, err := k.Signer.Sign(rand, digest, opts)
	if err != nil && k.slot.good && k.slot.unlock(k.slot.pin) == nil {
		sig, err = k.Signer.Sign(rand, digest, opts)
	}
	k.slot.fault = err
	return sig, err
}

// Replace puts another card into use. It is unlocked and its certificate judged before; on an error the old card
// stays. An empty PIN means that it is unlocked already.
func (s *Slot) Replace(card door.Card, pin string) (*x509.Certificate, error) {
	next := NewSlot(card, s.now)
	if pin != "" {
		if err := next.Unlock(pin); err != nil {
			return nil, err
		}
	}
	cert, err := next.Certificate()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.card, s.pin, s.good, s.fault = card, pin, next.good, next.fault
	return Leaf(cert)
}

// Leaf is the parsed certificate of a key pair.
func Leaf(c tls.Certificate) (*x509.Certificate, error) {
	if c.Leaf != nil {
		return c.Leaf, nil
	}
	if len(c.Certificate) == 0 {
		return nil, errors.New("no certificate")
	}
	return x509.ParseCertificate(c.Certificate[0])
}
