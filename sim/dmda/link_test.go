package dmda_test

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"

	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/pki"
	"demailbench/sim/wire"

	"github.com/google/go-cmp/cmp"
)

func TestSubmissionReachesTheCitizen(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		msg := w.plain(poststelle, citizen, "X-de-mail-private-id: AZ 30\r\nX-Tenant: kept\r\nDate: Sun, 01 Nov 2015 00:00:00 +0100\r\n")
		if err := w.send(poststelle, []string{citizen}, msg).Err(); err != nil {
			t.Error(err)
			return
		}
		in := w.inbox(citizen)
		if len(in) != 1 || w.stored(citizen) != 1 {
			t.Errorf("%d messages in the mailbox, %d stored", len(in), w.stored(citizen))
			return
		}
		w.verify(in[0])
		h := header(in[0].Msg)
		want := map[string]string{
			"Date": "Mon, 02 Nov 2015 08:00:00 +0100", "From": poststelle, "Message-ID": "<1@annaberg-buchholz.example>", "X-Tenant": "kept",
			"Envelope-to": citizen, demail.FieldSender: poststelle, demail.FieldChosen: "to=" + citizen, demail.FieldActual: "to=" + citizen,
			demail.FieldReceipt: "no", demail.FieldAuthLevel: "high", demail.FieldMessageType: "normal", demail.FieldVersion: "1.8",
			demail.FieldProvider: "itsp.t-systems.example", demail.FieldAccountHolder: "Stadt Annaberg-Buchholz", demail.FieldPrivateID: "AZ 30",
		}
		got := map[string]string{}
		for name := range want {
			got[name] = h.value(name)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("header (-want +got)\n%s", d)
		}
		if got := w.text(in[0].Msg); got != "Guten Tag\r\n" {
			t.Errorf("body %q", got)
		}
		sent, err := w.holder("annaberg").Sent(poststelle)
		if err != nil || len(sent) != 1 || sent[0].ID != in[0].ID {
			t.Errorf("what the gateway sends must be visible in the portal: %v, %v", sent, err)
		}
	})
}

