package draft_test

import (
	"errors"
	"io"
	"mime/quotedprintable"
	"strings"
	"testing"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/content"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/record"

	"github.com/google/go-cmp/cmp"
)

const (
	own   = "poststelle@a.de-mail.de"
	other = "info@b.de-mail.de"
)

func rules(t testing.TB) (*draft.Rules, account.Account) {
	t.Helper()
	a := account.Account{ID: "a", Kind: account.Institution, Domains: []string{"a.de-mail.de"}, Mailboxes: []string{own}, Quota: 1000}
	d, err := account.NewDirectory("t-systems.de-mail.de", []string{"de-mail.de"}, nil, []account.Account{a})
	if err != nil {
		t.Fatal(err)
	}
	a, err = d.Account("a")
	if err != nil {
		t.Fatal(err)
	}
	return &draft.Rules{
		Accounts: d, Suffixes: []string{"de-mail.de"}, Used: func(string) int64 { return 0 }, Today: func(string) (int, int) { return 0, 0 },
		Examine: func(demail.Header, record.Message) (content.Finding, error) { return content.Finding{}, nil }, Scan: func() bool { return true },
	}, a
}

func good(a account.Account) *draft.Draft {
	return &draft.Draft{Account: a, From: demail.MustAddress(own), To: []demail.Address{demail.MustAddress(other)}, Level: demail.LevelHigh,
		Msg: record.Message{Header: "From: " + own + "\r\nTo: " + other + "\r\nSubject: x\r\n\r\n", Size: 100}}
}

// TestOrder breaks one rule more at a time, from the last to the first: the earlier one must answer
// (TR-01201-3.1 steps 10 to 28).
func TestOrder(t *testing.T) {
	r, a := rules(t)
	d := good(a)
	if refused := r.Check(d); refused != nil {
		t.Fatal(refused)
	}
	for _, c := range []struct {
		code   int
		clause string
		broken func()
	}{
		{554, "steps 26 to 28", func() {
			r.Examine = func(demail.Header, record.Message) (content.Finding, error) {
				return content.Finding{Malware: "m"}, nil
			}
		}},
		{552, "4.1", func() {
			r.Examine = func(demail.Header, record.Message) (content.Finding, error) {
				return content.Finding{Net: content.MaxNet + 1, Malware: "m"}, nil
			}
		}},
		{451, "step 26", func() {
			r.Examine = func(demail.Header, record.Message) (content.Finding, error) {
				return content.Finding{}, errors.New("disk")
			}
		}},
		{554, "3.1.1.1", func() { d.Level, r.Today = demail.LevelNormal, func(string) (int, int) { return 100, 0 } }},
		{550, "steps 23 to 25", func() {
			d.Level = demail.LevelHigh
			d.Msg.Header = strings.Replace(d.Msg.Header, "Subject", "X-de-mail-confirmation-of-retrieve: yes\r\nSubject", 1)
		}},
		{550, "steps 19, 20", func() { d.Level = demail.LevelNormal }},
		{550, "steps 15 to 17", func() { d.To = append(d.To, demail.MustAddress("x@mail.example")) }},
		{550, "step 12", func() {
			d.Msg.Header = strings.Replace(d.Msg.Header, "Subject", "Reply-To: x@mail.example\r\nSubject", 1)
		}},
		{550, "steps 12 to 14", func() { d.Msg.Header = strings.Replace(d.Msg.Header, own, other, 1) }},
		{554, "3.1.2 to 3.1.6", func() {
			d.Msg.Header = strings.Replace(d.Msg.Header, "Subject", "X-de-mail-private: maybe\r\nSubject", 1)
		}},
		{550, "step 29", func() {
			d.Msg.Header = strings.Replace(d.Msg.Header, "Subject", "X-de-mail-auth-level: high\r\nSubject", 1)
		}},
		{552, "step 10, 4.1", func() { r.Used = func(string) int64 { return 901 } }},
		{554, "step 10", func() { d.Msg.Header = "From\r\n\r\n" }},
		{550, "D7", func() { d.Account.State = account.Restricted }},
	} {
		c.broken()
		refused := r.Check(d)
		if refused == nil || refused.Code != c.code || !strings.Contains(refused.Clause, c.clause) {
			t.Errorf("%v, want %d (%s)", refused, c.code, c.clause)
		}
		d.Options = draft.Options{}
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		messages, recipients, to int
		refused                  bool
	}{{99, 0, 1, false}, {100, 0, 1, true}, {0, 299, 1, false}, {0, 299, 2, true}, {0, 300, 1, true}} {
		r, a := rules(t)
		r.Today = func(string) (int, int) { return c.messages, c.recipients }
		d := good(a)
		d.Level = demail.LevelNormal
		for len(d.To) < c.to {
			d.To = append(d.To, demail.MustAddress(other))
		}
		if refused := r.Check(d); (refused != nil) != c.refused {
			t.Errorf("%+v: %v", c, refused)
		}
	}
	var n draft.Counter
	n.Add("a", "2015-11-02", 2)
	n.Add("a", "2015-11-02", 3)
	n.Add("b", "2015-11-02", 1)
	if m, r := n.Sent("a", "2015-11-02"); m != 2 || r != 5 {
		t.Errorf("%d messages, %d recipients", m, r)
	}
	if m, r := n.Sent("a", "2015-11-03"); m != 0 || r != 0 {
		t.Errorf("the next day: %d, %d", m, r)
	}
}

func TestCompose(t *testing.T) {
	head, body, err := draft.Sheet{From: own, To: []string{other}, Subject: "Gebühr", Text: "Grüße\nZeile", PrivateID: "AZ 1", Receipt: true}.Compose("1@p", "Stadt A")
	if err != nil {
		t.Fatal(err)
	}
	h, err := demail.ScanHeader(head)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"Subject": "=?utf-8?q?Geb=C3=BChr?=", "X-de-mail-private-id": "AZ 1", "X-de-mail-confirmation-of-receipt": "yes", "X-de-mail-private": "no", "From": `"Stadt A" <` + own + `>`} {
		if got, _ := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(body))))
	if d := cmp.Diff("Grüße\r\nZeile\r\n", string(text)); d != "" || err != nil {
		t.Errorf("%v %s", err, d)
	}
	if _, _, err := (draft.Sheet{PrivateID: "a\r\nBcc: x"}).Compose("1@p", "x"); err == nil {
		t.Error("a private-id smuggles a field")
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("From: "+own+"\r\nTo: "+other+"\r\n\r\n", "high")
	f.Add("From : "+own+"\r\nX-De-Mail-Sender : x\r\n\r\n", "normal")
	f.Fuzz(func(t *testing.T, header, level string) {
		r, a := rules(t)
		d := good(a)
		d.Msg.Header, d.Level = header, demail.Level(level)
		if r.Check(d) != nil {
			return
		}
		for _, field := range d.Header {
			if demail.ProviderOwned(field.Name) {
				t.Errorf("field %q got through", field.Raw)
			}
		}
		if all := d.Recipients().All(); len(all) != 1 {
			t.Errorf("recipients %v", all)
		}
	})
}
