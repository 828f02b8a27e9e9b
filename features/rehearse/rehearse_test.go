package rehearse_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/ledger"
	"demailbench/features/rehearse"
	"demailbench/fixtures"
	"demailbench/reports/messages"
)

var someday = time.Date(2015, 11, 2, 9, 0, 0, 0, time.UTC)

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := fs.ReadFile(fixtures.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// rows are the faults of a sheet, one line each, as the files beside the broken forms have them.
func rows(s *rehearse.Sheet) string {
	var b strings.Builder
	for _, f := range s.Faults {
		kind := "fault"
		if f.Note {
			kind = "note"
		}
		fmt.Fprintf(&b, "%s %s %s %s:%d %s by %v late=%v\n", kind, f.Check, f.Owner, f.File, f.Line, f.Field, f.By, f.Late)
	}
	return b.String()
}

func TestExample(t *testing.T) {
	f, err := rehearse.Read(fixtures.FS, "rehearsals/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if s := rehearse.Check(f, someday); !s.Ready() || len(s.Faults) > 0 || s.Earliest != s.AsOf {
		t.Errorf("the example is not ready:\n%s", rows(s))
	}
}

// TestBroken holds each broken copy of the example against the faults beside it: no more and no fewer.
func TestBroken(t *testing.T) {
	files, err := fs.Glob(fixtures.FS, "rehearsals/broken/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d broken forms, %v", len(files), err)
	}
	example := strings.Split(text(t, "rehearsals/example.yaml"), "\n")
	for _, name := range files {
		t.Run(name, func(t *testing.T) {
			f, err := rehearse.Read(fixtures.FS, name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(text(t, strings.TrimSuffix(name, "yaml")+"txt"), rows(rehearse.Check(f, someday))); diff != "" {
				t.Error(diff)
			}
			copied := 0
			for _, line := range strings.Split(text(t, name), "\n") {
				if slices.Contains(example, line) {
					copied++
				}
			}
			if copied < len(example)-9 {
				t.Errorf("is no copy of the example any more: %d of %d lines are", copied, len(example))
			}
		})
	}
}

// TestUnreadable: what cannot be read is told with file, line, field and what to do.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"itsp:", "isp:", `example.yaml:31:3: contract.isp: "isp": unknown key; did you mean itsp? known keys: provider, order_sheet, itsp, administrator`},
		{"production: 2015-12-14", "production: 14.12.2015", `example.yaml:17:13: production: "14.12.2015": is not a day; write it like 2015-12-14`},
		{"mapping: example.csv", "mapping: ../../etc/passwd", `example.yaml:70:10: mapping: "../../etc/passwd": is not a path inside the configuration; put the table beside the form and give its name`},
		{"mapping: example.csv", "mapping: example.yaml", `example.yaml:70:10: mapping: "example.yaml": the first line of the mapping table does not name the columns; write "mail;demail" there; look at the table in a text editor`},
	} {
		_, err := rehearse.Read(changed(t, c.old, c.new, ""), "example.yaml")
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.new, err, c.want)
		}
	}
}

// changed is the example with old replaced by new, and rows added to its table.
func changed(t *testing.T, old, new, table string) fs.FS {
	t.Helper()
	form := text(t, "rehearsals/example.yaml")
	if strings.Count(form, old) < 1 {
		t.Fatalf("the example has no %q", old)
	}
	return fstest.MapFS{"example.yaml": {Data: []byte(strings.Replace(form, old, new, 1))}, "example.csv": {Data: []byte(text(t, "rehearsals/example.csv") + table)}}
}

