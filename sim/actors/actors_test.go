package actors_test

import (
	"crypto"
	"encoding/json"
	"errors"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/actors"
	"demailbench/sim/clock"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/portal"
	"demailbench/sim/pki"
	"demailbench/sim/record"
)

// town is what the tests are about.
func town() *actors.Authority {
	return &actors.Authority{ID: "stadt", Name: "Stadt", Networks: []string{"10.2.1.0/24"}, MailServer: "mail.stadt.example", Transport: "starttls", MailDomains: []string{"stadt.example"},
		MainDomain: "stadt.de-mail.de", Mapping: []actors.Pair{{Mail: "post@stadt.example", DeMail: "poststelle@stadt.de-mail.de"}}, TechnicalContact: "technik@kdn-gmbh.de"}
}

// frontend is a gateway that says yes to everything but what no names.
type frontend struct {
	no   string
	acts []string
}

func (f *frontend) Perform(a actors.Act) (actors.Answer, error) {
	ground := strings.Trim(a.PowerOfAttorney+" "+a.Order+" "+a.ChangeRequest, " ")
	f.acts = append(f.acts, strings.TrimSpace(a.Person+" "+a.Operation+" "+ground))
	if a.Operation == f.no {
		return actors.Answer{Refused: true, Rule: "S1-164", Reason: "the direction is missing"}, nil
	}
	data, err := json.Marshal(map[string]string{"cr": "CR-1", "power_of_attorney": "V-1", "order": "A-1"})
	return actors.Answer{Data: data}, err
}

// play lets f happen at a provider with no account of the town.
func play(t *testing.T, gateway actors.Frontend, f func(c *actors.Cast, r *record.Record)) {
	t.Helper()
	v := clock.NewVirtual(time.Date(2015, 11, 2, 8, 0, 0, 0, time.FixedZone("MEZ", 3600)), clock.Options{})
	keys, err := pki.New(os.DirFS("../../fixtures/pki"), v.Now)
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
	rec, source := record.New(v.Now), rand.New(rand.NewSource(1))
	provider, err := dmda.New(dmda.Config{Who: "dmda", Provider: dmda.Provider{Name: "T", Domain: "t-systems.de-mail.de", Hostname: "p.example"}, Signature: signer, TLS: keys.MutualConfig(cert),
		ITSPs:    []dmda.ITSP{{Number: "7100002768", Certificate: "itsp-card"}},
		Accounts: []dmda.Account{{ID: "buergerin", Holder: "Bürgerin", Kind: dmda.Person, Mailboxes: []string{"pn_buergerin@t-systems.de-mail.de"}}},
		Clock:    v, Record: rec, Bodies: record.NewBodies(t.TempDir(), v.IO), Rand: source})
	if err != nil {
		t.Fatal(err)
	}
	p, err := portal.New(portal.Config{Provider: provider, Clock: v, Rand: source, StaffKey: "key of the staff"})
	if err != nil {
		t.Fatal(err)
	}
	pressed := map[string]uint64{}
	code := func(id, person string) string {
		pressed[id+person]++
		return account.Code(account.SampleSecret(id, person), pressed[id+person]-1)
	}
	c := actors.New(actors.Config{Frontend: gateway, Portal: counter{p.Handler()}, Staff: counter{p.StaffHandler()}, StaffKey: "key of the staff", Code: code, Clock: v, Record: rec})
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer provider.Close()
		f(c, rec)
	}()
	if err := v.Run(done); err != nil {
		t.Fatal(err)
	}
}

// counter asks a handler without a network between.
type counter struct{ h http.Handler }

