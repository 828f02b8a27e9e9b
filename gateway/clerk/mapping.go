package clerk

import (
	"slices"
	"strings"

	"demailbench/gateway/demail"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/table"
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

// RowProblem is what is wrong with one cell of an import.
type RowProblem struct {
	// Row counts from 1, without the head; Line is its line in the file.
	Row, Line int
	// Column is "mail" or "demail", empty for the row as a whole.
	Column, Value string
	Refusal       *register.Refusal
}

// Import is what was done with an import, or would be.
type Import struct {
	Rows, Added, Unchanged int
	Applied                bool
	Problems               []RowProblem
}

// ImportMapping adds the rows of a file, all or none; a dry run only says what would happen. Every problem is listed.
func (k *Clerk) ImportMapping(c Caller, id string, rows []table.Row, dry bool) (Import, error) {
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

// sift parts new rows from known and wrong ones.
func (d *draft) sift(id string, rows []table.Row, report *Import) (fresh []tenant.Pair) {
	type place struct {
		row    int
		demail string
	}
	seen := map[string]place{}
	for _, r := range rows {
		wrong := func(column, value string, refusal *register.Refusal) {
			report.Problems = append(report.Problems, RowProblem{r.Number, r.Line, column, value, refusal})
		}
		for _, f := range r.Faults {
			wrong(f.Column, f.Value, register.Refuse(register.Invalid, "S1-149", "tenant", f.Fix, "%q %s", f.Value, f.Problem))
		}
		if len(r.Faults) > 0 {
			continue
		}
		c, known, faults := d.next.Book.CheckRow(id, tenant.Pair{Mail: r.Mail, DeMail: r.DeMail}, d.k.rules())
		for _, f := range faults {
			wrong(strings.TrimPrefix(f.Field, "."), f.Value, register.Broken(f, d.operator()))
		}
		if len(faults) > 0 {
			continue
		}
		before, twice := seen[c.Mail]
		switch {
		case twice && before.demail != c.DeMail:
			wrong("mail", r.Mail, register.Refuse(register.Conflict, "D12", "tenant", "keep one of the rows", "%q is mapped to %s in row %d already (D12)", r.Mail, before.demail, before.row))
		case known || twice:
			report.Unchanged++
		default:
			seen[c.Mail] = place{r.Number, c.DeMail}
			fresh = append(fresh, c)
		}
	}
	return fresh
}
