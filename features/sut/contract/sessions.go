package contract

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Password is the password that the bench gives a person, derived from a secret of the run.
func Password(secret []byte, org, person string) string {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(org + "/" + person))
	return hex.EncodeToString(m.Sum(nil))[:32]
}

// SessionOpen are the arguments of session.open; the result is SessionOpenResult.
type SessionOpen struct {
	Person   string `json:"person"`
	Org      string `json:"org"`
	Password string `json:"password"`
	// Second factor, where the product has one.
	Code string `json:"code,omitempty"`
}

// Operation implements Args.
func (SessionOpen) Operation() string { return "session.open" }

// SessionOpenResult is the result of session.open.
type SessionOpenResult struct {
	Session string `json:"session"`
	Roles   []Role `json:"roles"`
	// Tenants that the person sees.
	Tenants []string `json:"tenants"`
	// When the session ends by itself.
	Until time.Time `json:"until,omitzero"`
}

// SessionClose are the arguments of session.close; the result is Nothing.
type SessionClose struct {
	Session string `json:"session"`
}

// Operation implements Args.
func (SessionClose) Operation() string { return "session.close" }