func TestWhoMaySubmit(t *testing.T) {
	w := newWorld(t)
	other, err := w.pki.Other()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Issue(pki.Spec{Name: "itsp-card", Key: "spare-2", Client: true})
	if err != nil {
		t.Fatal(err)
	}
	stranger := w.issue(pki.Spec{Name: "sakd-mail", Key: "spare-3", Client: true})
	second := w.issue(pki.Spec{Name: "spare-1", Key: "spare-1", Client: true})
	expired := w.issue(pki.Spec{Name: "itsp-card", Key: "itsp-card", Client: true, From: w.clock.Now().AddDate(-2, 0, 0), Until: w.clock.Now().AddDate(0, 0, -1)})
	for _, c := range []struct {
		name, from string
		cert       tls.Certificate
		verb       []string
		code       int
		enhanced   string
		text       string
	}{
		{"the operator for a bound account", poststelle, w.card, nil, 250, "", ""},
		{"certificate of another authority", poststelle, foreign, []string{"TLS", "CONNECT", "EHLO"}, 0, "", ""},
		{"certificate out of date", poststelle, expired, []string{"TLS", "CONNECT", "EHLO"}, 0, "", ""},
		{"certificate of somebody who is no ITSP", poststelle, stranger, []string{"AUTH"}, 535, "5.7.8", ""},
		{"account bound to another operator", poststelle, second, []string{"MAIL"}, 550, "5.7.1", "not bound"},
		{"account bound to no operator", sakd, w.card, []string{"MAIL"}, 550, "5.7.1", "not bound"},
		{"gateway access switched off", kdn, w.card, []string{"MAIL"}, 550, "5.7.1", "not enabled"},
		{"address without account", "amt@nirgends.de-mail.de", w.card, []string{"MAIL"}, 550, "5.7.1", "no account"},
		{"no mailbox, but the domain is bound", "amt@annaberg-buchholz.de-mail.de", w.card, []string{"MAIL"}, 550, "5.1.0", "is bound to ITSP"},
		{"e-mail address", "poststelle@annaberg-buchholz.example", w.card, []string{"MAIL"}, 550, "5.7.1", "no account"},
		{"no sender", "", w.card, []string{"MAIL"}, 550, "5.7.1", "must not be empty"},
		{"system address", "Meldung@t-systems.de-mail.de", w.card, []string{"MAIL"}, 550, "5.7.1", "no account"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.drive(func() {
				client := w.client(c.cert)
				out := client.Send(context.Background(), linkAddress, wire.Envelope{From: c.from, To: []string{citizen}}, w.plain(poststelle, citizen, ""))
				r := out.Results[0]
				if c.code == 250 {
					if r.Err != nil || len(w.inbox(citizen)) != 1 {
						t.Errorf("refused: %+v", r)
					}
					return
				}
				if !contains(c.verb, r.Verb) || r.Code != c.code || c.enhanced != "" && r.Enhanced != c.enhanced || !strings.Contains(r.Text, c.text) {
					t.Errorf("result %+v, want %v %d %s %q", r, c.verb, c.code, c.enhanced, c.text)
				}
				if n := len(w.inbox(citizen)); n != 0 {
					t.Errorf("%d messages arrived all the same", n)
				}
			})
		})
	}
	w.drive(func() {})
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func TestBindingAndAccessDecideAtOnce(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		try := func(from string) int {
			return w.send(from, []string{citizen}, w.plain(from, citizen, "")).Results[0].Code
		}
		var got []int
		got = append(got, try(kdn))
		must(t, w.dmda.SetGateway("kdn", true))
		got = append(got, try(kdn))
		must(t, w.dmda.SetGateway("kdn", false))
		got = append(got, try(kdn), try(sakd))
		must(t, w.dmda.Bind("sakd", sid))
		must(t, w.dmda.SetGateway("sakd", true))
		got = append(got, try(sakd))
		must(t, w.dmda.Bind("sakd", ""))
		got = append(got, try(sakd))
		if d := cmp.Diff([]int{550, 250, 550, 550, 250, 550}, got); d != "" {
			t.Errorf("replies (-want +got)\n%s", d)
		}
		if w.dmda.Bind("sakd", "1") == nil || w.dmda.SetGateway("nobody", true) == nil {
			t.Error("unknown operator or account is taken")
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestDraftsRefused(t *testing.T) {
	const ordinary = "From: " + poststelle + "\r\nTo: " + citizen + "\r\nSubject: x\r\n"
	for _, c := range []struct {
		name, head string
		code       int
		enhanced   string
		text       string
	}{
		{"two From", ordinary + "From: " + poststelle + "\r\n", 554, "5.6.0", "From stands more than once"},
		{"no From", "To: " + citizen + "\r\n", 554, "5.6.0", "From must have exactly one"},
		{"two addresses in From", "From: " + poststelle + ", " + standesamt + "\r\n", 554, "5.6.0", "exactly one"},
		{"From of the neighbour", "From: " + sakd + "\r\nTo: " + citizen + "\r\n", 550, "5.7.1", "field From"},
		{"Sender of the neighbour", ordinary + "Sender: " + sakd + "\r\n", 550, "5.7.1", "field Sender"},
		{"Reply-To outside", ordinary + "Reply-To: poststelle@annaberg-buchholz.example\r\n", 550, "5.1.7", "Reply-To"},
		{"recipient outside in Cc", ordinary + "Cc: x@example.org\r\n", 550, "5.1.2", "x@example.org"},
		{"forged sender", ordinary + "X-de-mail-sender: " + sakd + "\r\n", 550, "5.7.1", "X-de-mail-sender"},
		{"forged, blank before the colon", ordinary + "X-De-Mail-Auth-Level : high\r\n", 550, "5.7.1", "X-De-Mail-Auth-Level"},
		{"forged integrity", ordinary + "x-de-mail-integrity: v=1\r\n", 550, "5.7.1", "x-de-mail-integrity"},
		{"option in capitals", ordinary + "X-de-mail-confirmation-of-receipt: YES\r\n", 554, "5.6.0", "must be yes or no"},
		{"empty option", ordinary + "X-de-mail-private:\r\n", 554, "5.6.0", "must be yes or no"},
		{"long private-id", ordinary + "X-de-mail-private-id: " + strings.Repeat("x", 700) + "\r\n " + strings.Repeat("y", 700) + "\r\n", 554, "5.6.0", "1024"},
		{"octets above 127", ordinary + "X-Note: \xc3\xbc\r\n", 554, "5.6.0", "above 127"},
		{"no colon", ordinary + "nonsense\r\n", 554, "5.6.0", "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.drive(func() {
				r := w.send(poststelle, []string{citizen}, w.message(c.head, "x\r\n")).Results[0]
				if r.Verb != "END" || r.Code != c.code || r.Enhanced != c.enhanced || !strings.Contains(r.Text, c.text) {
					t.Errorf("result %+v, want %d %s %q", r, c.code, c.enhanced, c.text)
				}
				if n := len(w.inbox(citizen)); n != 0 {
					t.Errorf("%d messages arrived all the same", n)
				}
			})
		})
	}
}

