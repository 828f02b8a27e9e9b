// Package browser is people at the provider's web access: the persons of an account at a browser on the Internet, and the
// provider's own staff in its office (S0-009, S1-086). What they ask for and what they are answered stands in the
// record, from where it is judged. It leaves out what the answers mean (features/check) and how they come about
// (sim/dmda).
package browser

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/record"
)

// Config is what a browser needs; all is required.
type Config struct {
	// Portal and Staff are the ways to the provider's two listeners from the hosts Home and Office.
	Portal, Staff http.RoundTripper
	Home, Office  string
	// StaffKey lets the provider's staff in.
	StaffKey string
	Record   *record.Record
	// Bodies keeps the bodies of what is exported.
	Bodies *record.Bodies
	// Note puts an expectation into the record, and returns the error of the step when it does not hold now.
	Note func(check.Expectation) error
	// Expect is Note after waiting until it holds.
	Expect func(check.Expectation) error
	// Accounts are those of the plan, and of authorities that will order one.
	Accounts []Account
	// Write begins a mail and returns the word by which it is known; It is that word of the mail written last.
	Write func(from, to string) (nonce string)
	It    func() string
}

// Account is an account by its first mailbox. Institutions are those that have one now.
type Account struct {
	ID, Mailbox string
	Institution bool
}

// Browser is where people sit. Its methods are for one goroutine.
type Browser struct {
	Config
	// pressed counts the one-time codes of tokens, by person.
	pressed map[Person]uint64
}

// New returns a browser at which nobody has sat yet.
func New(c Config) *Browser { return &Browser{Config: c, pressed: map[Person]uint64{}} }

// Person is somebody of an account: "representative", "administrator", "staff", of a natural person's "holder".
// "account holder" is the representative or the holder, whoever there is.
type Person struct{ Account, ID string }

// String names the person in the record.
func (p Person) String() string { return p.ID + " of " + p.Account }

// Staff is the provider's own.
var Staff = Person{ID: "staff", Account: "the DMDA"}

// Denied is what the provider says when it does not do what it is asked.
type Denied struct{ portal.Problem }

// Error is the provider's sentence.
func (d *Denied) Error() string { return fmt.Sprintf("%d %s", d.Status, d.Problem.Error) }

// ask is one request: who asks for what, in the words by which the judge knows it.
type ask struct {
	who          Person
	what         string
	method, path string
	token        string
	body         any
}

// do sends a, notes the answer and decodes it into result, if there is one. The error is a *Denied when the provider
// said no; any other means that it could not be asked.
func (b *Browser) do(a ask, result any) error {
	status, text, err := b.answer(a)
	if err != nil {
		return fmt.Errorf("the portal cannot be asked: %w", err)
	}
	e := record.Event{Who: b.host(a.who), Kind: record.Action, Name: check.Portal, Identity: a.who.String(), Verb: a.what, Code: status}
	var no *Denied
	if status >= 300 {
		no = &Denied{portal.Problem{Status: status}}
		if err := json.Unmarshal(text, &no.Problem); err != nil {
			return fmt.Errorf("the portal answers %d and no JSON: %w", status, err)
		}
		e.Text = no.Problem.Error
	}
	b.Record.Add(e)
	switch {
	case no != nil:
		return no
	case result == nil:
		return nil
	}
	if raw, ok := result.(*[]byte); ok {
		*raw = text
		return nil
	}
	return json.Unmarshal(text, result)
}

// host is where a person sits.
func (b *Browser) host(who Person) string {
	if who == Staff {
		return b.Office
	}
	return b.Home
}

