package portal_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/pki"
	"demailbench/sim/record"
)

const (
	key     = "staff-key-of-the-test"
	citizen = "pn_buergerin@t-systems.de-mail.de"
	town    = "poststelle@stadt.de-mail.de"
)

type bench struct {
	t       *testing.T
	clock   *clock.Virtual
	users   http.Handler
	staff   http.Handler
	portal  *portal.Portal
	counter map[string]uint64
}

// run drives f in virtual time against a portal of its own.
func run(t *testing.T, f func(b *bench)) {
	t.Helper()
	b := &bench{t: t, clock: clock.NewVirtual(time.Date(2015, 11, 2, 8, 0, 0, 0, time.FixedZone("MEZ", 3600)), clock.Options{}), counter: map[string]uint64{}}
	keys, err := pki.New(os.DirFS("../../../fixtures/pki"), b.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := keys.Issue(pki.Spec{Name: "t-systems.de-mail.de", Key: "provider", DNSNames: []string{"p.example"}, Server: true, Signature: true})
	if err != nil {
		t.Fatal(err)
	}
	signer, err := sign.New(cert.PrivateKey.(crypto.Signer), cert.Certificate[0], sign.ECDSA, nil)
	if err != nil {
		t.Fatal(err)
	}
	source := rand.New(rand.NewSource(1))
	provider, err := dmda.New(dmda.Config{
		Who: "dmda", Provider: dmda.Provider{Name: "T", Domain: "t-systems.de-mail.de", Hostname: "p.example"}, Signature: signer, TLS: keys.MutualConfig(cert),
		ITSPs:    []dmda.ITSP{{Number: "7100002768", Certificate: "itsp-card"}},
		Accounts: []dmda.Account{{ID: "stadt", Holder: "Stadt", Kind: dmda.Institution, Domains: []string{"stadt.de-mail.de"}, Mailboxes: []string{town}}, {ID: "buergerin", Holder: "Bürgerin", Kind: dmda.Person, Mailboxes: []string{citizen}}},
		Clock:    b.clock, Record: record.New(b.clock.Now), Bodies: record.NewBodies(t.TempDir(), b.clock.IO), Rand: source,
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := portal.New(portal.Config{Provider: provider, Clock: b.clock, Rand: source, StaffKey: key})
	if err != nil {
		t.Fatal(err)
	}
	b.users, b.staff, b.portal = p.Handler(), p.StaffHandler(), p
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer provider.Close()
		defer p.Close()
		f(b)
	}()
	if err := b.clock.Run(done); err != nil {
		t.Fatal(err)
	}
}

// ask makes a request and checks its status; into, if not nil, takes the answer.
func (b *bench) ask(h http.Handler, token, request string, body any, status int, into any) string {
	b.t.Helper()
	method, path, _ := strings.Cut(request, " ")
	var octets []byte
	switch v := body.(type) {
	case string:
		octets = []byte(v)
	case nil:
	default:
		octets, _ = json.Marshal(v)
	}
	r := httptest.NewRequest(method, path, bytes.NewReader(octets))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != status {
		b.t.Errorf("%s: status %d, want %d: %s", request, w.Code, status, w.Body)
	}
	if date := w.Header().Get("Date"); !strings.Contains(date, "2015") && !strings.Contains(date, "2016") {
		b.t.Errorf("%s: dated %q, by another clock", request, date)
	}
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			b.t.Errorf("%s: %v in %s", request, err, w.Body)
		}
	}
	return w.Body.String()
}

func (b *bench) code(accountID, person string) string {
	n := b.counter[accountID+person]
	b.counter[accountID+person]++
	return account.Code(account.SampleSecret(accountID, person), n)
}

func (b *bench) signIn(accountID, person string, level demail.Level) string {
	b.t.Helper()
	in := portal.SignIn{Account: accountID, Person: person, Level: level, Password: accountID + "-" + person}
	if level == demail.LevelHigh {
		in.Code = b.code(accountID, person)
	}
	var s portal.Session
	b.ask(b.users, "", "POST /session", in, 200, &s)
	return s.Token
}

