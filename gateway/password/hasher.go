package password

import "io"

// Hasher makes and checks hashes of one cost, one at a time, since each takes memory. Its methods may be called by
// any goroutine.
type Hasher struct {
	cost Cost
	rand io.Reader
	seat chan struct{}
}

// NewHasher returns a hasher with salts from rand, from which any goroutine may read.
func NewHasher(c Cost, rand io.Reader) *Hasher { return &Hasher{c, rand, make(chan struct{}, 1)} }

// Hash makes a password's hash.
func (h *Hasher) Hash(password string) (Hash, error) {
	h.seat <- struct{}{}
	defer func() { <-h.seat }()
	return New(password, h.cost, h.rand)
}

// Matches compares a password with a hash. A hash that cannot be used matches nothing.
func (h *Hasher) Matches(hash Hash, password string) bool {
	if hash == "" {
		return false
	}
	h.seat <- struct{}{}
	defer func() { <-h.seat }()
	ok, err := hash.Matches(password)
	return ok && err == nil
}
