package clerk

import (
	"errors"
	"testing"
	"time"

	"demailbench/gateway/register"
	"demailbench/gateway/tenant"
)

// TestTerm: tenants are enrolled in the pilot's term only; at its end nothing is taken from anybody, inbound De-Mails
// stay at the DMDA, and that is in the audit log (D23).
func TestTerm(t *testing.T) {
	d := newDesk(t, t.TempDir())
	if err := d.Bootstrap("boss", "example-only-1"); err != nil {
		t.Fatal(err)
	}
	now := d.o.Clock.Now()
	rule := func(err error) string {
		var r *register.Refusal
		if errors.As(err, &r) {
			return r.Rule
		}
		return ""
	}
	d.o.Limits.From = now.Add(time.Hour)
	if _, err := d.Enrol(boss, enrolment("a")); rule(err) != "D23" {
		t.Errorf("before the pilot: %v", err)
	}
	d.o.Limits.From, d.o.Limits.Until = now, now.Add(time.Hour)
	if _, err := d.Enrol(boss, enrolment("a")); err != nil {
		t.Fatal(err)
	}
	if _, r := tenant.NewRules(d.Now().Book).Sender(tenant.Tenant{ID: "a"}, "x@a.test"); r == nil || r.Requirements[0] == "D23" {
		t.Errorf("in the pilot: %v", r)
	}
	d.o.Limits.Until = now
	if err := d.Refresh(); err != nil {
		t.Fatal(err)
	}
	if _, r := tenant.NewRules(d.Now().Book).Sender(tenant.Tenant{ID: "a"}, "x@a.test"); r == nil || r.Requirements[0] != "D23" {
		t.Errorf("after the pilot: %v", r)
	}
	if _, err := d.Enrol(boss, enrolment("b")); rule(err) != "D23" {
		t.Errorf("enrolled after the pilot: %v", err)
	}
	if d.Now().Heads[""].Number == 0 {
		t.Error("nothing in the platform's log")
	}
}
