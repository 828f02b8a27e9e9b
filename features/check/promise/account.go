package promise

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"demailbench/features/check/deed"
	"demailbench/sim/calendar"
	"demailbench/sim/record"
)

// account is an availability report as the contract has it.
type account struct {
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Raw      float64   `json:"raw_percent"`
	Adjusted float64   `json:"adjusted_percent"`
	Weeks    []struct {
		Week    string `json:"week"`
		Longest int64  `json:"longest_seconds"`
		Holds   bool   `json:"holds"`
	} `json:"weeks"`
	Months []struct {
		Month   string `json:"month"`
		Seconds int64  `json:"seconds"`
		Counted int64  `json:"counted_seconds"`
		Raw     int64  `json:"raw_seconds"`
		Holds   bool   `json:"holds"`
	} `json:"months"`
}

// history is what interrupted the service, as the record has it.
type history struct {
	outages []calendar.Outage
	told    []calendar.Window
	// slack is by how many seconds the gateway may see it otherwise: it learns of its own death afterwards.
	slack int64
}

// history collects what interrupted the service of a tenant, "" for any, until an event.
func (c *Case) history(until int, at time.Time, tenant string) (h history) {
	for _, w := range c.windows(until) {
		if w.began.IsZero() || !w.affects(tenant) || !w.interrupts() {
			continue
		}
		end := w.ended
		if end.IsZero() {
			end = at
		}
		h.outages = append(h.outages, calendar.Outage{From: w.began, To: end, Work: true})
		h.slack += 2 // the instants of begin and end are taken at two places
		if c.announced(w, tenant, until) {
			h.told = append(h.told, calendar.Window{From: w.Start, To: w.End})
		}
	}
	h.outages = append(h.outages, c.incidents(until, at, tenant)...)
	c.deaths(&h, until, at)
	return h
}

// announced tells whether a window counts as announced (D3): everybody who had to be told was told before it began, and
// nobody late.
func (c *Case) announced(w window, tenant string, until int) bool {
	known := *c
	known.Events = c.Events[:min(until, len(c.Events))]
	for _, x := range c.concerned(w, tenant) {
		if w.long() && !x.Technical {
			continue
		}
		l := known.notices(w, x.Mail, w.planned.Add(-patience))
		if len(l) == 0 {
			return false
		}
		n, fault := known.first(w, l, false)
		if fault != "" || !n.At.Before(w.Start) || office.Judge(calendar.Notice{Start: w.Start, Seconds: w.seconds(), Accepted: n.At, ClearDays: c.ClearDays}) == calendar.Late {
			return false
		}
	}
	return true
}

// ticket is an incident as the contract has it.
type ticket struct {
	ID       string            `json:"incident"`
	Kind     string            `json:"kind"`
	Start    time.Time         `json:"start"`
	End      time.Time         `json:"end"`
	Tenants  []string          `json:"tenants"`
	Cause    string            `json:"cause"`
	Evidence []json.RawMessage `json:"evidence"`
}

// incidents are the interruptions that people reported.
func (c *Case) incidents(until int, at time.Time, tenant string) (l []calendar.Outage) {
	var all []ticket
	for _, a := range c.acts("incident.", until) {
		var t, asked ticket
		if json.Unmarshal(a.Result, &t) != nil || json.Unmarshal(a.Args, &asked) != nil {
			continue
		}
		i := slices.IndexFunc(all, func(x ticket) bool { return x.ID == t.ID })
		switch {
		case a.Name == "incident.open":
			asked.ID = t.ID
			all = append(all, asked)
		case i < 0:
		case a.Name == "incident.close":
			all[i].End = asked.End
		case a.Name == "incident.classify":
			all[i].Cause, all[i].Evidence = asked.Cause, asked.Evidence
		}
	}
	for _, t := range all {
		interrupts := t.Kind == "" || t.Kind == "platform" || t.Kind == "signature"
		if !interrupts || tenant != "" && len(t.Tenants) > 0 && !slices.Contains(t.Tenants, tenant) {
			continue
		}
		if t.End.IsZero() {
			t.End = at
		}
		l = append(l, calendar.Outage{From: t.Start, To: t.End, Foreign: t.Cause != "" && t.Cause != "operator", Proven: len(t.Evidence) > 0})
	}
	return l
}

// deaths are the times in which the gateway did not run, unless work stopped everything.
func (c *Case) deaths(h *history, until int, at time.Time) {
	var down time.Time
	add := func(to time.Time) {
		during := slices.ContainsFunc(h.outages, func(o calendar.Outage) bool { return o.Work && !down.Before(o.From) && !to.After(o.To) })
		if to.Sub(down) > time.Second && !during {
			h.outages = append(h.outages, calendar.Outage{From: down, To: to})
			h.slack += 90 // a sign of life each minute, and the start
		}
		down = time.Time{}
	}
	for _, e := range c.Events[:min(until, len(c.Events))] {
		switch {
		case e.Kind != record.Gateway:
		case e.Text == "start" && !down.IsZero():
			add(e.At)
		case e.Text != "start" && down.IsZero():
			down = e.At
		}
	}
	if !down.IsZero() {
		add(at)
	}
}

