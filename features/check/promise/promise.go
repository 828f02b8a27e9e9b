// Package promise judges what the operator has promised, from the record alone: who was told of maintenance, when and
// what, how that stands to the working days, and whether the account of the service's availability is what happened.
//
// Days, deadlines and seconds are counted by package calendar, which shares nothing with the gateway's own rules. It
// leaves out which verdict follows (package check).
package promise

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/features/check/deed"
	"demailbench/sim/calendar"
	"demailbench/sim/record"
)

// Contact is somebody who must be told of maintenance.
type Contact struct {
	Tenant string `json:"tenant"`
	Mail   string `json:"mail"`
	// Technical is true for the technical contact (S0-044), false for another named responsible person (S0-050).
	Technical bool `json:"technical,omitempty"`
}

// String is "technical contact of annaberg, technik@kdn-gmbh.de".
func (c Contact) String() string {
	if c.Technical {
		return "technical contact of " + c.Tenant + ", " + c.Mail
	}
	return "responsible person of " + c.Tenant + ", " + c.Mail
}

// Case is the evidence.
type Case struct {
	Events   []record.Event
	Contacts []Contact
	// ClearDays is how the gateway reads "3 working days before" (D5, notice.clear_days).
	ClearDays bool
	// Text is the text of a message's body, FromGateway whether an event's far side is the gateway.
	Text        func(*record.Message) []byte
	FromGateway func(record.Event) bool
}

// office is whose working days count: SID's (D5).
var office = calendar.Office{State: calendar.Saxony}

// window is a maintenance as the record has it: what was planned last, and what became of it.
type window struct {
	ID      string    `json:"maintenance"`
	State   string    `json:"state"`
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Impact  string    `json:"impact"`
	Tenants []string  `json:"tenants"`
	// Services are affected; none: sending and receiving.
	Services  []string  `json:"services"`
	NoticeDue time.Time `json:"notice_due"`
	Notice    string    `json:"notice"`

	// planned is when it got its last plan; began and ended when the work was; zero: it was not.
	planned, began, ended time.Time
}

// seconds is the announced duration.
func (w window) seconds() int64 { return int64(w.End.Sub(w.Start) / time.Second) }

func (w window) long() bool { return w.seconds() > 240*60 }

// affects tells whether it is about a tenant; "" for any.
func (w window) affects(tenant string) bool {
	return tenant == "" || len(w.Tenants) == 0 || slices.Contains(w.Tenants, tenant)
}

// interrupts tells whether mail waits for it.
func (w window) interrupts() bool {
	return len(w.Services) == 0 || slices.Contains(w.Services, "sending") || slices.Contains(w.Services, "receiving")
}

// limits are until when a notice is in time, and from when on it is late.
func (c *Case) limits(w window) (inTime, late time.Time) {
	return office.Limits(calendar.Notice{Start: w.Start, Seconds: w.seconds(), ClearDays: c.ClearDays})
}

// act is one operation that was done.
type act struct {
	record.Event
	deed.Deed
}

// acts are the operations of a family ("maintenance.") that were done, in order, up to an event.
func (c *Case) acts(family string, until int) (l []act) {
	for _, e := range c.Events {
		if e.Kind != record.Operation || e.Text != deed.Done || !strings.HasPrefix(e.Name, family) || e.Seq > until {
			continue
		}
		var d deed.Deed
		if json.Unmarshal([]byte(e.Detail), &d) == nil {
			l = append(l, act{e, d})
		}
	}
	return l
}

// operation finds one that was done by its number.
func (c *Case) operation(number string) (act, error) {
	for _, a := range c.acts("", len(c.Events)) {
		if a.Session == number {
			return a, nil
		}
	}
	return act{}, fmt.Errorf("the record has no operation %q that was done", number)
}

// windows are the maintenances as they stood after an event.
func (c *Case) windows(until int) (l []window) {
	for _, a := range c.acts("maintenance.", until) {
		var w window
		if a.Name == "maintenance.list" || a.Name == "maintenance.notices" || json.Unmarshal(a.Result, &w) != nil {
			continue
		}
		i := slices.IndexFunc(l, func(x window) bool { return x.ID == w.ID })
		if i < 0 {
			l = append(l, w)
			i = len(l) - 1
		}
		w.planned, w.began, w.ended = l[i].planned, l[i].began, l[i].ended
		switch {
		case a.Name == "maintenance.plan", a.Name == "maintenance.change":
			w.planned = a.At
		case a.Name == "maintenance.start" && w.began.IsZero():
			w.began = a.At
		case a.Name == "maintenance.end" && w.ended.IsZero():
			w.ended = a.At
		}
		l[i] = w
	}
	return l
}

// of is the window that an operation was about, as it stood then.
func (c *Case) of(a act) (window, error) {
	var named window
	if err := json.Unmarshal(a.Result, &named); err != nil {
		return named, fmt.Errorf("the answer to %s cannot be read: %w", a.Name, err)
	}
	for _, w := range c.windows(a.Seq) {
		if w.ID == named.ID {
			return w, nil
		}
	}
	return named, fmt.Errorf("%s is about no maintenance", a.Name)
}

// concerned are who must be told of a window.
func (c *Case) concerned(w window, tenant string) (l []Contact) {
	for _, x := range c.Contacts {
		if w.affects(x.Tenant) && (tenant == "" || x.Tenant == tenant) {
			l = append(l, x)
		}
	}
	return l
}

func stamp(t time.Time) string {
	d, s := calendar.Berlin(t)
	return fmt.Sprintf("%v %02d:%02d:%02d", d, s/3600, s/60%60, s%60)
}
