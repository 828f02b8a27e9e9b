package rehearse

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
	"sync"

	"demailbench/fixtures"
	"demailbench/sim/calendar"
	"demailbench/sim/config"
)

// The pilot's term (D23).
var (
	pilotFrom  = calendar.On(2014, 8, 15)
	pilotUntil = calendar.On(2017, 4, 30)
)

// ITSP is the number of the SID as IT service provider (S1-091).
const ITSP = "7100002768"

// register is the official register: key to name.
var register = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	f, err := fixtures.FS.Open("municipalities/municipalities.tsv")
	if err != nil {
		panic(err) // built in
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if row := strings.Split(lines.Text(), "\t"); len(row) > 1 && row[0] != "ags" {
			names[row[0]] = row[1]
		}
	}
	return names
})

// bare is a municipality's name without what the register and its bearers add: "Stadt Bad Muskau" and "Bad Muskau /
// Mužakow, Stadt" are one.
func bare(name string) string {
	name, _, _ = strings.Cut(strings.ToLower(name), ",")
	name, _, _ = strings.Cut(name, " / ")
	for _, word := range []string{"große kreisstadt ", "landeshauptstadt ", "stadtverwaltung ", "gemeindeverwaltung ", "gemeinde ", "stadt "} {
		name = strings.TrimPrefix(name, word)
	}
	return strings.TrimSpace(name)
}

// keyOf is the key of the municipality of a name, empty when the register has none or several.
func keyOf(name string) string {
	found := ""
	for key, n := range register() {
		if bare(n) == bare(name) && strings.HasPrefix(key, "14") {
			if found != "" {
				return ""
			}
			found = key
		}
	}
	return found
}

func (c *checker) authority() {
	f := c.form
	if !config.IsName(f.ID) {
		c.miss("authority.id", "id", f.ID)
	}
	if strings.TrimSpace(f.Name) == "" {
		c.miss("authority.name", "name", f.Name)
	}
	if f.Network != "kdn" && f.Network != "svn" {
		c.miss("authority.network", "network", f.Network)
	}
	hint := Said{Key: "rehearse.word.register"}
	if key := keyOf(f.Name); key != "" {
		hint = Said{"rehearse.word.key", []any{"name", f.Name, "key", key}}
	}
	name, known := register()[f.Key]
	switch {
	case f.Key == "" && f.Network == "kdn":
		c.miss("authority.nokey", "key", "", "hint", hint)
	case f.Key == "":
	case strings.HasPrefix(f.Key, "15"):
		c.miss("authority.state", "key", f.Key)
	case !known:
		c.miss("authority.key", "key", f.Key, "hint", hint)
	case bare(name) != bare(f.Name):
		c.miss("authority.keyname", "key", f.Key, "register", name, "name", f.Name, "hint", hint)
	}
}

func (c *checker) dates() {
	f, s := c.form, c.sheet
	if s.AsOf.String() > pilotUntil.String() {
		c.note("dates.over", "", "", "until", pilotUntil)
	}
	switch p := s.Production; {
	case f.Production.IsZero():
		c.miss("dates.production", "production", "")
	case before(p, s.AsOf):
		c.miss("dates.past", "production", p.String(), "today", s.AsOf)
	case !before(pilotUntil, s.AsOf) && (before(p, pilotFrom) || before(pilotUntil, p)):
		c.miss("dates.pilot", "production", p.String(), "from", pilotFrom, "until", pilotUntil)
	case !c.office.Works(p):
		c.note("dates.holiday", "production", p.String())
	}
	if f.AcceptanceTest.IsZero() {
		c.miss("dates.test", "acceptance_test", "")
		return
	}
	test := dateOf(f.AcceptanceTest.Time)
	switch {
	case !f.Production.IsZero() && !before(test, s.Production):
		c.miss("dates.order", "acceptance_test", test.String(), "production", s.Production)
	case !c.office.Works(test):
		c.note("dates.holiday", "acceptance_test", test.String())
	}
}

func (c *checker) papers() {
	d := c.form.Done
	for _, step := range []struct {
		check, field string
		day          config.Day
	}{{"papers.intent", "done.intent", d.Intent}, {"papers.terms", "done.terms_accepted", d.Terms}, {"papers.agreement", "done.platform_agreement", d.Agreement}} {
		if step.day.IsZero() || before(c.sheet.AsOf, dateOf(step.day.Time)) {
			c.miss(step.check, step.field, dayText(step.day))
		}
	}
}