func (c counter) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	return w.Result(), nil
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// TestAccount holds that an account is opened and administered by papers and portal alone.
func TestAccount(t *testing.T) {
	play(t, nil, func(c *actors.Cast, r *record.Record) {
		a := town()
		must(t, c.OrderAccount(a, actors.KDNGmbH), c.IdentifyAndEnable(a), c.Activate(a.ID, actors.KDNGmbH), c.AddMailbox(a.ID, actors.KDNGmbH, "standesamt@stadt.de-mail.de"),
			c.AddSubdomain(a.ID, actors.Representative, "bau.stadt.de-mail.de"))
		s, err := c.Settings(a.ID, actors.Representative)
		must(t, err)
		if s.State != account.Activated || s.ITSP != "7100002768" || !s.Gateway {
			t.Errorf("state %s, ITSP %q, gateway %v", s.State, s.ITSP, s.Gateway)
		}
		if diff := cmp.Diff([]string{"poststelle@stadt.de-mail.de", "standesamt@stadt.de-mail.de", "info@bau.stadt.de-mail.de"}, s.Mailboxes); diff != "" {
			t.Error(diff)
		}
		if d, ok := c.File(actors.OrderSheet, a.ID); !ok || d.Fields["administrator"] != actors.KDNGmbH {
			t.Errorf("order sheet on file: %v %v", d, ok)
		}
		if n := len(r.Events()); n < 6 {
			t.Errorf("%d events in the record; every paper and change must be there", n)
		}
	})
}

// TestNotNamed holds that KDN GmbH cannot do anything in an account whose order sheet does not name it (S1-162).
func TestNotNamed(t *testing.T) {
	play(t, nil, func(c *actors.Cast, _ *record.Record) {
		a := town()
		must(t, c.OrderAccount(a, ""), c.IdentifyAndEnable(a))
		var denied *actors.Denied
		if err := c.Activate(a.ID, actors.KDNGmbH); !errors.As(err, &denied) || denied.Problem.Status != 401 {
			t.Errorf("got %v, want a sign-in that is refused", err)
		}
	})
}

// TestReturned holds that an incomplete paper goes back to who owes it (S1-164).
func TestReturned(t *testing.T) {
	play(t, nil, func(c *actors.Cast, r *record.Record) {
		err := c.OrderCommissioning(town(), "")
		want := "kdn-gmbh sends the direction form back: direction is missing; stadt owes it"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		all := r.Events()
		if last := all[len(all)-1]; last.Name != "document returned: direction form" {
			t.Errorf("the record ends with %q", last.Name)
		}
	})
}

// TestCommission holds who does what at the gateway, in which order and on which ground.
func TestCommission(t *testing.T) {
	g := &frontend{}
	play(t, g, func(c *actors.Cast, _ *record.Record) {
		a := town()
		must(t, c.AcceptTerms(a), c.OrderCommissioning(a, "both"), c.Enrol(a), c.GivePower(a.ID, actors.Power{Holder: actors.KDNGmbH, Roles: "technischer-admin, account-admin", For: 28 * 24 * time.Hour, Signed: true}),
			c.Commission(a, c.ByKDN(a.ID)), c.GiveAdministrators(a.ID), c.EndCommissioning(a.ID), c.Announce(a))
	})
	want := []string{
		"operator-admin change-request.file", "operator-admin tenant.enrol CR-1", "operator-admin change-request.close",
		"operator-admin change-request.file", "operator-admin power-of-attorney.grant CR-1", "operator-admin change-request.close",
		"kdn-clerk domain.bind V-1", "kdn-clerk smtp-inbound.set V-1", "kdn-clerk mapping.put V-1",
		"operator-admin change-request.file", "operator-admin user.create CR-1", "operator-admin user.create CR-1", "operator-admin user.create CR-1", "operator-admin change-request.close",
		"stadt-users tenant.commissioned",
	}
	if diff := cmp.Diff(want, g.acts); diff != "" {
		t.Error(diff)
	}
}

// TestRefused holds that what must be done and is refused names who, what and why.
func TestRefused(t *testing.T) {
	play(t, &frontend{no: "domain.bind"}, func(c *actors.Cast, _ *record.Record) {
		err := c.Commission(town(), c.ByTenant("stadt"))
		want := "the gateway refused domain.bind to stadt-tech of stadt by S1-164: the direction is missing"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}
