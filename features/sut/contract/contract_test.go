package contract

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
)

// design are the operations that the bench's features are written against.
var design = strings.Fields(`tenant.enrol tenant.suspend tenant.offboard domain.bind domain.direction smtp-inbound.set catchall.set bounceall.set
mapping.put mapping.delete mapping.list mapping.import user.create user.roles user.revoke power-of-attorney.grant power-of-attorney.revoke
session.open session.close instance.assign card.insert card.pin card.block maintenance.plan maintenance.change maintenance.start maintenance.end
maintenance.cancel incident.open incident.close incident.classify availability.report change-request.file written-order.file audit.query queue.query
backup.create backup.restore node.restart node.kill clock.set reset`)

func TestEveryOperationOfTheDesign(t *testing.T) {
	for _, name := range design {
		if _, ok := Lookup(name); !ok {
			t.Errorf("there is no operation %s", name)
		}
	}
}

func TestOperationsAreComplete(t *testing.T) {
	form := regexp.MustCompile(`^[a-z]+(-[a-z]+)*(\.[a-z]+)?$`)
	for _, o := range Operations() {
		t.Run(o.Name, func(t *testing.T) {
			if !form.MatchString(o.Name) {
				t.Error("the name is not noun.verb")
			}
			for what, text := range map[string]string{"summary.en": o.Summary.EN, "summary.de": o.Summary.DE} {
				if !strings.HasSuffix(text, ".") {
					t.Errorf("%s is no sentence: %q", what, text)
				}
			}
			if len(o.Statements)+len(o.Decisions) == 0 {
				t.Error("serves no statement and no decision")
			}
			if len(o.Roles)+len(o.RolesWithCR) == 0 {
				t.Error("nobody may do it")
			}
			if o.Reads && !o.Idempotent {
				t.Error("reads, but is not idempotent")
			}
			for _, r := range slices.Concat(o.Roles, o.RolesWithCR) {
				if !slices.Contains([]Role{Administrator, SupportAdministrator, UserAdmin, TechnischerAdmin, AccountAdmin}, r) {
					t.Errorf("role %s is not one of D8", r)
				}
			}
		})
	}
}

// TestStatementsExist holds the ids against the ledger's list.
func TestStatementsExist(t *testing.T) {
	data, err := fs.ReadFile(fixtures.FS, "requirements/ids.txt")
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(data))
	decision := regexp.MustCompile(`^D([1-9]|[12][0-9]|3[01]|8a|10[abc])$`)
	for _, o := range Operations() {
		ids := slices.Clone(o.Statements)
		for _, g := range o.Refusals {
			ids = append(ids, g.Rule)
		}
		for _, id := range slices.Concat(ids, o.Decisions) {
			if !slices.Contains(known, id) && !decision.MatchString(id) {
				t.Errorf("%s: there is no statement or decision %s", o.Name, id)
			}
		}
	}
}

func TestExamples(t *testing.T) {
	for _, o := range Operations() {
		if len(o.Examples) == 0 || o.Examples[0].Result == nil {
			t.Errorf("%s has no example that is done", o.Name)
		}
		for i, e := range o.Examples {
			for _, err := range e.problems(o) {
				t.Errorf("%s, example %d: %v", o.Name, i, err)
			}
		}
	}
}

// problems checks an example as the wire would be.
func (e Example) problems(o Operation) []error {
	as, err := json.Marshal(e.As)
	found := []error{err, CheckAs(as), o.CheckArgs(e.Args)}
	if e.Refusal == nil {
		return slices.DeleteFunc(append(found, o.CheckResult(e.Result)), func(err error) bool { return err == nil })
	}
	refusal, err := json.Marshal(e.Refusal)
	found = append(found, err, CheckRefusal(refusal))
	return slices.DeleteFunc(found, func(err error) bool { return err == nil })
}

