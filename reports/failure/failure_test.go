package failure

import (
	"path/filepath"
	"strings"
	"testing"

	"demailbench/features/check"
	"demailbench/reports/course"
	"demailbench/reports/messages"
	"demailbench/sim/record"
)

// load reads the evidence of a real run, with the expectations in more added at its end.
func load(t *testing.T, name string, more ...check.Expectation) *course.Course {
	t.Helper()
	c, err := course.Open(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	events := c.Events
	for _, x := range more {
		e := x.Clause()
		e.Seq, e.At = len(events)+1, events[len(events)-1].At
		events = append(events, e)
	}
	return course.New(events, c.Scene)
}

// judged judges a course as the bench does and returns what the failure shows.
func judged(t *testing.T, c *course.Course) *Failure {
	t.Helper()
	cs := &check.Case{Events: c.Events, Scene: c.Scene}
	j := cs.Judge()
	return Of(j.Verdict, j.Reason, j.Findings, c)
}

func TestOf(t *testing.T) {
	en, de := messages.In(messages.English), messages.In(messages.German)
	const nonce = "n39bae5779f12"
	for _, tt := range []struct {
		name                  string
		more                  []check.Expectation
		plain, plainDE, fixer string
		focus                 int
	}{
		{"twice", nil, "A mail arrived more often in mailbox pn_buergerin@t-systems.de-mail.de than it was sent.", "öfter an", Gateway, 44},
		{"cut", nil, "A mail came to a place that it must not come to: tenant-annaberg.", "nicht hinkommen darf", Gateway, 97},
		{"dropped", []check.Expectation{{Kind: check.Dropped, Who: "router-annaberg", Address: "192.168.10.25", Port: 25, Rule: "M-1"}},
			"Router router-annaberg did not drop packets as the communication matrix says.", "verwarf Pakete nicht", Network, 15},
		{"dropped", []check.Expectation{{Kind: check.Delivered, Nonce: nonce, Mailbox: "pn_buergerin@t-systems.de-mail.de"}},
			"A mail did not arrive in mailbox pn_buergerin@t-systems.de-mail.de.", "nicht an", Gateway, 61}, // staged: the row was removed by the bench
		{"clear", []check.Expectation{{Kind: check.Notice, Mailbox: "technik@kdn-gmbh.de", Contains: []string{"no such text"}}},
			"The contact technik@kdn-gmbh.de was not alerted.", "nicht gewarnt", Gateway, 76},
		{"twice", []check.Expectation{{Kind: check.Submitted, Nonce: "nosuch", Who: "sakd-desk", Assume: true}},
			"The test could not be carried out: a precondition of the scenario did not hold.", "Voraussetzung", Bench, 0},
	} {
		f := judged(t, load(t, tt.name, tt.more...))
		if got := f.Plain(en); got != tt.plain {
			t.Errorf("%s: plain %q, want %q", tt.name, got, tt.plain)
		}
		if got := f.Plain(de); !strings.Contains(got, tt.plainDE) {
			t.Errorf("%s: German %q", tt.name, got)
		}
		if r := f.Fixer(nil); r.Who != tt.fixer || !en.Has(r.Key) || !en.Has("fixer."+r.Who) || !en.Has("fixer.short."+r.Who) {
			t.Errorf("%s: fixer %+v, want %s", tt.name, r, tt.fixer)
		}
		if tt.focus > 0 && (len(f.Focus) != 1 || f.Focus[0] != tt.focus) {
			t.Errorf("%s: focus %v, want %d", tt.name, f.Focus, tt.focus)
		}
		if tt.focus > 0 && len(f.Legs) == 0 {
			t.Errorf("%s: no way of the mail", tt.name)
		}
	}
}

// TestFixer reads who is asked first, without an impairment by the bench.
func TestFixer(t *testing.T) {
	c := load(t, "twice")
	scene := c.Scene
	msg := &record.Message{Header: "Subject: n1\r\n\r\n", Body: "b"}
	sent := record.Event{Who: "sakd-mail", Kind: record.Sent, Local: "192.168.10.25:1", Remote: "172.16.0.25:25", Code: 250, Msg: msg}
	arrive := check.Expectation{Kind: check.Delivered, Nonce: "n1", Mailbox: "a@x.de-mail.de", Requirements: []string{"S0-044"}}
	for _, tt := range []struct {
		name string
		next record.Event
		want string
		key  string // of what the evidence proves against the ledger
	}{
		{"the row of a tenant is missing", record.Event{Who: "core", Kind: record.Drop, Detail: "rule", Rule: "default:drop", Proto: "tcp", Local: "172.16.0.25:9", Remote: "192.168.10.25:25"}, Municipality, "fixer.why.enabling"},
		{"a tenant's domain only sends", record.Event{Who: "dmda", Kind: record.Rejected, Verb: "RCPT", Code: 550, Enhanced: "5.7.1", Text: "the recipient's domain is send-only", Local: "198.51.100.10:9", Remote: "192.0.2.25:465", Msg: msg}, Municipality, "fixer.why.setting"},
		{"a row of the matrix drops", record.Event{Who: "core", Kind: record.Drop, Detail: "rule", Rule: "M-9", Proto: "tcp", Local: "172.16.0.25:9", Remote: "192.168.10.25:25"}, Network, ""},
		{"the provider refuses", record.Event{Who: "dmda", Kind: record.Refused, Session: "d", Verb: "MAIL", Code: 550, Remote: "192.0.2.25:9"}, Provider, ""},
		{"the tenant refuses", record.Event{Who: "sakd-mail", Kind: record.Refused, Session: "d", Verb: "RCPT", Code: 550, Remote: "172.16.0.25:9"}, Municipality, ""},
		{"a line is silent", record.Event{Who: "gateway", Kind: record.ConnDial, Remote: "198.51.100.10:465", Error: "i/o timeout"}, Network, ""},
		{"a router drops", record.Event{Who: "core", Kind: record.Drop, Detail: "rule", Rule: "default", Proto: "tcp", Local: "172.16.0.25:9", Remote: "198.51.100.10:465"}, Network, ""},
		{"names fail", record.Event{Who: "dns", Kind: record.Query, Name: "x.", Type: "MX", Rcode: "SERVFAIL", Remote: "172.16.0.25:9"}, Network, ""},
		{"nothing happens", record.Event{Who: "bench", Kind: record.Gateway, Text: "start"}, Gateway, ""},
	} {
		events := []record.Event{sent, tt.next, arrive.Clause()}
		for i := range events {
			events[i].Seq = i + 1
		}
		f := judged(t, course.New(events, scene))
		if got := f.Fixer(nil); got.Who != tt.want {
			t.Errorf("%s: got %+v, want %s", tt.name, got, tt.want)
		}
		if tt.key != "" {
			ledger := func(string) string { return Gateway }
			if got := f.Fixer(ledger); got.Who != tt.want || got.Key != tt.key || strings.HasPrefix(messages.In(messages.German).Say(got.Key), "[") {
				t.Errorf("%s: against the ledger %+v", tt.name, got)
			}
			continue
		}
		if got := f.Fixer(func(id string) string { return map[string]string{"S0-044": Operator}[id] }); got.Who != Operator || got.Key != "fixer.why.ledger" {
			t.Errorf("%s: the ledger's word is %+v", tt.name, got)
		}
		if got := f.Fixer(func(string) string { return "" }); got.Who != tt.want {
			t.Errorf("%s: an empty ledger changes it to %+v", tt.name, got)
		}
	}
}

// TestWithoutRecord is about scenarios that left nothing.
func TestWithoutRecord(t *testing.T) {
	en := messages.In(messages.English)
	for _, v := range check.Verdicts {
		f := Of(v, "", nil, nil)
		if p := f.Plain(en); p == "" || strings.HasPrefix(p, "[") {
			t.Errorf("%s: plain %q", v, p)
		}
		if r := f.Fixer(nil); (r.Who == Bench) != (v == check.Error) {
			t.Errorf("%s: fixer %+v", v, r)
		}
	}
	if p := Of(check.Fail, "the gateway crashed: the worker process gave no answer", nil, nil).Plain(en); p != "The gateway crashed." {
		t.Errorf("a crash is %q", p)
	}
	findings := []check.Finding{{Verdict: check.Fail, Rule: "delivered", Event: 3, Observed: "it is there never"}}
	if f := Of(check.Fail, "", findings, nil); f.Main == nil || f.Fixer(nil).Who != Gateway || f.Plain(en) == "" {
		t.Errorf("got %+v", f)
	}
}

// TestFindingsThatDoNotFit is about a summary and a record that do not belong together.
func TestFindingsThatDoNotFit(t *testing.T) {
	c := load(t, "twice")
	findings := []check.Finding{{Verdict: check.Fail, Rule: "no such rule", Event: 100_000, Observed: "x"}}
	f := Of(check.Fail, "", findings, c)
	if f.Plain(messages.In(messages.German)) == "" || f.Fixer(nil).Who == "" || len(c.Rows(f.Focus, 40)) == 0 {
		t.Errorf("got %+v", f)
	}
}
