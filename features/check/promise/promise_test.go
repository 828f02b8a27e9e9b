package promise

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"demailbench/features/check/deed"
	"demailbench/sim/record"
)

// story is a record in the making.
type story struct {
	t *testing.T
	c Case
	// bodies are the messages' by their hash.
	bodies map[string]string
}

func newStory(t *testing.T) *story {
	s := &story{t: t, bodies: map[string]string{}}
	s.c = Case{Contacts: []Contact{{"annaberg", "technik@kdn-gmbh.de", true}, {"annaberg", "amtsleitung@annaberg.example", false}, {"pirna", "technik@kdn-gmbh.de", true}},
		Text:        func(m *record.Message) []byte { return []byte(s.bodies[m.Body]) },
		FromGateway: func(e record.Event) bool { return e.Remote == "172.16.0.25:1" }}
	return s
}

func (s *story) add(at string, e record.Event) {
	s.t.Helper()
	x, err := time.Parse(time.RFC3339, at)
	if err != nil {
		s.t.Fatal(err)
	}
	e.At, e.Seq = x, len(s.c.Events)+1
	s.c.Events = append(s.c.Events, e)
}

// does notes an operation with its number.
func (s *story) does(at, number, name string, args, result any) {
	s.t.Helper()
	a, err := json.Marshal(args)
	if err != nil {
		s.t.Fatal(err)
	}
	r, err := json.Marshal(result)
	if err != nil {
		s.t.Fatal(err)
	}
	detail, err := json.Marshal(map[string]any{"as": map[string]string{}, "args": json.RawMessage(a), "result": json.RawMessage(r)})
	if err != nil {
		s.t.Fatal(err)
	}
	s.add(at, record.Event{Who: "sid-desk", Kind: record.Operation, Session: number, Name: name, Text: deed.Done, Detail: string(detail)})
}

// plans plans five hours on Thursday, 19 November 2015: people must be told until Friday 13, 14:00.
func (s *story) plans(at string, tenants ...string) {
	s.does(at, "op-1", "maintenance.plan", nil, map[string]any{"maintenance": "W-1", "state": "planned", "start": "2015-11-19T18:00:00+01:00", "end": "2015-11-19T23:00:00+01:00",
		"impact": "De-Mails bleiben liegen", "tenants": tenants, "notice_due": "2015-11-13T14:00:00+01:00"})
}

const notice = "De-Mails bleiben liegen, vom 19.11.2015 18:00 bis 19.11.2015 23:00"

func (s *story) gets(at, to, text string) {
	sum := fmt.Sprint(len(s.bodies))
	s.bodies[sum] = text
	s.add(at, record.Event{Who: "mail", Kind: record.Accepted, Session: "1", Remote: "172.16.0.25:1", To: []string{to}, Msg: &record.Message{Header: "Content-Type: text/plain\r\n", Body: sum, Size: 100}})
}