// TestTypesAgree compares schemas and Go types, and sends each example through its Go type and back.
func TestTypesAgree(t *testing.T) {
	if len(types) != len(Operations()) {
		t.Errorf("%d operations have Go types, there are %d", len(types), len(Operations()))
	}
	for _, p := range types {
		t.Run(p.name, func(t *testing.T) {
			o, ok := Lookup(p.name)
			if !ok {
				t.Fatal("no such operation")
			}
			if diff := o.args.Differences(p.args, "json"); diff != nil {
				t.Error(strings.Join(diff, "\n"))
			}
			if diff := o.result.Differences(p.result, "json"); diff != nil {
				t.Error(strings.Join(diff, "\n"))
			}
			for _, e := range o.Examples {
				roundTrip(t, e.Args, p.args)
				if e.Refusal == nil {
					roundTrip(t, e.Result, p.result)
				}
			}
		})
	}
}

func roundTrip(t *testing.T, raw json.RawMessage, typ reflect.Type) {
	t.Helper()
	v := reflect.New(typ)
	if err := json.Unmarshal(raw, v.Interface()); err != nil {
		t.Fatal(err)
	}
	back, err := Encode(v.Elem().Interface())
	if err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(back, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s changes on its way through Go: %s", typ, diff)
	}
}

func TestSharedTypesAgree(t *testing.T) {
	for name, typ := range map[string]reflect.Type{"as": reflect.TypeFor[As](), "refusal": reflect.TypeFor[Refusal](), "nothing": reflect.TypeFor[Nothing]()} {
		s, err := book().schemas.Schema("common.json#/$defs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := s.Differences(typ, "json"); diff != nil {
			t.Error(strings.Join(diff, "\n"))
		}
	}
}

// TestNoUnusedSchemas finds definitions of arguments or results without an operation.
func TestNoUnusedSchemas(t *testing.T) {
	for _, file := range SchemaFiles() {
		for _, def := range book().schemas.Definitions(file) {
			name, isArgs := strings.CutSuffix(def, ".args")
			name, isResult := strings.CutSuffix(name, ".result")
			if o, ok := Lookup(name); (isArgs || isResult) && (!ok || o.Group+".json" != file) {
				t.Errorf("%s: %s belongs to no operation of the group", file, def)
			}
		}
	}
}

func TestNewRequest(t *testing.T) {
	as := As{Person: "annaberg-account", Role: AccountAdmin, Org: "annaberg"}
	r, err := NewRequest(as, MappingPut{Tenant: "annaberg", Mail: "a@b.example", DeMail: "a@b.de-mail.de"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"tenant":"annaberg","mail":"a@b.example","demail":"a@b.de-mail.de"}`, string(r.Args)); diff != "" || r.Name != "mapping.put" {
		t.Error(r.Name, diff)
	}
	if _, err := NewRequest(as, UserRoles{Org: "annaberg", Person: "annaberg-tech"}); err != nil {
		t.Errorf("a person without roles must be an empty list: %v", err)
	}
	_, err = NewRequest(As{Person: "Annaberg Admin", Role: "boss", Org: "annaberg"}, Reset{})
	want := `contract: reset: as.person: "Annaberg Admin": has the wrong form; it must match ^[a-z0-9]([a-z0-9-]*[a-z0-9])?$
as.role: "boss": is not a known value; use "administrator", "support-administrator", "user-admin", "technischer-admin", "account-admin"`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestRedact(t *testing.T) {
	o, _ := Lookup("session.open")
	out, secrets := o.RedactArgs([]byte(`{"person":"p","org":"annaberg","password":"hunter2","code":"123456"}`))
	if diff := cmp.Diff(`{"person":"p","org":"annaberg","password":"***","code":"***"}`, string(out)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"hunter2", "123456"}, secrets); diff != "" {
		t.Error(diff)
	}
	if out, _ := o.RedactArgs([]byte(`{"password":"hunter2`)); strings.Contains(string(out), "hunter2") {
		t.Errorf("what cannot be read is shown: %s", out)
	}
}

func TestSuggest(t *testing.T) {
	for name, want := range map[string]string{"maping.put": "mapping.put", "mapping_put": "mapping.put", "resett": "reset", "fly.to.the.moon": "", "": ""} {
		if got := Suggest(name, Names()); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
