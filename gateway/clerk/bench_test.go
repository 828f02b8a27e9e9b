package clerk

import (
	"fmt"
	"net/netip"
	"testing"

	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// BenchmarkEnrolment enrols the 418 Saxon municipalities, each with a domain, two mailboxes and three administrators.
func BenchmarkEnrolment(b *testing.B) {
	for b.Loop() {
		d := newDesk(b, b.TempDir())
		d.o.Limits.Tenants = 418
		if err := d.Bootstrap("boss", "example-only-1"); err != nil {
			b.Fatal(err)
		}
		for i := range 418 {
			id := fmt.Sprintf("m%d", i)
			t := enrolment(id)
			t.Networks = []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(i / 250), byte(i % 250), 0}), 24)}
			t.TechnicalAdministrator, t.AccountAdministrator = string(role.TechnischerAdmin), string(role.AccountAdmin)
			_, err := d.Enrol(boss, t)
			if err == nil {
				_, err = d.Bind(boss, id, id+".de-mail.de", tenant.Both)
			}
			for n := range 2 {
				if err == nil {
					_, err = d.Add(boss, id, tenant.Pair{Mail: fmt.Sprintf("p%d@%s.test", n, id), DeMail: fmt.Sprintf("p%d@%s.de-mail.de", n, id)})
				}
			}
			for _, r := range role.Of(id) {
				if err == nil {
					_, err = d.CreateUser(boss, register.Person{Organisation: id, Name: string(r), Title: "x", Roles: []role.Role{r}}, "example-only-1")
				}
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := d.store.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
