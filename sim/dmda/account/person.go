package account

import (
	"fmt"
	"slices"
	"time"
)

// Role is what somebody is to an account.
type Role string

const (
	// Holder is the natural person whose account it is.
	Holder Role = "holder"
	// Representative represents an institution by law or statute.
	Representative Role = "representative"
	// Administrator was named by representatives (TR-01201-2.1 4.3.2).
	Administrator Role = "administrator"
	// Staff (Mitarbeiter) use mailboxes that were assigned to them.
	Staff Role = "staff"
)

// The actors who are no persons of an account.
const (
	// ProviderStaff is the provider itself.
	ProviderStaff = "provider"
	// OperatorStaff is the operator of a gateway (role type Dienstleister): it has no right in any account
	// (S0-062).
	OperatorStaff = "operator"
)

// Right is something that a role may do in the administration of an account.
type Right string

// The rights of the table S1-118 to S1-126.
const (
	Publishing  Right = "publish an entry in the directory"
	People      Right = "manage representatives and administrators"
	MasterData  Right = "maintain master data"
	Mailboxes   Right = "manage mailboxes"
	Subdomains  Right = "manage subdomains"
	Users       Right = "manage staff"
	Passwords   Right = "reset passwords"
	Forwarding  Right = "configure forwarding"
	Options     Right = "set options of the account"
	Support     Right = "ask the hotline for support"
	Activating  Right = "activate the account"
	Terminating Right = "end the contract"
)

// rights says who may do what: representatives everything, administrators what is not kept for them.
var rights = map[Right][]Role{
	Publishing: {Representative}, People: {Representative}, MasterData: {Representative}, Terminating: {Representative},
	Mailboxes: {Representative, Administrator}, Subdomains: {Representative, Administrator}, Users: {Representative, Administrator},
	Passwords: {Representative, Administrator}, Forwarding: {Representative, Administrator}, Options: {Representative, Administrator},
	Support: {Representative, Administrator}, Activating: {Representative},
}

// May reports whether a role has a right. A natural person may do everything in the own account. An
// administrator activates by a personal right only (Person.Activates).
func (r Role) May(right Right) bool { return r == Holder || slices.Contains(rights[right], r) }

// Rights lists all rights, in the order of the table.
func Rights() []Right {
	return []Right{Publishing, People, MasterData, Mailboxes, Subdomains, Users, Passwords, Forwarding, Options, Support, Activating, Terminating}
}

// Identification is how somebody's identity was established (De-Mail-G 3, S1-106).
type Identification struct {
	At           time.Time
	Place, Agent string
}

// Person is somebody who can sign in to an account.
type Person struct {
	// ID names the person within the account, for example "representative-1".
	ID   string
	Role Role
	// Address is where access data are sent; stored at registration.
	Address string
	// Activates: an administrator who may activate the account (S1-101).
	Activates bool
	// Mailboxes are those that staff may use; others use all.
	Mailboxes []string
	// Identified is nil for who was not identified.
	Identified *Identification
	// Credentials are what the person signs in with.
	Credentials Credentials

	access map[string]*access // by level
}

func (p *Person) mayActivate() bool {
	return p.Role == Holder || p.Role == Representative || p.Role == Administrator && p.Activates
}

// LetterKind is what is sent to a person when the account is enabled.
type LetterKind string

// The two letters (S1-108).
const (
	AccessData LetterKind = "access data"
	Welcome    LetterKind = "welcome letter"
)

// Letter is something sent to an address that was stored at registration.
type Letter struct {
	Person, Address string
	Kind            LetterKind
}

// Actor is who does something, and when.
type Actor struct {
	// Person is the id of a person of the account, ProviderStaff or OperatorStaff.
	Person string
	At     time.Time
}

// Denied says that an actor lacks a right.
type Denied struct {
	Account, Person string
	Right           Right
	// Source is the rule.
	Source string
}

// Error names who lacks which right, and the rule.
func (e *Denied) Error() string {
	return fmt.Sprintf("account %q: %q may not %s (%s)", e.Account, e.Person, e.Right, e.Source)
}

// allow reports whether somebody may use a right on an account now.
func (a *Account) allow(by Actor, right Right) error {
	denied := func(source string) error {
		return &Denied{Account: a.ID, Person: by.Person, Right: right, Source: source}
	}
	switch p := a.person(by.Person); {
	case by.Person == ProviderStaff:
		return nil
	case by.Person == OperatorStaff:
		return denied("S0-062")
	case p == nil:
		return denied("S1-100: not registered")
	case !p.Role.May(right):
		return denied("S1-118 to S1-126")
	}
	if !a.State.Effect().Administer && right != Support {
		return fmt.Errorf("%w: %s", ErrState, a.State)
	}
	return nil
}

func (a *Account) person(id string) *Person {
	for i := range a.Persons {
		if a.Persons[i].ID == id {
			return &a.Persons[i]
		}
	}
	return nil
}

// Sample are the persons of an account whose configuration names nobody: the holder, or one of each role of
// an institution, "staff" with the first mailbox. Their passwords are "<account>-<person>" and the secrets of
// their tokens "<account>-<person>-token": test data, known to everybody.
func Sample(a Account) []Person {
	roles := []Role{Representative, Administrator, Staff}
	if a.Kind == Natural {
		roles = []Role{Holder}
	}
	var out []Person
	for _, r := range roles {
		name := a.ID + "-" + string(r)
		p := Person{ID: string(r), Role: r, Address: "postal address of " + string(r), Credentials: NewCredentials(name, SampleSecret(a.ID, string(r)))}
		if r == Staff {
			p.Mailboxes = a.Mailboxes[:1]
		}
		out = append(out, p)
	}
	return out
}

// SampleSecret is the secret of a sample person's token.
func SampleSecret(account, person string) []byte { return []byte(account + "-" + person + "-token") }
