package operation

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"demailbench/gateway/document"
	"demailbench/gateway/ops"
)

// The file, as fixtures/simulations/README.md describes it.
type (
	file struct {
		Title       string            `yaml:"title"`
		Period      filePeriod        `yaml:"period"`
		Years       int               `yaml:"years"`
		Seed        uint64            `yaml:"seed"`
		Sensitivity *int              `yaml:"sensitivity_years"`
		Office      fileOffice        `yaml:"office"`
		Promise     filePromise       `yaml:"promise"`
		Components  []fileComponent   `yaml:"components"`
		Outside     []fileOutside     `yaml:"outside"`
		Maintenance []fileMaintenance `yaml:"maintenance"`
	}
	filePeriod struct {
		From  string `yaml:"from"`
		Years int    `yaml:"years"`
	}
	fileOffice struct {
		State        string `yaml:"state"`
		ChristmasEve bool   `yaml:"christmas_eve_is_working_day"`
		NewYearsEve  bool   `yaml:"new_years_eve_is_working_day"`
		ClearDays    bool   `yaml:"notice_clear_days"`
	}
	filePromise struct {
		Availability    string `yaml:"availability"`
		WeeklyMax       string `yaml:"weekly_max"`
		ForAvailability *bool  `yaml:"announced_counts_for_availability"`
		ForWeekly       bool   `yaml:"announced_counts_for_week"`
	}
	fileDistribution struct {
		Kind   string   `yaml:"kind"`
		Mean   string   `yaml:"mean"`
		Median string   `yaml:"median"`
		P95    string   `yaml:"p95"`
		Value  string   `yaml:"value"`
		Values []string `yaml:"values"`
	}
	fileComponent struct {
		Name       string           `yaml:"name"`
		Nodes      int              `yaml:"nodes"`
		Needed     int              `yaml:"needed"`
		Failure    fileDistribution `yaml:"failure"`
		Repair     fileDistribution `yaml:"repair"`
		RepairTime string           `yaml:"repair_begins"`
	}
	fileOutside struct {
		Name     string           `yaml:"name"`
		Cause    string           `yaml:"cause"`
		Failure  fileDistribution `yaml:"failure"`
		Repair   fileDistribution `yaml:"repair"`
		Evidence float64          `yaml:"evidence"`
	}
	fileMaintenance struct {
		Name      string           `yaml:"name"`
		Component string           `yaml:"component"`
		Every     string           `yaml:"every"`
		Weekday   string           `yaml:"weekday"`
		Nth       int              `yaml:"nth"`
		Month     int              `yaml:"month"`
		At        string           `yaml:"at"`
		Planned   string           `yaml:"planned"`
		Duration  fileDistribution `yaml:"duration"`
		Rolling   bool             `yaml:"rolling"`
		Notice    int              `yaml:"notice_working_days"`
		Forgotten float64          `yaml:"notice_forgotten"`
	}
)

// FileError is one fault of a simulation's file, in one line.
type FileError = document.Fault

// compare is what to do about a file whose form is wrong.
const compare = "compare with fixtures/simulations/pilot.yaml"

// form of the file: the example is a hundredth of its size.
var form = document.Form{Size: 1 << 18, Compare: compare, Begin: compare}

// reader collects the faults of a file.
type reader struct {
	*document.Document
	faults []error
}

func (r *reader) refuse(field, value, problem, fix string) {
	e := &FileError{Field: field, Value: value, Problem: problem, Fix: fix}
	r.Place(e)
	r.faults = append(r.faults, e)
}

// within refuses a number outside its range.
func (r *reader) within(field string, n, low, high int) {
	if n < low || n > high {
		r.refuse(field, fmt.Sprint(n), fmt.Sprintf("is not between %d and %d", low, high), "correct it")
	}
}

// MaxYears is how many years may be simulated in all.
const MaxYears = 10_000_000

