// Package deed judges what people did at the gateway's administration, from the record alone: how an operation ended,
// what its answer says, and whether the audit trail that was read back tells who did it by which right. It leaves
// out which verdict follows (package check).
package deed

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"demailbench/sim/record"
)

// Deed is what the Detail of a record.Operation event holds: who did what, and the gateway's answer. Secrets in it
// are masked.
type Deed struct {
	As struct {
		Person          string `json:"person"`
		Role            string `json:"role"`
		Org             string `json:"org"`
		PowerOfAttorney string `json:"power_of_attorney,omitempty"`
		Order           string `json:"order,omitempty"`
		CR              string `json:"cr,omitempty"`
	} `json:"as"`
	Args   json.RawMessage `json:"args"`
	Result json.RawMessage `json:"result,omitempty"`
	// Refusal is the gateway's no.
	Refusal *struct {
		Rule     string `json:"rule"`
		Reason   string `json:"reason"`
		WhoFixes string `json:"who_fixes"`
	} `json:"refusal,omitempty"`
}

// Texts of a record.Operation event: how it ended.
const (
	Done        = "done"
	Refusal     = "refused"
	Unsupported = "unsupported"
	// NoAnswer: the gateway neither did it nor refused it.
	NoAnswer = "error"
)

// SetUp is the Type of a record.Operation event that no step asked for by its name.
const SetUp = "setup"

// Finding is the judgement of one expectation.
type Finding struct {
	OK bool
	// Doubt is set when a person must judge, Broken when the record or the expectation is at fault.
	Doubt, Broken bool
	// Missing is set when what was expected may still come.
	Missing            bool
	Expected, Observed string
	// Event is the number of the event that shows it best.
	Event int
}

// Book is the events of a scenario.
type Book []record.Event

// find finds an operation by its number.
func (c Book) find(number string) (record.Event, Deed, error) {
	i := slices.IndexFunc(c, func(e record.Event) bool { return e.Kind == record.Operation && e.Session == number })
	if i < 0 {
		return record.Event{}, Deed{}, fmt.Errorf("the record has no operation %q", number)
	}
	var d Deed
	if err := json.Unmarshal([]byte(c[i].Detail), &d); err != nil {
		return c[i], d, fmt.Errorf("operation %s in event %d: %w", number, c[i].Seq, err)
	}
	return c[i], d, nil
}

// Told says how an operation ended.
func Told(e record.Event) string {
	switch e.Text {
	case Refusal:
		return fmt.Sprintf("it is refused by %s: %s", orDash(e.Rule), e.Error)
	case Done:
		return "it is done"
	}
	return fmt.Sprintf("%s: %s", e.Text, orDash(e.Error))
}

// Ended judges how an operation ended: as want says, a refusal by rule, or by one of several joined by " or ".
func (c Book) Ended(number, want, rule string) Finding {
	e, d, err := c.find(number)
	if err != nil {
		return Finding{Broken: true, Expected: "an operation", Observed: err.Error()}
	}
	f := Finding{Event: e.Seq, Observed: Told(e)}
	f.Expected = fmt.Sprintf("%s by %s (%s) of %s is %s", e.Name, d.As.Person, d.As.Role, d.As.Org, want)
	if rule != "" {
		f.Expected += " by " + rule
	}
	switch {
	case e.Text != want:
	case want == Refusal && !sameRule(rule, e.Rule):
		f.Doubt = true // it says no, as it must; whether for the right reason a person sees
	default:
		f.OK = true
	}
	return f
}

// ruleID is a rule that has a name outside the product: a statement or a decision.
var ruleID = regexp.MustCompile(`^(S[0-9]+-[0-9]+|D[0-9]+[a-z]?)$`)

// sameRule tells whether a refusal is by the rule that was expected. A product's own name of a rule says neither
// yes nor no.
func sameRule(want, have string) bool {
	return want == "" || slices.Contains(strings.Split(want, " or "), have) || !ruleID.MatchString(have)
}

