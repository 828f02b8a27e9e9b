// Package password makes and checks password hashes (argon2id, RFC 9106) and says how long somebody who
// guesses must wait (TR-01201-2.1 3.6.2). It leaves out persons and sessions (package register).
package password

import (
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
)

// Cost is what one guess costs.
type Cost struct {
	// Time is the number of passes, 1 to 16; Memory the memory in KiB, 8 to 1,048,576; Threads 1 to 16.
	Time    uint32 `yaml:"time"`
	Memory  uint32 `yaml:"memory"`
	Threads uint8  `yaml:"threads"`
}

// Recommended is the second recommended option of RFC 9106 4 on one core: 3 passes over 64 MiB.
var Recommended = Cost{Time: 3, Memory: 64 << 10, Threads: 1}

// Check reports a cost out of range.
func (c Cost) Check() error {
	switch {
	case c.Time < 1 || c.Time > 16:
		return fmt.Errorf("time is %d, it must be 1 to 16", c.Time)
	case c.Threads < 1 || c.Threads > 16:
		return fmt.Errorf("threads is %d, it must be 1 to 16", c.Threads)
	case c.Memory < 8*uint32(c.Threads) || c.Memory > 1<<20:
		return fmt.Errorf("memory is %d KiB, it must be 8 for each thread to 1048576", c.Memory)
	}
	return nil
}

const (
	saltSize = 16
	keySize  = 32
)

// Hash is a password's hash with its salt and cost, in the form of the reference implementation:
// $argon2id$v=19$m=65536,t=3,p=1$salt$key.
type Hash string

// New hashes a password with a salt from rand.
func New(password string, c Cost, rand io.Reader) (Hash, error) {
	if err := c.Check(); err != nil {
		return "", fmt.Errorf("password: cost: %w", err)
	}
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return "", fmt.Errorf("password: draw a salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, keySize)
	b64 := base64.RawStdEncoding
	return Hash(fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.Memory, c.Time, c.Threads,
		b64.EncodeToString(salt), b64.EncodeToString(key))), nil
}

// errForm means that a stored hash is none of New's.
var errForm = errors.New("password: stored hash has the wrong form")

// Matches reports whether a password is the hashed one. An error means that the hash cannot be used.
func (h Hash) Matches(password string) (bool, error) {
	c, salt, key, err := h.parse()
	if err != nil {
		return false, err
	}
	got := argon2.IDKey([]byte(password), salt, c.Time, c.Memory, c.Threads, uint32(len(key)))
	return subtle.ConstantTimeCompare(got, key) == 1, nil
}

func (h Hash) parse() (c Cost, salt, key []byte, err error) {
	parts := strings.Split(string(h), "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return c, nil, nil, errForm
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Time, &c.Threads); n != 3 || err != nil || c.Check() != nil {
		return c, nil, nil, errForm
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil || len(salt) < 8 {
		return c, nil, nil, errForm
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != keySize {
		return c, nil, nil, errForm
	}
	return c, salt, key, nil
}

const (
	// FreeTries is how many wrong passwords have no consequence but the next.
	FreeTries = 3
	firstWait = time.Minute
	// longestWait bounds what an outsider can do to somebody by guessing.
	longestWait = 15 * time.Minute
)

// Wait is how long a person is locked after the n-th wrong password in a row: a minute after the third, then
// twice as long each time, at most 15 minutes.
func Wait(n int) time.Duration {
	if n < FreeTries {
		return 0
	}
	w := firstWait
	for i := FreeTries; i < n && w < longestWait; i++ {
		w *= 2
	}
	return min(w, longestWait)
}
