package wiring

import (
	"errors"
	"strings"
	"testing"
	"time"

	"demailbench/features/check"
	"demailbench/reports/failure"
	"demailbench/reports/messages"
	"demailbench/sim/record"
)

var report = Report{
	Tries:    []Try{{"gateway", "sakd.de", "names", true}, {"gateway", "sakd-mail", "port 25", false}},
	Findings: []Finding{{Hop: NAT, Key: "nat.source", From: "gateway", To: "sakd-mail", At: "core", Fixer: failure.Network, Expected: "172.16.0.25", Observed: "172.16.0.99", Event: 2}},
}

func TestWrite(t *testing.T) {
	for lang, want := range map[messages.Lang][]string{
		messages.English: {"ok      gateway -> sakd.de: names\n", "WRONG   gateway -> sakd-mail: port 25\n", "NAT: core sees gateway as 172.16.0.99, and not as 172.16.0.25\n",
			"Usually fixed by: network operator", "packet 7 on link core.central in x.pcapng"},
		messages.German: {"FALSCH  gateway -> sakd-mail: Port 25\n", "NAT: core sieht gateway als 172.16.0.99 statt als 172.16.0.25\n", "Netzbetreiber", "Paket 7"},
	} {
		r := report
		r.Findings = append([]Finding(nil), r.Findings...)
		r.Findings[0].Packet = &check.Packet{Number: 7, Link: "core.central"}
		var b strings.Builder
		if err := r.Write(&b, messages.In(lang), "x.pcapng"); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%s lacks %q:\n%s", lang, w, b.String())
			}
		}
	}
	var b strings.Builder
	if err := (&Report{}).Write(&b, messages.In(messages.English), ""); err != nil || !strings.Contains(b.String(), "no verdict") {
		t.Errorf("nothing wrong: %v %q", err, b.String())
	}
	if err := report.Write(full{}, messages.In(messages.English), ""); err == nil {
		t.Error("a full disk is no error")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// TestEveryHopHasItsWords holds that each hop and each fixer has a name in both languages.
func TestEveryHopHasItsWords(t *testing.T) {
	for _, l := range messages.Langs {
		for _, h := range Hops {
			if s := messages.In(l).Say("wiring.hop." + string(h)); strings.HasPrefix(s, "[") {
				t.Errorf("%s: %s", l, s)
			}
		}
	}
}

// wire knows one packet.
type wire struct{ local string }

func (wire) Find([]byte, []string) ([]check.Packet, error) { return nil, nil }

func (w wire) Near(local, remote string, _ time.Time) (check.Packet, bool) {
	return check.Packet{Number: 3, Link: "l"}, local == w.local && remote == "10.0.0.2:25"
}

func TestLocate(t *testing.T) {
	r := report
	r.Findings = append([]Finding(nil), r.Findings...)
	r.Findings = append(r.Findings, Finding{Hop: Port, Key: "port.refused", Remote: "10.0.0.2:25"}, Finding{Hop: Driver, Key: "driver.start"})
	events := []record.Event{{}, {Local: "10.0.0.1:4000", Remote: "10.0.0.2:25"}}
	r.Locate(&check.Case{Events: events, Wire: wire{"10.0.0.1:4000"}})
	if r.Findings[0].Packet == nil || r.Findings[1].Packet != nil || r.Findings[2].Packet != nil {
		t.Errorf("by the event: %+v", r.Findings)
	}
	r.Locate(&check.Case{Events: events, Wire: wire{""}})
	if r.Findings[1].Packet == nil {
		t.Errorf("by the far end: %+v", r.Findings[1])
	}
	r.Locate(&check.Case{Events: events}) // without a capture
}