// breakages break one precondition each: what is replaced in the example, or added to its table.
var breakages = map[string][3]string{
	"authority.id":             {"id: neustadt", "id: Neu Stadt"},
	"authority.name":           {"name: Stadt Neustadt in Sachsen", "name: ''"},
	"authority.key":            {`"14628260"`, `"14628261"`},
	"authority.nokey":          {`key: "14628260"`, `key: ""`},
	"authority.keyname":        {`"14628260"`, `"14628270"`},
	"authority.state":          {`"14628260"`, `"15001000"`},
	"authority.network":        {"network: kdn", "network: wlan"},
	"dates.production":         {"production: 2015-12-14\n", ""},
	"dates.past":               {"production: 2015-12-14", "production: 2015-10-01"},
	"dates.pilot":              {"production: 2015-12-14", "production: 2017-05-02"},
	"dates.over":               {"as_of: 2015-11-02", "as_of: 2026-11-02"},
	"dates.holiday":            {"production: 2015-12-14", "production: 2015-12-25"},
	"dates.test":               {"acceptance_test: 2015-12-07\n", ""},
	"dates.order":              {"acceptance_test: 2015-12-07", "acceptance_test: 2015-12-15"},
	"papers.intent":            {"  intent: 2015-09-01\n", ""},
	"papers.terms":             {"terms_accepted: 2015-09-21", "terms_accepted: 2015-11-20"},
	"papers.agreement":         {"  platform_agreement: 2015-09-21\n", ""},
	"contract.provider":        {"T-Systems International GmbH", "1&1 De-Mail GmbH"},
	"contract.sheet":           {"  order_sheet: 2015-09-28\n", ""},
	"contract.itsp":            {`itsp: "7100002768"`, `itsp: "1"`},
	"contract.administrator":   {"administrator: kdn-gmbh", "administrator: somebody"},
	"account.state":            {"state: activated", "state: ordered"},
	"account.activation":       {"state: activated", "state: enabled"},
	"account.unknown":          {"state: activated", "state: ready"},
	"account.gateway":          {"gateway_access: true", "gateway_access: false"},
	"account.mailboxes":        {"mailboxes: [poststelle@neustadt-sachsen.de-mail.de, standesamt@neustadt-sachsen.de-mail.de]", "mailboxes: []"},
	"account.mailbox":          {"mailboxes: [poststelle@neustadt-sachsen.de-mail.de", "mailboxes: [poststelle@neustadt-sachsen.de-mail.de, poststelle@pirna.de-mail.de"},
	"account.price":            {"mailboxes: [poststelle@neustadt-sachsen.de-mail.de", "mailboxes: [poststelle@neustadt-sachsen.de-mail.de, a@neustadt-sachsen.de-mail.de"},
	"domains.none":             {"domains:\n  - name: neustadt-sachsen.de-mail.de\n    direction: both\n    bound: true\n    catch_all: poststelle@neustadt.example\n", ""},
	"domains.form":             {"- name: neustadt-sachsen.de-mail.de", "- name: neustädt.de-mail.de"},
	"domains.suffix":           {"- name: neustadt-sachsen.de-mail.de", "- name: neustadt-sachsen.de"},
	"domains.twice":            {"domains:\n", "domains:\n  - {name: Neustadt-Sachsen.de-mail.de, direction: both, bound: true}\n"},
	"domains.direction":        {"    direction: both", "    direction: in"},
	"domains.bound":            {"bound: true", "bound: false"},
	"domains.both":             {"    catch_all:", "    bounce_all: refuse\n    catch_all:"},
	"domains.catchall":         {"catch_all: poststelle@neustadt.example", "catch_all: poststelle@pirna.example"},
	"domains.bounce":           {"    catch_all: poststelle@neustadt.example", "    bounce_all: silently"},
	"domains.info":             {"domains:\n", "domains:\n  - {name: amt.neustadt-sachsen.de-mail.de, direction: both, bound: true}\n"},
	"mail.none":                {"domains: [neustadt.example]", "domains: []"},
	"mail.form":                {"domains: [neustadt.example]", "domains: [neustadt.example, bad@neustadt.example]"},
	"mail.demail":              {"domains: [neustadt.example]", "domains: [neustadt.example, neustadt-sachsen.de-mail.de]"},
	"mail.routed":              {"routed_over: kdn", "routed_over: internet"},
	"mail.server":              {"    address: 192.168.30.25\n", ""},
	"mail.hostname":            {"hostname: mail.neustadt.example", "hostname: mailserver"},
	"mail.lan":                 {"address: 192.168.30.25", "address: 192.168.31.25"},
	"mail.transport":           {"  transport: starttls\n", "  transport: plain\n"},
	"mail.exchange":            {"Exchange 2010", "Exchange Server 2003"},
	"mail.certificate":         {"    until: 2017-04-30\n", ""},
	"mail.certname":            {"names: [mail.neustadt.example]", "names: [exchange.local]"},
	"mail.certdate":            {"until: 2017-04-30", "until: 2015-12-01"},
	"mail.line":                {"  transport: starttls\n", "  transport: ipsec\n"},
	"mail.connector":           {"connector: true", "connector: false"},
	"network.seen":             {"    seen_as: 10.2.40.25\n", ""},
	"network.private":          {"seen_as: 10.2.40.25", "seen_as: 192.168.30.77"},
	"network.taken":            {"seen_as: 10.2.40.25", "seen_as: 172.16.0.25"},
	"network.matrix":           {"enabled: [submission, delivery, names]", "enabled: [submission, names]"},
	"network.row":              {"enabled: [submission", "enabled: [submision, submission"},
	"mapping.none":             {"mapping: example.csv\n", ""},
	"mapping.cells":            {"id", "id", "alone\n"},
	"mapping.quotes":           {"id", "id", "a;\"b;c\n"},
	"mapping.octets":           {"id", "id", "\xfc\x81;b@c.example;d\n"},
	"mapping.empty":            {"id", "id", ";b@neustadt.example;\n"},
	"mapping.formula":          {"id", "id", ";=1+1;poststelle@neustadt-sachsen.de-mail.de\n"},
	"mapping.long":             {"id", "id", strings.Repeat("x", 5000) + ";a;b\n"},
	"mapping.many":             {"id", "id", strings.Repeat(";;a@b\n", 2000)},
	"mapping.address":          {"id", "id", ";bürger@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\n"},
	"mapping.mailforeign":      {"id", "id", ";kasse@pirna.example;poststelle@neustadt-sachsen.de-mail.de\n"},
	"mapping.demailforeign":    {"id", "id", ";kasse@neustadt.example;poststelle@pirna.de-mail.de\n"},
	"mapping.ambiguous":        {"id", "id", ";standesamt@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\n"},
	"mapping.twice":            {"id", "id", ";STANDESAMT@neustadt.example;standesamt@neustadt-sachsen.de-mail.de\n"},
	"mapping.account":          {"id", "id", ";kasse@neustadt.example;kasse@neustadt-sachsen.de-mail.de\n"},
	"mapping.lookalike":        {"id", "id", ";p0ststelle@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\n"},
	"mapping.unmapped":         {"standesamt@neustadt-sachsen.de-mail.de]\n\n# Each De-Mail domain has a direction: both, receive-only or send-only. bound: T-Systems has bound it to the gateway's\n# ITSP. For De-Mails to addresses that are not mapped: catch_all (a mailbox of yours), or bounce_all (refuse, reply).\ndomains:\n  - name: neustadt-sachsen.de-mail.de\n    direction: both\n    bound: true\n    catch_all: poststelle@neustadt.example", "standesamt@neustadt-sachsen.de-mail.de, kasse@neustadt-sachsen.de-mail.de]\ndomains:\n  - name: neustadt-sachsen.de-mail.de\n    direction: both\n    bound: true"},
	"mapping.contradicts":      {"unmapped: [bauamt@neustadt.example]", "unmapped: [standesamt@neustadt.example]"},
	"contacts.owner":           {"  person: Leitung Hauptamt\n", ""},
	"contacts.technical":       {"  department: Technik\n", ""},
	"contacts.mail":            {"mail: technik@kdn-gmbh.de", "mail: technik"},
	"contacts.outage":          {"mail: technik@kdn-gmbh.de", "mail: technik@neustadt.example"},
	"administrators.who":       {"administration: tenant", "administration: sid"},
	"administrators.technical": {"roles: [technischer-admin, account-admin]}", "roles: [account-admin]}"},
	"administrators.account":   {"roles: [technischer-admin, account-admin]}", "roles: [technischer-admin]}"},
	"administrators.user":      {"roles: [user-admin]", "roles: [account-admin]"},
	"administrators.role":      {"roles: [user-admin]", "roles: [user-admin, superuser]"},
	"administrators.person":    {"{person: IT-Koordination, ", "{"},
	"administrators.mail":      {"mail: it@neustadt.example", "mail: it"},
	"power.none":               {"powers_of_attorney:\n  - holder: kdn-gmbh\n    roles: [technischer-admin, account-admin]\n    purpose: commissioning\n    from: 2015-11-16\n    until: 2015-12-13\n    document: vollmacht-inbetriebnahme.pdf\n", ""},
	"power.holder":             {"holder: kdn-gmbh", "holder: somebody"},
	"power.role":               {"    roles: [technischer-admin, account-admin]\n    purpose", "    roles: [account-admin]\n    purpose"},
	"power.purpose":            {"purpose: commissioning", "purpose: everything"},
	"power.start":              {"    from: 2015-11-16\n", ""},
	"power.long":               {"until: 2015-12-13", "until: 2015-12-15"},
	"power.period":             {"until: 2015-12-13", "until: 2015-11-13"},
	"power.test":               {"until: 2015-12-13", "until: 2015-12-04"},
	"power.document":           {"    document: vollmacht-inbetriebnahme.pdf\n", ""},
	"power.unlimited":          {"administration: tenant", "administration: kdn-gmbh"},
}