func TestSendAndRead(t *testing.T) {
	run(t, func(b *bench) {
		token := b.signIn("buergerin", "holder", demail.LevelHigh)
		b.ask(b.users, token, "POST /messages", map[string]any{"From": citizen, "To": []string{town}, "Subject": "Anfrage über Gebühren", "Text": "Guten Tag", "Receipt": true, "Private": true}, 204, nil)
		var entries []portal.Entry
		b.ask(b.users, token, "GET /mailboxes/"+citizen+"/inbox", nil, 200, &entries)
		if len(entries) != 1 || entries[0].Type != demail.TypeReceipt || !entries[0].Attachments {
			t.Errorf("citizen's inbox %+v", entries)
		}
		high, normal := b.signIn("stadt", "representative", demail.LevelHigh), b.signIn("stadt", "administrator", demail.LevelNormal)
		b.ask(b.users, normal, "GET /mailboxes/"+town+"/inbox", nil, 200, &entries)
		if len(entries) != 0 {
			t.Errorf("personal messages at level normal: %+v", entries)
		}
		b.ask(b.users, high, "GET /mailboxes/"+town+"/inbox", nil, 200, &entries)
		if len(entries) != 2 || entries[0].Subject != "Anfrage über Gebühren" || !entries[0].Personal || entries[0].Confirmations[0] != "receipt" {
			t.Errorf("town's inbox %+v", entries)
			return
		}
		octets := b.ask(b.users, high, "GET /mailboxes/"+town+"/messages/"+entries[0].ID, nil, 200, nil)
		head, body, _ := strings.Cut(octets, "\r\n\r\n")
		h, err := demail.ScanHeader(head + "\r\n")
		if err != nil || demail.Verify(h, strings.NewReader(body)) != nil {
			t.Errorf("what was exported cannot be proven: %v", err)
		}
		b.ask(b.users, high, "GET /mailboxes/"+citizen+"/inbox", nil, 400, nil)
		if all := b.ask(b.users, high, "GET /mbox/"+town+"/inbox", nil, 200, nil); strings.Count("\n"+all, "\n\nFrom ") != 1 || !strings.HasPrefix(all, "From "+citizen+" ") {
			t.Errorf("mbox\n%.200s", all)
		}
		b.ask(b.users, high, "DELETE /mailboxes/"+town+"/messages/"+entries[0].ID, nil, 204, nil)
		b.ask(b.users, high, "GET /mailboxes/"+town+"/trash", nil, 200, &entries)
		if len(entries) != 1 {
			t.Errorf("trash %+v", entries)
		}
	})
}

// TestWrittenForm: an authoritative message is sent only after its warning was confirmed (De-Mail-G 5(5)).
func TestWrittenForm(t *testing.T) {
	run(t, func(b *bench) {
		token := b.signIn("stadt", "representative", demail.LevelHigh)
		draft := map[string]any{"From": town, "To": []string{citizen}, "Subject": "x", "Authoritative": true}
		var p portal.Problem
		b.ask(b.users, token, "POST /messages", draft, 428, &p)
		if p.Warning != portal.WrittenForm {
			t.Errorf("problem %+v", p)
		}
		draft["Confirmed"] = true
		b.ask(b.users, token, "POST /messages", draft, 204, nil)
		var entries []portal.Entry
		b.ask(b.users, token, "GET /mailboxes/"+town+"/sent", nil, 200, &entries)
		if len(entries) != 1 || !entries[0].Authoritative {
			t.Errorf("sent %+v", entries)
		}
	})
}

func TestSessions(t *testing.T) {
	run(t, func(b *bench) {
		b.ask(b.users, "", "GET /account", nil, 401, nil)
		b.ask(b.users, "", "POST /session", portal.SignIn{Account: "buergerin", Person: "holder", Level: demail.LevelNormal, Password: "wrong"}, 401, nil)
		b.ask(b.users, "", "POST /session", `{"acount":"x"}`, 400, nil)
		token := b.signIn("buergerin", "holder", demail.LevelNormal)
		b.ask(b.users, token, "GET /account", nil, 200, nil)
		b.clock.Sleep(context.Background(), portal.Idle+time.Second)
		b.ask(b.users, token, "GET /account", nil, 401, nil)
		token = b.signIn("buergerin", "holder", demail.LevelNormal)
		b.ask(b.users, token, "DELETE /session", nil, 204, nil)
		b.ask(b.users, token, "GET /account", nil, 401, nil)
		for range 3 {
			b.ask(b.users, "", "POST /session", portal.SignIn{Account: "buergerin", Person: "holder", Level: demail.LevelNormal, Password: "wrong"}, 401, nil)
		}
		b.ask(b.users, "", "POST /session", portal.SignIn{Account: "buergerin", Person: "holder", Level: demail.LevelNormal, Password: "buergerin-holder"}, 403, nil)
		b.signIn("buergerin", "holder", demail.LevelHigh)
	})
}

