package clerk

import (
	"errors"
	"net/netip"
	"testing"

	"demailbench/gateway/journal"
	"demailbench/gateway/tenant"
)

func configured(mapping ...tenant.Pair) []tenant.Tenant {
	return []tenant.Tenant{{ID: "a", Name: "A", Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")}, MailDomains: []string{"A.test"},
		Domains: []tenant.Domain{{Name: "a.de-mail.de"}}, Mapping: mapping}}
}

// The configuration's tenants count at every start until somebody administers; equal ones cost nothing.
func TestImport(t *testing.T) {
	d := newDesk(t, t.TempDir())
	one, two := tenant.Pair{Mail: "x@a.test", DeMail: "x@a.de-mail.de"}, tenant.Pair{Mail: "y@a.test", DeMail: "y@a.de-mail.de"}
	for i, c := range []struct {
		pairs   []tenant.Pair
		changes int64
	}{{[]tenant.Pair{one}, 1}, {[]tenant.Pair{one}, 0}, {[]tenant.Pair{two, one}, 1}, {nil, 1}, {[]tenant.Pair{two}, 1}} {
		before := d.store.Stats().Changes
		if err := d.Import(configured(c.pairs...)); err != nil {
			t.Fatal(err)
		}
		if n := d.store.Stats().Changes - before; n != c.changes || len(d.Now().Mapping["a"]) != len(c.pairs) {
			t.Errorf("import %d: %d changes, mapping %v", i, n, d.Now().Mapping)
		}
		d.reopen(t)
	}
	if err := d.Import(append(configured(), configured()...)); err == nil {
		t.Error("tenants that contradict each other were imported")
	}
	if err := d.Bootstrap("boss", "example-only-1"); err != nil {
		t.Fatal(err)
	}
	if err := d.Import(configured(one, two)); err != nil || len(d.Now().Mapping["a"]) != 1 {
		t.Errorf("imported over what is administered: %v, %v", err, d.Now().Mapping)
	}
	if x, err := d.Audit(boss, "a", 0, 100, func(journal.Entry) bool { return true }); err != nil || len(x.Lines) != 4 || !x.Intact {
		t.Errorf("audit log: %v, %+v", err, x)
	}
}

func TestBootstrap(t *testing.T) {
	d := newDesk(t, t.TempDir())
	if err := d.Bootstrap("boss", "short"); err == nil {
		t.Error("a short password was taken")
	}
	for _, secret := range []string{"example-only-1", "example-only-2"} {
		if err := d.Bootstrap("boss", secret); err != nil {
			t.Fatal(err)
		}
		d.reopen(t)
	}
	p, _ := d.Now().Person("operator", "boss")
	if !d.Passwords.Matches(p.Password, "example-only-1") {
		t.Error("the password of somebody who exists was changed")
	}
}

// A clerk whose store has ended changes nothing.
func TestStopping(t *testing.T) {
	d := newDesk(t, t.TempDir())
	if err := d.Bootstrap("boss", "example-only-1"); err != nil {
		t.Fatal(err)
	}
	before := d.Now()
	if err := d.store.Kill(); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Enrol(boss, enrolment("a")); !errors.Is(err, ErrStopping) || d.Now() != before {
		t.Errorf("%v", err)
	}
}
