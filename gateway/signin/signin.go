// Package signin lets persons in: by password, with patience that grows with every wrong one, into sessions that
// end by themselves (S0-019, TR-01201-2.1 3.6.2). A session is a random token of which only the hash is stored.
//
// It leaves out what somebody may do once he is in (package role) and how a token travels (package admin).
package signin

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"sync"
	"time"

	"demailbench/gateway/clerk"
	"demailbench/gateway/door"
	"demailbench/gateway/journal"
	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
)

// Options say how a gate works. All but the durations are required.
type Options struct {
	Clerk *clerk.Clerk
	Store *store.Store
	Clock door.Clock
	// Rand makes tokens. Any goroutine may read from it.
	Rand io.Reader
	// Longest is how long a session lasts, Idle how long it lasts unused; default 12 h and 30 min. A restart of
	// the gateway counts as use of nothing: sessions that were in use last Idle from their opening.
	Longest, Idle time.Duration
}

// Gate opens and finds sessions. Its methods may be called by any goroutine that may block.
type Gate struct {
	o Options

	mu       sync.Mutex
	sessions map[string]*session // by the hash of their token in hexadecimal digits
	wrong    map[string]wrong    // by register.PersonKey
	sources  map[netip.Addr]guesses
	dummy    password.Hash
}

// session is an open session; what is exported is stored.
type session struct {
	Organisation string    `json:"organisation"`
	Person       string    `json:"person"`
	Opened       time.Time `json:"opened"`
	used         time.Time
}

// wrong counts wrong passwords for a person since the last right one.
type wrong struct {
	Count  int       `json:"count"`
	Locked time.Time `json:"locked"`
}

// guesses counts wrong passwords from one address.
type guesses struct {
	n     int
	until time.Time
}

// Kinds of records in the store.
const (
	sessionRecord = "session"
	wrongRecord   = "wrong-password"
)

const (
	// tokenSize is the size of a token in octets.
	tokenSize = 32
	// A host may fail sourceTries times in sourceWindow, whomever it tries to be: against one guess at each of
	// many names. At most maxSources hosts are remembered.
	sourceTries  = 30
	sourceWindow = 15 * time.Minute
	maxSources   = 10000
)

// Open reads the sessions from the store.
func Open(o Options) (*Gate, error) {
	if o.Longest == 0 {
		o.Longest = 12 * time.Hour
	}
	if o.Idle == 0 {
		o.Idle = 30 * time.Minute
	}
	g := &Gate{o: o, sessions: map[string]*session{}, wrong: map[string]wrong{}, sources: map[netip.Addr]guesses{}}
	records, err := o.Store.Records(sessionRecord, wrongRecord)
	if err != nil {
		return nil, fmt.Errorf("signin: %w", err)
	}
	for _, r := range records {
		if r.Kind == sessionRecord {
			s := &session{}
			err = json.Unmarshal(r.Body, s)
			s.used, g.sessions[r.Key] = s.Opened, s
		} else {
			var w wrong
			err = json.Unmarshal(r.Body, &w)
			g.wrong[r.Key] = w
		}
		if err != nil {
			return nil, fmt.Errorf("signin: record %s cannot be read: %w; restore the database from a backup", r.Kind, err)
		}
	}
	return g, nil
}

// Session is an open session at one moment.
type Session struct {
	// Key names the session; it is not the token.
	Key             string
	Person          register.Person
	Opened, Expires time.Time
	// Powers are the powers of attorney in force that the person may use, Tenants those that the person sees.
	Powers  []role.PowerOfAttorney
	Tenants []string
}

