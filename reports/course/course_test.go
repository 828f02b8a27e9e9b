package course

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/check"
	"demailbench/sim/record"
)

// load reads evidence of a real run.
func load(t testing.TB, name string) *Course {
	t.Helper()
	c, err := Open(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func scene(t testing.TB, name string) check.Scene {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", name, "scene.json"))
	if err != nil {
		t.Fatal(err)
	}
	var s check.Scene
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestHost looks hosts up in a world where three tenants have the same addresses at home.
func TestHost(t *testing.T) {
	c := load(t, "twice")
	for _, tt := range []struct{ who, address, want string }{
		{"gateway", "198.51.100.10:465", "dmda"},
		{"dmda", "192.0.2.25", "gateway"},
		{"sakd-desk", "192.168.10.25:25", "sakd-mail"},
		{"annaberg-desk", "192.168.10.25:25", "annaberg-mail"},
		{"router-sakd", "192.168.10.25:41927", "sakd-mail"},
		{"gateway", "10.1.11.25:50874", "sakd-mail"},
		{"internet-mail", "203.0.113.1:9", "203.0.113.1"}, // two hosts behind one address
		{"gateway", "192.168.10.25:25", "192.168.10.25"},  // nobody's from here
		{"gateway", "8.8.8.8:53", "8.8.8.8"},
		{"gateway", "no address", "no address"},
	} {
		if got := c.Host(tt.who, tt.address); got != tt.want {
			t.Errorf("%s calls %s %s, want %s", tt.who, tt.address, got, tt.want)
		}
	}
	if c.Zone("router-sakd") != "tenant-sakd" || c.Zone("gateway") != "central" || c.Zone("nobody") != "" {
		t.Errorf("zones: %q %q %q", c.Zone("router-sakd"), c.Zone("gateway"), c.Zone("nobody"))
	}
	if d := load(t, "dropped"); d.Host("router-annaberg", "192.168.10.25:1") != "annaberg-mail" {
		t.Errorf("without a translation the name of the router tells whom it serves: got %s", d.Host("router-annaberg", "192.168.10.25:1"))
	}
}

func TestWay(t *testing.T) {
	type leg struct {
		Hops string
		Stop string
		Key  string
	}
	for _, tt := range []struct {
		name, nonce string
		until       int
		related     bool
		want        []leg
	}{
		{"twice", "n924de66dab08", 0, false, []leg{
			{"sakd-desk > sakd-mail", "", ""},
			{"sakd-mail > router-sakd > core > gateway", "", ""},
			{"gateway > core > edge > dmda", "", ""},
			{"gateway > core > edge > dmda", "", ""}}},
		{"twice", "n924de66dab08", 13, false, []leg{{"sakd-desk > sakd-mail", "", ""}}},
		{"cut", "nb66c519b293c", 0, false, []leg{
			{"dmda > edge > core > gateway", "", ""},
			{"gateway > core > router-annaberg > annaberg-mail", "", ""}}},
		{"cut", "nb66c519b293c", 60, false, []leg{
			{"dmda > edge > core > gateway", "", ""},
			{"gateway > core > annaberg-mail", "annaberg-mail", "stop.silent"}}},
		{"dropped", "n39bae5779f12", 15, false, []leg{
			{"annaberg-desk > annaberg-mail", "", ""},
			{"annaberg-mail > router-annaberg", "router-annaberg", "stop.matrix"}}},
		{"clear", "n4d85da4f2c1a", 60, false, []leg{
			{"dmda > edge > core > gateway", "", ""},
			{"gateway > core > router-radebeul > radebeul-mail", "radebeul-mail", "stop.session"}}},
		{"clear", "nosuchmail", 0, true, nil},
	} {
		var got []leg
		for _, l := range load(t, tt.name).Way(tt.nonce, tt.until, tt.related) {
			if l.Stopped != (l.Stop != "") {
				t.Errorf("%s: leg %+v", tt.name, l)
			}
			got = append(got, leg{strings.Join(l.Hops, " > "), l.Stop, l.Key})
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s up to %d (-want +got):\n%s", tt.name, tt.until, d)
		}
	}
}

// TestWayStops holds the stops that the stored evidence does not have.
func TestWayStops(t *testing.T) {
	msg := &record.Message{Header: "Subject: n1\r\n\r\n", Body: "b", Size: 15}
	base := []record.Event{{Who: "sakd-mail", Kind: record.Sent, Local: "192.168.10.25:1", Remote: "172.16.0.25:25", Code: 250, Msg: msg}}
	for _, tt := range []struct {
		name      string
		next      record.Event
		hop, want string
	}{
		{"refused by the provider", record.Event{Who: "dmda", Kind: record.Refused, Session: "d", Verb: "MAIL", Code: 451, Remote: "192.0.2.25:9", Local: "198.51.100.10:465"}, "dmda", "stop.refused"},
		{"name service fails", record.Event{Who: "dns", Kind: record.Query, Name: "x.", Type: "MX", Rcode: "SERVFAIL", Remote: "172.16.0.25:9"}, "dns", "stop.query"},
		{"nobody answers", record.Event{Who: "gateway", Kind: record.ConnDial, Remote: "198.51.100.10:465", Error: "i/o timeout"}, "dmda", "stop.silent"},
		{"matrix", record.Event{Who: "core", Kind: record.Drop, Detail: "rule", Rule: "default", Proto: "tcp", Local: "172.16.0.25:9", Remote: "198.51.100.10:465"}, "core", "stop.matrix"},
		{"somebody else is refused", record.Event{Who: "dmda", Kind: record.Refused, Session: "d", Verb: "MAIL", Code: 451, Remote: "203.0.113.66:9"}, "", ""},
		{"refused at once", record.Event{Who: "sakd-mail", Kind: record.Rejected, Verb: "RCPT", Code: 550, Local: "192.168.10.25:1", Remote: "172.16.0.25:25", Msg: msg}, "gateway", "stop.refused"},
	} {
		events := append([]record.Event(nil), base...)
		if tt.name == "refused at once" {
			events = nil
		}
		events = append(events, tt.next)
		for i := range events {
			events[i].Seq = i + 1
		}
		legs := New(events, scene(t, "twice")).Way("n1", 0, false)
		last := legs[len(legs)-1]
		if last.Stop != tt.hop || last.Key != tt.want {
			t.Errorf("%s: got %+v", tt.name, last)
		}
	}
}

func TestSubject(t *testing.T) {
	for header, want := range map[string]string{
		"From: a\r\nSubject: plain\r\n\r\n":                                 "plain",
		"Subject: =?utf-8?q?*Versandbest=C3=A4tigung*?=\r\n Antrag\r\n\r\n": "*Versandbestätigung* Antrag",
		"From: a\r\n\r\n":  "-",
		"":                 "-",
		"subject:\r\n\r\n": "-",
	} {
		if got := Subject(&record.Message{Header: header}); got != want {
			t.Errorf("%q: got %q, want %q", header, got, want)
		}
	}
	if Subject(nil) != "-" {
		t.Error("no message has a subject")
	}
}

func TestSessions(t *testing.T) {
	var got []string
	for _, s := range load(t, "twice").Sessions() {
		got = append(got, s.Name+" "+s.Client+" > "+s.Server)
		for _, l := range s.Lines {
			if l.At.IsZero() || l.Event == 0 || l.Said == "" && l.Reply == "" {
				t.Errorf("%s: line %+v", s.Name, l)
			}
		}
	}
	want := []string{"sakd-mail-1 sakd-desk > sakd-mail", "sakd-mail-client-1 sakd-mail > gateway", "dmda-1 gateway > dmda", "dmda-2 gateway > dmda"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestQueries(t *testing.T) {
	c := load(t, "clear")
	all, joined := c.Queries(false), c.Queries(true)
	n := 0
	for _, q := range joined {
		n += q.Times
	}
	if n != len(all) || len(joined) >= len(all) {
		t.Errorf("%d queries, %d joined, which stand for %d", len(all), len(joined), n)
	}
	if q := joined[0]; q.Asker != "gateway" || q.Server != "dns" || q.Question != "MX radebeul.example." || q.Rcode != "NOERROR" {
		t.Errorf("got %+v", q)
	}
}

// first returns the first n lines.
func first(raw []byte, n int) []byte {
	return bytes.Join(bytes.SplitAfterN(raw, []byte("\n"), n+1)[:n], nil)
}

// FuzzCourse reads any record that record.Read accepts: nothing in it may make the course fail.
func FuzzCourse(f *testing.F) {
	for _, name := range []string{"twice", "cut", "dropped", "clear"} {
		raw, err := os.ReadFile(filepath.Join("..", "testdata", name, "timeline.ndjson"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(first(raw, 14), 12) // the begin: long inputs are slow to mutate
	}
	s := scene(f, "twice")
	f.Fuzz(func(t *testing.T, raw []byte, focus int) {
		events, err := record.Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		c := New(events, s)
		if rows := c.Rows([]int{focus}, 40); len(rows) > 40 {
			t.Errorf("%d rows", len(rows))
		}
		for _, l := range c.Way("n", focus, true) {
			if len(l.Hops) < 2 {
				t.Errorf("leg %+v", l)
			}
		}
		c.Sessions()
		c.Queries(true)
	})
}
