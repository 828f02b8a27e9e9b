// Package record is the append-only history of one scenario: what every party of the world saw, and
// when. Verdicts are drawn from it alone, at the end of the scenario or years later from the stored file,
// so an event holds facts (addresses, replies, hashes) and never an opinion.
//
// Message bodies are not in the events: they are kept once, by hash, in a Bodies store. The package
// leaves out judging (features/check) and packets (the scenario's capture).
package record

import (
	"fmt"
	"sync"
	"time"
)

// Kind says what happened. The comment of each kind names the fields that it fills; Validate checks them.
type Kind string

const (
	// ConnOpen: a TCP connection was accepted by host Who. Local, Remote as Who sees them.
	ConnOpen Kind = "conn.open"
	// ConnDial: host Who tried to open a TCP connection to Remote; Error when it failed, else Local.
	ConnDial Kind = "conn.dial"
	// Drop: router or segment Who did not forward a packet. Detail is the reason ("rule", "no route",
	// "no state", "ttl", "nat ports exhausted", "no neighbour", ...), Rule what decided, Local/Remote the
	// source and destination as they arrived, Proto the protocol. With "rule", NATRemote is the destination that the
	// matrix saw, when the router had translated it, and Text the interface by which the packet would have left.
	Drop Kind = "net.drop"
	// Flow: router Who let the first packet of a flow pass. Rule decided, Local/Remote are source and
	// destination as they arrived, NATLocal/NATRemote as they left, Proto the protocol.
	Flow Kind = "net.flow"
	// Fault: a named impairment began or ended. Name is the fault, Detail its parameters, Text "begin" or
	// "end".
	Fault Kind = "fault"
	// Query: name server Who answered. Name, Type, View, Rcode; Remote asked; Detail the answer in short.
	Query Kind = "dns.query"
	// Session: an SMTP session at Who reached a state: Text is "open", "ehlo", "starttls", "auth" or
	// "close"; Remote, Local, Session, TLS, Cert (subject of the client's certificate), Identity.
	Session Kind = "smtp.session"
	// Refused: server Who refused a command or message. Session, Verb, Code, Enhanced, Text, From, To.
	Refused Kind = "smtp.refused"
	// Accepted: server Who answered 250 to the end of data. Session, Remote, Local, TLS, From, To, Msg.
	Accepted Kind = "smtp.accepted"
	// Sent: client Who got 250 for the end of data. Session, Remote, Local, TLS, From, To, Msg, Code, Text.
	Sent Kind = "smtp.sent"
	// Rejected: client Who got a 4xx or 5xx, or the connection failed. Verb, Code, Enhanced, Text, From,
	// To, Msg, Error, Remote. Verb is "CONNECT", "TLS", "MAIL", "RCPT", "DATA", "END" (after the dot).
	Rejected Kind = "smtp.rejected"
	// Stored: a message came to rest in the mailbox To[0] at Who. From, To, Msg.
	Stored Kind = "mail.stored"
	// Action: a person or the bench did something at Who. Name is the action, Detail its parameters.
	Action Kind = "action"
	// Gateway: the system under test was started, stopped or killed by the bench. Text is "start",
	// "stop" or "kill".
	Gateway Kind = "sut"
	// Operation: a person at Who administered the gateway, or tried to. Session is the operation's number in the
	// record, Name its name in the contract, Identity who acts in which role, Text how it ended ("done",
	// "refused", "unsupported", "error"), Rule and Error by what and why it was refused or failed, Detail a JSON
	// object with as, args, result and refusal, secrets masked. Type is "setup" when no step asked for it.
	Operation Kind = "operation"
	// Probe: Who looked at the gateway at Remote from outside. Name is what was probed, Text "ok" or "failed", Error why.
	Probe Kind = "probe"
	// Clause: a step named what it expects. Name is the expectation's kind, Detail its JSON.
	Clause Kind = "expect"
)

