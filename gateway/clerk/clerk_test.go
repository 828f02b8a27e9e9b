package clerk

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"demailbench/gateway/door/doortest"
	"demailbench/gateway/journal"
	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// desk is a clerk over a store; everybody may do everything.
type desk struct {
	*Clerk
	dir   string
	clock *doortest.Clock
	live  tenant.Live
	store *store.Store
}

type fataler interface {
	Helper()
	Fatal(...any)
}

func newDesk(t fataler, dir string) *desk {
	t.Helper()
	d := &desk{dir: dir, clock: doortest.NewClock(start)}
	d.open(t)
	return d
}

func (d *desk) open(t fataler) {
	t.Helper()
	var err error
	if d.store, err = store.Open(d.dir, store.Options{Clock: d.clock}); err != nil {
		t.Fatal(err)
	}
	d.Clerk, err = Open(Options{Store: d.store, Clock: d.clock, Rand: rand.NewChaCha8([32]byte{}), Cost: password.Cost{Time: 1, Memory: 8, Threads: 1},
		Allowed: func(a role.Act) role.Decision { return role.Decision{OK: true, Rule: "D8", Role: role.Administrator} }, Changed: d.live.Replace})
	if err != nil {
		t.Fatal(err)
	}
	d.live.Replace(d.Now().Book)
}

func (d *desk) reopen(t fataler) {
	t.Helper()
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.open(t)
}

var boss = Caller{Organisation: role.Operator, Name: "boss"}

// model is what a sequence of operations must lead to, by the plainest means.
type model struct {
	tenants map[string]*modelTenant
}

type modelTenant struct {
	state   tenant.State
	domains map[string]tenant.Domain
	mapping map[string]string
}

// book reads the mail rules' tables back into a model.
func bookModel(b *tenant.Book) map[string]*modelTenant {
	m := map[string]*modelTenant{}
	for _, t := range b.Tenants() {
		mt := &modelTenant{state: t.State, domains: map[string]tenant.Domain{}, mapping: map[string]string{}}
		for _, d := range t.Domains {
			mt.domains[d.Name] = d
		}
		for _, p := range t.Mapping {
			mt.mapping[p.Mail] = p.DeMail
		}
		m[t.ID] = mt
	}
	return m
}

// TestSequences: after any sequence of operations the tables in force, and those built from the database, are what
// the operations that were carried out say; and the audit log is whole.
func TestSequences(t *testing.T) {
	root, n := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		d := newDesk(t, filepath.Join(root, fmt.Sprint(n)))
		defer d.store.Close()
		if err := d.Bootstrap("boss", "example-only-1"); err != nil {
			t.Fatal(err)
		}
		m := &model{tenants: map[string]*modelTenant{}}
		for range rapid.IntRange(1, 15).Draw(t, "operations") {
			m.step(t, d)
			if rapid.IntRange(0, 9).Draw(t, "restart") == 0 {
				d.reopen(t)
			}
		}
		compare(t, "in force", m, d.live.Book())
		d.reopen(t)
		compare(t, "from the database", m, d.Now().Book)
		for id := range d.Now().Heads {
			x, err := d.Audit(boss, id, 0, 1000, func(journal.Entry) bool { return true })
			if err != nil || !x.Intact {
				t.Fatalf("audit log %q: %v, intact %v", id, err, x.Intact)
			}
		}
	})
}

func compare(t *rapid.T, what string, m *model, b *tenant.Book) {
	t.Helper()
	got := bookModel(b)
	if diff := cmp.Diff(m.tenants, got, cmp.AllowUnexported(modelTenant{})); diff != "" {
		t.Fatalf("%s: %s", what, diff)
	}
	rules := tenant.NewRules(b)
	for id, mt := range m.tenants {
		bt, _ := b.Tenant(id)
		for mail, deMail := range mt.mapping {
			domain := mt.domains[deMail[strings.IndexByte(deMail, '@')+1:]]
			from, r := rules.Sender(bt, mail)
			if sends := mt.state == tenant.Enrolled && !domain.Unbound && domain.Direction != tenant.ReceiveOnly; (r == nil) != sends || sends && from != deMail {
				t.Fatalf("%s: %s sends as %q, %v", what, mail, from, r)
			}
			got, r := rules.Inbound(deMail, tenant.Author{Address: "cz@x.de-mail.de"})
			if takes := mt.state == tenant.Enrolled && !domain.Unbound && domain.Direction != tenant.SendOnly; (r == nil) != takes || takes && !slices.Contains(got.Mailboxes, mail) {
				t.Fatalf("%s: %s goes to %v, %v", what, deMail, got, r)
			}
		}
	}
}

var ids = []string{"a", "b", "c"}

