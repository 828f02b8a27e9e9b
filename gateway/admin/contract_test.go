package admin

import (
	"testing"

	"demailbench/gateway/role"
)

// Every operation of the contract is one that the roles decide, and every one that they decide can be called.
func TestContractAndRoles(t *testing.T) {
	o := newOffice(t)
	decided := map[string]bool{"session.open": true} // by the password
	for _, r := range role.Table() {
		for _, op := range r.Operations {
			decided[string(op)] = true
		}
	}
	called := map[string]bool{}
	for path, item := range o.doc.Paths.Map() {
		for method, op := range item.Operations() {
			names, ok := op.Extensions["x-operation"].([]any)
			if name, single := op.Extensions["x-operation"].(string); single {
				names, ok = []any{name}, true
			}
			if !ok && path != "/openapi.yaml" {
				t.Errorf("%s %s: no x-operation", method, path)
			}
			for _, name := range names {
				called[name.(string)] = true
				if !decided[name.(string)] {
					t.Errorf("%s %s: nobody decides who may %s", method, path, name)
				}
			}
		}
	}
	for name := range decided {
		if !called[name] {
			t.Errorf("%s cannot be called", name)
		}
	}
}
