// Package journal is the administration's audit log: entries that say who did what on which ground, chained by
// hash so that a change, a removal or an insertion shows (TR-01201-6.1 6.3.8, S0-064).
//
// It leaves out where entries are kept (package store) and the trail of the mail traffic (package audit).
package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Entry is one attempt, allowed or refused.
type Entry struct {
	At time.Time `json:"at"`
	// Tenant is whose area was meant; empty for the platform.
	Tenant string `json:"tenant,omitempty"`
	// Person and Organisation say who; empty is the gateway itself.
	Person       string `json:"person,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	// Role, PowerOfAttorney, ChangeRequest and Order are the grounds on which it was done or tried.
	Role            string `json:"role,omitempty"`
	PowerOfAttorney string `json:"power_of_attorney,omitempty"`
	ChangeRequest   string `json:"change_request,omitempty"`
	Order           string `json:"order,omitempty"`
	Operation       string `json:"operation"`
	Object          string `json:"object,omitempty"`
	// Before and After are the object in JSON, without secrets; empty where there was or is none.
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
	// Allowed says whether it was done; Rule is the statement or decision that decided, Reason why not.
	Allowed bool   `json:"allowed"`
	Rule    string `json:"rule,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Line is an entry in its log.
type Line struct {
	// Log is the tenant whose log it is; empty is the platform's.
	Log string
	// Number counts from 1 without gaps.
	Number int64
	// Text is the entry in JSON, as it was hashed.
	Text []byte
	// Hash covers the log's name, the number, the hash before and Text.
	Hash []byte
}

// Head is the end of a log: what the next line is chained to. The zero Head begins a log.
type Head struct {
	Number int64
	Hash   []byte
}

// Append makes the line that follows head in a log, and the new head.
func Append(log string, head Head, e Entry) (Line, Head, error) {
	e.At = e.At.UTC()
	text, err := json.Marshal(e)
	if err != nil {
		return Line{}, head, fmt.Errorf("journal: encode an entry of %s: %w", e.Operation, err)
	}
	l := Line{Log: log, Number: head.Number + 1, Text: text}
	l.Hash = l.sum(head.Hash)
	return l, Head{l.Number, l.Hash}, nil
}

// sum hashes unambiguously: each part comes after its length.
func (l Line) sum(before []byte) []byte {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(l.Log), before, binary.BigEndian.AppendUint64(nil, uint64(l.Number)), l.Text} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		h.Write(part)
	}
	return h.Sum(nil)
}

// Entry decodes the line.
func (l Line) Entry() (Entry, error) {
	var e Entry
	if err := json.Unmarshal(l.Text, &e); err != nil {
		return e, fmt.Errorf("journal: entry %d of log %q: %w", l.Number, l.Log, err)
	}
	return e, nil
}

// ErrBroken means that a log is not as it was written. Somebody has been at the database, or it is damaged; a
// backup shows what is missing.
var ErrBroken = errors.New("journal: the log is not as it was written")

// Verify follows the chain through lines, which continue a log at head, and returns its new head. The error
// wraps ErrBroken and names the first line that does not fit.
func Verify(head Head, lines []Line) (Head, error) {
	for _, l := range lines {
		if l.Number != head.Number+1 {
			return head, fmt.Errorf("%w: log %q has line %d after line %d", ErrBroken, l.Log, l.Number, head.Number)
		}
		if !bytes.Equal(l.sum(head.Hash), l.Hash) {
			return head, fmt.Errorf("%w: log %q, line %d has another hash", ErrBroken, l.Log, l.Number)
		}
		head = Head{l.Number, l.Hash}
	}
	return head, nil
}
