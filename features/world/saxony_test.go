package world_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"demailbench/features/check"
	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/world"
	"demailbench/fixtures"
	"demailbench/sim/lab"
)

// town is a municipality of the register as the benchmark sets it up: two mailboxes, both mapped.
type town struct{ id, name, key, address string }

func (t town) mail() string   { return t.id + ".example" }
func (t town) demail() string { return t.id + ".de-mail.de" }

// towns are the first n Saxon municipalities of the register.
func towns(tb testing.TB, n int) (list []town) {
	tb.Helper()
	text, err := fs.ReadFile(fixtures.FS, "municipalities/municipalities.tsv")
	if err != nil {
		tb.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if row := strings.Split(line, "\t"); len(row) > 1 && strings.HasPrefix(row[0], "14") && len(list) < n {
			i := len(list) + 300
			list = append(list, town{"t" + row[0], strings.ReplaceAll(row[1], `"`, ""), row[0], fmt.Sprintf("10.8.%d.%d", i/200, i%200+10)})
		}
	}
	return list
}

// saxony is the world of the fixtures with further municipalities on one network of KDN, which have ordinary mail and
// a De-Mail account, and are not enrolled.
func saxony(tb testing.TB, list []town) *lab.Profile {
	tb.Helper()
	set := fstest.MapFS{}
	err := fs.WalkDir(fixtures.FS, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(p, "broken") || strings.HasPrefix(p, "vectors") {
			return err
		}
		text, err := fs.ReadFile(fixtures.FS, p)
		set[p] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	var hosts, files, certificates, accounts, zones strings.Builder
	for _, t := range list {
		fmt.Fprintf(&hosts, "  - {name: %s-mail, role: mail, segment: towns, address: %s, router: 10.8.0.1, hostname: mail.%s, relays_for: [10.8.0.0/16], smarthosts: [{domain: de-mail.de, host: gateway}]}\n", t.id, t.address, t.mail())
		fmt.Fprintf(&files, ",\n  tenants/%s.yaml", t.id)
		fmt.Fprintf(&certificates, "  - {name: %s, host: %s-mail, key: annaberg, dns: [mail.%s], ips: [%s], from: 2014-08-15T00:00:00+02:00, until: 2017-05-01T00:00:00+02:00}\n", t.id, t.id, t.mail(), t.address)
		fmt.Fprintf(&accounts, "  - {id: %s, holder: %q, kind: institution, domains: [%s], itsp: \"7100002768\", gateway: true, receipt: on-request, mailboxes: [poststelle@%s, standesamt@%s]}\n", t.id, t.name, t.demail(), t.demail(), t.demail())
		fmt.Fprintf(&zones, "  - {origin: %s, records: [\"@ 300 IN SOA dns.central.example. hostmaster.central.example. 1 3600 600 86400 300\", \"@ 300 IN NS dns.central.example.\", \"@ 300 IN MX 10 mail\", \"mail 300 IN A %s\"]}\n", t.mail(), t.address)
		set["tenants/"+t.id+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, "id: %s\nkey: %q\nname: %q\nnetwork: kdn\nmail_server: %s-mail\ndesk: towns-desk\nnetworks: [%s/32]\ntransport: starttls\nmail_domains: [%s]\n"+
			"domains: [{name: %s, direction: both}]\nmapping: [{mail: poststelle@%s, demail: poststelle@%s}, {mail: standesamt@%s, demail: standesamt@%s}]\ntechnical_contact: technik@kdn-gmbh.de\n",
			t.id, t.key, t.name, t.id, t.address, t.mail(), t.demail(), t.mail(), t.demail(), t.mail(), t.demail())}
	}
	hosts.WriteString("  - {name: towns-desk, role: client, segment: towns, address: 10.8.255.1, router: 10.8.0.1}\n")
	row := func(id, purpose, from, to, protocol string, port int) string {
		return fmt.Sprintf("  - {id: %s, purpose: %s, from: {%s}, to: {%s}, protocol: %s, port: %d, requested_by: KDN GmbH, approved_by: SID, implemented_by: RSS}\n", id, purpose, from, to, protocol, port)
	}
	insert := func(file, after, text string) {
		old := string(set[file].Data)
		if strings.Count(old, after) != 1 {
			tb.Fatalf("%s has %d times %q", file, strings.Count(old, after), after)
		}
		set[file].Data = []byte(strings.Replace(old, after, after+text, 1))
	}
	const topology = "topologies/saxony.yaml"
	insert(topology, "\nsegments:\n", "  - {name: towns, zone: tenant-towns, prefix: 10.8.0.0/16}\n")
	insert(topology, "\nhosts:\n", hosts.String())
	insert(topology, "      - {name: kdn, segment: kdn, address: 10.2.0.1/24}\n", "      - {name: towns, segment: towns, address: 10.8.0.1/16}\n")
	insert(topology, "\nmatrix:\n", row("M-901", "submission", "zone: tenant-towns", "host: gateway", "tcp", 25)+row("M-902", "delivery", "host: gateway", "zone: tenant-towns", "tcp", 25)+
		row("M-903", "names", "zone: tenant-towns", "host: dns", "udp", 53)+row("M-904", "names", "zone: tenant-towns", "host: dns", "tcp", 53))
	insert("profiles/saxony.yaml", "tenants/lfd.yaml", files.String())
	insert("profiles/saxony.yaml", "\ncertificates:\n", certificates.String())
	insert("accounts/saxony.yaml", "\naccounts:\n", accounts.String())
	insert("zones/saxony-internal.yaml", "\nzones:\n", zones.String())
	p, err := lab.Load(set, "saxony")
	if err != nil {
		tb.Fatal(err)
	}
	for i := range p.Tenants { // they have an account already, so that the benchmark is about the gateway
		p.Tenants[i].Newcomer = p.Tenants[i].Newcomer || p.Tenants[i].Desk == "towns-desk"
	}
	return p
}

