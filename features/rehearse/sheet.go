package rehearse

import (
	"slices"
	"strings"
	"time"

	"demailbench/sim/calendar"
)

// Party is who can put something right.
type Party string

// The parties of S1.
const (
	Tenant   Party = "tenant"
	KDN      Party = "kdn-gmbh"
	SID      Party = "sid"
	TSystems Party = "t-systems"
)

// Fault is one precondition that is not met.
type Fault struct {
	// Check names the precondition: "contract.itsp". The catalogue has its texts under rehearse.fault and
	// rehearse.fix.
	Check string
	// Note tells that it is worth knowing and stops nobody.
	Note bool
	// File, Line and Field say where in the tenant's own files; Value what stands there.
	File  string
	Line  int
	Field string
	Value string
	// Args are further parts of the texts, names and values in turn.
	Args []any
	// Statements say where the precondition is from.
	Statements []string
	Owner      Party
	// By is the day by which it must be put right for production to begin as planned; the zero Date when that
	// day is not known. Late: that day is over.
	By   calendar.Date
	Late bool
}

// Said is a value of Fault.Args that has a text of its own in the catalogue.
type Said struct {
	Key  string
	Args []any
}

// Sheet is the outcome of a check.
type Sheet struct {
	Form *Form
	// AsOf is the day of the sheet, Production the planned day (zero: none), Earliest the first day on which
	// production can begin when work on all faults begins on AsOf.
	AsOf, Production, Earliest calendar.Date
	// Faults are sorted by the day by which they must be put right, notes last.
	Faults []Fault
	// Topics are the groups of preconditions in the order of the process, with the number of open ones in each.
	Topics []Topic
}

// Topic is a group of preconditions.
type Topic struct {
	Name string
	Open int
}

// Ready reports whether production can begin as planned.
func (s *Sheet) Ready() bool {
	return !slices.ContainsFunc(s.Faults, func(f Fault) bool { return !f.Note })
}

// paper are the preconditions without which a world can be made all the same: dates, papers and what others have
// still to do. All others are about the data of which the world is made.
var paper = []string{"authority.key", "authority.nokey", "authority.state", "dates.", "papers.", "contract.", "account.state", "account.activation", "account.unknown", "account.gateway", "account.price",
	"domains.bound", "mail.routed", "mail.exchange", "mail.cert", "mail.line", "mail.connector", "network.matrix", "network.row", "contacts.", "administrators.", "power."}

// Stageable reports whether the data suffice for a world in which they can be tried, as if every paper were there.
func (s *Sheet) Stageable() bool {
	return !slices.ContainsFunc(s.Faults, func(f Fault) bool {
		return !f.Note && !slices.ContainsFunc(paper, func(p string) bool { return strings.HasPrefix(f.Check, p) })
	})
}

// Open is the number of faults and of notes.
func (s *Sheet) Open() (faults, notes int) {
	for _, f := range s.Faults {
		if f.Note {
			notes++
		} else {
			faults++
		}
	}
	return faults, notes
}

// precondition is one line of the table of preconditions.
type precondition struct {
	owner Party
	// days is how many working days before production it must be met: what comes after it in the process needs
	// them. The sources name no terms but four weeks for commissioning; these are ours.
	days       int
	statements string
}

// topics are the groups in the order of the process.
var topics = []string{"authority", "dates", "papers", "contract", "account", "domains", "mail", "network", "mapping", "contacts", "administrators", "power"}

// checker holds a form against the preconditions.
type checker struct {
	form   *Form
	sheet  *Sheet
	office calendar.Office
}

// Check holds a form against every precondition. Today is the day for which the form is judged unless it names one
// itself.
func Check(f *Form, today time.Time) *Sheet {
	c := &checker{form: f, sheet: &Sheet{Form: f}, office: calendar.Office{State: calendar.Saxony, CorpusChristi: calendar.HasCorpusChristi(f.Name, "")}}
	c.sheet.AsOf, _ = calendar.Berlin(today)
	if !f.AsOf.IsZero() {
		c.sheet.AsOf = dateOf(f.AsOf.Time)
	}
	if !f.Production.IsZero() {
		c.sheet.Production = dateOf(f.Production.Time)
	}
	for _, check := range []func(){c.authority, c.dates, c.papers, c.contract, c.account, c.domains, c.mail, c.transport, c.network, c.mapping, c.contacts, c.administrators, c.powers} {
		check()
	}
	c.schedule()
	return c.sheet
}

func dateOf(t time.Time) calendar.Date {
	return calendar.On(t.Year(), int(t.Month()), t.Day())
}

func before(a, b calendar.Date) bool { return a.String() < b.String() }

// miss notes that a precondition is not met; field and value say where.
func (c *checker) miss(name, field, value string, args ...any) *Fault {
	p, ok := preconditions[name]
	if !ok {
		panic("rehearse: no precondition " + name) // the table is in this package, and a test uses all of it
	}
	if p.owner == KDN && c.form.Network == "svn" { // the state's authorities turn to the SID for everything (S1-038)
		p.owner = SID
	}
	at := c.form.source.Fail(field, value, "", "")
	if field == "" {
		at.Line = 0
	}
	f := Fault{Check: name, File: at.File, Line: at.Line, Field: field, Value: value, Args: args, Statements: strings.Fields(p.statements), Owner: p.owner}
	c.sheet.Faults = append(c.sheet.Faults, f)
	return &c.sheet.Faults[len(c.sheet.Faults)-1]
}

// note notes what is worth knowing.
func (c *checker) note(name, field, value string, args ...any) *Fault {
	f := c.miss(name, field, value, args...)
	f.Note = true
	return f
}

// schedule gives every fault its day and finds the first possible day of production.
func (c *checker) schedule() {
	s, longest := c.sheet, 0
	open := map[string]int{}
	for i := range s.Faults {
		f := &s.Faults[i]
		if f.Note {
			continue
		}
		topic, _, _ := strings.Cut(f.Check, ".")
		open[topic]++
		days := preconditions[f.Check].days
		longest = max(longest, days)
		if s.Production != (calendar.Date{}) {
			f.By = c.office.DaysBefore(s.Production, days)
			f.Late = before(f.By, s.AsOf)
		}
	}
	for _, t := range topics {
		s.Topics = append(s.Topics, Topic{t, open[t]})
	}
	s.Earliest = s.AsOf
	for range longest {
		s.Earliest = s.Earliest.Next()
		for !c.office.Works(s.Earliest) {
			s.Earliest = s.Earliest.Next()
		}
	}
	slices.SortStableFunc(s.Faults, func(a, b Fault) int {
		if a.Note != b.Note {
			if a.Note {
				return 1
			}
			return -1
		}
		return strings.Compare(a.By.String(), b.By.String())
	})
}