// TestEveryPrecondition breaks each one: it is found, it has an owner and a text in both languages, and its
// statements are in the ledger.
func TestEveryPrecondition(t *testing.T) {
	l, err := ledger.Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(rehearse.Names(), slices.Sorted(maps.Keys(breakages))); diff != "" {
		t.Errorf("preconditions and breakages: %s", diff)
	}
	for name, b := range breakages {
		t.Run(name, func(t *testing.T) {
			f, err := rehearse.Read(changed(t, b[0], b[1], b[2]), "example.yaml")
			if err != nil {
				t.Fatal(err)
			}
			s := rehearse.Check(f, someday)
			i := slices.IndexFunc(s.Faults, func(f rehearse.Fault) bool { return f.Check == name })
			if i < 0 {
				t.Fatalf("not found:\n%s", rows(s))
			}
			if s.Ready() != s.Faults[i].Note && s.Ready() {
				t.Error("ready all the same")
			}
			for _, id := range s.Faults[i].Statements {
				if _, err := l.Get(id); err != nil && !strings.HasPrefix(id, "D") {
					t.Error(err)
				}
			}
			for _, lang := range messages.Langs {
				page := s.Text(lang)
				if strings.Contains(page, "[rehearse.") || strings.ContainsAny(page, "{}") {
					t.Errorf("a text is missing or lacks a part:\n%s", page)
				}
			}
		})
	}
}

