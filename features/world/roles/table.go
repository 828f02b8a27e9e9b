// Package roles lets everybody try every operation: people of a tenant with each role, of another tenant, of KDN GmbH
// with each state of a power of attorney, of the operator with and without change request. What must come of it is a
// table of the fixtures, which no gateway knows. It leaves out how an operation is done (package office) and the
// judgement (features/check).
package roles

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Row is one operation of the table.
type Row struct {
	Group, Operation string
	// Basis are the statements and decisions by which those who may do it may.
	Basis []string
	// Answers are, by actor, "+" for done or the rules, joined by " or ", by which it is refused.
	Answers map[string]string
	// Role is the role in which people with several act.
	Role string
	// Kind, Object and Tenant are those of a change request for it; Kind is empty when it needs none.
	Kind, Object, Tenant string
	// Arguments are paths and values, as package office reads them; "{a}" is the number
	// of the actor.
	Arguments [][2]string
}

// Table is the answers by operation and actor.
type Table struct {
	// Actors are in the order in which they act.
	Actors []string
	Rows   []Row
}

// Load reads roles/matrix.csv and roles/operations.csv. The error names file and line.
func Load(fsys fs.FS) (*Table, error) {
	answers, err := read(fsys, "roles/matrix.csv")
	if err != nil {
		return nil, err
	}
	operations, err := read(fsys, "roles/operations.csv")
	if err != nil {
		return nil, err
	}
	t := &Table{Actors: answers[0][3:]}
	for n, line := range answers[1:] {
		r := Row{Group: line[0], Operation: line[1], Basis: strings.Fields(line[2]), Answers: map[string]string{}}
		for i, actor := range t.Actors {
			if r.Answers[actor] = line[3+i]; line[3+i] == "" {
				return nil, fmt.Errorf("roles/matrix.csv:%d: %s: column %s is empty; write + or the rules by which it is refused", n+2, r.Operation, actor)
			}
		}
		i := slices.IndexFunc(operations, func(o []string) bool { return o[0] == r.Operation })
		if i < 1 {
			return nil, fmt.Errorf("roles/matrix.csv:%d: %s has no line in roles/operations.csv; add one", n+2, r.Operation)
		}
		o := operations[i]
		r.Role, r.Kind, r.Object, r.Tenant = o[1], o[2], o[3], o[4]
		for arg := range strings.SplitSeq(o[5], "|") {
			if arg == "" {
				continue
			}
			path, value, ok := strings.Cut(arg, "=")
			if !ok {
				return nil, fmt.Errorf("roles/operations.csv:%d: %s: argument %q has no value; write path=value", i+1, r.Operation, arg)
			}
			r.Arguments = append(r.Arguments, [2]string{path, value})
		}
		t.Rows = append(t.Rows, r)
	}
	return t, nil
}

// read reads a file of values with semicolons between them.
func read(fsys fs.FS, name string) ([][]string, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	lines, err := r.ReadAll()
	if err == nil && len(lines) < 2 {
		err = fmt.Errorf("it has no line below its first")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return lines, nil
}

// Group is the rows of a group.
func (t *Table) Group(name string) ([]Row, error) {
	var rows []Row
	for _, r := range t.Rows {
		if r.Group == name {
			rows = append(rows, r)
		}
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("roles/matrix.csv has no group %q", name)
	}
	return rows, nil
}
