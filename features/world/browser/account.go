package browser

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"demailbench/features/check"
	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/order"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/record"
)

// change is a request that uses one right in the administration of an account (S1-118 to S1-126).
type change struct {
	method, path string
	body         func(who Person, mailbox, domain string) any
}

// changes are the requests by the words that features have for them; the values are new ones below the account's
// own domain.
var changes = map[string]change{
	"publish an entry in the directory": {http.MethodPut, "/account/settings/published", func(_ Person, _, _ string) any { return portal.Value{On: true} }},
	"name an administrator": {http.MethodPost, "/account/persons", func(_ Person, _, _ string) any {
		return portal.Person{ID: "administrator-2", Role: account.Administrator, Address: "Rathaus", Password: "initial"}
	}},
	"change the master data": {http.MethodPut, "/account/settings/holder", func(_ Person, _, domain string) any { return portal.Value{Text: "Verwaltung von " + domain} }},
	"open a mailbox":         {http.MethodPost, "/account/mailboxes", func(_ Person, _, domain string) any { return portal.Name{Name: "bauamt@" + domain} }},
	"open a subdomain":       {http.MethodPost, "/account/subdomains", func(_ Person, _, domain string) any { return portal.Name{Name: "bau." + domain} }},
	"add a user": {http.MethodPost, "/account/persons", func(_ Person, mailbox, _ string) any {
		return portal.Person{ID: "staff-2", Role: account.Staff, Mailboxes: []string{mailbox}, Address: "Rathaus", Password: "initial"}
	}},
	"reset a password": {http.MethodPut, "/account/settings/password", func(who Person, _, _ string) any {
		if who.ID == "staff" { // everybody may change the own one
			return portal.Value{Person: "administrator", Text: "another"}
		}
		return portal.Value{Person: "staff", Text: "another"}
	}},
	"set up forwarding": {http.MethodPut, "/account/settings/forward", func(_ Person, mailbox, _ string) any {
		return portal.Value{Mailbox: mailbox, Text: "info@sakd.de-mail.de"}
	}},
	"forward to e-mail": {http.MethodPut, "/account/settings/forward", func(_ Person, mailbox, _ string) any {
		return portal.Value{Mailbox: mailbox, Text: "buergerin@webmail.example"}
	}},
	"set up redirection": {http.MethodPut, "/account/settings/redirect", func(_ Person, _, _ string) any { return portal.Value{Text: "info@sakd.de-mail.de"} }},
}

// Changes lets a person use a right on the account, and expects that it may or not.
func (b *Browser) Changes(person, account, what string, can bool) error {
	who := b.person(person, account)
	mailbox, domain, err := b.own(account)
	if err != nil {
		return err
	}
	c, ok := changes[what]
	if !ok {
		return fmt.Errorf("nobody can %q in the portal; the changes are: %s", what, strings.Join(slices.Sorted(maps.Keys(changes)), "; "))
	}
	err = b.with(who, demail.LevelHigh, func(s *session) error { return s.do(what, c.method, c.path, c.body(who, mailbox, domain), nil) })
	return b.expect(who, what, can, err)
}

// Activates lets a person activate the account, and expects that it works or not (S1-109, S1-110).
func (b *Browser) Activates(person, account string, can bool) error {
	const what = "activate the account"
	who := b.person(person, account)
	err := b.with(who, demail.LevelHigh, func(s *session) error { return s.do(what, http.MethodPost, "/account/activation", nil, nil) })
	return b.expect(who, what, can, err)
}

// Step lets the provider's staff do a step in the life of an account, and expects that it is possible now or not.
// Person is whom it is about, if anybody.
func (b *Browser) Step(id, step, person string, can bool) error {
	return b.step(id, step, portal.Step{Person: person, Reason: "by the feature", Place: "at the user's", Agent: "agent 17"}, can)
}

// Ends lets the provider's staff end the contract of an account; release gives its domains free at once (S0-059).
func (b *Browser) Ends(id string, release bool) error {
	return b.step(id, "end", portal.Step{Reason: "notice given", Release: release}, true)
}

// Binds lets the provider's staff bind an account to an ITSP, and expects that it is possible or not.
func (b *Browser) Binds(id, number string, can bool) error {
	return b.step(id, "bind", portal.Step{ITSP: number}, can)
}

// Stores lets the provider's staff give an account storage for so many octets (S1-063).
func (b *Browser) Stores(id string, octets int64) error {
	return b.step(id, "storage", portal.Step{Octets: octets}, true)
}

// Bills expects that on the bill of an account count of the things called item stand, and how many of them cost.
func (b *Browser) Bills(person, account, item string, count, cost int) error {
	var a portal.Settings
	who := b.person(person, account)
	err := b.with(who, demail.LevelHigh, func(s *session) error { return s.do("look at the account", http.MethodGet, "/account", nil, &a) })
	if err != nil {
		return err
	}
	e := record.Event{Who: b.Home, Kind: record.Action, Name: check.Portal, Identity: who.String(), Verb: fmt.Sprintf("find %d of %q on the bill, %d at a price", count, item, cost), Code: http.StatusNotFound, Text: fmt.Sprint(a.Bill)}
	for _, i := range a.Bill {
		if i.Name == item && i.Count == count && i.Chargeable == cost {
			e.Code = http.StatusOK
		}
	}
	b.Record.Add(e)
	return b.expect(who, e.Verb, true, nil)
}

// SwitchesGateway lets the provider's staff switch the gateway access of an account (S0-031).
func (b *Browser) SwitchesGateway(id string, on bool) error {
	return b.step(id, "gateway", portal.Step{On: on}, true)
}

