package role_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/role"
)

var at = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// matrix is who may do what: "+" allowed, "-" refused, each with the rule that decided. It was written from the
// statements and decisions, not from the table. "=" is the cell above.
const matrix = `
operation               user-admin tech-admin acct-admin other   kdn:none kdn:user kdn:tech kdn:acct admin   admin+cr support support+cr
session.show            +S0-019    +S0-019    +S0-019    +S0-019 +S0-019  +S0-019  +S0-019  +S0-019  +S0-019 +S0-019  +S0-019 +S0-019
session.close           =          =          =          =       =        =        =        =        =       =        =       =
password.change         =          =          =          =       =        =        =        =        =       =        =       =
tenant.list             =          =          =          =       =        =        =        =        =       =        =       =
tenant.show             +S0-019    +S0-019    +S0-019    -S1-154 -D9      +S0-019  +S0-019  +S0-019  +S0-019 +S0-019  +S0-019 +S0-019
tenant.enrol            -S0-015    -S0-015    -S0-015    -S1-154 -S0-015  -S0-015  -S0-015  -S0-015  -D10b   +S0-015  -D10b   +S0-015
tenant.suspend          =          =          =          =       =        =        =        =        =       =        =       =
tenant.resume           =          =          =          =       =        =        =        =        =       =        =       =
tenant.offboard         =          =          =          =       =        =        =        =        =       =        =       =
tenant.commissioned     +S1-159    -S1-159    -S1-159    -S1-154 -S1-159  -S1-159  -S1-159  -S1-159  -D10b   +S1-159  -D10b   +S1-159
mail-domains.set        -S0-037    -S0-037    -S0-037    -S1-154 -S0-037  -S0-037  -S0-037  -S0-037  -D10b   +S0-037  -D10b   +S0-037
smtp-inbound.show       -S1-151    +S1-151    -S1-151    -S1-154 -D9      -D9      +S1-151  -D9      +S1-151 +S1-151  +S1-151 +S1-151
smtp-inbound.set        -S1-151    +S1-151    -S1-151    -S1-154 -D9      -D9      +S1-151  -D9      -D10b   +S1-151  -D10b   +S1-151
catchall.set            =          =          =          =       =        =        =        =        =       =        =       =
catchall.clear          =          =          =          =       =        =        =        =        =       =        =       =
bounceall.set           =          =          =          =       =        =        =        =        =       =        =       =
bounceall.clear         =          =          =          =       =        =        =        =        =       =        =       =
domain.list             +S1-154    +S1-154    +S1-154    -S1-154 -D9      +S1-154  +S1-154  +S1-154  +S1-154 +S1-154  +S1-154 +S1-154
domain.bind             -D8        +D8        -D8        -S1-154 -D9      -D9      +D8      -D9      -D10b   +D8      -D10b   +D8
domain.unbind           =          =          =          =       =        =        =        =        =       =        =       =
domain.direction        =          =          =          =       =        =        =        =        =       =        =       =
mapping.list            -S1-149    +S1-149    +S1-149    -S1-154 -D9      -D9      +S1-149  +S1-149  +S1-149 +S1-149  +S1-149 +S1-149
mapping.put             -S1-149    -S1-149    +S1-149    -S1-154 -D9      -D9      -D9      +S1-149  -D10b   +S1-149  -D10b   +S1-149
mapping.change          =          =          =          =       =        =        =        =        =       =        =       =
mapping.delete          =          =          =          =       =        =        =        =        =       =        =       =
mapping.import          =          =          =          =       =        =        =        =        =       =        =       =
user.list               +S1-150    -S1-150    -S1-150    -S1-154 -D9      +S1-150  -D9      -D9      +S1-150 +S1-150  +S1-150 +S1-150
user.create             +S1-150    -S1-150    -S1-150    -S1-154 -D9      +S1-150  -D9      -D9      -D10b   +S1-150  -D10b   +S1-150
user.roles              =          =          =          =       =        =        =        =        =       =        =       =
user.revoke             =          =          =          =       =        =        =        =        =       =        =       =
power-of-attorney.list  +S1-048    -S1-048    -S1-048    -S1-154 -S1-048  -S1-048  -S1-048  -S1-048  +S1-048 +S1-048  +S1-048 +S1-048
power-of-attorney.grant +D8        -D8        -D8        -S1-154 -D8      -D8      -D8      -D8      -D10b   +D8      -D10b   +D8
power-of-attorney.revoke =         =          =          =       =        =        =        =        =       =        =       =
change-request.file     +S1-041    +S1-041    +S1-041    -S1-154 -S1-041  -S1-041  -S1-041  -S1-041  +S1-041 +S1-041  +S1-041 +S1-041
change-request.show     =          =          =          =       =        =        =        =        =       =        =       =
change-request.list     =          =          =          =       =        =        =        =        =       =        =       =
change-request.close    -S0-065    -S0-065    -S0-065    -S1-154 -S0-065  -S0-065  -S0-065  -S0-065  +S0-065 +S0-065  +S0-065 +S0-065
written-order.file      -S0-063    -S0-063    -S0-063    -S1-154 -S0-063  -S0-063  -S0-063  -S0-063  +S0-063 +S0-063  +S0-063 +S0-063
written-order.list      +S0-063    -S0-063    -S0-063    -S1-154 -S0-063  -S0-063  -S0-063  -S0-063  +S0-063 +S0-063  +S0-063 +S0-063
account.change          -S0-062    -S0-062    +S0-062    -S1-154 -S1-162  -S1-162  -S1-162  -S1-162  -S0-062 -S0-062  -S0-062 -S0-062
audit.query             +D8        -D8        -D8        -S1-154 -D9      +D8      -D9      -D9      +D8     +D8      +D8     +D8
queue.query             -D8        +D8        -D8        -S1-154 -D9      -D9      +D8      -D9      +D8     +D8      +D8     +D8
maintenance.plan        -S0-035 -S0-035 -S0-035 -S1-154 -S0-035 -S0-035 -S0-035 -S0-035 +S0-035 +S0-035 -S0-035 -S0-035
maintenance.change = = = = = = = = = = = =
maintenance.start = = = = = = = = = = = =
maintenance.end = = = = = = = = = = = =
maintenance.cancel = = = = = = = = = = = =
maintenance.notices = = = = = = = = = = = =
maintenance.list        +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050 +S0-050
incident.open           -S0-042 -S0-042 -S0-042 -S1-154 -S0-042 -S0-042 -S0-042 -S0-042 +S0-042 +S0-042 +S0-042 +S0-042
incident.close = = = = = = = = = = = =
incident.list = = = = = = = = = = = =
incident.classify -S0-055 -S0-055 -S0-055 -S1-154 -S0-055 -S0-055 -S0-055 -S0-055 -D10b +S0-055 -S0-035 -S0-035
availability.report     -S0-054 -S0-054 -S0-054 -S1-154 -S0-054 -S0-054 -S0-054 -S0-054 +S0-054 +S0-054 +S0-054 +S0-054
backup.create           -S0-035 -S0-035 -S0-035 -S1-154 -S0-035 -S0-035 -S0-035 -S0-035 +S0-035 +S0-035 -S0-035 -S0-035
`

