package ops_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/ops"
)

func local(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := ops.Local(text, ops.ZoneName)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestNewPlanRefuses holds what is refused, and that every fault of a request is named at once.
func TestNewPlanRefuses(t *testing.T) {
	now := local(t, "2016-03-01 08:00")
	good := ops.Request{ID: "W2", Platform: ops.GatewayPlatform, Start: "2016-03-10 20:00", Zone: ops.ZoneName, Expected: 5 * time.Hour, Services: []string{"smtp"}, Effects: "mail waits"}
	first, err := ops.NewPlan(ops.Request{ID: "W1", Platform: ops.GatewayPlatform, Start: "2016-03-10 18:00", Zone: "UTC", Expected: time.Hour, Services: []string{"smtp", "admin"}, Effects: "mail waits"}, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name   string
		change func(*ops.Request)
		want   []string
	}{
		{"good", func(r *ops.Request) {}, nil},
		{"now", func(r *ops.Request) { r.Start = "2016-03-01 08:00" }, nil},
		{"past", func(r *ops.Request) { r.Start = "2016-03-01 07:59:59" }, []string{`W2: start: "2016-03-01 07:59:59": is in the past`}},
		{"zero", func(r *ops.Request) { r.Expected = 0 }, []string{`W2: expected: "0s": is nothing`}},
		{"negative", func(r *ops.Request) { r.Expected = -time.Second }, []string{`W2: expected: "-1s": is negative`}},
		{"year", func(r *ops.Request) { r.Expected = 366 * 24 * time.Hour }, []string{`W2: expected: "8784h0m0s": is longer than 168h0m0s`}},
		{"fraction", func(r *ops.Request) { r.Expected += time.Millisecond }, []string{`is not in whole seconds`}},
		{"zone", func(r *ops.Request) { r.Zone = "Europe/Dresden" }, []string{`W2: zone: "Europe/Dresden": is not a known time zone`}},
		{"machine's zone", func(r *ops.Request) { r.Zone = "Local" }, []string{`is not a known time zone`}},
		{"no zone", func(r *ops.Request) { r.Zone = "" }, []string{`is not a known time zone`}},
		{"no such time", func(r *ops.Request) { r.Start = "2016-03-27 02:30" }, []string{`"2016-03-27 02:30": does not exist in Europe/Berlin`}},
		{"twice", func(r *ops.Request) { r.Start = "2016-10-30 02:30" }, []string{`is twice in Europe/Berlin, when the clock is put back; write it with its offset: 2016-10-30T02:30:00+02:00 or 2016-10-30T02:30:00+01:00`}},
		{"the second of the two", func(r *ops.Request) { r.Start = "2016-10-30T02:30:00+01:00" }, nil},
		{"no time", func(r *ops.Request) { r.Start = "2016-02-30 20:00" }, []string{`"2016-02-30 20:00": is not a time`}},
		{"overlap", func(r *ops.Request) { r.Start = "2016-03-10 19:59" }, []string{"W2: start: ", "overlaps plan W1"}},
		{"other services", func(r *ops.Request) { r.Start, r.Services = "2016-03-10 19:30", []string{"api"} }, nil},
		{"other platform", func(r *ops.Request) { r.Start, r.Platform = "2016-03-10 19:30", ops.DMDAPlatform }, nil},
		{"same id", func(r *ops.Request) { r.ID = "W1" }, []string{"exists already"}},
		{"several", func(r *ops.Request) { *r = ops.Request{Start: "x", Expected: -1} }, []string{"id: is missing", "platform: is not known", "services: does not name", "effects: is missing", "zone: is not", "expected: "}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := good
			c.change(&r)
			_, err := ops.NewPlan(r, now, []ops.Plan{first})
			if (err == nil) != (c.want == nil) {
				t.Fatal(err)
			}
			for _, w := range c.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%q is not in %q", w, err)
				}
			}
		})
	}
}

// TestThreshold holds the border between long and short work, also where the clock on the wall says otherwise.
func TestThreshold(t *testing.T) {
	c, r := office(t, ops.CalendarConfig{State: ops.Saxony}), ops.DefaultNoticeRule()
	for _, x := range []struct {
		start, end string
		long       bool
	}{
		{"2016-03-10 20:00", "2016-03-11 00:00", false},
		{"2016-03-10 20:00", "2016-03-11 00:00:01", true},
		{"2016-03-27 00:00", "2016-03-27 05:00", false},
		{"2016-10-30 00:00", "2016-10-30 04:00", true},
		{"2016-10-30 00:00", "2016-10-30 03:00", false},
	} {
		start, end := local(t, x.start), local(t, x.end)
		if d, err := c.Deadline(start, end.Sub(start), r); err != nil || d.Long != x.long {
			t.Errorf("%s to %s: long is %v, %v", x.start, x.end, d.Long, err)
		}
	}
}