// Parse reads an operation's file; name is the file's name in errors. All faults are reported: errors.Join of
// *FileError.
func Parse(name string, text []byte) (*Model, error) {
	var f file
	d, err := document.Decode(name, text, &f, form)
	if err != nil {
		return nil, err
	}
	r := &reader{Document: d}
	m := r.model(f)
	if len(r.faults) > 0 {
		return nil, errors.Join(r.faults...)
	}
	return m, nil
}

func (r *reader) model(f file) *Model {
	m := &Model{Title: strings.TrimSpace(f.Title), Years: f.Period.Years, Total: f.Years, Seed: f.Seed, Factors: 1000, Notice: ops.DefaultNoticeRule()}
	if m.Title == "" {
		r.refuse("title", "", "is missing", "name the operation")
	}
	var err error
	if m.From, err = ops.ParseDay(f.Period.From); err != nil || m.From.Day != 1 || m.From.Year < 1996 || m.From.Year > 2190 {
		r.refuse("period.from", f.Period.From, "is not the first day of a month from 1996 to 2190", "write it like 2015-01-01")
	}
	r.within("period.years", f.Period.Years, 1, 100)
	r.within("years", f.Years, 1, MaxYears)
	if f.Sensitivity != nil {
		m.Factors = *f.Sensitivity
		r.within("sensitivity_years", m.Factors, 0, 1_000_000)
	}
	m.Notice.ClearDays = f.Office.ClearDays
	m.Calendar, err = ops.NewCalendar(ops.CalendarConfig{State: ops.State(f.Office.State), ChristmasEve: f.Office.ChristmasEve, NewYearsEve: f.Office.NewYearsEve})
	if err != nil {
		r.refuse("office.state", f.Office.State, "its holidays are not known", "write saxony or saxony-anhalt")
	}
	m.Policy = r.policy(f.Promise)
	r.parts(f, m)
	return m
}

// parts reads what can interrupt the service.
func (r *reader) parts(f file, m *Model) {
	if len(f.Components) == 0 {
		r.refuse("components", "", "is missing", "name at least one part of the service")
	}
	for _, list := range []struct {
		name string
		n    int
	}{{"components", len(f.Components)}, {"outside", len(f.Outside)}, {"maintenance", len(f.Maintenance)}} {
		r.within(list.name, list.n, 0, 32)
	}
	names := map[string]bool{MaintenanceName: true}
	for i, c := range f.Components {
		at := fmt.Sprintf("components[%d]", i)
		r.name(at, c.Name, names)
		m.Components = append(m.Components, r.component(at, c))
	}
	for i, o := range f.Outside {
		at := fmt.Sprintf("outside[%d]", i)
		r.name(at, o.Name, names)
		m.Outside = append(m.Outside, r.outside(at, o))
	}
	for i, w := range f.Maintenance {
		at := fmt.Sprintf("maintenance[%d]", i)
		r.name(at, w.Name, names)
		m.Maintenance = append(m.Maintenance, r.maintenance(at, w, m.Components))
	}
}

// MaintenanceName stands for all maintenance where causes are listed; no part may have it.
const MaintenanceName = "maintenance"

func (r *reader) name(at, name string, seen map[string]bool) {
	switch {
	case strings.TrimSpace(name) == "":
		r.refuse(at+".name", name, "is missing", "give it a name")
	case seen[name]:
		r.refuse(at+".name", name, "is taken", "choose another name")
	}
	seen[name] = true
}

func (r *reader) policy(p filePromise) ops.Policy {
	out := ops.DefaultPolicy()
	if p.Availability != "" {
		text := strings.TrimSpace(strings.TrimSuffix(p.Availability, "%"))
		v, ok := new(big.Rat).SetString(text)
		if !ok || len(text) > 12 || strings.ContainsAny(text, "eEpP_/xXoObB") || v.Sign() <= 0 || v.Cmp(big.NewRat(100, 1)) > 0 {
			r.refuse("promise.availability", p.Availability, "is not a percentage", "write it like 98.5")
		} else {
			v.Quo(v, big.NewRat(100, 1))
			out.Target = ops.Ratio{Up: v.Num().Int64(), Total: v.Denom().Int64()}
		}
	}
	if p.WeeklyMax != "" {
		out.WeeklyMax = time.Duration(r.seconds("promise.weekly_max", p.WeeklyMax)) * time.Second
	}
	if p.ForAvailability != nil {
		out.AnnouncedForAvailability = *p.ForAvailability
	}
	out.AnnouncedForWeekly = p.ForWeekly
	return out
}