// TestTold holds what a notice needs, and how it stands to the deadline.
func TestTold(t *testing.T) {
	for name, c := range map[string]struct {
		tell func(*story)
		how  string
		want string // of what was observed; empty: it holds
	}{
		"in time": {func(s *story) {
			s.gets("2015-11-13T14:00:00+01:00", "technik@kdn-gmbh.de", notice)
			s.gets("2015-11-16T09:00:00+01:00", "amtsleitung@annaberg.example", notice)
		}, InTime, ""},
		"a second later": {func(s *story) {
			s.gets("2015-11-13T14:00:01+01:00", "technik@kdn-gmbh.de", notice)
			s.gets("2015-11-13T09:00:00+01:00", "amtsleitung@annaberg.example", notice)
		}, Disputable, ""},
		"the next day": {func(s *story) {
			s.gets("2015-11-14T00:00:00+01:00", "technik@kdn-gmbh.de", notice)
			s.gets("2015-11-13T09:00:00+01:00", "amtsleitung@annaberg.example", notice)
		}, InTime, "taken late"},
		"the contact only": {func(s *story) { s.gets("2015-11-13T09:00:00+01:00", "technik@kdn-gmbh.de", notice) }, InTime, "amtsleitung@annaberg.example, was told nothing"},
		"no end": {func(s *story) {
			s.gets("2015-11-13T09:00:00+01:00", "technik@kdn-gmbh.de", strings.TrimSuffix(notice, "23:00"))
		}, InTime, "does not name the end"},
		"no effects": {func(s *story) {
			s.gets("2015-11-13T09:00:00+01:00", "technik@kdn-gmbh.de", strings.TrimPrefix(notice, "De-Mails bleiben liegen"))
		}, InTime, "was told nothing"},
		"a stranger too": {func(s *story) {
			for _, to := range []string{"technik@kdn-gmbh.de", "amtsleitung@annaberg.example", "info@radebeul.example"} {
				s.gets("2015-11-13T09:00:00+01:00", to, notice)
			}
		}, InTime, "info@radebeul.example was told"},
		"a wrong calendar object": {func(s *story) {
			s.gets("2015-11-13T09:00:00+01:00", "technik@kdn-gmbh.de", notice)
			s.c.Events[len(s.c.Events)-1].Msg.Header = "Content-Type: multipart/mixed; boundary=b\r\n"
			s.bodies["0"] = "--b\r\n\r\n" + notice + "\r\n--b\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART:20151119T180000Z\r\nDTEND:20151119T230000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n\r\n--b--\r\n"
		}, InTime, "has another window in its calendar object"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			s.plans("2015-11-13T08:59:30+01:00")
			c.tell(s)
			f := s.c.Told("op-1", c.how)
			if f.OK != (c.want == "") || !strings.Contains(f.Observed, c.want) || f.Broken {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestDue holds the deadline against both ways of counting.
func TestDue(t *testing.T) {
	s := newStory(t)
	s.plans("2015-11-02T09:00:00+01:00")
	if f := s.c.Due("op-1"); !f.OK {
		t.Errorf("%+v", f)
	}
	s.c.ClearDays = true
	if f := s.c.Due("op-1"); f.OK || !strings.Contains(f.Expected, "2015-11-12 16:00:00") {
		t.Errorf("%+v", f)
	}
	if f := s.c.Due("op-7"); !f.Broken {
		t.Errorf("%+v", f)
	}
}

// TestAccounted holds reports that are right, and those that are wrong in one way.
func TestAccounted(t *testing.T) {
	right := func() map[string]any {
		return map[string]any{"from": "2015-11-16T00:00:00+01:00", "until": "2015-11-23T00:00:00+01:00", "raw_percent": 100 - 100*28800.0/604800, "adjusted_percent": 100 - 100*14400.0/604800,
			"weeks":  []any{map[string]any{"week": "2015-W47", "longest_seconds": 14400, "holds": true}},
			"months": []any{map[string]any{"month": "2015-11", "seconds": 604800, "counted_seconds": 14400, "raw_seconds": 28800, "holds": false}}}
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   string
	}{
		"right":                 {func(map[string]any) {}, ""},
		"counts what is proven": {func(r map[string]any) { r["adjusted_percent"] = r["raw_percent"] }, "adjusted figure"},
		"hides a part":          {func(r map[string]any) { r["raw_percent"] = r["adjusted_percent"] }, "raw figure"},
		"sums up":               {func(r map[string]any) { r["weeks"].([]any)[0].(map[string]any)["longest_seconds"] = 28800 }, "longest interruption of week 2015-W47"},
		"breaks at 240 min":     {func(r map[string]any) { r["weeks"].([]any)[0].(map[string]any)["holds"] = false }, "is said to hold: false"},
		"leaves out a week":     {func(r map[string]any) { r["weeks"] = []any{} }, "is not in its place"},
		"another time":          {func(r map[string]any) { r["from"] = "2015-11-17T00:00:00+01:00" }, "was asked for"},
		"rounds the month":      {func(r map[string]any) { r["months"].([]any)[0].(map[string]any)["counted_seconds"] = 14460 }, "counted again it is 14400 s"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStory(t)
			s.does("2015-11-20T08:00:00+01:00", "op-1", "incident.open", map[string]any{"start": "2015-11-19T10:00:00+01:00"}, map[string]any{"incident": "I-1"})
			s.does("2015-11-20T08:00:00+01:00", "op-2", "incident.close", map[string]any{"incident": "I-1", "end": "2015-11-19T14:00:00+01:00"}, map[string]any{"incident": "I-1"})
			s.does("2015-11-20T08:00:00+01:00", "op-3", "incident.open", map[string]any{"start": "2015-11-18T10:00:00+01:00"}, map[string]any{"incident": "I-2"})
			s.does("2015-11-20T08:00:00+01:00", "op-4", "incident.close", map[string]any{"incident": "I-2", "end": "2015-11-18T14:00:00+01:00"}, map[string]any{"incident": "I-2"})
			s.does("2015-11-20T08:00:00+01:00", "op-5", "incident.classify", map[string]any{"incident": "I-2", "cause": "dmda", "evidence": []any{map[string]string{"what": "x"}}}, map[string]any{"incident": "I-2"})
			r := right()
			c.change(r)
			s.does("2015-11-23T08:00:00+01:00", "op-6", "availability.report", map[string]any{"from": "2015-11-16T00:00:00+01:00", "until": "2015-11-23T00:00:00+01:00"}, r)
			f := s.c.Accounted("op-6")
			if f.OK != (c.want == "") || !strings.Contains(f.Observed, c.want) || f.Broken {
				t.Errorf("%+v", f)
			}
		})
	}
}

// TestProbed: a difference between probes and account is found, in both directions, beyond two pauses.
func TestProbed(t *testing.T) {
	for name, c := range map[string]struct {
		from, until int // the account's interruption, in minutes after 8
		ok          bool
	}{"the same": {10, 20, true}, "a minute off": {9, 21, true}, "hidden": {0, 0, false}, "too short": {10, 16, false}, "invented": {10, 30, false}} {
		s := newStory(t)
		begin := time.Date(2015, 11, 19, 8, 0, 0, 0, time.UTC)
		for i := range 60 {
			text := "ok"
			if i >= 10 && i < 20 || i == 40 { // one failure alone is no interruption
				text = "failed"
			}
			s.add(begin.Add(time.Duration(i)*time.Minute).Format(time.RFC3339), record.Event{Who: "annaberg-mail", Kind: record.Probe, Name: "smtp", Text: text, Remote: "172.16.0.25:25"})
		}
		interruptions := []any{}
		if c.until > 0 {
			interruptions = append(interruptions, map[string]any{"start": begin.Add(time.Duration(c.from) * time.Minute), "end": begin.Add(time.Duration(c.until) * time.Minute)})
		}
		s.does("2015-11-19T10:00:00Z", "op-1", "availability.report", nil, map[string]any{"interruptions": interruptions})
		if f := s.c.Probed("op-1"); f.OK != c.ok || f.Broken {
			t.Errorf("%s: %+v", name, f)
		}
	}
}