// TestJudgeNotices is one long window and what can be wrong with telling of it.
func TestJudgeNotices(t *testing.T) {
	c := office(t, ops.CalendarConfig{State: ops.Saxony})
	start := local(t, "2015-11-19 20:00") // the day after Buß- und Bettag: in time until Friday 13, 14:00
	p := ops.Plan{ID: "W1", Platform: ops.GatewayPlatform, Window: ops.Between(start, start.Add(5*time.Hour))}
	contact := ops.Recipient{Tenant: "pirna", Address: "it@pirna.example", Role: ops.TechnicalContact}
	chief := ops.Recipient{Tenant: "pirna", Address: "chief@pirna.example", Role: ops.Responsible}
	notice := func(to ops.Recipient, at string) ops.Notice {
		return ops.Notice{Recipient: to, Accepted: local(t, at), Window: p.Window, Services: true, Effects: true}
	}
	moved, silent, never := notice(contact, "2015-11-12 10:00"), notice(contact, "2015-11-12 10:00"), notice(contact, "2015-11-12 10:00")
	moved.Window.End++
	silent.Effects, never.Accepted = false, time.Time{}
	stranger := ops.Recipient{Tenant: "radebeul", Address: "x@radebeul.example", Role: ops.Responsible}
	for name, x := range map[string]struct {
		notices []ops.Notice
		want    []string
	}{
		"last moment":      {[]ops.Notice{notice(contact, "2015-11-13 14:00"), notice(chief, "2015-11-17 16:00")}, []string{"S0-044 in time", "S0-050 in time"}},
		"a minute later":   {[]ops.Notice{notice(contact, "2015-11-13 14:01"), notice(chief, "2015-11-17 16:01")}, []string{"S0-044 warn", "S0-050 warn"}},
		"next day":         {[]ops.Notice{notice(contact, "2015-11-14 00:00"), notice(chief, "2015-11-19 21:00")}, []string{"S0-044 late", "S0-050 warn"}},
		"the first counts": {[]ops.Notice{notice(contact, "2015-11-16 09:00"), notice(contact, "2015-11-12 09:00"), notice(chief, "2015-11-12 09:00")}, []string{"S0-044 in time", "S0-050 in time"}},
		"contact only":     {[]ops.Notice{notice(contact, "2015-11-12 09:00")}, []string{"S0-044 in time", "S0-050 late"}},
		"another window":   {[]ops.Notice{moved, notice(chief, "2015-11-12 09:00")}, []string{"S0-044 late", "S0-050 in time"}},
		"not accepted":     {[]ops.Notice{never, notice(chief, "2015-11-12 09:00")}, []string{"S0-044 late", "S0-050 in time"}},
		"no effects":       {[]ops.Notice{silent, notice(chief, "2015-11-12 09:00")}, []string{"S0-044 in time", "S0-045 late", "S0-050 in time"}},
		"a stranger":       {[]ops.Notice{notice(contact, "2015-11-12 09:00"), notice(chief, "2015-11-12 09:00"), notice(stranger, "2015-11-12 09:00")}, []string{"S0-044 in time", "S0-050 in time", "S0-050 warn"}},
	} {
		findings, err := c.JudgeNotices(p, ops.DefaultNoticeRule(), []ops.Recipient{contact, chief}, x.notices)
		var got []string
		for _, f := range findings {
			got = append(got, f.Statement+" "+f.Verdict.String())
		}
		if diff := cmp.Diff(x.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
	p.Platform = ops.DMDAPlatform
	if f, err := c.JudgeNotices(p, ops.DefaultNoticeRule(), []ops.Recipient{contact}, nil); len(f) > 0 || err != nil {
		t.Errorf("the DMDA's maintenance is judged by the operator's rules: %v, %v", f, err)
	}
}

// TestMaintenance walks the life of a plan and what it refuses.
func TestMaintenance(t *testing.T) {
	start := local(t, "2016-03-10 20:00")
	p := ops.Plan{ID: "W1", Platform: ops.GatewayPlatform, Window: ops.Between(start, start.Add(4*time.Hour))}
	m := ops.NewMaintenance(p)
	if _, err := m.End(start); err == nil {
		t.Error("planned work ended")
	}
	run, err := m.Start(start.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{"change": second(run.Change(p)), "cancel": second(run.Cancel()), "start": second(run.Start(start))} {
		if err == nil {
			t.Errorf("%s of running work was allowed", name)
		}
	}
	if _, err := run.End(start); err == nil || !strings.Contains(err.Error(), "the clock was set back") {
		t.Errorf("end before the start: %v", err)
	}
	if got := run.Overrun(start.Add(4*time.Hour + time.Second)); got != time.Second {
		t.Errorf("overrun %v", got)
	}
	var works []ops.Maintenance
	for i, took := range []time.Duration{240 * time.Minute, 240*time.Minute + time.Second, 5 * time.Hour, 6 * time.Hour} {
		done, err := run.End(start.Add(time.Minute + took))
		if err != nil {
			t.Fatal(err)
		}
		works = append(works, done)
		n, v := ops.Overruns(works, ops.Year(2016), ops.DefaultNoticeRule(), 3)
		if n != i || (v == ops.Warn) != (i == 3) {
			t.Errorf("%d works: %d overruns, %v", len(works), n, v)
		}
	}
}

func second(_ ops.Maintenance, err error) error { return err }
