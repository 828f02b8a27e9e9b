package rehearse

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"demailbench/features/rehearse/table"
)

// mapping judges the mapping table: its form, whose the addresses are, and that none is ambiguous (D12).
func (c *checker) mapping() {
	f := c.form
	if f.table == nil {
		c.miss("mapping.none", "mapping", "")
		return
	}
	for _, p := range f.table.Problems {
		c.inTable(c.miss("mapping."+string(p.Kind), "mapping", p.Value, "max", table.MaxRows), p.Line, p.Column)
	}
	if len(f.table.Rows) == 0 && len(f.table.Problems) == 0 {
		c.miss("mapping.none", "mapping", f.Mapping)
	}
	senders, boxes, shapes := map[string]sender{}, map[string]bool{}, map[string]string{}
	for _, m := range f.Account.Mailboxes {
		boxes[canonical(m)] = true
	}
	mapped := map[string]bool{}
	for _, r := range f.table.Rows {
		if c.row(r, senders, boxes) {
			mapped[canonical(r.DeMail)] = true
			c.shape(r, shapes)
		}
	}
	c.leftOver(mapped, senders)
}

// inTable puts a fault at its place in the table.
func (c *checker) inTable(f *Fault, line int, column string) {
	f.File, f.Line, f.Field = path.Base(c.form.Mapping), line, column
}

// sender is what an e-mail address was mapped to, and where.
type sender struct {
	demail string
	line   int
}

// row judges one row and reports whether it holds.
func (c *checker) row(r table.Row, senders map[string]sender, boxes map[string]bool) bool {
	good := true
	miss := func(name, column, value string, args ...any) {
		c.inTable(c.miss(name, "mapping", value, args...), r.Line, column)
		good = false
	}
	mail, demail := canonical(r.Mail), canonical(r.DeMail)
	if mail == "" {
		miss("mapping.address", "mail", r.Mail, "problem", wrongAddress(r.Mail))
	} else if !slices.Contains(c.form.Mail.Domains, domainOf(mail)) {
		miss("mapping.mailforeign", "mail", r.Mail, "domains", strings.Join(c.form.Mail.Domains, ", "))
	}
	switch {
	case demail == "":
		miss("mapping.address", "demail", r.DeMail, "problem", wrongAddress(r.DeMail))
	case !slices.Contains(c.form.domainNames(), domainOf(demail)):
		miss("mapping.demailforeign", "demail", r.DeMail, "domains", strings.Join(c.form.domainNames(), ", "))
	case !boxes[demail]:
		miss("mapping.account", "demail", r.DeMail)
	}
	if mail == "" {
		return false
	}
	first, known := senders[mail]
	switch {
	case !known:
		senders[mail] = sender{demail, r.Line}
	case first.demail == demail:
		c.inTable(c.note("mapping.twice", "mapping", r.Mail, "line", first.line), r.Line, "mail")
	default:
		miss("mapping.ambiguous", "mail", r.Mail, "line", first.line, "demail", first.demail)
	}
	return good
}

// shape notes addresses that differ and look the same.
func (c *checker) shape(r table.Row, shapes map[string]string) {
	for _, cell := range []struct{ column, value string }{{"mail", canonical(r.Mail)}, {"demail", canonical(r.DeMail)}} {
		s := skeleton(cell.value)
		if other, known := shapes[s]; known && other != cell.value {
			c.inTable(c.note("mapping.lookalike", "mapping", cell.value, "other", other), r.Line, cell.column)
		}
		shapes[s] = cell.value
	}
}

// leftOver judges what is mapped to nothing.
func (c *checker) leftOver(mapped map[string]bool, senders map[string]sender) {
	f := c.form
	for i, m := range f.Account.Mailboxes {
		at := slices.IndexFunc(f.Domains, func(d Domain) bool { return strings.EqualFold(d.Name, domainOf(m)) })
		if box := canonical(m); box != "" && !mapped[box] && at >= 0 && f.Domains[at].CatchAll == "" && f.Domains[at].BounceAll == "" {
			c.note("mapping.unmapped", fmt.Sprintf("account.mailboxes[%d]", i), m)
		}
	}
	for i, u := range f.Unmapped {
		if s, known := senders[canonical(u)]; known {
			c.miss("mapping.contradicts", fmt.Sprintf("unmapped[%d]", i), u, "demail", s.demail, "line", s.line)
		}
	}
}