func (r *reader) component(at string, c fileComponent) Component {
	r.within(at+".nodes", c.Nodes, 1, 64)
	if c.Needed < 1 || c.Needed > c.Nodes {
		r.refuse(at+".needed", fmt.Sprint(c.Needed), "is not between 1 and the number of nodes", "say how many nodes the service needs")
	}
	if c.RepairTime != "at-once" && c.RepairTime != "service-hours" {
		r.refuse(at+".repair_begins", c.RepairTime, "is not known", "write at-once or service-hours")
	}
	return Component{Name: c.Name, Nodes: c.Nodes, Needed: c.Needed, ServiceHours: c.RepairTime == "service-hours",
		Failure: r.failure(at+".failure", c.Failure), Repair: r.distribution(at+".repair", c.Repair)}
}

func (r *reader) outside(at string, o fileOutside) Outside {
	if !ops.Cause(o.Cause).Outside() {
		r.refuse(at+".cause", o.Cause, "is not a cause outside the operator's control", "write dmda, tenant, carrier or force-majeure")
	}
	r.probability(at+".evidence", o.Evidence)
	return Outside{Name: o.Name, Cause: ops.Cause(o.Cause), Evidence: o.Evidence,
		Failure: r.failure(at+".failure", o.Failure), Repair: r.distribution(at+".repair", o.Repair)}
}

func (r *reader) probability(field string, p float64) {
	if !(p >= 0 && p <= 1) {
		r.refuse(field, fmt.Sprint(p), "is not a probability", "write a number from 0 to 1")
	}
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func (r *reader) maintenance(at string, w fileMaintenance, components []Component) Maintenance {
	m := Maintenance{Name: w.Name, Every: w.Every, Nth: w.Nth, Month: time.Month(max(w.Month, 1)), Rolling: w.Rolling, Notice: w.Notice, Forgotten: w.Forgotten}
	m.Component = slices.IndexFunc(components, func(c Component) bool { return c.Name == w.Component })
	if m.Component < 0 {
		r.refuse(at+".component", w.Component, "is not one of the components", "write the name of a component")
	}
	if !slices.Contains([]string{"week", "month", "quarter", "year"}, w.Every) {
		r.refuse(at+".every", w.Every, "is not known", "write week, month, quarter or year")
	}
	if w.Every != "week" {
		r.within(at+".nth", w.Nth, 1, 4)
	}
	r.within(at+".month", w.Month, 0, 12)
	r.within(at+".notice_working_days", w.Notice, 0, 60)
	r.probability(at+".notice_forgotten", w.Forgotten)
	day := slices.Index(weekdays, w.Weekday)
	if day < 0 {
		r.refuse(at+".weekday", w.Weekday, "is not a day of the week", "write it like tuesday")
	}
	m.Weekday = time.Weekday(day)
	clock, err := time.Parse("15:04", w.At)
	m.At = time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute
	switch {
	case err != nil:
		r.refuse(at+".at", w.At, "is not a time of day", "write it like \"20:00\"")
	case m.Weekday == time.Sunday && clock.Hour() == 2:
		r.refuse(at+".at", w.At, "is not one instant on the Sundays on which the clock changes", "begin before 2 or from 3 o'clock on")
	}
	m.Planned = time.Duration(r.seconds(at+".planned", w.Planned)) * time.Second
	if m.Planned > ops.MaxWindow {
		r.refuse(at+".planned", w.Planned, fmt.Sprintf("is longer than %v", ops.MaxWindow), "plan several windows")
	}
	m.Duration = r.distribution(at+".duration", w.Duration)
	return m
}