func TestAdministration(t *testing.T) {
	run(t, func(b *bench) {
		rep, adm := b.signIn("stadt", "representative", demail.LevelHigh), b.signIn("stadt", "administrator", demail.LevelHigh)
		normal := b.signIn("stadt", "representative", demail.LevelNormal)
		b.ask(b.users, adm, "POST /account/mailboxes", portal.Name{Name: "standesamt@stadt.de-mail.de"}, 204, nil)
		b.ask(b.users, adm, "POST /account/subdomains", portal.Name{Name: "kita.stadt.de-mail.de"}, 204, nil)
		b.ask(b.users, normal, "POST /account/mailboxes", portal.Name{Name: "x@stadt.de-mail.de"}, 403, nil)
		b.ask(b.users, adm, "PUT /account/settings/published", portal.Value{On: true}, 403, nil)
		b.ask(b.users, rep, "PUT /account/settings/published", portal.Value{On: true}, 204, nil)
		b.ask(b.users, adm, "PUT /account/settings/receipt", portal.Value{Text: "always"}, 204, nil)
		b.ask(b.users, adm, "PUT /account/settings/forward", portal.Value{Mailbox: town, Text: citizen}, 204, nil)
		b.ask(b.users, adm, "PUT /account/settings/colour", portal.Value{}, 404, nil)
		b.ask(b.users, adm, "POST /account/persons", portal.Person{ID: "clerk", Role: account.Staff, Mailboxes: []string{town}, Password: "pw"}, 204, nil)
		b.ask(b.users, adm, "POST /account/persons", portal.Person{ID: "adm2", Role: account.Administrator}, 403, nil)
		b.ask(b.users, adm, "DELETE /account/persons/clerk", nil, 204, nil)
		b.ask(b.users, adm, "DELETE /account/mailboxes/standesamt@stadt.de-mail.de", nil, 204, nil)
		var s portal.Settings
		b.ask(b.users, adm, "GET /account", nil, 200, &s)
		if len(s.Mailboxes) != 2 || !s.Published || s.Receipt != "always" || s.Forward[town] != citizen || len(s.Rights) != 7 || s.Bill[1].Chargeable != 1 {
			t.Errorf("account %+v", s)
		}
		if text := b.ask(b.users, adm, "GET /account", nil, 200, nil); strings.Contains(text, `"password"`) {
			t.Errorf("credentials leave the provider: %s", text)
		}
	})
}

// TestFromOrderToUse leads an account from its order sheet to its first message.
func TestFromOrderToUse(t *testing.T) {
	const sheet = `signed: true
ordered_by: representative-1
holder: Stadt B
legal_form: Gemeinde
main_domain: b.de-mail.de
mailbox: poststelle@b.de-mail.de
reason: own authority
itsp: {name: Staatsbetrieb Sächsische Informatik Dienste - SID, number: "7100002768"}
gateway: true
consents_to_malware_scan: true
representatives: [{id: representative-1, address: Rathaus}]
administrators: [{id: administrator-1, address: Rathaus, activates: true}]
`
	run(t, func(b *bench) {
		b.ask(b.staff, "guess", "GET /accounts", nil, 401, nil)
		var taken portal.Taken
		b.ask(b.staff, key, "POST /orders/b", strings.Replace(sheet, "signed: true\n", "", 1), 200, &taken)
		if taken.Opened || len(taken.Findings) != 1 {
			t.Errorf("unsigned sheet: %+v", taken)
		}
		b.ask(b.staff, key, "POST /orders/b", sheet, 200, &taken)
		if !taken.Opened {
			t.Errorf("%+v", taken)
		}
		step := func(step string, v portal.Step, status int) string {
			return b.ask(b.staff, key, "POST /accounts/b/"+step, v, status, nil)
		}
		step("enable", portal.Step{}, 409)
		step("register", portal.Step{}, 204)
		step("identify", portal.Step{Person: "representative-1", Place: "Rathaus", Agent: "agent 7"}, 204)
		if letters := step("enable", portal.Step{}, 200); strings.Count(letters, "access data") != 2 {
			t.Errorf("letters %s", letters)
		}
		token := b.signIn("b", "administrator-1", demail.LevelHigh)
		b.ask(b.users, token, "GET /mailboxes/poststelle@b.de-mail.de/inbox", nil, 409, nil)
		b.ask(b.users, token, "POST /account/activation", nil, 204, nil)
		b.ask(b.users, token, "POST /messages", map[string]any{"From": "poststelle@b.de-mail.de", "To": []string{citizen}, "Subject": "x"}, 204, nil)
		var history []account.Entry
		b.ask(b.staff, key, "GET /history?account=b", nil, 200, &history)
		if len(history) != 6 || history[5].Person != "administrator-1" {
			t.Errorf("history %+v", history)
		}
		step("block", portal.Step{Reason: "hotline"}, 204)
		b.ask(b.users, token, "GET /mailboxes/poststelle@b.de-mail.de/inbox", nil, 409, nil)
		b.ask(b.staff, key, "POST /notifications", portal.Notification{To: citizen, Type: "other", Subject: "Wartung", Text: "x"}, 204, nil)
		b.ask(b.staff, key, "POST /blocks/operator/7100002768", portal.Step{Reason: "x"}, 204, nil)
	})
}
