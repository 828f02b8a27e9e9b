package account

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// State is where an account stands in its life (TR-01201-2.1 3.2 to 3.8, D7).
type State string

// The states in the order of an account's life. An account that a configuration names without a state is
// Activated.
const (
	// Ordered: the order sheet is there, the addresses are reserved.
	Ordered State = "ordered"
	// Registered: the data of the order sheet are taken over (S1-102).
	Registered State = "registered"
	// Identified: every representative was identified in person (S1-104).
	Identified State = "identified"
	// Enabled (freigeschaltet): access data were sent out; the first sign-in activates (S1-107, S1-108).
	Enabled State = "enabled"
	// Activated: everything works (S1-112).
	Activated State = "activated"
	// Blocked (vollständige Sperrung): no sign-in, no sending, no receiving (TR-01201-2.1 3.6.1).
	Blocked State = "blocked"
	// Restricted (Nutzungseinschränkung): messages come in and can be read, nothing else (3.6.3).
	Restricted State = "restricted"
	// Ended (Vertragsbeendigung): what is there can be read for three months (3.8.2).
	Ended State = "ended"
	// Dissolved (aufgelöst): for good (3.8.3).
	Dissolved State = "dissolved"
)

// Effect is what a state allows.
type Effect struct {
	// SignIn: the account can be opened. Read: messages can be read and exported. Send, Receive: what they
	// say. Administer: settings can be changed.
	SignIn, Read, Send, Receive, Administer bool
}

var effects = map[State]Effect{
	Ordered: {}, Registered: {}, Identified: {}, Blocked: {}, Dissolved: {},
	Enabled:    {SignIn: true},
	Activated:  {SignIn: true, Read: true, Send: true, Receive: true, Administer: true},
	Restricted: {SignIn: true, Read: true, Receive: true},
	Ended:      {SignIn: true, Read: true},
}

// Effect returns what the state allows.
func (s State) Effect() Effect { return effects[s] }

// Known reports one of the states.
func (s State) Known() bool { _, ok := effects[s]; return ok }

// next are the states to which one may lead. Activated follows Enabled by a person's act only (Activate).
var next = map[State][]State{
	Ordered:    {Registered, Dissolved},
	Registered: {Identified, Dissolved},
	Identified: {Enabled, Dissolved},
	Enabled:    {Activated, Blocked, Ended},
	Activated:  {Blocked, Restricted, Ended},
	Restricted: {Activated, Blocked, Ended},
	Blocked:    {Activated, Restricted, Enabled, Ended},
	Ended:      {Dissolved},
}

// Times of an account's end.
const (
	// ReadOnly is how many months an ended account can be read (De-Mail-G 12, TR-01201-2.1 3.8.2).
	ReadOnly = 3
	// Notice is how many months before dissolution its holder is told in text form.
	Notice = 1
	// Reservation is how long an order keeps its addresses: 6 calendar weeks (3.4).
	Reservation = 6 * 7 * 24 * time.Hour
)

// Errors of a state that forbids something; test with errors.Is.
var (
	// ErrState: the account's state does not allow it.
	ErrState = errors.New("the account's state does not allow this")
	// ErrEarly: it is allowed later.
	ErrEarly = errors.New("it is too early for this")
)

// Register takes over the order sheet's data (S1-102).
func (d *Directory) Register(id string, by Actor) error {
	return d.move(id, Registered, by, nil)
}

// Identify records that a representative was identified in person, at a place, by an authorised agent
// (S1-104, S1-106); with the last of them the account is Identified. Administrators are not identified
// (S1-105).
func (d *Directory) Identify(id, person, place, agent string, by Actor) error {
	if place == "" || agent == "" {
		return fmt.Errorf("account %q: identification of %q without place or agent (S1-106)", id, person)
	}
	missing := false
	err := d.document(id, by, "identified "+person+" at "+place+" by "+agent, func(a *Account) error {
		p := a.person(person)
		switch {
		case a.State != Registered:
			return fmt.Errorf("%w: %s", ErrState, a.State)
		case p == nil || p.Role != Representative && p.Role != Holder:
			return fmt.Errorf("%q is no representative: only they are identified (S1-105)", person)
		}
		p.Identified = &Identification{At: by.At, Place: place, Agent: agent}
		missing = slices.ContainsFunc(a.Persons, func(p Person) bool {
			return p.Identified == nil && (p.Role == Representative || p.Role == Holder)
		})
		return nil
	})
	if err != nil || missing {
		return err
	}
	return d.move(id, Identified, by, nil)
}

// Enable opens an identified account for its first sign-in and returns what is sent to the addresses stored
// at registration: access data for representatives and entitled administrators, and a welcome letter
// (S1-107, S1-108, S1-111). Nobody else gets anything.
func (d *Directory) Enable(id string, by Actor) ([]Letter, error) {
	var letters []Letter
	err := d.move(id, Enabled, by, func(a *Account) error {
		for i := range a.Persons {
			if p := &a.Persons[i]; p.mayActivate() {
				letters = append(letters, Letter{Person: p.ID, Address: p.Address, Kind: AccessData}, Letter{Person: p.ID, Address: p.Address, Kind: Welcome})
			}
		}
		return nil
	})
	return letters, err
}