// enrolment does what SID and KDN GmbH do for a municipality, and sends a De-Mail in each direction.
type enrolment struct {
	tb  testing.TB
	w   *world.World
	cap string
}

// do carries out an operation that must succeed.
func (e *enrolment) do(as contract.As, args contract.Args) (result struct{ CR string }) {
	raw, refusal, err := e.w.Administer(as, args.Operation(), args)
	if err == nil && refusal == nil {
		err = e.w.Office().Ended("done", "")
	}
	if err != nil || refusal != nil {
		e.tb.Fatalf("%s: %v %+v", args.Operation(), err, refusal)
	}
	_ = json.Unmarshal(raw, &result) // only change requests have a number
	return result
}

var sid = contract.As{Person: "operator-admin", Role: contract.Administrator, Org: contract.Operator}

func (e *enrolment) enrol(t town) {
	as := sid
	as.CR = e.cap
	contact := contract.Contact{Authority: t.name, Person: "Leitung", Email: "technik@kdn-gmbh.de"}
	e.do(as, contract.TenantEnrol{Tenant: t.id, Name: t.name, Kind: "municipal", Networks: []string{t.address + "/32"}, Transport: "starttls", MailDomains: []string{t.mail()},
		ProcessOwner: &contact, TechnicalContact: &contact, TechnicalAdministrator: "tech", AccountAdministrator: "tech"})
	as.CR = e.do(sid, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Tenant: t.id, Object: t.id, Kind: "users", Description: "commissioning"}).CR
	for _, u := range []contract.UserCreate{{Person: "users", Roles: []contract.Role{"user-admin"}}, {Person: "tech", Roles: []contract.Role{"technischer-admin", "account-admin"}}} {
		u.Org, u.Name, u.Password, u.Email = t.id, "Verwaltung", "password of a test", "it@"+t.mail()
		e.do(as, u)
	}
	now := time.Date(2015, 11, 2, 0, 0, 0, 0, time.FixedZone("", 3600))
	e.do(as, contract.PowerOfAttorneyGrant{Tenant: t.id, Holder: contract.KDNGmbH, Roles: []contract.Role{"technischer-admin", "account-admin"}, Purpose: "commissioning", From: now,
		Until: now.AddDate(0, 0, 28), Document: "Vollmacht"})
	kdn := contract.As{Person: "kdn-clerk", Role: "technischer-admin", Org: contract.KDNGmbH}
	e.do(kdn, contract.DomainBind{Tenant: t.id, Domain: t.demail(), Direction: "both"})
	kdn.Role = "account-admin"
	e.do(kdn, contract.MappingImport{Tenant: t.id, Rows: []contract.MappingRow{{Mail: "poststelle@" + t.mail(), DeMail: "poststelle@" + t.demail()},
		{Mail: "standesamt@" + t.mail(), DeMail: "standesamt@" + t.demail()}}})
}

