package doortest

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// Events is a slog.Handler that keeps records and lets a test wait for them.
type Events struct {
	mu   sync.Mutex
	more *sync.Cond
	list []slog.Record
	// read is how far Next has come.
	read int
}

// NewEvents returns an empty handler.
func NewEvents() *Events {
	e := &Events{}
	e.more = sync.NewCond(&e.mu)
	return e
}

// Enabled keeps everything.
func (*Events) Enabled(context.Context, slog.Level) bool { return true }

// Handle keeps a record.
func (e *Events) Handle(_ context.Context, r slog.Record) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, r)
	e.more.Broadcast()
	return nil
}

// WithAttrs and WithGroup are not used by the gateway.
func (e *Events) WithAttrs([]slog.Attr) slog.Handler { return e }

// WithGroup is not used by the gateway.
func (e *Events) WithGroup(string) slog.Handler { return e }

// Next waits for the next record with one of the messages, skipping others, and returns it.
func (e *Events) Next(messages ...string) slog.Record {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		for e.read < len(e.list) {
			r := e.list[e.read]
			e.read++
			for _, m := range messages {
				if r.Message == m {
					return r
				}
			}
		}
		e.more.Wait()
	}
}

// Wait waits until there are at least n records with the message, wherever Next has come to.
func (e *Events) Wait(message string, n int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for e.count(message) < n {
		e.more.Wait()
	}
}

// Count counts the records with the message so far.
func (e *Events) Count(message string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count(message)
}

func (e *Events) count(message string) (n int) {
	for _, r := range e.list {
		if r.Message == message {
			n++
		}
	}
	return n
}

// Text is all records in one string, to search for what must not be there.
func (e *Events) Text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var b strings.Builder
	for _, r := range e.list {
		b.WriteString(r.Message)
		r.Attrs(func(a slog.Attr) bool { b.WriteString(" " + a.String()); return true })
		b.WriteByte('\n')
	}
	return b.String()
}

// Attr is the value of an attribute of r as text, empty when it has none.
func Attr(r slog.Record, key string) (v string) {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == key {
			v = a.Value.String()
		}
		return a.Key != key
	})
	return v
}