func (b *Browser) step(id, step string, v portal.Step, can bool) error {
	what := step + " " + id
	return b.expect(Staff, what, can, b.do(ask{who: Staff, what: what, method: http.MethodPost, path: "/accounts/" + url.PathEscape(id) + "/" + step, body: v}, nil))
}

// Posted is the name of the event that tells what the provider has sent by post.
const Posted = "letters by post"

// Enable lets the provider's staff enable an account, and notes what they send by post to whom.
func (b *Browser) Enable(id string) error {
	var letters []account.Letter
	what := "enable " + id
	err := b.do(ask{who: Staff, what: what, method: http.MethodPost, path: "/accounts/" + url.PathEscape(id) + "/enable", body: portal.Step{}}, &letters)
	if err := b.expect(Staff, what, true, err); err != nil {
		return err
	}
	var sent []string
	for _, l := range letters {
		sent = append(sent, fmt.Sprintf("%s to %s", l.Kind, l.Address))
	}
	b.Record.Add(record.Event{Who: b.Office, Kind: record.Action, Name: Posted, Text: strings.Join(sent, ", ")})
	return nil
}

// SentByPost expects that the provider sent exactly these letters.
func (b *Browser) SentByPost(letters string) error {
	return b.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: Posted, Text: letters})
}

// Notes expects an entry of the provider's own log: "dmda.alarm" with these words in it, for example.
func (b *Browser) Notes(name, words string) error {
	return b.Note(check.Expectation{Kind: check.Happened, Event: string(record.Action), Name: name, Contains: []string{words}})
}

// Logs expects that the provider's documentation of an account has an entry with these words (De-Mail-G 13).
func (b *Browser) Logs(id, words string) error {
	var history []account.Entry
	if err := b.do(ask{who: Staff, what: "history of " + id, method: http.MethodGet, path: "/history?account=" + url.QueryEscape(id)}, &history); err != nil {
		return err
	}
	e := record.Event{Who: b.Office, Kind: record.Action, Name: check.Portal, Identity: Staff.String(), Verb: "find " + words + " in the history of " + id, Code: http.StatusNotFound}
	for _, h := range history {
		if strings.Contains(h.What, words) {
			e.Code, e.Text = http.StatusOK, fmt.Sprintf("%s by %s", h.What, h.Person)
		}
	}
	b.Record.Add(e)
	return b.expect(Staff, e.Verb, true, nil)
}

// AnnouncesMaintenance lets the provider tell all institutions of work on its platform (S0-048).
func (b *Browser) AnnouncesMaintenance() error {
	n := portal.Notification{Type: demail.NoteOther, Subject: "Wartung " + b.Write("", ""), Text: "Wartung am Sonntag"}
	for _, a := range b.Accounts {
		if !a.Institution {
			continue
		}
		n.To = a.Mailbox
		if err := b.do(ask{who: Staff, what: "notify " + a.Mailbox, method: http.MethodPost, path: "/notifications", body: n}, nil); err != nil {
			return err
		}
	}
	return nil
}

// gaps are what may be missing on an order sheet.
var gaps = map[string]func(*order.Sheet){
	"nothing":                    func(*order.Sheet) {},
	"its signature":              func(s *order.Sheet) { s.Signed = false },
	"the main domain":            func(s *order.Sheet) { s.MainDomain = "" },
	"the mailbox":                func(s *order.Sheet) { s.Mailbox = "" },
	"the ITSP":                   func(s *order.Sheet) { s.ITSP = order.Operator{} },
	"an administrator":           func(s *order.Sheet) { s.Administrators = nil },
	"the representatives":        func(s *order.Sheet) { s.Representatives = nil },
	"the holder":                 func(s *order.Sheet) { s.Holder = "" },
	"the right to activate":      func(s *order.Sheet) { s.Administrators[0].Activates = false },
	"a representative who signs": func(s *order.Sheet) { s.OrderedBy = "administrator" },
}

// Orders hands in the order sheet of an authority, complete but for missing, and expects that it is taken or sent back.
func (b *Browser) Orders(id, missing string, taken bool) error {
	mailbox, _, err := b.own(id)
	if err != nil {
		return err
	}
	gap, ok := gaps[missing]
	if !ok {
		return fmt.Errorf("an order sheet has no %q; what may be missing: %s", missing, strings.Join(slices.Sorted(maps.Keys(gaps)), "; "))
	}
	s := order.Template()
	_, s.MainDomain, _ = strings.Cut(mailbox, "@")
	s.Signed, s.OrderedBy, s.Holder, s.LegalForm, s.Mailbox, s.Gateway, s.Malware, s.Formal = true, "representative", "Verwaltung "+id, "Körperschaft des öffentlichen Rechts", mailbox, true, true, true
	s.Reason = "issues administrative acts"
	s.Representatives = []order.Person{{ID: "representative", Address: "Rathaus, Büro der Leitung"}}
	s.Administrators = []order.Person{{ID: "administrator", Address: "Rathaus, Informationstechnik", Activates: true}}
	gap(&s)
	text, err := yaml.Marshal(s)
	if err != nil {
		return fmt.Errorf("write the order sheet: %w", err)
	}
	var answer portal.Taken
	if err := b.do(ask{who: Staff, what: "enter the order of " + id, method: http.MethodPost, path: "/orders/" + url.PathEscape(id), body: text}, &answer); err != nil {
		return b.expect(Staff, "enter the order of "+id, taken, err)
	}
	e := record.Event{Who: b.Office, Kind: record.Action, Name: check.Portal, Identity: Staff.String(), Verb: "take the order of " + id, Code: http.StatusUnprocessableEntity, Text: strings.Join(answer.Findings, "; ")}
	if answer.Opened {
		e.Code = http.StatusCreated
	}
	b.Record.Add(e)
	return b.expect(Staff, e.Verb, taken, nil)
}