// TestOneForeignRecipientStopsTheDraft: TR-01201-3.1 steps 15 to 17 refuse the draft, not the recipient.
func TestOneForeignRecipientStopsTheDraft(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		for _, foreign := range []string{"sakd@sakd.de", "x@de-mail.de", "x@evil-de-mail.de", "postmaster@t-systems.example"} {
			out := w.send(poststelle, []string{citizen, foreign}, w.plain(poststelle, citizen, ""))
			a, b := out.Results[0], out.Results[1]
			if b.Verb != "RCPT" || b.Code != 550 || b.Enhanced != "5.1.2" {
				t.Errorf("%s: %+v", foreign, b)
			}
			if a.Code != 554 || a.Enhanced != "5.1.2" {
				t.Errorf("beside %s: %+v", foreign, a)
			}
		}
		if n := len(w.inbox(citizen)); n != 0 {
			t.Errorf("%d messages arrived", n)
		}
		if out := w.send(poststelle, []string{citizen}, w.plain(poststelle, citizen, "")); out.Err() != nil {
			t.Errorf("the next draft is refused too: %v", out.Err())
		}
	})
}

func TestBlindCopiesAreMessagesOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {
		msg := w.message("From: "+poststelle+"\r\nTo: Eine <"+citizen+">\r\nCc: "+standesamt+"\r\nBcc: "+sakd+"\r\nSubject: x\r\n", "x\r\n")
		if err := w.send(poststelle, []string{sakd, citizen, standesamt, kdn}, msg).Err(); err != nil {
			t.Error(err)
			return
		}
		ids := map[string]string{}
		for address, chosen := range map[string]string{
			citizen:    "to=" + citizen + "; cc=" + standesamt,
			standesamt: "to=" + citizen + "; cc=" + standesamt,
			sakd:       "to=" + citizen + "; cc=" + standesamt + "; bcc=" + sakd,
			kdn:        "to=" + citizen + "; cc=" + standesamt + "; bcc=" + kdn,
		} {
			in := w.inbox(address)
			if len(in) == 0 {
				t.Errorf("nothing for %s", address)
				continue
			}
			w.verify(in[0])
			h := header(in[0].Msg)
			if got := h.value(demail.FieldChosen); got != chosen {
				t.Errorf("%s: chosen recipients %q, want %q", address, got, chosen)
			}
			if _, ok := h.Get("Bcc"); ok {
				t.Errorf("%s: Bcc field left in", address)
			}
			ids[address] = in[0].ID
		}
		if ids[citizen] != ids[standesamt] || ids[sakd] == ids[citizen] || ids[kdn] == ids[citizen] || ids[sakd] == ids[kdn] {
			t.Errorf("message ids %v: to and cc share one, each blind copy has its own", ids)
		}
	})
}

func TestConfigRefused(t *testing.T) {
	w := newWorld(t)
	w.drive(func() {})
	cert := w.issue(pki.Spec{Name: "p", Key: "provider", DNSNames: []string{"p.example"}, Server: true})
	good := func() dmda.Config {
		return dmda.Config{
			Who: "dmda", Provider: dmda.Provider{Name: "T", Domain: "t-systems.de-mail.de", Hostname: "p.example"}, Accounts: accounts()[3:],
			TLS: w.pki.MutualConfig(cert), Clock: w.clock, Record: w.rec, Bodies: w.bodies, Rand: strings.NewReader(""), Signature: w.signer(),
		}
	}
	for has, change := range map[string]func(*dmda.Config){
		"Who is missing":        func(c *dmda.Config) { c.Who = "" },
		"Rand is missing":       func(c *dmda.Config) { c.Rand = nil },
		"client certificates":   func(c *dmda.Config) { c.TLS = w.pki.ServerConfig(cert) },
		"Dial and ClientTLS":    func(c *dmda.Config) { c.ITSPs = []dmda.ITSP{{Number: sid, Certificate: "c", Push: pushAddress}} },
		`account "buergerin": `: func(c *dmda.Config) { c.Accounts[0].Kind = "firm" },
	} {
		cfg := good()
		change(&cfg)
		if _, err := dmda.New(cfg); err == nil || !strings.Contains(err.Error(), has) {
			t.Errorf("error %v, want %q", err, has)
		}
	}
}
