// Package catalogue holds the mutants: what each breaks, with the fault
// that does it. A family has a file.
//
// It leaves out how faults are made (package fault), what becomes of them (package mutant) and running them (package hunt).
package catalogue

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/sut"
)

// Entry is a mutant with its fault.
type Entry struct {
	mutant.Mutant
	fault fault.Fault
}

// of is a list of statements, for short rows.
func of(ids ...string) []string { return ids }

// Adapter starts gateways that are wrong as e says.
func (e Entry) Adapter() sut.Adapter { return e.fault.Adapter(e.ID) }

// Fixtures are those of the world that e wants, from the ones that everybody has.
func (e Entry) Fixtures(fsys fs.FS) fs.FS { return e.fault.Spoil(fsys) }

// All returns every mutant, sorted by family and name.
func All() []Entry {
	all := slices.Concat(direction, mapping, isolation, options, transport, queue, maintenance, roles, sizes, network, lying, fresh, world)
	slices.SortStableFunc(all, func(a, b Entry) int {
		return cmp.Or(cmp.Compare(slices.Index(mutant.Families, a.Family), slices.Index(mutant.Families, b.Family)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Find returns the mutants that a name means: the one with this id, or all of a family or of a beginning at a
// hyphen.
func Find(name string) []Entry {
	var found []Entry
	for _, e := range All() {
		if e.ID == name {
			return []Entry{e}
		}
		if string(e.Family) == name || strings.HasPrefix(e.ID, strings.TrimSuffix(name, "-")+"-") {
			found = append(found, e)
		}
	}
	return found
}

// Select returns the mutants that the names mean, each once, or all without a name. The error names what is unknown.
func Select(names []string) (list []mutant.Mutant, err error) {
	entries := All()
	if len(names) > 0 {
		entries = nil
	}
	for _, name := range names {
		found := Find(name)
		if len(found) == 0 {
			return nil, fmt.Errorf("%s: no mutant and no family of that name; demailbench list mutants has them", name)
		}
		entries = append(entries, found...)
	}
	for _, e := range entries {
		if !slices.ContainsFunc(list, func(m mutant.Mutant) bool { return m.ID == e.ID }) {
			list = append(list, e.Mutant)
		}
	}
	return list, nil
}

// IDs are the names of all mutants.
func IDs() (ids []string) {
	for _, e := range All() {
		ids = append(ids, e.ID)
	}
	return ids
}
