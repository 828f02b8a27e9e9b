package pki

import (
	"crypto"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"sync"
)

// MaxTries is how many wrong PINs in a row block a card (D16).
const MaxTries = 3

// What a card answers instead of doing what it was asked; test with errors.Is.
var (
	// ErrRemoved: no card is in the reader.
	ErrRemoved = errors.New("no card in the reader; insert it")
	// ErrBlocked: the card is blocked for good, by wrong PINs or by the provider (S1-036); the operator needs a new one.
	ErrBlocked = errors.New("card is blocked; ask the provider for a new one")
	// ErrLocked: the PIN has not been given since the card was inserted.
	ErrLocked = errors.New("card is locked; enter the PIN")
	// ErrPIN: the PIN was wrong. The error is a *PINError.
	ErrPIN = errors.New("wrong PIN")
)

// PINError is a wrong PIN. It holds neither the PIN that was given nor the right one.
type PINError struct {
	// Left is how many more tries the card allows; 0: this one blocked it.
	Left int
}

// Error says how many tries are left.
func (e *PINError) Error() string {
	if e.Left == 0 {
		return "pki: unlock card: wrong PIN, the card is blocked now; ask the provider for a new one"
	}
	return fmt.Sprintf("pki: unlock card: wrong PIN, %d tries left", e.Left)
}

// WrongPIN tells who presented the PIN that it is the cause.
func (e *PINError) WrongPIN() bool { return true }

// stateError is why Unlock did not even compare the PIN.
type stateError struct{ cause error }

func (e *stateError) Error() string { return "pki: unlock card: " + e.cause.Error() }

func (e *stateError) Unwrap() error { return e.cause }

// WrongPIN tells who presented the PIN that it is not the cause.
func (e *stateError) WrongPIN() bool { return false }

// Is makes the error match ErrPIN, and ErrBlocked when it was the last try.
func (e *PINError) Is(target error) bool {
	return target == ErrPIN || target == ErrBlocked && e.Left == 0
}

// Card is the card with which the operator (ITSP) proves itself to the provider (D16, S1-055): a key that
// signs only while the card is in the reader, not blocked, and the PIN has been given. Removing it locks it.
// Its methods may be called by any goroutine.
type Card struct {
	cert tls.Certificate
	key  crypto.Signer
	pin  string

	mu         sync.Mutex
	removed    bool
	blocked    bool
	unlocked   bool
	tries      int
	signatures int
}

// NewCard makes a card that is in the reader and locked. cert comes from Authority.Issue.
func NewCard(cert tls.Certificate, pin string) *Card {
	key, ok := cert.PrivateKey.(crypto.Signer)
	if !ok {
		panic(fmt.Sprintf("pki: a card needs a certificate with a key that signs, not %T", cert.PrivateKey))
	}
	return &Card{cert: cert, key: key, pin: pin, tries: MaxTries}
}

// Unlock gives the PIN. A right one also resets the error counter. Errors: a *PINError, ErrRemoved, ErrBlocked;
// their method WrongPIN tells whether the PIN was compared and found wrong.
func (c *Card) Unlock(pin string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.present(); err != nil {
		return &stateError{err}
	}
	if subtle.ConstantTimeCompare([]byte(pin), []byte(c.pin)) != 1 {
		c.unlocked = false
		c.tries--
		c.blocked = c.tries == 0
		return &PINError{Left: c.tries}
	}
	c.unlocked, c.tries = true, MaxTries
	return nil
}

// Certificate returns the card's certificate with a private key that signs on the card: every use of it fails
// with ErrLocked, ErrBlocked or ErrRemoved while the card is in that state, also when the certificate was
// fetched before (crypto/tls keeps only the error's text). Reading the certificate itself needs no PIN; it
// fails with ErrRemoved only.
func (c *Card) Certificate() (tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.removed {
		return tls.Certificate{}, fmt.Errorf("pki: read card: %w", ErrRemoved)
	}
	cert := c.cert
	cert.PrivateKey = &cardKey{c}
	return cert, nil
}

// Remove takes the card out of the reader.
func (c *Card) Remove() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed, c.unlocked = true, false
}

// Insert puts the card into the reader; it is locked.
func (c *Card) Insert() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removed, c.unlocked = false, false
}

// Block blocks the card for good, as the provider does on suspected misuse (S1-036).
func (c *Card) Block() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.blocked, c.unlocked, c.tries = true, false, 0
}

// Tries is how many wrong PINs the card still allows, 0 when it is blocked.
func (c *Card) Tries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tries
}

// Signatures is how often the key was used successfully: once per TLS handshake.
func (c *Card) Signatures() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.signatures
}

// present reports why the card cannot answer at all. The caller holds mu.
func (c *Card) present() error {
	switch {
	case c.removed:
		return ErrRemoved
	case c.blocked:
		return ErrBlocked
	}
	return nil
}

// cardKey is the card's key as crypto/tls uses it.
type cardKey struct{ c *Card }

func (k *cardKey) Public() crypto.PublicKey { return k.c.key.Public() }

func (k *cardKey) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.c.mu.Lock()
	defer k.c.mu.Unlock()
	err := k.c.present()
	if err == nil && !k.c.unlocked {
		err = ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("pki: sign with card: %w", err)
	}
	sig, err := k.c.key.Sign(rand, digest, opts)
	if err != nil {
		return nil, fmt.Errorf("pki: sign with card: %w", err)
	}
	k.c.signatures++
	return sig, nil
}
