package reference

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
)

// TestOperations performs every operation that the reference has, in the order of a commissioning, on virtual time.
func TestOperations(t *testing.T) {
	inWorld(t, func(w *world) {
		users, tech, account := w.enrol()
		used := map[string]bool{}
		done := func(as contract.As, args contract.Args, result any) {
			t.Helper()
			used[args.Operation()] = true
			w.done(as, args, result)
		}
		var inbound contract.InboundSettings
		done(tech, contract.SMTPInboundSet{Tenant: "annaberg", Networks: []string{"10.2.12.0/25"}, Transport: "starttls", NextHop: &contract.NextHop{Host: "mail.annaberg.example", Port: 2525}}, nil)
		done(tech, contract.SMTPInboundShow{Tenant: "annaberg"}, &inbound)
		want := contract.InboundSettings{Tenant: "annaberg", Networks: []string{"10.2.12.0/25"}, Transport: "starttls", TechnicalContact: "it@annaberg.example",
			NextHop: &contract.NextHop{Host: "mail.annaberg.example", Port: 2525}}
		if diff := cmp.Diff(want, inbound); diff != "" {
			t.Error(diff)
		}
		var u contract.Unmapped
		done(tech, contract.CatchallSet{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Address: "info@annaberg.example"}, &u)
		w.refused("S1-157", tech, contract.BounceallSet{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Form: "refuse"})
		done(tech, contract.CatchallClear{Tenant: "annaberg", Domain: "annaberg.de-mail.de"}, nil)
		done(tech, contract.BounceallSet{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Form: "reply", From: "info@annaberg.de-mail.de"}, &u)
		if u.Rule != "bounceall" {
			t.Errorf("%+v", u)
		}
		var domains contract.DomainListResult
		done(tech, contract.DomainList{Tenant: "annaberg"}, &domains)
		if d := domains.Domains[0]; len(domains.Domains) != 1 || d.Unmapped.Form != "reply" || !d.Bound {
			t.Errorf("%+v", domains)
		}
		done(tech, contract.BounceallClear{Tenant: "annaberg", Domain: "annaberg.de-mail.de"}, nil)
		done(tech, contract.DomainBind{Tenant: "annaberg", Domain: "bau.annaberg.de-mail.de", Direction: "receive-only"}, nil)
		done(tech, contract.DomainDirection{Tenant: "annaberg", Domain: "bau.annaberg.de-mail.de", Direction: "send-only"}, nil)
		done(tech, contract.DomainUnbind{Tenant: "annaberg", Domain: "bau.annaberg.de-mail.de"}, nil)
		w.refused("S1-164", tech, contract.DomainBind{Tenant: "annaberg", Domain: "x.annaberg.de-mail.de"})

		done(account, contract.MappingPut{Tenant: "annaberg", Mail: "poststelle@annaberg.example", DeMail: "poststelle@annaberg.de-mail.de"}, nil)
		w.refused("D12", account, contract.MappingPut{Tenant: "annaberg", Mail: "poststelle@annaberg.example", DeMail: "info@annaberg.de-mail.de"})
		for _, odd := range []string{"", "..", "a/b@annaberg.example", "a?b@annaberg.example", "bau\u212Amt@annaberg.example", strings.Repeat("x", 300) + "@annaberg.example"} {
			if o := w.do(account, contract.MappingPut{Tenant: "annaberg", Mail: odd, DeMail: "x@pirna.de-mail.de"}, nil); o.Status != protocol.Refused {
				t.Errorf("%q: %s", odd, o.Status)
			}
			if o := w.do(account, contract.MappingDelete{Tenant: "annaberg", Mail: odd, DeMail: "x@annaberg.de-mail.de"}, nil); o.Status != protocol.Done && o.Status != protocol.Refused {
				t.Errorf("%q: %s", odd, o.Status)
			}
		}
		var report contract.MappingImportResult
		rows := []contract.MappingRow{{Mail: "a@annaberg.example", DeMail: "a@annaberg.de-mail.de"}, {Mail: "poststelle@annaberg.example", DeMail: "poststelle@annaberg.de-mail.de"}}
		done(account, contract.MappingImport{Tenant: "annaberg", Rows: rows, DryRun: true}, &report)
		if report.Applied || report.Added != 1 || report.Unchanged != 1 {
			t.Errorf("%+v", report)
		}
		done(account, contract.MappingImport{Tenant: "annaberg", Rows: append(rows, contract.MappingRow{Mail: "x@pirna.example", DeMail: "=1+1"}, contract.MappingRow{Mail: "x@pirna.example", DeMail: "b@annaberg.de-mail.de"})}, &report)
		if report.Applied || len(report.Problems) != 2 || report.Problems[1].Row != 3 || report.Problems[1].Refusal.Rule != "S1-154" {
			t.Errorf("%+v", report)
		}
		done(account, contract.MappingImport{Tenant: "annaberg", Rows: rows}, &report)
		var table contract.MappingTableImportResult
		excel := "mail;Amt;demail\r\n=1+1;B\xfcro;a@annaberg.de-mail.de\r\na@annaberg.example;;a@annaberg.de-mail.de\r\n"
		done(account, contract.MappingTableImport{Tenant: "annaberg", Table: base64.StdEncoding.EncodeToString([]byte(excel)), DryRun: true}, &table)
		if len(table.Problems) != 1 || table.Problems[0].Row != 1 || table.Problems[0].Column != "mail" || table.Problems[0].Value != "=1+1" || table.Unchanged != 1 || table.Applied {
			t.Errorf("%+v", table)
		}
		w.refused("S1-149", account, contract.MappingTableImport{Tenant: "annaberg", Table: "UE5H"})
		var export contract.MappingTableExportResult
		done(account, contract.MappingTableExport{Tenant: "annaberg"}, &export)
		done(account, contract.MappingTableImport{Tenant: "annaberg", Table: export.Table}, &table)
		if table.Unchanged != 2 || !table.Applied {
			t.Errorf("the export comes back as %+v", table)
		}
		w.refused("S1-154", account, contract.MappingTableExport{Tenant: "pirna"})
		done(account, contract.MappingDelete{Tenant: "annaberg", Mail: "a@annaberg.example", DeMail: "a@annaberg.de-mail.de"}, nil)
		var mapping contract.MappingListResult
		done(account, contract.MappingList{Tenant: "annaberg"}, &mapping)
		if diff := cmp.Diff(rows[1:], mapping.Rows); diff != "" {
			t.Error(diff)
		}

		done(users, contract.UserRoles{Org: "annaberg", Person: "annaberg-account", Roles: []contract.Role{contract.AccountAdmin, contract.TechnischerAdmin}}, nil)
		var people contract.UserListResult
		done(users, contract.UserList{Org: "annaberg"}, &people)
		if len(people.Users) != 3 {
			t.Errorf("%+v", people)
		}
		done(users, contract.UserRevoke{Org: "annaberg", Person: "annaberg-tech", Reason: "left"}, nil)
		w.refused("S0-019", tech, contract.DomainList{Tenant: "annaberg"})

		var q contract.ChangeRequest
		done(operator, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", Kind: "account", Description: "x"}, &q)
		done(users, contract.ChangeRequestShow{CR: q.CR}, nil)
		var order contract.WrittenOrder
		done(operator, contract.WrittenOrderFile{Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", From: epoch, Until: epoch.Add(time.Hour), Reason: "first-subdomain", SignedBy: "Amtsleitung", Document: "1/2015"}, &order)
		as := operator
		as.CR, as.Order = q.CR, order.Order
		done(as, contract.AccountChange{Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", Change: "activate"}, nil)
		w.refused("S0-062", operator, contract.AccountChange{Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", Change: "activate"})
		done(operator, contract.ChangeRequestClose{CR: q.CR, State: "done"}, nil)
		w.refused("S0-064", as, contract.AccountChange{Tenant: "annaberg", Object: "bau.annaberg.de-mail.de", Change: "activate"})

		var session contract.SessionOpenResult
		done(users, contract.SessionOpen{Person: "annaberg-users", Org: "annaberg", Password: "example-only-1"}, &session)
		if len(session.Roles) != 1 || !cmp.Equal(session.Tenants, []string{"annaberg"}) {
			t.Errorf("%+v", session)
		}
		w.refused("S0-019", users, contract.SessionOpen{Person: "annaberg-users", Org: "annaberg", Password: "wrong"})
		for range 2 {
			done(users, contract.SessionClose{Session: session.Session}, nil)
		}
		var queue contract.QueueQueryResult
		done(operator, contract.QueueQuery{}, &queue)

		var audit contract.AuditQueryResult
		done(users, contract.AuditQuery{OperationName: "mapping.put"}, &audit)
		if audit.Chain != "intact" || !audit.Complete || audit.Entries[0].Outcome != "done" || audit.Entries[1].Rule != "D12" || audit.Entries[1].Outcome != "refused" {
			t.Errorf("%+v", audit)
		}
		done(operator, contract.AuditQuery{Limit: 5}, &audit)
		if len(audit.Entries) != 5 || audit.Complete {
			t.Errorf("%d entries, complete %v", len(audit.Entries), audit.Complete)
		}
		var list contract.TenantListResult
		done(operator, contract.TenantList{}, &list)
		if len(list.Tenants) != 2 {
			t.Errorf("%+v", list)
		}
		cr := w.on("annaberg", "platform")
		done(cr, contract.TenantSuspend{Tenant: "annaberg", Reason: "x"}, nil)
		done(cr, contract.TenantResume{Tenant: "annaberg", Reason: "x"}, nil)
		done(cr, contract.TenantCommissioned{Tenant: "annaberg"}, nil)
		done(cr, contract.TenantOffboard{Tenant: "annaberg", Reason: "x"}, nil)
		var backup contract.BackupCreateResult
		done(operator, contract.BackupCreate{Label: "before the update"}, &backup)
		if backup.Backup != "B-1" || backup.Octets == 0 {
			t.Errorf("%+v", backup)
		}
		// These are done elsewhere.
		for _, name := range []string{"maintenance.plan", "maintenance.change", "maintenance.start", "maintenance.end", "maintenance.cancel", "maintenance.list", "maintenance.notices",
			"incident.open", "incident.close", "incident.classify", "availability.report", "tenant.enrol", "user.create", "power-of-attorney.grant", "power-of-attorney.revoke", "power-of-attorney.list"} {
			used[name] = true
		}
		for _, name := range w.c.Hello().Capabilities {
			if !used[name] {
				t.Errorf("%s is not tried", name)
			}
		}
	})
}

// TestPowersOfAttorney: KDN GmbH by power of attorney, until it ends in an open session, seen over weeks of virtual time.
func TestPowersOfAttorney(t *testing.T) {
	inWorld(t, func(w *world) {
		users, _, _ := w.enrol()
		grant := contract.PowerOfAttorneyGrant{Tenant: "annaberg", Holder: contract.KDNGmbH, Roles: []contract.Role{contract.TechnischerAdmin, contract.AccountAdmin},
			From: w.clock.Now(), Until: w.clock.Now().Add(28*24*time.Hour + time.Second), Purpose: "commissioning", Document: "Vollmacht"}
		w.refused("S1-159", users, grant)
		grant.Until = grant.From.Add(28 * 24 * time.Hour)
		var p contract.PowerOfAttorney
		w.done(users, grant, &p)
		kdn := contract.As{Person: "kdn-clerk", Role: contract.AccountAdmin, Org: contract.KDNGmbH, PowerOfAttorney: p.PowerOfAttorney}
		put := contract.MappingPut{Tenant: "annaberg", Mail: "a@annaberg.example", DeMail: "a@annaberg.de-mail.de"}
		w.done(kdn, put, nil)
		wrong := kdn
		wrong.Role = contract.UserAdmin
		w.refused("S1-149", wrong, put)
		w.refused("D9", kdn, contract.MappingPut{Tenant: "pirna", Mail: "a@pirna.example", DeMail: "a@pirna.de-mail.de"})
		for w.clock.Now().Add(20 * time.Minute).Before(p.Until) {
			if err := w.clock.Sleep(context.Background(), 12*time.Hour+20*time.Minute); err != nil {
				t.Error(err)
			}
			if w.clock.Now().Before(p.Until) {
				w.done(kdn, put, nil) // sessions have ended meanwhile
			}
		}
		_ = w.clock.Sleep(context.Background(), p.Until.Sub(w.clock.Now()))
		w.refused("D9", kdn, put)
		grant.From, grant.Until = w.clock.Now(), time.Time{}
		grant.Purpose = "administration"
		w.done(users, grant, &p)
		kdn.PowerOfAttorney = p.PowerOfAttorney
		w.done(kdn, put, nil)
		w.done(users, contract.PowerOfAttorneyRevoke{PowerOfAttorney: p.PowerOfAttorney, Reason: "x"}, nil)
		w.refused("D9", kdn, put)
		var l contract.PowerOfAttorneyListResult
		w.done(users, contract.PowerOfAttorneyList{Tenant: "annaberg"}, &l)
		if len(l.Powers) != 2 || l.Powers[0].State != "ended" || l.Powers[1].State != "revoked" || !l.Powers[1].Until.IsZero() {
			t.Errorf("%+v", l)
		}
	})
}

// TestCrash: the client goes on with the gateway's next life, sessions included.
func TestCrash(t *testing.T) {
	inWorld(t, func(w *world) {
		_, _, account := w.enrol()
		put := contract.MappingPut{Tenant: "annaberg", Mail: "a@annaberg.example", DeMail: "a@annaberg.de-mail.de"}
		w.done(account, put, nil)
		w.g.Kill()
		r, err := contract.NewRequest(account, put)
		if err != nil {
			t.Error(err)
		}
		if _, err := w.c.Do(context.Background(), driver.Op{Request: r}); err == nil {
			t.Error("a dead gateway answered")
		}
		w.start()
		var l contract.MappingListResult
		w.done(account, contract.MappingList{Tenant: "annaberg"}, &l)
		if len(l.Rows) != 1 {
			t.Errorf("%+v", l)
		}
	})
}

// TestBench: the bench sets the world up without grounds of its own; nobody else can.
func TestBench(t *testing.T) {
	inWorld(t, func(w *world) {
		w.done(contract.Bench, enrolment(), nil)
		w.done(contract.Bench, contract.DomainBind{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Direction: "both"}, nil)
		w.done(contract.Bench, contract.MappingPut{Tenant: "annaberg", Mail: "a@annaberg.example", DeMail: "a@annaberg.de-mail.de"}, nil)
		w.done(contract.Bench, contract.CatchallSet{Tenant: "annaberg", Domain: "annaberg.de-mail.de", Address: "b@annaberg.example"}, nil)
		w.refused("D10b", operator, contract.MappingPut{Tenant: "annaberg", Mail: "b@annaberg.example", DeMail: "a@annaberg.de-mail.de"})
		support := contract.As{Person: "operator-support", Role: contract.SupportAdministrator, Org: contract.Operator}
		w.refused("D10b", support, contract.TenantSuspend{Tenant: "annaberg", Reason: "x"})
	})
}

// TestUnsupported: what the reference has nothing like is unsupported, and nothing else.
func TestUnsupported(t *testing.T) {
	c := New(Options{})
	var missing []string
	for _, name := range contract.Names() {
		o, _ := contract.Lookup(name)
		if slices.Contains(c.Hello().Capabilities, name) {
			continue
		}
		missing = append(missing, name)
		out, err := c.Do(context.Background(), driver.Op{Request: contract.Request{Name: o.Name}})
		if err != nil || out.Status != protocol.Unsupported {
			t.Errorf("%s: %v, %v", name, out.Status, err)
		}
	}
	for _, name := range missing {
		group, _, _ := strings.Cut(name, ".")
		if !slices.Contains([]string{"backup", "card", "clock", "instance", "node", "reset"}, group) {
			t.Errorf("%s is missing", name)
		}
	}
	for _, name := range c.Hello().Capabilities {
		if _, ok := contract.Lookup(name); !ok {
			t.Errorf("%s is no operation of the contract", name)
		}
	}
	if out, err := c.Do(context.Background(), driver.Op{Request: contract.Request{Name: "gateway.explode"}}); err != nil || out.Status != protocol.Unsupported {
		t.Errorf("unknown: %v, %v", out.Status, err)
	}
}