// Answered judges single values in the answer to an operation: "path=value", the path of keys and, in lists,
// places from 0, joined by dots.
func (c Book) Answered(number string, values []string) Finding {
	f := Finding{Expected: "the answer says " + strings.Join(values, ", ")}
	e, d, err := c.find(number)
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	f.Event = e.Seq
	if e.Text != Done {
		f.Observed = Told(e)
		return f
	}
	for _, want := range values {
		path, value, _ := strings.Cut(want, "=")
		have, ok := at(d.Result, path)
		if !ok || !equal(have, value) {
			f.Observed = fmt.Sprintf("%s is %s", path, orDash(have))
			return f
		}
	}
	f.OK, f.Observed = true, "so it does"
	return f
}

// equal compares a value of an answer with that of a feature; times in any zone.
func equal(have, want string) bool {
	if have == want {
		return true
	}
	a, errA := time.Parse(time.RFC3339Nano, have)
	b, errB := time.Parse(time.RFC3339Nano, want)
	return errA == nil && errB == nil && a.Equal(b)
}

// at is the value at a path in JSON, as a person would write it: lists with ", " between their items.
func at(data json.RawMessage, path string) (text string, ok bool) {
	var v any
	if err := json.Unmarshal(data, &v); err != nil {
		return "", false
	}
	for key := range strings.SplitSeq(path, ".") {
		switch in := v.(type) {
		case map[string]any:
			if v, ok = in[key]; !ok {
				return "", false
			}
		case []any:
			n, err := strconv.Atoi(key)
			if err != nil || n < 0 || n >= len(in) {
				return "", false
			}
			v = in[n]
		default:
			return "", false
		}
	}
	return plainly(v), true
}

func plainly(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case nil:
		return ""
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, plainly(one))
		}
		return strings.Join(all, ", ")
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// Listed judges the list in the answer to an operation: for each of has, a JSON object of paths and values,
// it has an item with these values, and for each of not none.
func (c Book) Listed(number string, has, not []string) Finding {
	f := Finding{Expected: "the answer lists " + strings.Join(has, ", ")}
	if len(not) > 0 {
		f.Expected += " and not " + strings.Join(not, ", ")
	}
	e, d, err := c.find(number)
	var items []json.RawMessage
	if err == nil && e.Text == Done {
		items, err = list(d.Result)
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	f.Event = e.Seq
	if e.Text != Done {
		f.Observed = Told(e)
		return f
	}
	for _, want := range slices.Concat(has, not) {
		var values map[string]string
		if err := json.Unmarshal([]byte(want), &values); err != nil {
			f.Broken, f.Observed = true, err.Error()
			return f
		}
		there := slices.ContainsFunc(items, func(item json.RawMessage) bool { return holds(item, values) })
		if there != slices.Contains(has, want) {
			f.Observed = fmt.Sprintf("%s is %s among %d", want, map[bool]string{true: "there", false: "not there"}[there], len(items))
			return f
		}
	}
	f.OK, f.Observed = true, fmt.Sprintf("so it does, %d in all", len(items))
	return f
}

// holds tells whether an item has these values.
func holds(item json.RawMessage, values map[string]string) bool {
	for path, value := range values {
		if have, ok := at(item, path); !ok && value != "" || !equal(have, value) {
			return false
		}
	}
	return true
}

// list is the only list in an answer.
func list(data json.RawMessage) (items []json.RawMessage, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, err
	}
	found := false
	for _, v := range fields {
		var l []json.RawMessage
		if json.Unmarshal(v, &l) == nil && strings.HasPrefix(strings.TrimSpace(string(v)), "[") {
			if found {
				return nil, fmt.Errorf("the answer has more than one list")
			}
			items, found = l, true
		}
	}
	if !found {
		return nil, fmt.Errorf("the answer has no list")
	}
	return items, nil
}