func (b *Browser) answer(a ask) (status int, text []byte, err error) {
	var body []byte
	if raw, ok := a.body.([]byte); ok {
		body = raw
	} else if a.body != nil {
		if body, err = json.Marshal(a.body); err != nil {
			return 0, nil, err
		}
	}
	r, err := http.NewRequest(a.method, "https://portal"+a.path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	web, token := b.Config.Portal, a.token
	if a.who == Staff {
		web, token = b.Config.Staff, b.StaffKey
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := web.RoundTrip(r)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	text, err = io.ReadAll(answer.Body)
	return answer.StatusCode, text, err
}

// session is a person who is signed in.
type session struct {
	b     *Browser
	who   Person
	token string
}

// do asks for something within the session.
func (s *session) do(what, method, path string, body, result any) error {
	return s.b.do(ask{who: s.who, what: what, method: method, path: path, token: s.token, body: body}, result)
}

// At names a sign-in at a level in the record.
func At(level demail.Level) string { return "sign in at level " + string(level) }

// WrongPassword is a sign-in with one.
const WrongPassword = "sign in with a wrong password"

// open signs a person in with the right credentials.
func (b *Browser) open(who Person, level demail.Level) (*session, error) {
	in := portal.SignIn{Account: who.Account, Person: who.ID, Level: level, Password: who.Account + "-" + who.ID}
	if level == demail.LevelHigh {
		in.Code = b.Code(who)
	}
	var s portal.Session
	if err := b.do(ask{who: who, what: At(level), method: http.MethodPost, path: "/session", body: in}, &s); err != nil {
		return nil, err
	}
	return &session{b, who, s.Token}, nil
}

// Code is the next one-time code of a person's token, which is used up.
func (b *Browser) Code(who Person) string {
	b.pressed[who]++
	return account.Code(account.SampleSecret(who.Account, who.ID), b.pressed[who]-1)
}

// with lets a person sign in at a level, do something and sign off.
func (b *Browser) with(who Person, level demail.Level, do func(*session) error) error {
	s, err := b.open(who, level)
	if err != nil {
		return err
	}
	if err := do(s); err != nil {
		return err
	}
	return s.do("sign off", http.MethodDelete, "/session", nil, nil)
}

// SignsIn lets a person sign in and off, and expects that it works or not.
func (b *Browser) SignsIn(person, account, level string, can bool) error {
	who, at := b.person(person, account), demail.Level(level)
	return b.expect(who, At(at), can, b.with(who, at, func(*session) error { return nil }))
}

// Mistypes tries a wrong password at level normal so many times, and expects that each is refused.
func (b *Browser) Mistypes(person, account string, times int) error {
	who := b.person(person, account)
	for range times {
		in := portal.SignIn{Account: who.Account, Person: who.ID, Level: demail.LevelNormal, Password: "wrong"}
		err := b.do(ask{who: who, what: WrongPassword, method: http.MethodPost, path: "/session", body: in}, nil)
		if err := b.expect(who, WrongPassword, false, err); err != nil {
			return err
		}
	}
	return nil
}

// Sends lets a person write a De-Mail from the account's first mailbox at level high, and expects that it is taken or
// not.
func (b *Browser) Sends(person, account, to string, can bool) error {
	who := b.person(person, account)
	from, _, err := b.own(account)
	if err != nil {
		return err
	}
	nonce := b.Write(from, to)
	m := portal.Draft{Sheet: draft.Sheet{From: from, To: []string{to}, Subject: letter.Subject(nonce), Text: "Antrag " + nonce}}
	err = b.with(who, demail.LevelHigh, func(s *session) error { return s.do("send", http.MethodPost, "/messages", m, nil) })
	return b.expect(who, "send", can, err)
}

// own is an account's first mailbox and its domain.
func (b *Browser) own(account string) (mailbox, domain string, err error) {
	i := slices.IndexFunc(b.Accounts, func(a Account) bool { return a.ID == account })
	if i < 0 {
		return "", "", fmt.Errorf("the plan knows no De-Mail address of %q", account)
	}
	_, domain, _ = strings.Cut(b.Accounts[i].Mailbox, "@")
	return b.Accounts[i].Mailbox, domain, nil
}

// person finds somebody of an account.
func (b *Browser) person(id, account string) Person {
	if id != "account holder" {
		return Person{Account: account, ID: id}
	}
	for _, a := range b.Accounts {
		if a.ID == account && a.Institution {
			return Person{Account: account, ID: "representative"}
		}
	}
	return Person{Account: account, ID: "holder"}
}

// Reads lets a person list a mailbox, and expects that it is shown or not.
func (b *Browser) Reads(person, account, mailbox string, can bool) error {
	who := b.person(person, account)
	_, err := b.list(who, mailbox, "inbox")
	return b.expect(who, reading(mailbox), can, err)
}

// reading is how the record names that a mailbox is read.
func reading(mailbox string) string { return "read " + mailbox }

// list is a folder of a mailbox: "inbox", "sent" or "trash".
func (b *Browser) list(who Person, mailbox, folder string) (list []portal.Entry, err error) {
	return list, b.with(who, demail.LevelHigh, func(s *session) error {
		return s.do(reading(mailbox), http.MethodGet, "/mailboxes/"+url.PathEscape(mailbox)+"/"+folder, nil, &list)
	})
}

// Finds lets a person look for the mail among what a mailbox received, as soon as it is there, or sent, and expects that
// it is shown.
func (b *Browser) Finds(person, account, mailbox string, sent bool) error {
	folder := "sent"
	if !sent {
		folder = "inbox"
		if err := b.Expect(check.Expectation{Kind: check.Delivered, Nonce: b.It(), Mailbox: mailbox}); err != nil {
			return err
		}
	}
	who := b.person(person, account)
	list, err := b.list(who, mailbox, folder)
	if err != nil {
		return fmt.Errorf("%s cannot look into %s: %w", who, mailbox, err)
	}
	e := record.Event{Who: b.Home, Kind: record.Action, Name: check.Portal, Identity: who.String(), Verb: "find " + b.It() + " in " + folder + " of " + mailbox, Code: http.StatusNotFound}
	if slices.ContainsFunc(list, func(e portal.Entry) bool { return strings.Contains(e.Subject, b.It()) }) {
		e.Code = http.StatusOK
	}
	b.Record.Add(e)
	return b.expect(who, e.Verb, true, nil)
}

// Exports lets a person save the mail from a mailbox as a file, and expects that it is what lies there, octet for octet,
// and that its proof holds (S1-116).
func (b *Browser) Exports(person, account, mailbox string) error {
	who, file := b.person(person, account), "file of "+account
	list, err := b.list(who, mailbox, "inbox")
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(e portal.Entry) bool { return strings.Contains(e.Subject, b.It()) })
	if i < 0 {
		return fmt.Errorf("the mail %s is not in %s", b.It(), mailbox)
	}
	var octets []byte
	err = b.with(who, demail.LevelHigh, func(s *session) error {
		return s.do("export", http.MethodGet, "/mailboxes/"+url.PathEscape(mailbox)+"/messages/"+url.PathEscape(list[i].ID), nil, &octets)
	})
	if err := b.expect(who, "export", true, err); err != nil {
		return err
	}
	header, text, _ := bytes.Cut(octets, []byte("\r\n\r\n"))
	w := b.Bodies.Writer()
	if _, err := w.Write(text); err != nil {
		return err
	}
	sum, _, err := w.Close()
	if err != nil {
		return err
	}
	b.Record.Add(record.Event{Who: b.Home, Kind: record.Stored, To: []string{file}, Msg: &record.Message{Header: string(header) + "\r\n\r\n", Body: sum, Size: int64(len(octets))}})
	if err := b.Note(check.Expectation{Kind: check.Unchanged, Nonce: b.It(), Mailbox: file, Original: mailbox}); err != nil {
		return err
	}
	return b.Note(check.Expectation{Kind: check.Proven, Nonce: b.It(), Mailbox: file})
}

// expect makes an expectation of the answer to what a person asked for just now, err: that it was yes or no.
func (b *Browser) expect(who Person, what string, can bool, err error) error {
	var no *Denied
	if err != nil && !errors.As(err, &no) {
		return err
	}
	code := "4"
	if can {
		code = "2"
	}
	return b.Note(check.Expectation{Kind: check.Web, Who: who.String(), Name: what, Code: code})
}