// mail sends a De-Mail in each direction for every municipality, and looks when all have had time to arrive: looking
// at the whole record after every event would measure the looking.
func (e *enrolment) mail(list []town) {
	must := func(t town, err error) {
		if err != nil {
			e.tb.Errorf("%s: %v", t.id, err)
		}
	}
	var out, in []string
	for _, t := range list {
		must(t, e.w.ClerkSends(world.Letter{Tenant: t.id, Clerk: "poststelle@" + t.mail()}))
		out = append(out, e.w.It().Nonce)
		must(t, e.w.CitizenSends("standesamt@"+t.demail(), ""))
		in = append(in, e.w.It().Nonce)
	}
	must(list[0], e.w.Pass(10*time.Minute))
	for i, t := range list {
		must(t, e.w.Note(check.Expectation{Kind: check.Delivered, Nonce: out[i], Mailbox: world.Citizen, From: "poststelle@" + t.demail()}))
		must(t, e.w.Note(check.Expectation{Kind: check.Delivered, Nonce: in[i], Mailbox: "standesamt@" + t.mail()}))
	}
}

// enrolAll enrols n municipalities in one world and returns it when it has come to rest.
func enrolAll(tb testing.TB, n int) *world.World {
	list := towns(tb, n)
	w, err := world.New(world.Options{Profile: saxony(tb, list), Fixtures: fixtures.FS, Adapter: sut.Reference{}, Administered: true, Seed: 1, Scenario: "saxony", Dir: tb.TempDir(), Stall: 5 * time.Minute})
	if err != nil {
		tb.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := w.Start(); err != nil {
			tb.Error(err)
			return
		}
		e := &enrolment{tb: tb, w: w}
		e.cap = e.do(sid, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Object: "pilot.max_tenants", Kind: "platform", Description: "all of Saxony"}).CR
		for _, t := range list {
			e.enrol(t)
		}
		e.mail(list)
		if err := w.Close(); err != nil {
			tb.Error(err)
		}
	}()
	if err := w.Drive(done); err != nil {
		tb.Fatal(err)
	}
	return w
}

// TestFurtherMunicipalities: more municipalities than the pilot takes are enrolled on a change request about its number
// (D22), and De-Mail reaches each.
func TestFurtherMunicipalities(t *testing.T) {
	w := enrolAll(t, 22)
	w.Complete()
	if j, err := w.Judge(); err != nil || j.Verdict != check.Pass {
		t.Errorf("%v %s %v", err, j.Verdict, j.Findings)
	}
}

// BenchmarkSaxony enrols all 418 municipalities of Saxony in one world, each with two mailboxes, its mapping, two
// administrators and one De-Mail in each direction. Aim: 60 s and 1 GB on 2 processors.
func BenchmarkSaxony(b *testing.B) {
	for b.Loop() {
		enrolAll(b, 418)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "MB-of-memory")
}