// Event is one line of the record. Fields that a kind does not name are empty and left out of the line.
type Event struct {
	// Seq numbers the events of a record from 1, in the order in which they were added.
	Seq int `json:"seq"`
	// At is the time of the world's clock.
	At time.Time `json:"at"`
	// Who is the host, router, server or person that saw it.
	Who  string `json:"who"`
	Kind Kind   `json:"kind"`

	// Local and Remote are "IP:port" as Who sees them; for Drop and Flow the source and the destination.
	Local     string `json:"local,omitempty"`
	Remote    string `json:"remote,omitempty"`
	NATLocal  string `json:"nat_local,omitempty"`
	NATRemote string `json:"nat_remote,omitempty"`
	Proto     string `json:"proto,omitempty"`
	// Rule is the id of the matrix entry or policy that decided.
	Rule string `json:"rule,omitempty"`

	// Session identifies an SMTP session at Who, unique in the record: "<who>-<n>".
	Session string `json:"session,omitempty"`
	// TLS is empty in clear, else the version ("1.2", "1.3").
	TLS string `json:"tls,omitempty"`
	// Cert is the subject common name of the peer's certificate.
	Cert     string `json:"cert,omitempty"`
	Identity string `json:"identity,omitempty"`

	Verb     string `json:"verb,omitempty"`
	Code     int    `json:"code,omitempty"`
	Enhanced string `json:"enhanced,omitempty"`
	Text     string `json:"text,omitempty"`
	// From and To are envelope addresses.
	From string   `json:"from,omitempty"`
	To   []string `json:"to,omitempty"`
	Msg  *Message `json:"msg,omitempty"`

	// Name, Type, View, Rcode describe DNS; Name also names faults, actions and expectations.
	Name   string `json:"name,omitempty"`
	Type   string `json:"type,omitempty"`
	View   string `json:"view,omitempty"`
	Rcode  string `json:"rcode,omitempty"`
	Detail string `json:"detail,omitempty"`
	Error  string `json:"error,omitempty"`
}

// Message is a message as it crossed a hop: its header in full, its body by hash.
type Message struct {
	// Header is the raw header with its final empty line, CRLF line ends.
	Header string `json:"header"`
	// Body is the SHA-256 of the octets after the header, in hex; the Bodies store has them.
	Body string `json:"body"`
	// Size is the length of header and body in octets.
	Size int64 `json:"size"`
}

// Record collects the events of one scenario. Its methods may be called by any goroutine; the order of
// calls is the order of events.
type Record struct {
	now func() time.Time

	mu     sync.Mutex
	events []Event
	next   map[string]int
	wake   chan struct{}
	watch  []func(Event)
}

// New returns an empty record that stamps events with now.
func New(now func() time.Time) *Record {
	return &Record{now: now, next: map[string]int{}, wake: make(chan struct{})}
}

// Add appends e, stamping Seq and At, and wakes whoever waits. An event that lacks a field of its kind
// is a defect of the party that wrote it: Add panics with the kind and the field.
func (r *Record) Add(e Event) {
	if err := Validate(e); err != nil {
		panic(err)
	}
	at := r.now()
	r.mu.Lock()
	e.Seq, e.At = len(r.events)+1, at
	r.events = append(r.events, e)
	watch := r.watch
	close(r.wake)
	r.wake = make(chan struct{})
	r.mu.Unlock()
	for _, f := range watch {
		f(e)
	}
}

// Watch calls f for every later event, in the goroutine that adds it: f must not block. It is how a step
// acts in the very instant in which something happens.
func (r *Record) Watch(f func(Event)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch = append(r.watch[:len(r.watch):len(r.watch)], f)
}

// Events returns all events so far. They are never changed, and who gets them must not change them either: a copy for
// everybody who looks would cost more than looking.
func (r *Record) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.events[:len(r.events):len(r.events)]
}

// Changed returns a channel that is closed at the next Add. Take it before looking at Events, or an event
// in between is missed.
func (r *Record) Changed() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wake
}

// SessionID returns the next session name of who, "<who>-<n>" with n from 1.
func (r *Record) SessionID(who string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.next[who]++
	return fmt.Sprintf("%s-%d", who, r.next[who])
}
