package roles

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"demailbench/features/sut/contract"
	"demailbench/fixtures"
)

// elsewhere are the operations that the table has not, and where they are tried.
var elsewhere = map[string]string{
	"session.open": "by everybody who acts", "session.close": "by everybody who acts",
	"mapping-table.import": "is mapping.import from a file, and is kept under that name",
	"mapping-table.export": "is mapping.list as a file, and is kept under that name",
	"instance":             "platform", "card": "platform", "maintenance": "platform", "incident": "platform", "availability": "platform", "backup": "platform",
	"node": "bench", "clock": "bench", "reset": "bench",
}

// TestTable: every operation of the contract is in the table, and the table agrees with what the contract tells
// vendors.
func TestTable(t *testing.T) {
	table, err := Load(fixtures.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range contract.Operations() {
		group, _, _ := strings.Cut(o.Name, ".")
		i := slices.IndexFunc(table.Rows, func(r Row) bool { return r.Operation == o.Name })
		if i < 0 {
			if elsewhere[o.Name] == "" && elsewhere[group] == "" {
				t.Errorf("%s has no line in matrix.csv", o.Name)
			}
			continue
		}
		for actor, answer := range table.Rows[i].Answers {
			var may bool
			switch actor {
			case "user-admin", "technischer-admin", "account-admin":
				may = slices.Contains(o.Roles, contract.Role(actor))
			case "admin", "admin-wrong-cr", "admin-closed-cr":
				may = slices.Contains(o.Roles, contract.Administrator)
			case "support":
				may = slices.Contains(o.Roles, contract.SupportAdministrator)
			case "kdn-valid":
				may = o.ByPowerOfAttorney
			default:
				continue
			}
			if may != (answer == "+") {
				t.Errorf("%s by %s: the table says %s, the contract %v", o.Name, actor, answer, may)
			}
		}
	}
}

// TestLoadNames names file and line of a mistake.
func TestLoadNames(t *testing.T) {
	const operations = "operation;role;change request kind;object;tenant;arguments\nmapping.put;account-admin;;;;tenant=annaberg\n"
	for _, c := range []struct{ matrix, operations, want string }{
		{"group;operation;allowed by;user-admin\nmapping;mapping.put;S1-149;\n", operations, "roles/matrix.csv:2: mapping.put: column user-admin is empty"},
		{"group;operation;allowed by;user-admin\nmapping;mapping.list;S1-149;+\n", operations, "roles/matrix.csv:2: mapping.list has no line in roles/operations.csv"},
		{"group;operation;allowed by;user-admin\nmapping;mapping.put;S1-149;+\n", strings.Replace(operations, "tenant=annaberg", "annaberg", 1), `roles/operations.csv:2: mapping.put: argument "annaberg" has no value`},
		{"group;operation;allowed by;user-admin\n", operations, "roles/matrix.csv: it has no line below its first"},
	} {
		_, err := Load(fstest.MapFS{"roles/matrix.csv": {Data: []byte(c.matrix)}, "roles/operations.csv": {Data: []byte(c.operations)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
}
