package clerk

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"demailbench/gateway/demail"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// rowOf is the target of an act on one row of the mapping. A change request may call it by either address or by
// the De-Mail domain.
func rowOf(o role.Operation, id string, p tenant.Pair) target {
	return target{o, id, []string{canonical(p.Mail), canonical(p.DeMail), demail.Domain(canonical(p.DeMail)), "mapping"}}
}

// canonical is an address's canonical form; what has none stays as it is, for the rules to refuse.
func canonical(address string) string {
	if c, err := demail.Canonical(address); err == nil {
		return c
	}
	return address
}

// Add adds a row to the mapping table (S1-149). The same row twice is one row.
func (k *Clerk) Add(c Caller, id string, p tenant.Pair) (tenant.Pair, error) {
	row := p
	err := k.change(c, rowOf(role.MappingPut, id, p), func(d *draft) *register.Refusal {
		checked, known, err := d.next.Book.CheckPair(id, p, d.k.rules())
		if err != nil {
			return register.Broken(err, d.operator())
		}
		row = checked
		d.after = row
		if known {
			d.before = row
			return nil
		}
		if refusal := d.room(id, 1); refusal != nil {
			return refusal
		}
		d.addPairs(id, row)
		return nil
	})
	return row, err
}

// room judges whether a tenant may have n rows more.
func (d *draft) room(id string, n int) *register.Refusal {
	if limit := d.k.o.Limits.Mapping; len(d.next.Mapping[id])+n > limit {
		return register.Refuse(register.Invalid, "S1-149", role.Operator, "ask the operator to raise limits.mapping", "a tenant has at most %d rows", limit)
	}
	return nil
}

// Change gives a mapped e-mail address another De-Mail address.
func (k *Clerk) Change(c Caller, id, mail, deMail string) (tenant.Pair, error) {
	p := tenant.Pair{Mail: canonical(mail), DeMail: canonical(deMail)}
	err := k.change(c, rowOf(role.MappingChange, id, p), func(d *draft) *register.Refusal {
		i := d.next.Find(id, p.Mail)
		if i < 0 {
			return register.Refuse(register.Missing, "S1-149", "tenant", "add the row", "%q is not mapped", mail).About("mail")
		}
		d.before, d.after = d.next.Mapping[id][i], p
		if d.before == d.after {
			return nil
		}
		d.next.Mapping[id] = slices.Clone(d.next.Mapping[id])
		d.next.Mapping[id][i] = p
		d.put(register.MappingRecord, id+"/"+p.Mail, register.Row{Tenant: id, Mail: p.Mail, DeMail: p.DeMail})
		d.touched = true // the book that comes of it judges the row
		return nil
	})
	return p, err
}

// Delete removes a row; without it nothing is done. A De-Mail address, when given, must be the row's.
func (k *Clerk) Delete(c Caller, id, mail, deMail string) error {
	p := tenant.Pair{Mail: canonical(mail), DeMail: canonical(deMail)}
	return k.change(c, rowOf(role.MappingDelete, id, p), func(d *draft) *register.Refusal {
		i := d.next.Find(id, p.Mail)
		if i < 0 || deMail != "" && d.next.Mapping[id][i].DeMail != p.DeMail {
			return nil
		}
		d.before = d.next.Mapping[id][i]
		d.next.Mapping[id] = slices.Delete(slices.Clone(d.next.Mapping[id]), i, i+1)
		d.delete(register.MappingRecord, id+"/"+p.Mail)
		d.touched = true
		return nil
	})
}

// RowProblem is what is wrong with one row of an import.
type RowProblem struct {
	// Row counts from 1.
	Row     int
	Value   string
	Refusal *register.Refusal
}

// Import is what was done with an import, or would be.
type Import struct {
	Rows, Added, Unchanged int
	Applied                bool
	Problems               []RowProblem
}

// ImportMapping adds many rows, all or none; a dry run only says what would happen.
func (k *Clerk) ImportMapping(c Caller, id string, rows []tenant.Pair, dry bool) (Import, error) {
	var report Import
	err := k.change(c, target{role.MappingImport, id, []string{"mapping"}}, func(d *draft) *register.Refusal {
		report = Import{Rows: len(rows)}
		if len(rows) > d.k.o.Limits.Mapping {
			return d.room(id, len(rows))
		}
		fresh := d.sift(id, rows, &report)
		report.Added = len(fresh)
		d.after = map[string]any{"rows": len(rows), "added": len(fresh), "problems": len(report.Problems), "dry_run": dry}
		if dry || len(report.Problems) > 0 {
			return nil
		}
		if refusal := d.room(id, len(fresh)); refusal != nil {
			return refusal
		}
		report.Applied = true
		d.addPairs(id, fresh...)
		return nil
	})
	return report, err
}

// formula is the address of a row that a spreadsheet would run as a formula when the table is exported again; empty
// for none.
func formula(p tenant.Pair) string {
	for _, cell := range []string{p.Mail, p.DeMail} {
		if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
			return cell
		}
	}
	return ""
}

// sift parts new rows from known and wrong ones.
func (d *draft) sift(id string, rows []tenant.Pair, report *Import) (fresh []tenant.Pair) {
	seen := map[string]tenant.Pair{}
	for i, p := range rows {
		if cell := formula(p); cell != "" {
			refusal := register.Refuse(register.Invalid, "S1-149", "tenant", "correct the cell", "%.100q begins as a formula of a spreadsheet does", cell)
			report.Problems = append(report.Problems, RowProblem{i + 1, cell, refusal})
			continue
		}
		c, known, err := d.next.Book.CheckPair(id, p, d.k.rules())
		if before, twice := seen[c.Mail]; err == nil && twice && before != c {
			err = &tenant.BookError{Field: ".mail", Value: p.Mail, Problem: fmt.Sprintf("is mapped to %s in another row (D12)", before.DeMail), Fix: "keep one of the rows"}
		} else if twice {
			known = true
		}
		switch {
		case err != nil:
			refusal := register.Broken(err, d.operator())
			var e *tenant.BookError
			value := p.Mail
			if errors.As(err, &e) {
				value = e.Value
			}
			report.Problems = append(report.Problems, RowProblem{i + 1, value, refusal})
		case known:
			report.Unchanged++
		default:
			seen[c.Mail] = c
			fresh = append(fresh, c)
		}
	}
	return fresh
}
