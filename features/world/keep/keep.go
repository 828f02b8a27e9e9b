// Package keep holds what a gateway writes about itself until its scenario ends, and stands for what is not kept yet. It leaves out what is made of it.
package keep

import (
	"bytes"
	"sync"
	"time"

	"demailbench/features/check"
)

// Log keeps the gateway's own log until the scenario ends; it proves nothing, but it helps.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// maxLog bounds the gateway's log in octets; a gateway that writes more is cut off, not the bench.
const maxLog = 4 << 20

// Write appends p as long as there is room.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buf.Len()+len(p) <= maxLog {
		l.buf.Write(p)
	}
	return len(p), nil
}

// Bytes returns what was kept.
func (l *Log) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.buf.Bytes())
}

// Pending stands for the capture while the scenario runs: it finds nothing, and the judge looks again.
type Pending struct{}

// Find finds nothing.
func (Pending) Find([]byte, []string) ([]check.Packet, error) { return nil, nil }

// Near finds nothing.
func (Pending) Near(string, string, time.Time) (check.Packet, bool) {
	return check.Packet{}, false
}