// Audited judges whether the trail that the operation query read back says of an operation who did it, by
// which right, and how it ended.
func (c Book) Audited(number, query string) Finding {
	e, d, err := c.find(number)
	if err != nil {
		return Finding{Broken: true, Expected: "an operation", Observed: err.Error()}
	}
	q, trail, err := c.find(query)
	f := Finding{Event: q.Seq, Expected: fmt.Sprintf("the audit trail says that %s of %s tried %s, that it was %s, and by which right", d.As.Person, d.As.Org, e.Name, e.Text)}
	var found struct {
		Entries []entry `json:"entries"`
		Chain   string  `json:"chain"`
	}
	if err == nil && q.Text == Done {
		err = json.Unmarshal(trail.Result, &found)
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	if q.Text != Done {
		f.Observed = "the trail is not shown: " + Told(q)
		return f
	}
	if found.Chain == "broken" {
		f.Observed = "the chain of the trail is broken"
		return f
	}
	closest, seen, tried := "nothing about it", 0, c.likewise(e, d)
	for _, en := range found.Entries {
		if en.Person != d.As.Person || en.Org != d.As.Org || en.Operation != e.Name {
			continue
		}
		miss := en.lacks(e, d)
		if miss == "" {
			if seen++; seen == tried {
				f.OK, f.Observed = true, "entry of "+stamp(en.At)
				return f
			}
			miss = fmt.Sprintf("it is one of %d, and this was tried %s", seen, fmt.Sprint(tried, " times"))
		}
		closest = "closest is the entry of " + stamp(en.At) + ": " + miss
	}
	f.Observed = closest
	return f
}

// likewise is how often the same person had done the same on the same grounds with the same end, this time
// included: as many entries there must be.
func (c Book) likewise(e record.Event, d Deed) int {
	n := 0
	for _, o := range c[:e.Seq] {
		if o.Kind != record.Operation || o.Name != e.Name || o.Text != e.Text || o.Rule != e.Rule {
			continue
		}
		var other Deed
		if json.Unmarshal([]byte(o.Detail), &other) == nil && other.As == d.As {
			n++
		}
	}
	return n
}

// entry is one line of the trail.
type entry struct {
	At              time.Time `json:"at"`
	Person          string    `json:"person"`
	Org             string    `json:"org"`
	Operation       string    `json:"operation"`
	Outcome         string    `json:"outcome"`
	Rule            string    `json:"rule"`
	PowerOfAttorney string    `json:"power_of_attorney"`
	Order           string    `json:"order"`
	CR              string    `json:"cr"`
}

// lacks says what the entry does not say about the operation, empty for nothing. A ground that was named and did
// not exist need not be there.
func (en entry) lacks(e record.Event, d Deed) string {
	if en.Outcome != e.Text {
		return "it says " + en.Outcome
	}
	if e.Text == Refusal && en.Rule != e.Rule {
		return "it says that the rule was " + orDash(en.Rule)
	}
	for _, g := range []struct{ name, want, have string }{{"power of attorney", d.As.PowerOfAttorney, en.PowerOfAttorney}, {"order", d.As.Order, en.Order}, {"change request", d.As.CR, en.CR}} {
		if g.want != g.have && !(e.Text == Refusal && g.have == "") {
			return fmt.Sprintf("%s is %s, not %s", g.name, orDash(g.have), orDash(g.want))
		}
	}
	return ""
}

// Asked are the operations that steps asked for and that the gateway has.
func (c Book) Asked() []record.Event {
	var all []record.Event
	for _, e := range c {
		if e.Kind == record.Operation && e.Type != SetUp && e.Text != Unsupported {
			all = append(all, e)
		}
	}
	return all
}

// Mapped is a mapping, De-Mail address to e-mail addresses, with the rows that people have added to it.
func (c Book) Mapped(planned map[string][]string) map[string][]string {
	all := map[string][]string{}
	for demail, mails := range planned {
		all[demail] = slices.Clone(mails)
	}
	for _, e := range c {
		var d Deed
		var a struct {
			row
			Rows []row `json:"rows"`
		}
		if e.Kind != record.Operation || e.Text != Done || e.Name != "mapping.put" && e.Name != "mapping.import" ||
			json.Unmarshal([]byte(e.Detail), &d) != nil || json.Unmarshal(d.Args, &a) != nil {
			continue
		}
		for _, r := range append(a.Rows, a.row) {
			if r.DeMail != "" {
				all[r.DeMail] = append(all[r.DeMail], r.Mail)
			}
		}
	}
	return all
}

// row is a row of the mapping.
type row struct {
	Mail   string `json:"mail"`
	DeMail string `json:"demail"`
}

func stamp(t time.Time) string { return t.Format("2006-01-02 15:04:05.000 MST") }

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