// The page is fit for print and for a terminal: no line is longer than the paper, no control character gets through.
func TestPage(t *testing.T) {
	f, err := rehearse.Read(changed(t, "name: Stadt Neustadt in Sachsen", `name: "Stadt\e[31m Rot"`, ";=\x1b[2J\u202e;poststelle@neustadt-sachsen.de-mail.de\n"), "example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	page := rehearse.Check(f, someday).Text(messages.German)
	if strings.ContainsAny(page, "\x1b\u202e") || !strings.Contains(page, "<U+001B>[31m") {
		t.Errorf("control characters:\n%q", page)
	}
	for _, line := range strings.Split(page, "\n") {
		if len([]rune(line)) > 90 {
			t.Errorf("too long: %s", line)
		}
	}
}

// Deadlines are working days of Saxony: Buß- und Bettag (2015-11-18) is none.
func TestDeadlines(t *testing.T) {
	f, err := rehearse.Read(changed(t, "bound: true", "bound: false", ""), "example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f.Production.Time = time.Date(2015, 11, 26, 0, 0, 0, 0, time.UTC)
	s := rehearse.Check(f, time.Date(2015, 11, 20, 0, 0, 0, 0, time.UTC))
	at := slices.IndexFunc(s.Faults, func(f rehearse.Fault) bool { return f.Check == "domains.bound" })
	if got := s.Faults[at].By.String(); got != "2015-11-11" {
		t.Errorf("by %s", got)
	}
}