// actors are the matrix's columns.
var actors = map[string]func(*role.Act){
	"user-admin": tenantRole(role.UserAdmin), "tech-admin": tenantRole(role.TechnischerAdmin), "acct-admin": tenantRole(role.AccountAdmin),
	"other": func(a *role.Act) {
		a.Person = role.Person{Organisation: "pirna", Name: "admin", Roles: role.Of("pirna")}
	},
	"kdn:none": kdn(), "kdn:user": kdn(role.UserAdmin), "kdn:tech": kdn(role.TechnischerAdmin), "kdn:acct": kdn(role.AccountAdmin),
	"admin": operator(role.Administrator, false), "admin+cr": operator(role.Administrator, true),
	"support": operator(role.SupportAdministrator, false), "support+cr": operator(role.SupportAdministrator, true),
}

func tenantRole(r role.Role) func(*role.Act) {
	return func(a *role.Act) {
		a.Person = role.Person{Organisation: "annaberg", Name: "x", Roles: []role.Role{r}}
	}
}

func kdn(roles ...role.Role) func(*role.Act) {
	return func(a *role.Act) {
		a.Person = role.Person{Organisation: role.KDNGmbH, Name: "kdn-admin"}
		if roles != nil {
			a.Powers = []role.PowerOfAttorney{power(roles...)}
		}
	}
}

func power(roles ...role.Role) role.PowerOfAttorney {
	return role.PowerOfAttorney{Number: "V-1", Tenant: "annaberg", Holder: role.KDNGmbH, Roles: roles, Purpose: role.Administration, From: at.Add(-time.Hour)}
}

func operator(r role.Role, cr bool) func(*role.Act) {
	return func(a *role.Act) {
		a.Person = role.Person{Organisation: role.Operator, Name: "x", Roles: []role.Role{r}}
		if cr {
			a.ChangeRequest = &role.ChangeRequest{Number: "CR-1", Service: role.Service, Tenant: "annaberg", Object: "annaberg", Kind: role.KindOf(a.Operation), Open: true}
		}
	}
}

func act(o role.Operation) role.Act {
	return role.Act{Operation: o, Tenant: "annaberg", Objects: []string{"poststelle@annaberg.test", "annaberg.de-mail.de"}, At: at}
}

// cell is the decision as the matrix writes it.
func cell(d role.Decision) string {
	if d.OK {
		return "+" + d.Rule
	}
	return "-" + d.Rule
}

func TestMatrix(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(matrix), "\n")
	columns := strings.Fields(lines[0])
	seen := map[role.Operation]bool{}
	above := make([]string, len(columns))
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		if len(cells) != len(columns) {
			t.Fatalf("%d cells in %q", len(cells), line)
		}
		o := role.Operation(cells[0])
		seen[o] = true
		for i := 1; i < len(cells); i++ {
			if cells[i] == "=" {
				cells[i] = above[i]
			}
			above[i] = cells[i]
			a := act(o)
			actors[columns[i]](&a)
			d := role.Allowed(a)
			if got := cell(d); got != cells[i] {
				t.Errorf("%s by %s: %s (%s), want %s", o, columns[i], got, d.Reason, cells[i])
			}
			checkDecision(t, a, d)
		}
	}
	for _, r := range role.Table() {
		for _, o := range r.Operations {
			if !seen[o] {
				t.Errorf("%s is not in the matrix", o)
			}
		}
	}
}

// checkDecision holds what every decision must have.
func checkDecision(t *testing.T, a role.Act, d role.Decision) {
	t.Helper()
	switch {
	case d.Rule == "" || !slices.Contains(d.Requirements, d.Rule) && d.Rule != "D10a" && d.Rule != "D10c":
		t.Errorf("%s: rule %q is not among its requirements %v", a.Operation, d.Rule, d.Requirements)
	case !d.OK && (d.Reason == "" || d.Fix == "" || d.WhoFixes == ""):
		t.Errorf("%s: a refusal without reason, remedy or owner: %+v", a.Operation, d)
	case d.OK && d.Reason != "":
		t.Errorf("%s: allowed with a reason: %+v", a.Operation, d)
	}
	if a.Person.Organisation == "pirna" && strings.Contains(d.Reason, "annaberg") {
		t.Errorf("%s: tells pirna of annaberg: %s", a.Operation, d.Reason)
	}
}
