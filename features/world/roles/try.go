package roles

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"demailbench/features/check"
	"demailbench/features/check/deed"
	"demailbench/features/sut/contract"
	"demailbench/features/world/office"
)

// try is one cell of the table as it went.
type try struct {
	number, actor, answer string
	row                   Row
	as                    contract.As
}

// Trial is a group of the table, tried.
type Trial struct {
	o     *office.Office
	tries []try
	// lacking are the operations that the gateway has not.
	lacking map[string]error
}

// Try lets everybody try every operation of a group. now and pass are the world's time. The error ends the scenario.
func Try(fsys fs.FS, group string, o *office.Office, now func() time.Time, pass func(time.Duration) error) (*Trial, error) {
	table, err := Load(fsys)
	if err != nil {
		return nil, err
	}
	rows, err := table.Group(group)
	if err != nil {
		return nil, err
	}
	c := &cast{o: o, now: now, pass: pass, admin: office.Person("", contract.UserAdmin, home)}
	if err := c.gather(); err != nil {
		return nil, o.Asked(err)
	}
	t := &Trial{o: o, lacking: map[string]error{}}
	for n, name := range table.Actors {
		if err := t.act(c, rows, name, n); err != nil {
			return nil, o.Asked(err)
		}
	}
	for _, r := range rows {
		if err := t.lacking[r.Operation]; err != nil && (len(t.lacking) == len(rows) || !declared(err)) {
			return nil, o.Asked(err)
		}
	}
	return t, nil
}

// act lets one actor, the nth, try every operation.
func (t *Trial) act(c *cast, rows []Row, name string, n int) error {
	target := home
	if name == "support-cr" {
		target = "pirna" // home has been offboarded by then
	}
	values := strings.NewReplacer("{a}", fmt.Sprint(n+1), "{target}", target)
	for len(rows) > 0 {
		k := len(rows)
		if name == "kdn-scope" { // lacks the role of these rows only
			k = slices.IndexFunc(rows, func(r Row) bool { return r.Role != rows[0].Role })
			if k < 0 {
				k = len(rows)
			}
		}
		leave := func() error { return nil }
		if strings.HasPrefix(name, "kdn-") {
			var err error
			if leave, err = c.enter(name, contract.Role(rows[0].Role)); err != nil {
				return err
			}
		}
		for _, r := range rows[:k] {
			if t.lacking[r.Operation] == nil {
				if err := t.one(c, r, name, values); err != nil {
					return err
				}
			}
		}
		if err := leave(); err != nil {
			return err
		}
		rows = rows[k:]
	}
	return nil
}

// declared tells whether what is lacking may be lacking.
func declared(err error) bool {
	var l *office.Lacking
	if !errors.As(err, &l) {
		return false
	}
	operation, _ := contract.Lookup(l.Operation)
	return l.Declared || operation.Optional
}

// one lets one actor try.
func (t *Trial) one(c *cast, r Row, name string, values *strings.Replacer) error {
	as, err := c.actor(name, r, values)
	if err != nil {
		return err
	}
	var rows [][2]string
	for _, a := range r.Arguments {
		rows = append(rows, [2]string{a[0], values.Replace(a[1])})
	}
	args, err := c.o.Form(r.Operation, rows)
	if err != nil {
		return err
	}
	a, err := c.o.Try(as, r.Operation, args)
	if l := new(office.Lacking); errors.As(err, &l) { // then nobody has to try
		t.lacking[r.Operation] = err
		return nil
	}
	if err == nil {
		t.tries = append(t.tries, try{number: a.Number, actor: name, answer: r.Answers[name], row: r, as: as})
	}
	return err
}

// Answered notes for every try how it is expected to have ended. The error is that of the first that did not.
func (t *Trial) Answered(note func(check.Expectation) error) error {
	var first error
	for _, tr := range t.tries {
		x := check.Expectation{Kind: check.Operated, Name: tr.number, Text: deed.Done, Requirements: tr.row.Basis}
		if tr.answer != "+" {
			x.Text, x.Rule = deed.Refusal, tr.answer
			x.Requirements = strings.Split(tr.answer, " or ")
		}
		if err := note(x); first == nil {
			first = err
		}
	}
	return first
}

// Kept reads the audit logs and notes for every try that they say who it was, by which right, and how it ended.
// What changes nothing, and was done, need not be there; and whoever was not let in did not come to do it.
func (t *Trial) Kept(note func(check.Expectation) error) error {
	logs := map[string]string{}
	var first error
	for _, tr := range t.tries {
		operation, _ := contract.Lookup(tr.row.Operation)
		if tr.actor == "revoked" || operation.Reads && tr.answer == "+" {
			continue
		}
		number, ok := logs[tr.row.Operation]
		if !ok {
			var err error
			if number, err = t.o.Read(contract.AuditQuery{OperationName: tr.row.Operation}); err != nil {
				return t.o.Asked(err)
			}
			logs[tr.row.Operation] = number
		}
		x := check.Expectation{Kind: check.Audited, Name: tr.number, Event: number, Requirements: []string{"D8"}}
		if tr.as.Org == contract.Operator && tr.answer == "+" {
			x.Requirements = []string{"S0-065"}
		}
		if err := note(x); first == nil {
			first = err
		}
	}
	return first
}
