package steps

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/cucumber/godog"

	"demailbench/features/check/deed"
	"demailbench/features/world"
	"demailbench/features/world/office"
	"demailbench/features/world/roles"
)

// administering are the steps by which people administer the gateway. Their tables have an argument of the operation
// and its value in each row; features/world/office says how values are written.
func administering(w *world.World) []binding {
	var trial *roles.Trial
	does := func(by office.Actor, operation string, t *godog.Table) error {
		rows, err := pairs(t)
		if err != nil {
			return err
		}
		return w.Office().Does(by, operation, rows)
	}
	return []binding{
		{`^the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)"$`, func(role, org, operation string) error {
			return w.Office().Does(office.Actor{Role: role, Org: org}, operation, nil)
		}},
		{`^the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`, func(role, org, operation string, t *godog.Table) error {
			return does(office.Actor{Role: role, Org: org}, operation, t)
		}},
		{`^"([^"]+)", ` + anyRole + ` of ` + orgs + `, does "([\w.-]+)":$`, func(name, role, org, operation string, t *godog.Table) error {
			return does(office.Actor{Name: name, Role: role, Org: org}, operation, t)
		}},
		{`^by power of attorney "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`, func(power, role, org, operation string, t *godog.Table) error {
			return does(office.Actor{Role: role, Org: org, PowerOfAttorney: power}, operation, t)
		}},
		{`^on change request "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`, func(cr, role, org, operation string, t *godog.Table) error {
			return does(office.Actor{Role: role, Org: org, ChangeRequest: cr}, operation, t)
		}},
		{`^on change request "([^"]+)" and written order "([^"]+)" the ` + anyRole + ` of ` + orgs + ` does "([\w.-]+)":$`, func(cr, order, role, org, operation string, t *godog.Table) error {
			return does(office.Actor{Role: role, Org: org, ChangeRequest: cr, Order: order}, operation, t)
		}},
		{`^it is done$`, func() error { return w.Office().Ended(deed.Done, "") }},
		{`^it is refused$`, func() error { return w.Office().Ended(deed.Refusal, "") }},
		{`^it is refused because of "([^"]+)"$`, func(rule string) error { return w.Office().Ended(deed.Refusal, rule) }},
		{`^the answer says:$`, func(t *godog.Table) error {
			rows, err := pairs(t)
			var values []string
			for _, r := range rows {
				values = append(values, r[0]+"="+r[1])
			}
			if err != nil {
				return err
			}
			return w.Office().AnswerSays(values)
		}},
		{`^the answer (lists|does not list):$`, func(how string, t *godog.Table) error {
			items, err := objects(t)
			if err != nil {
				return err
			}
			if how == "lists" {
				return w.Office().AnswerLists(items, nil)
			}
			return w.Office().AnswerLists(nil, items)
		}},
		{`^its number is called "([^"]+)"$`, func(name string) error { return w.Office().FileLast(name) }},
		{`^everybody tries every operation of group "([^"]+)"$`, func(group string) (err error) {
			trial, err = w.EverybodyTries(group)
			return err
		}},
		{`^each is answered as the role table says$`, func() error { return trial.Answered(w.Note) }},
		{`^the audit logs say of each who it was and how it ended$`, func() error { return trial.Kept(w.Note) }},
		{`^the audit log of ` + orgs + ` says who did it, by which right$`, func(org string) error { return w.Office().Audited(org) }},
	}
}

// papers are the steps by which people and their grounds come to be before something is done.
func papers(w *world.World) []binding {
	const day = 24 * time.Hour
	return []binding{
		{`^(\w+) is not enrolled yet$`, func(tenant string) error { return w.BeginWithout(tenant) }},
		{`^(\w+) has an? ` + anyRole + `$`, func(tenant, role string) error { return w.Office().Enrolled(office.Actor{Role: role, Org: tenant}) }},
		{`^(\w+) has an? ` + anyRole + ` "([^"]+)"$`, func(tenant, role, name string) error {
			return w.Office().Enrolled(office.Actor{Name: name, Role: role, Org: tenant})
		}},
		{`^change request "([^"]+)" of kind "(users|smtp|domains|mapping|account|platform)" about "([^"]+)" of (\w+) is filed$`, func(name, kind, object, tenant string) error {
			return w.Office().FileChangeRequest(name, kind, object, tenant)
		}},
		{`^written order "([^"]+)" of (\w+) about "([^"]+)" is filed for (\d+) days$`, func(name, tenant, object string, days int) error {
			return w.Office().FileOrder(name, object, tenant, time.Duration(days)*day)
		}},
		{`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for (commissioning|administration) as ` + anyRole + ` for (\d+) days$`, func(tenant, name, purpose, role string, days int) error {
			return w.Office().FilePower(name, tenant, purpose, time.Duration(days)*day, role)
		}},
		{`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for (commissioning|administration) as ` + anyRole + ` and ` + anyRole + ` for (\d+) days$`, func(tenant, name, purpose, role, other string, days int) error {
			return w.Office().FilePower(name, tenant, purpose, time.Duration(days)*day, role, other)
		}},
		{`^(\w+) has given KDN GmbH power of attorney "([^"]+)" for administration as ` + anyRole + ` without end$`, func(tenant, name, role string) error {
			return w.Office().FilePower(name, tenant, "administration", 0, role)
		}},
	}
}

// Roles and organisations as features name them.
const (
	anyRole = `(Administrator|Support Administrator|User Admin|Technischer Admin|Account Admin)`
	orgs    = `(the operator|KDN GmbH|\w+)`
)

// pairs reads a table of two columns.
func pairs(t *godog.Table) ([][2]string, error) {
	var out [][2]string
	for i, r := range t.Rows {
		if len(r.Cells) != 2 {
			return nil, fmt.Errorf("row %d of the table has %d cells; write a name and a value", i+1, len(r.Cells))
		}
		out = append(out, [2]string{r.Cells[0].Value, r.Cells[1].Value})
	}
	return out, nil
}

// objects reads a table whose first row has names and the others values, each as a JSON object.
func objects(t *godog.Table) ([]string, error) {
	if len(t.Rows) < 2 {
		return nil, fmt.Errorf("the table needs a row of names and at least one of values")
	}
	var out []string
	for _, r := range t.Rows[1:] {
		o := map[string]string{}
		for i, c := range r.Cells {
			o[t.Rows[0].Cells[i].Value] = c.Value
		}
		text, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		out = append(out, string(text))
	}
	return out, nil
}
