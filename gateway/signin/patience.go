package signin

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/store"
)

func wait(d time.Duration) *register.Refusal {
	d = max(d.Round(time.Second), time.Second)
	return register.Refuse(register.TooMany, "TR-01201-2.1 3.6.2", "tenant", fmt.Sprintf("wait %v", d), "too many wrong passwords")
}

// patience judges whether a password is looked at at all.
func (g *Gate) patience(organisation, name string, from netip.Addr, now time.Time) *register.Refusal {
	g.mu.Lock()
	defer g.mu.Unlock()
	if w := g.wrong[register.PersonKey(organisation, name)]; w.Locked.After(now) {
		return wait(w.Locked.Sub(now))
	}
	if s := g.sources[from]; s.n >= sourceTries && s.until.After(now) {
		return wait(s.until.Sub(now))
	}
	return nil
}

// hashOf is a person's hash, or one of nobody's password, so that unknown persons take as long.
func (g *Gate) hashOf(p register.Person) password.Hash {
	if p.Password != "" {
		return p.Password
	}
	g.mu.Lock()
	h := g.dummy
	g.mu.Unlock()
	if h == "" {
		var err error
		if h, err = g.o.Clerk.Passwords.Hash("nobody's password"); err != nil {
			return ""
		}
		g.mu.Lock()
		g.dummy = h
		g.mu.Unlock()
	}
	return h
}

// suspect counts a wrong password from a host.
func (g *Gate) suspect(from netip.Addr, now time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.sources) >= maxSources {
		for a, s := range g.sources {
			if !s.until.After(now) {
				delete(g.sources, a)
			}
		}
	}
	s := g.sources[from]
	if !s.until.After(now) {
		s = guesses{until: now.Add(sourceWindow)}
	}
	s.n++
	if len(g.sources) < maxSources {
		g.sources[from] = s
	}
}

// failed counts and logs a wrong password. Names of nobody are not logged: anybody can invent them without end.
func (g *Gate) failed(organisation, name string, from netip.Addr, known bool) error {
	now := g.o.Clock.Now()
	g.suspect(from, now)
	refusal := register.Refuse(register.Unknown, "S0-019", "tenant", "correct them, or ask an administrator", "person or password is wrong, or the access has ended")
	if !known {
		return refusal
	}
	key := register.PersonKey(organisation, name)
	g.mu.Lock()
	w := g.wrong[key]
	w.Count++
	if d := password.Wait(w.Count); d > 0 {
		w.Locked = now.Add(d)
	}
	g.wrong[key] = w
	g.mu.Unlock()
	body, err := json.Marshal(w)
	if err != nil {
		return fmt.Errorf("signin: %w", err)
	}
	e := entry(organisation, name, "session.open")
	e.Rule, e.Reason = refusal.Rule, "wrong password"
	if err := g.o.Clerk.Note(e, []store.Record{{Kind: wrongRecord, Key: key, Body: body}}, nil); err != nil {
		return err
	}
	return refusal
}
