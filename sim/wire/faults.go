package wire

import (
	"strings"
	"sync"
	"time"
)

// Act is what a fault does.
type Act string

const (
	// Answer sends Fault.Reply instead of doing what the client asked.
	Answer Act = "reply"
	// Close closes the connection without a reply, before anything is done.
	Close Act = "close"
	// DropReply does what the client asked, then closes the connection instead of replying. At END the
	// message has been accepted: the one case in which a correct client sends it twice (D28).
	DropReply Act = "drop-reply"
	// Delay waits Fault.Delay on the clock, then goes on as if nothing had been.
	Delay Act = "delay"
)

// Fault is one impairment of a server.
type Fault struct {
	// Verb is where it strikes: "CONNECT", "EHLO" (HELO too), "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"
	// (the command) or "END" (after the dot).
	Verb string
	// From and To match the envelope: empty for any, an address, or "@domain". To at DATA and END matches
	// when one of the recipients does; before RCPT no To matches but the empty one.
	From, To string
	// Do is what happens.
	Do Act
	// Reply is the answer of Answer.
	Reply Reply
	// Delay is the wait of Delay.
	Delay time.Duration
	// Times is how often it strikes; 0 means always.
	Times int
	// Until is when it ends by itself; the zero time means never.
	Until time.Time
}

// Faults are the impairments of a server, changed while it runs. The oldest that matches strikes. The zero
// value is an empty list. Magic adds faults that a mail user starts by the recipient's address.
type Faults struct {
	mu    sync.Mutex
	list  []*entry
	magic bool
	lost  map[string]bool
}

type entry struct {
	Fault
	left int
}

// Add adds f; undo takes it back and may be called at any time, more than once.
func (f *Faults) Add(fault Fault) (undo func()) {
	e := &entry{Fault: fault, left: fault.Times}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, e)
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.drop(e)
	}
}

func (f *Faults) drop(e *entry) {
	for i, have := range f.list {
		if have == e {
			f.list = append(f.list[:i:i], f.list[i+1:]...)
			return
		}
	}
}

// Clear removes all faults that were added.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
}

// SetMagic switches the faults by local part of the recipient: "fault-451" and any other 4xx or 5xx code
// answers with it at RCPT, "fault-close" closes the connection at RCPT, "fault-lost" loses the reply after
// the dot once for each recipient address.
func (f *Faults) SetMagic(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.magic, f.lost = on, map[string]bool{}
}

// take finds the fault that strikes now, and counts it.
func (f *Faults) take(verb, from string, to []string, now time.Time) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.list {
		if e.Verb != verb || !e.matches(from, to) || !e.Until.IsZero() && !now.Before(e.Until) {
			continue
		}
		if e.Times > 0 {
			if e.left--; e.left == 0 {
				f.drop(e)
			}
		}
		return e.Fault, true
	}
	return f.takeMagic(verb, to)
}

func (f *Faults) takeMagic(verb string, to []string) (Fault, bool) {
	if !f.magic {
		return Fault{}, false
	}
	for _, addr := range to {
		local, _, _ := strings.Cut(strings.ToLower(addr), "@")
		kind, ok := strings.CutPrefix(local, "fault-")
		switch {
		case !ok:
		case verb == "RCPT" && kind == "close":
			return Fault{Do: Close}, true
		case verb == "RCPT" && len(kind) == 3 && strings.Trim(kind, "0123456789") == "" && kind[0] >= '4' && kind[0] <= '5':
			code := int(kind[0]-'0')*100 + int(kind[1]-'0')*10 + int(kind[2]-'0')
			return Fault{Do: Answer, Reply: Reply{Code: code, Text: "as the address asks"}}, true
		case verb == "END" && kind == "lost" && !f.lost[addr]:
			f.lost[addr] = true
			return Fault{Do: DropReply}, true
		}
	}
	return Fault{}, false
}

func (e *entry) matches(from string, to []string) bool {
	if !matchAddress(e.From, from) {
		return false
	}
	for _, addr := range to {
		if matchAddress(e.To, addr) {
			return true
		}
	}
	return e.To == ""
}

func matchAddress(pattern, addr string) bool {
	if strings.HasPrefix(pattern, "@") {
		i := strings.LastIndexByte(addr, '@')
		return i >= 0 && strings.EqualFold(addr[i:], pattern)
	}
	return pattern == "" || strings.EqualFold(pattern, addr)
}
