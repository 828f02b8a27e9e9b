package account

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HOTP is defined with it (RFC 4226)
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"demailbench/sim/demail"
)

// Credentials are what somebody signs in with: a password for level normal, password and a token's one-time
// code for level high (TR-01201-2.1 3.1). The password is kept as a hash.
type Credentials struct {
	password [sha256.Size]byte
	secret   []byte
	counter  uint64
	lost     bool
}

// NewCredentials makes credentials from a password and the secret of a token; without a secret there is no
// level high.
func NewCredentials(password string, secret []byte) Credentials {
	return Credentials{password: sha256.Sum256([]byte(password)), secret: append([]byte(nil), secret...)}
}

// Code is the one-time code that a token with this secret shows at this count (RFC 4226, six digits).
func Code(secret []byte, counter uint64) string {
	mac := hmac.New(sha1.New, secret)
	_ = binary.Write(mac, binary.BigEndian, counter)
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	return fmt.Sprintf("%06d", (binary.BigEndian.Uint32(sum[at:])&0x7fffffff)%1_000_000)
}

// window is how many codes a token may be ahead: pressed and not used.
const window = 10

// MaxTries is how many wrong tries in a row block a level for a while (TR-01201-2.1 3.6.2).
const MaxTries = 3

// waits are the times of successive access blocks of one level; the last one repeats.
var waits = []time.Duration{15 * time.Minute, time.Hour, 4 * time.Hour, 24 * time.Hour}

// access is the counter of one level.
type access struct {
	tries  int
	blocks int
	until  time.Time
}

// Errors of a sign-in; test with errors.Is. What was wrong is not told apart to the outside.
var (
	// ErrCredentials: account, person, password or code is wrong.
	ErrCredentials = errors.New("wrong account, person, password or code")
	// ErrAccess: the level is blocked, for a while or until the provider gives out a new token.
	ErrAccess = errors.New("this level of sign-in is blocked")
)

// SignIn proves a person at a level. Three wrong tries in a row block the level, for longer each time, also
// against the right credentials; the counter starts anew only after a sign-in that worked (TR-01201-2.1
// 3.6.2, 3.7). Receiving goes on meanwhile.
func (d *Directory) SignIn(id, person string, level demail.Level, password, code string, at time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	fail := func(err error) error { return fmt.Errorf("account: sign-in to %q: %w", id, err) }
	a := d.accounts[id]
	if a == nil {
		return fail(ErrCredentials)
	}
	if !a.State.Effect().SignIn {
		return fail(fmt.Errorf("%w: %s", ErrState, a.State))
	}
	p := a.person(person)
	if p == nil {
		return fail(ErrCredentials)
	}
	if p.access == nil {
		p.access = map[string]*access{}
	}
	gate := p.access[string(level)]
	if gate == nil {
		gate = &access{}
		p.access[string(level)] = gate
	}
	if at.Before(gate.until) || level == demail.LevelHigh && p.Credentials.lost {
		return fail(ErrAccess)
	}
	if !p.Credentials.prove(level, password, code) {
		if gate.tries++; gate.tries >= MaxTries {
			gate.until = at.Add(waits[min(gate.blocks, len(waits)-1)])
			gate.tries = 0
			gate.blocks++
			d.write(a, Actor{person, at}, fmt.Sprintf("access block of level %s for %s until %s", level, person, gate.until.Format(time.RFC3339)))
		}
		return fail(ErrCredentials)
	}
	*gate = access{}
	return nil
}

// prove compares and, at level high, uses up the code.
func (c *Credentials) prove(level demail.Level, password, code string) bool {
	sum := sha256.Sum256([]byte(password))
	right := subtle.ConstantTimeCompare(sum[:], c.password[:]) == 1
	switch level {
	case demail.LevelNormal:
		return right
	case demail.LevelHigh:
		if len(c.secret) == 0 {
			return false
		}
		for n := c.counter; n < c.counter+window; n++ {
			if subtle.ConstantTimeCompare([]byte(Code(c.secret, n)), []byte(code)) == 1 && right {
				c.counter = n + 1
				return true
			}
		}
	}
	return false
}

// LoseToken blocks level high for a person until ReplaceToken (TR-01201-2.1 3.6.2, 4.1.2).
func (d *Directory) LoseToken(id, person string, by Actor) error {
	return d.document(id, by, "access block of level high for "+person+": token lost", func(a *Account) error {
		p := a.person(person)
		if p == nil {
			return ErrCredentials
		}
		p.Credentials.lost = true
		return nil
	})
}

// ReplaceToken gives a person a new token; the access block of level high is gone.
func (d *Directory) ReplaceToken(id, person string, secret []byte, by Actor) error {
	return d.document(id, by, "new token for "+person, func(a *Account) error {
		p := a.person(person)
		if p == nil {
			return ErrCredentials
		}
		p.Credentials.secret, p.Credentials.counter, p.Credentials.lost = append([]byte(nil), secret...), 0, false
		delete(p.access, string(demail.LevelHigh))
		return nil
	})
}

// ResetPassword sets a person's password anew and lifts the access block of level normal (S1-125,
// TR-01201-2.1 3.7). Everybody may change the own one.
func (d *Directory) ResetPassword(id, person, password string, by Actor) error {
	return d.document(id, by, "password of "+person+" reset", func(a *Account) error {
		if by.Person != person {
			if err := a.allow(by, Passwords); err != nil {
				return err
			}
		}
		p := a.person(person)
		if p == nil {
			return ErrCredentials
		}
		if p.Role == Representative && by.Person != person && by.Person != ProviderStaff {
			if r := a.person(by.Person); r == nil || r.Role != Representative {
				return &Denied{Account: id, Person: by.Person, Right: People, Source: "S1-120"}
			}
		}
		p.Credentials.password = sha256.Sum256([]byte(password))
		delete(p.access, string(demail.LevelNormal))
		return nil
	})
}