// Enter opens a session and returns its token, which is shown once. A wrong password and an unknown person look
// the same, in words and in time. The error is a *register.Refusal, or the store's.
func (g *Gate) Enter(organisation, name, secret string, from netip.Addr) (token string, s Session, err error) {
	now := g.o.Clock.Now()
	if r := g.patience(organisation, name, from, now); r != nil {
		return "", Session{}, r
	}
	p, known := g.o.Clerk.Now().Person(organisation, name)
	if right := g.o.Clerk.Passwords.Matches(g.hashOf(p), secret); !right || !known || p.Revoked {
		return "", Session{}, g.failed(organisation, name, from, known)
	}
	raw := make([]byte, tokenSize)
	if _, err := io.ReadFull(g.o.Rand, raw); err != nil {
		return "", Session{}, fmt.Errorf("signin: draw a token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(raw)
	if err := g.open(p, token); err != nil {
		return "", Session{}, err
	}
	s, err = g.Find(token)
	return token, s, err
}

// entry is the audit log's about somebody's own sessions.
func entry(organisation, name, operation string) journal.Entry {
	e := journal.Entry{Person: name, Organisation: organisation, Operation: operation, Object: name}
	if role.IsTenant(organisation) {
		e.Tenant = organisation
	}
	return e
}

// open stores a session, and forgets those that have expired.
func (g *Gate) open(p register.Person, token string) error {
	s := &session{p.Organisation, p.Name, g.o.Clock.Now(), g.o.Clock.Now()}
	key := sessionKey(token)
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("signin: %w", err)
	}
	person := register.PersonKey(p.Organisation, p.Name)
	deletes := g.forget(func(_ string, o *session) bool { return !s.Opened.Before(o.Opened.Add(g.o.Longest)) })
	g.mu.Lock()
	if _, ok := g.wrong[person]; ok {
		delete(g.wrong, person)
		deletes = append(deletes, store.Record{Kind: wrongRecord, Key: person})
	}
	g.mu.Unlock()
	e := entry(p.Organisation, p.Name, "session.open")
	e.Allowed, e.Rule = true, "S0-019"
	if err := g.o.Clerk.Note(e, []store.Record{{Kind: sessionRecord, Key: key, Body: body}}, deletes); err != nil {
		return err
	}
	g.mu.Lock()
	g.sessions[key] = s
	g.mu.Unlock()
	return nil
}

func sessionKey(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// forget ends the sessions that match and returns what must go from the store.
func (g *Gate) forget(match func(string, *session) bool) (deletes []store.Record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for key, s := range g.sessions {
		if match(key, s) {
			delete(g.sessions, key)
			deletes = append(deletes, store.Record{Kind: sessionRecord, Key: key})
		}
	}
	return deletes
}

// Find finds an open session by its token and notes that it was used. What the person may do is that of this
// moment: a power of attorney that has expired is gone (D9). The error is a *register.Refusal.
func (g *Gate) Find(token string) (Session, error) {
	key, now, state := sessionKey(token), g.o.Clock.Now(), g.o.Clerk.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	s, ok := g.sessions[key]
	if !ok {
		return Session{}, ended()
	}
	p, _ := state.Person(s.Organisation, s.Person)
	expires := s.Opened.Add(g.o.Longest)
	if p.Name == "" || p.Revoked || !now.Before(expires) || !now.Before(s.used.Add(g.o.Idle)) {
		return Session{}, ended()
	}
	s.used = now
	powers := slices.DeleteFunc(state.PowersOf("", p.Organisation), func(p role.PowerOfAttorney) bool { return p.At(now) != role.Active })
	return Session{Key: key, Person: p.Public(), Opened: s.Opened, Expires: expires, Powers: powers, Tenants: state.Sees(p.Organisation, now)}, nil
}

func ended() *register.Refusal {
	return register.Refuse(register.Unknown, "S0-019", "tenant", "sign in", "there is no such session, or it has ended")
}

// Leave closes a session.
func (g *Gate) Leave(s Session) error {
	e := entry(s.Person.Organisation, s.Person.Name, "session.close")
	e.Allowed, e.Rule = true, "S0-019"
	return g.o.Clerk.Note(e, nil, g.forget(func(key string, _ *session) bool { return key == s.Key }))
}

// ChangePassword changes the password of a session's person; all other sessions of the person end.
func (g *Gate) ChangePassword(s Session, old, fresh string, from netip.Addr) error {
	now := g.o.Clock.Now()
	organisation, name := s.Person.Organisation, s.Person.Name
	if r := g.patience(organisation, name, from, now); r != nil {
		return r
	}
	p, known := g.o.Clerk.Now().Person(organisation, name)
	if !g.o.Clerk.Passwords.Matches(g.hashOf(p), old) {
		return g.failed(organisation, name, from, known)
	}
	if len(fresh) < clerk.MinPassword {
		return register.Refuse(register.Invalid, "S0-019", "tenant", "take a longer one", "the password has fewer than %d characters", clerk.MinPassword).About("new")
	}
	h, err := g.o.Clerk.Passwords.Hash(fresh)
	if err != nil {
		return err
	}
	others := g.forget(func(key string, o *session) bool {
		return key != s.Key && o.Organisation == organisation && o.Person == name
	})
	return g.o.Clerk.SetPassword(clerk.Caller{Organisation: organisation, Name: name}, h, others)
}
