// Package actors are the people of the processes around the gateway, office by office: a municipality or state
// authority with its representatives and administrators, KDN GmbH, SID with BaK ESV, the provider's order desk, SAKD.
// They act as people do: by operations of the gateway's administration, by the provider's portal, and by papers
// (Document), so that every step leaves in the record what it would leave in reality.
//
// It leaves out mail, which worlds send, and every judgement: whether somebody may do something is decided by the
// gateway and the provider.
package actors

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Offices, and the organisations as which their people sign in at the gateway. A tenant's office is its id.
const (
	KDNGmbH  = "kdn-gmbh"
	Operator = "operator" // SID / BaK ESV
	DMDA     = "dmda"
	SAKD     = "sakd"
)

// Roles at the gateway (D8).
const (
	Administrator        = "administrator"
	SupportAdministrator = "support-administrator"
	UserAdmin            = "user-admin"
	TechnischerAdmin     = "technischer-admin"
	AccountAdmin         = "account-admin"
)

// Act is an operation at the gateway and who does it on which ground.
type Act struct {
	Person, Organisation, Role            string
	PowerOfAttorney, Order, ChangeRequest string
	// Operation is "noun.verb", Args its arguments.
	Operation string
	Args      map[string]any
	// Must is set when the process goes on only if it is done.
	Must bool
}

// Answer is what the gateway said. Refused is set when it said no, with the rule that it named and its reason.
type Answer struct {
	Refused      bool
	Rule, Reason string
	Data         json.RawMessage
}

// Frontend is the administration of the gateway. The error means that it could not be asked.
type Frontend interface {
	Perform(Act) (Answer, error)
}

// Refused is the error of an act that was to be done and was not.
type Refused struct {
	Act    Act
	Answer Answer
}

// Error names who was refused what, and why.
func (r *Refused) Error() string {
	return fmt.Sprintf("the gateway refused %s to %s of %s by %s: %s", r.Act.Operation, r.Act.Person, r.Act.Organisation, r.Answer.Rule, r.Answer.Reason)
}

// Authority is a tenant, or one that is to become one, as its own papers describe it.
type Authority struct {
	// ID is its short name, Name the official one; State tells a state authority from a municipality.
	ID, Name string
	State    bool
	// Networks are where the gateway sees its mail server, MailServer that server's name, Transport "starttls" or
	// "ipsec".
	Networks              []string
	MailServer, Transport string
	MailDomains           []string
	// MainDomain is its De-Mail domain; Mapping leads from e-mail to De-Mail addresses.
	MainDomain string
	Mapping    []Pair
	// TechnicalContact is an e-mail address; it may be somebody else's.
	TechnicalContact string
}

// Pair is an e-mail address and its De-Mail address.
type Pair struct{ Mail, DeMail string }

// Config is what the cast needs. All are required but Frontend, without which nobody acts at a gateway.
type Config struct {
	Frontend Frontend
	// Portal is the provider's web access, Staff what its own people use, with StaffKey.
	Portal, Staff http.RoundTripper
	StaffKey      string
	// Code is the next one-time code of a person's token.
	Code   func(account, person string) string
	Clock  clock.Clock
	Record *record.Record
}

// Cast are the people of one world. Its methods are for one goroutine.
type Cast struct {
	cfg   Config
	files []Document
	// powers are the numbers of powers of attorney at the gateway, by tenant and holder: the last one counts.
	powers map[string]string
	// own are the tenants with a User Admin of their own.
	own map[string]bool
}

// New returns a cast with empty files.
func New(cfg Config) *Cast {
	return &Cast{cfg: cfg, powers: map[string]string{}, own: map[string]bool{}}
}

// Hand gives a paper to its recipient, who files it or, when it is incomplete, sends it back: then the error is a
// *Returned. Both are in the record.
func (c *Cast) Hand(d Document) (Document, error) {
	d.Number = fmt.Sprintf("DOC-%d", len(c.files)+1)
	d.Fields = maps.Clone(d.Fields)
	name := "document filed: " + string(d.Kind)
	missing := d.Missing()
	if len(missing) > 0 {
		name = "document returned: " + string(d.Kind)
	}
	text, err := json.Marshal(d)
	if err != nil {
		return d, fmt.Errorf("actors: %s: %w", d.Kind, err)
	}
	c.cfg.Record.Add(record.Event{Who: d.To, Kind: record.Action, Name: name, Detail: string(text)})
	if len(missing) > 0 {
		return d, &Returned{d, missing}
	}
	c.files = append(c.files, d)
	return d, nil
}

// File is the newest paper of a kind in a tenant's matter; ok is false when nobody has one.
func (c *Cast) File(kind Kind, tenant string) (d Document, ok bool) {
	for _, f := range c.files {
		if f.Kind == kind && f.Tenant == tenant {
			d, ok = f, true
		}
	}
	return d, ok
}

// Try performs an act that may be refused: the gateway's answer is in the record.
func (c *Cast) Try(a Act) error {
	_, err := c.perform(a)
	return err
}

// Must performs an act that is to be done; the error is a *Refused when it is not.
func (c *Cast) Must(a Act) error { return c.do(a, nil) }

func (c *Cast) perform(a Act) (Answer, error) {
	if c.cfg.Frontend == nil {
		return Answer{}, errors.New("actors: there is no gateway to administer")
	}
	return c.cfg.Frontend.Perform(a)
}

// do performs an act that must succeed, and decodes its result when there is where to.
func (c *Cast) do(a Act, result any) error {
	a.Must = true
	answer, err := c.perform(a)
	switch {
	case err != nil:
		return fmt.Errorf("actors: %s: %w", a.Operation, err)
	case answer.Refused:
		return &Refused{a, answer}
	case result == nil:
		return nil
	}
	if err := json.Unmarshal(answer.Data, result); err != nil {
		return fmt.Errorf("actors: result of %s: %w", a.Operation, err)
	}
	return nil
}

func (c *Cast) now() time.Time { return c.cfg.Clock.Now() }

// instant is a time as operations have it.
func instant(t time.Time) string { return t.Format(time.RFC3339) }