// Accounted judges an availability report against what happened: every second is counted again.
func (c *Case) Accounted(number string) deed.Finding {
	f := deed.Finding{Expected: "the account is what happened"}
	a, err := c.operation(number)
	var r account
	var asked struct {
		From   time.Time `json:"from"`
		Until  time.Time `json:"until"`
		Tenant string    `json:"tenant"`
	}
	if err == nil {
		err = json.Unmarshal(a.Result, &r)
	}
	if err == nil {
		err = json.Unmarshal(a.Args, &asked)
	}
	if err != nil {
		f.Broken, f.Observed = true, err.Error()
		return f
	}
	f.Event = a.Seq
	if !r.From.Truncate(time.Second).Equal(asked.From.Truncate(time.Second)) || r.Until.After(asked.Until) || r.Until.Before(asked.Until.Add(-2*time.Second)) && r.Until.Before(a.At.Add(-patience)) {
		f.Observed = fmt.Sprintf("it is of %s to %s, and was asked for %s to %s", stamp(r.From), stamp(r.Until), stamp(asked.From), stamp(asked.Until))
		return f
	}
	h := c.history(a.Seq, a.At, asked.Tenant)
	begin := r.From.Add(-15 * 24 * time.Hour)
	seconds := calendar.Mark(begin, latest(r.Until, h.outages).Add(8*24*time.Hour), h.outages, h.told)
	for _, fault := range []string{r.whole(seconds, h.slack), r.weeks(seconds, h.slack), r.months(seconds, h.slack)} {
		if fault != "" {
			f.Observed = fault
			return f
		}
	}
	n := seconds.Count(r.From, r.Until)
	f.OK, f.Observed = true, fmt.Sprintf("so it is: %d s count, %d s were announced, %d s are not counted", n[calendar.Own], n[calendar.Told], n[calendar.Foreign])
	return f
}

// latest is the end of what must be counted.
func latest(t time.Time, outages []calendar.Outage) time.Time {
	for _, o := range outages {
		if o.To.After(t) {
			t = o.To
		}
	}
	return t
}

// whole compares the figures of the whole time.
func (r account) whole(s *calendar.Seconds, slack int64) string {
	n := s.Count(r.From, r.Until)
	total := n[calendar.Up] + n[calendar.Foreign] + n[calendar.Told] + n[calendar.Own]
	for _, x := range []struct {
		name string
		have float64
		up   int64
	}{{"raw", r.Raw, n[calendar.Up]}, {"adjusted", r.Adjusted, n[calendar.Up] + n[calendar.Foreign]}} {
		want := 100 * float64(x.up) / float64(total)
		if math.Abs(x.have-want) > 100*float64(slack)/float64(total)+1e-6 {
			return fmt.Sprintf("the %s figure of %s to %s is %.6f %%, counted again it is %.6f %% (%d s of %d)", x.name, stamp(r.From), stamp(r.Until), x.have, want, x.up, total)
		}
	}
	return ""
}

// weeks compares the longest interruptions and what follows from them (S0-056, D2).
func (r account) weeks(s *calendar.Seconds, slack int64) string {
	day, _ := calendar.Berlin(r.From)
	monday := day.Monday()
	for i := 0; calendar.Midnight(monday).Before(r.Until); i++ {
		year, week := monday.ISOWeek()
		name := fmt.Sprintf("%04d-W%02d", year, week)
		if i >= len(r.Weeks) || r.Weeks[i].Week != name {
			return "week " + name + " is not in its place"
		}
		next := monday.Later(7)
		longest, have := s.Longest(calendar.Midnight(monday), calendar.Midnight(next), calendar.Own), r.Weeks[i]
		switch {
		case have.Longest < longest-slack || have.Longest > longest+slack:
			return fmt.Sprintf("the longest interruption of week %s is %d s, counted again it is %d s", name, have.Longest, longest)
		case have.Holds != (longest <= 240*60) && (longest <= 240*60-slack || longest > 240*60+slack):
			return fmt.Sprintf("week %s is said to hold: %v, with %d s where 14400 are allowed", name, have.Holds, longest)
		}
		monday = next
	}
	return ""
}

// months compares the months, when there are any (S0-054, D1).
func (r account) months(s *calendar.Seconds, slack int64) string {
	for _, m := range r.Months {
		var year, month int
		if _, err := fmt.Sscanf(strings.TrimSpace(m.Month), "%d-%d", &year, &month); err != nil {
			return fmt.Sprintf("%q is no month", m.Month)
		}
		begin, end := calendar.Midnight(calendar.On(year, month, 1)), calendar.Midnight(calendar.On(year+month/12, month%12+1, 1))
		if begin.Before(r.From) {
			begin = r.From
		}
		if end.After(r.Until) {
			end = r.Until
		}
		n := s.Count(begin, end)
		counted, raw := n[calendar.Own]+n[calendar.Told], n[calendar.Own]+n[calendar.Told]+n[calendar.Foreign]
		total := n[calendar.Up] + raw
		holds := (total-counted)*1000 >= total*985
		switch {
		case m.Counted < counted-slack || m.Counted > counted+slack || m.Raw < raw-slack || m.Raw > raw+slack:
			return fmt.Sprintf("of %s %d s count, %d s in all; counted again it is %d s and %d s", m.Month, m.Counted, m.Raw, counted, raw)
		case m.Seconds < total-2 || m.Seconds > total+2:
			return fmt.Sprintf("%s is said to have %d s, it has %d s", m.Month, m.Seconds, total)
		case m.Holds != holds && slack == 0:
			return fmt.Sprintf("%s is said to hold: %v, with %d s down of %d", m.Month, m.Holds, counted, total)
		}
	}
	return ""
}