// Activate is the act of a representative, or of an administrator who was given that right on the order
// sheet (S1-109, S1-110).
func (d *Directory) Activate(id string, by Actor) error {
	return d.move(id, Activated, by, func(a *Account) error {
		if p := a.person(by.Person); p == nil || !p.mayActivate() {
			return &Denied{Account: id, Person: by.Person, Right: Activating, Source: "S1-109, S1-110"}
		}
		return nil
	})
}

// Block blocks an account in full, without delay: at its holder's wish by the blocking hotline, on doubt
// about login or data, by order of an authority (De-Mail-G 10, S1-056). Its directory entry is deleted.
func (d *Directory) Block(id, reason string, by Actor) error {
	return d.move(id, Blocked, by, func(a *Account) error {
		a.before, a.Published, a.Reason = a.State, false, reason
		return nil
	})
}

// Restrict leaves an account its reading only, for example while it is not paid (TR-01201-2.1 3.6.3).
func (d *Directory) Restrict(id, reason string, by Actor) error {
	return d.move(id, Restricted, by, func(a *Account) error {
		a.Reason = reason
		return nil
	})
}

// Unblock lifts a full block or a restriction when its reason is gone (TR-01201-2.1 3.7). The account is as
// it was before; a directory entry must be published anew.
func (d *Directory) Unblock(id string, by Actor) error {
	a, err := d.Account(id)
	if err != nil {
		return err
	}
	to := Activated
	if a.State == Blocked && a.before != "" {
		to = a.before
	}
	return d.move(id, to, by, func(a *Account) error {
		if a.State != Blocked && a.State != Restricted {
			return fmt.Errorf("%w: %s", ErrState, a.State)
		}
		a.before, a.Reason = "", ""
		return nil
	})
}

// End ends the contract: reading for three months, no more. With release, as after the pilot, its domains
// are free at once for an account at another provider, without the usual time of quiet (S0-059, S0-060).
func (d *Directory) End(id, reason string, release bool, by Actor) error {
	return d.move(id, Ended, by, func(a *Account) error {
		a.Published, a.Gateway, a.ITSP, a.Reason, a.Ended = false, false, "", reason, by.At
		if release {
			d.free(a)
			a.Released = true
		}
		return nil
	})
}

// Announce records that the holder was told in text form that the account will be dissolved.
func (d *Directory) Announce(id string, by Actor) error {
	return d.document(id, by, "holder told of the coming dissolution in text form", func(a *Account) error {
		if a.State != Ended {
			return fmt.Errorf("%w: %s", ErrState, a.State)
		}
		a.Announced = by.At
		return nil
	})
}

// Dissolve deletes an account for good: three months after the end of the contract and one month after the
// holder was told, or at once while nobody ever used it. Its addresses are quiet for the time of
// TR-01201-2.1 3.4.
func (d *Directory) Dissolve(id string, by Actor) error {
	return d.move(id, Dissolved, by, func(a *Account) error {
		if a.State == Ended {
			switch {
			case by.At.Before(a.Ended.AddDate(0, ReadOnly, 0)):
				return fmt.Errorf("%w: the account can be read until %s (De-Mail-G 12)", ErrEarly, a.Ended.AddDate(0, ReadOnly, 0).Format(time.DateOnly))
			case a.Announced.IsZero() || by.At.Before(a.Announced.AddDate(0, Notice, 0)):
				return fmt.Errorf("%w: the holder must be told one month before (De-Mail-G 12)", ErrEarly)
			}
			if !a.Released {
				d.rest(a, by.At)
			}
		}
		if !a.Released {
			d.free(a)
		}
		return nil
	})
}

// Lapse dissolves orders that were not enabled within the time of reservation; their addresses are free
// (TR-01201-2.1 3.4).
func (d *Directory) Lapse(by Actor) error {
	for _, a := range d.Accounts() {
		early := a.State == Ordered || a.State == Registered || a.State == Identified
		if early && !by.At.Before(a.Since.Add(Reservation)) {
			if err := d.Dissolve(a.ID, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// move leads an account from one state to another; before may forbid it or change more, and sees the old
// state.
func (d *Directory) move(id string, to State, by Actor, before func(*Account) error) error {
	return d.document(id, by, "state "+string(to), func(a *Account) error {
		if !slices.Contains(next[a.State], to) {
			return fmt.Errorf("%w: %s does not follow %s", ErrState, to, a.State)
		}
		if before != nil {
			if err := before(a); err != nil {
				return err
			}
		}
		a.State = to
		if to != Registered && to != Identified { // the reservation runs from the order
			a.Since = by.At
		}
		return nil
	})
}