func dayText(d config.Day) string {
	if d.IsZero() {
		return ""
	}
	return dateOf(d.Time).String()
}

func (c *checker) contract() {
	k := c.form.Contract
	if !strings.Contains(strings.ToLower(k.Provider), "t-systems") {
		c.miss("contract.provider", "contract.provider", k.Provider)
	}
	if k.OrderSheet.IsZero() || before(c.sheet.AsOf, dateOf(k.OrderSheet.Time)) {
		c.miss("contract.sheet", "contract.order_sheet", dayText(k.OrderSheet))
	}
	if k.ITSP != ITSP {
		c.miss("contract.itsp", "contract.itsp", k.ITSP, "itsp", ITSP)
	}
	if !slices.Contains([]string{"", "tenant", "kdn-gmbh", "sid"}, k.Administrator) {
		c.miss("contract.administrator", "contract.administrator", k.Administrator)
	}
}

func (c *checker) account() {
	a := c.form.Account
	switch a.State {
	case "activated":
	case "ordered", "registered", "identified":
		c.miss("account.state", "account.state", a.State, "state", Said{Key: "rehearse.account." + a.State})
	case "enabled":
		c.miss("account.activation", "account.state", a.State)
	default:
		c.miss("account.unknown", "account.state", a.State)
	}
	if !a.GatewayAccess {
		c.miss("account.gateway", "account.gateway_access", "")
	}
	if len(a.Mailboxes) == 0 {
		c.miss("account.mailboxes", "account.mailboxes", "")
	}
	seen := map[string]bool{}
	for i, m := range a.Mailboxes {
		at := fmt.Sprintf("account.mailboxes[%d]", i)
		problem, box := wrongAddress(m), canonical(m)
		switch {
		case problem.Key != "":
		case seen[box]:
			problem = Said{Key: "rehearse.word.twice"}
		case !slices.Contains(c.form.domainNames(), domainOf(box)):
			problem = Said{"rehearse.word.outside", []any{"domains", strings.Join(c.form.domainNames(), ", ")}}
		}
		if seen[box] = true; problem.Key != "" {
			c.miss("account.mailbox", at, m, "problem", problem)
		}
	}
	if n := len(a.Mailboxes); n > 2 {
		c.note("account.price", "account.mailboxes", "", "n", n)
	}
}

func (c *checker) domains() {
	f, seen := c.form, map[string]bool{}
	if len(f.Domains) == 0 {
		c.miss("domains.none", "domains", "")
	}
	for i, d := range f.Domains {
		at := fmt.Sprintf("domains[%d].", i)
		name := strings.ToLower(d.Name)
		if problem := wrongDomain(d.Name); problem.Key != "" {
			c.miss("domains.form", at+"name", d.Name, "problem", problem)
		} else if !strings.HasSuffix(name, ".de-mail.de") {
			c.miss("domains.suffix", at+"name", d.Name)
		}
		if seen[name] {
			c.miss("domains.twice", at+"name", d.Name)
		}
		seen[name] = true
		if !slices.Contains([]string{"both", "receive-only", "send-only"}, d.Direction) {
			c.miss("domains.direction", at+"direction", d.Direction, "domain", d.Name)
		}
		if !d.Bound {
			c.miss("domains.bound", at+"bound", "", "domain", d.Name)
		}
		c.fallback(at, d)
		if strings.Count(name, ".") > 2 && !slices.Contains(f.Account.Mailboxes, "info@"+name) {
			c.note("domains.info", at+"name", d.Name)
		}
	}
}

// fallback judges what becomes of De-Mails to addresses without mapping.
func (c *checker) fallback(at string, d Domain) {
	if d.CatchAll != "" && d.BounceAll != "" {
		c.miss("domains.both", at+"catch_all", d.CatchAll, "domain", d.Name)
	}
	if box := canonical(d.CatchAll); d.CatchAll != "" && (box == "" || !slices.Contains(c.form.Mail.Domains, domainOf(box))) {
		c.miss("domains.catchall", at+"catch_all", d.CatchAll, "domains", strings.Join(c.form.Mail.Domains, ", "))
	}
	if !slices.Contains([]string{"", "refuse", "reply"}, d.BounceAll) {
		c.miss("domains.bounce", at+"bounce_all", d.BounceAll)
	}
}