// step does one operation on both sides. The model says by itself whether it must be carried out.
func (m *model) step(t *rapid.T, d *desk) {
	id := rapid.SampledFrom(ids).Draw(t, "tenant")
	other := rapid.SampledFrom(ids).Draw(t, "other")
	domain := fmt.Sprintf("%s%s.de-mail.de", rapid.SampledFrom([]string{"", "x."}).Draw(t, "subdomain"), other)
	mail := fmt.Sprintf("p%d@%s.test", rapid.IntRange(1, 3).Draw(t, "mailbox"), other)
	deMail := fmt.Sprintf("q%d@%s", rapid.IntRange(1, 2).Draw(t, "address"), domain)
	mt := m.tenants[id]
	usable := mt != nil && mt.state != tenant.Offboarded
	own := usable && other == id
	var err error
	var must bool
	switch op := rapid.IntRange(0, 9).Draw(t, "operation"); op {
	case 0:
		_, err = d.Enrol(boss, enrolment(id))
		must = mt == nil || mt.state != tenant.Offboarded
		if mt == nil {
			m.tenants[id] = &modelTenant{state: tenant.Enrolled, domains: map[string]tenant.Domain{}, mapping: map[string]string{}}
		}
	case 1:
		direction := rapid.SampledFrom([]tenant.Direction{tenant.Both, tenant.ReceiveOnly, tenant.SendOnly}).Draw(t, "direction")
		_, err = d.Bind(boss, id, strings.ToUpper(domain), direction)
		must = usable && m.free(id, domain)
		if old, known := m.domain(id, domain); must && known && !old.Unbound && old.Direction != direction {
			must = false
		}
		if must {
			b, _ := m.domain(id, domain)
			b.Name, b.Direction, b.Unbound = domain, direction, false
			if b.BounceAll == tenant.BounceReply && direction == tenant.ReceiveOnly {
				must = false
			} else {
				mt.domains[domain] = b
			}
		}
	case 2:
		_, err = d.Unbind(boss, id, domain)
		if b, known := m.domain(id, domain); known && usable {
			must, b.Unbound = true, true
			mt.domains[domain] = b
		}
	case 3:
		_, err = d.SetCatchAll(boss, id, domain, mail)
		if b, known := m.domain(id, domain); known && own && b.BounceAll == "" {
			must, b.CatchAll = true, mail
			mt.domains[domain] = b
		}
	case 4:
		form := rapid.SampledFrom([]tenant.BounceForm{"", tenant.BounceRefuse}).Draw(t, "form")
		_, err = d.SetBounceAll(boss, id, domain, form, "")
		if b, known := m.domain(id, domain); known && usable && (b.CatchAll == "" || form == "") {
			must, b.BounceAll = true, form
			mt.domains[domain] = b
		}
	case 5:
		_, err = d.Add(boss, id, tenant.Pair{Mail: strings.ToUpper(mail), DeMail: deMail})
		if _, known := m.domain(id, domain); own && known && (mt.mapping[mail] == "" || mt.mapping[mail] == deMail) {
			must = true
			mt.mapping[mail] = deMail
		}
	case 6:
		_, err = d.Change(boss, id, mail, deMail)
		if _, known := m.domain(id, domain); usable && known && mt.mapping[mail] != "" {
			must = true
			mt.mapping[mail] = deMail
		}
	case 7:
		err = d.Delete(boss, id, mail, "")
		if must = usable; must {
			delete(mt.mapping, mail)
		}
	case 8:
		to := rapid.SampledFrom([]tenant.State{tenant.Enrolled, tenant.Suspended}).Draw(t, "state")
		_, err = d.SetState(boss, id, to, "x")
		if must = usable; must {
			mt.state = to
		}
	case 9:
		if rapid.IntRange(0, 3).Draw(t, "really") > 0 {
			return
		}
		_, err = d.SetState(boss, id, tenant.Offboarded, "x")
		if must = mt != nil; usable {
			mt.state, mt.mapping = tenant.Offboarded, map[string]string{}
			for name, b := range mt.domains {
				mt.domains[name] = tenant.Domain{Name: b.Name, Direction: b.Direction, Unbound: true}
			}
		}
	}
	var r *register.Refusal
	if (err == nil) != must || err != nil && !errors.As(err, &r) {
		t.Fatalf("carried out: %v, must: %v", err, must)
	}
}

func (m *model) domain(id, name string) (tenant.Domain, bool) {
	if m.tenants[id] == nil {
		return tenant.Domain{}, false
	}
	d, ok := m.tenants[id].domains[name]
	return d, ok
}

// free reports that no other tenant that is still here has the domain.
func (m *model) free(id, name string) bool {
	for other, t := range m.tenants {
		if _, has := t.domains[name]; has && other != id && t.state != tenant.Offboarded {
			return false
		}
	}
	return true
}

func enrolment(id string) register.Tenant {
	c := register.Contact{Authority: id, Person: id, Mail: "it@" + id + ".test"}
	return register.Tenant{ID: id, Name: id, Networks: []netip.Prefix{netip.MustParsePrefix(fmt.Sprintf("10.%d.0.0/24", id[0]))}, Transport: tenant.STARTTLS,
		MailDomains: []string{id + ".test"}, TechnicalContact: c, ProcessOwner: c, TechnicalAdministrator: "t", AccountAdministrator: "a"}
}
