package wire_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// TestFaults lets each fault strike once at each verb, and sends a second message to see that it is over.
func TestFaults(t *testing.T) {
	reply := wire.Reply{Code: 452, Enhanced: "4.2.2", Text: "full"}
	var tests []struct {
		fault    wire.Fault
		want     string
		accepted int
		took     time.Duration
	}
	add := func(f wire.Fault, want string, accepted int, took time.Duration) {
		f.Times = 1
		tests = append(tests, struct {
			fault    wire.Fault
			want     string
			accepted int
			took     time.Duration
		}{f, want, accepted, took})
	}
	for _, verb := range []string{"CONNECT", "EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "END"} {
		at := verb
		if verb == "STARTTLS" {
			at = "TLS"
		}
		lost := 1
		if verb == "END" {
			lost = 2
		}
		add(wire.Fault{Verb: verb, Do: wire.Answer, Reply: reply}, at+" 452 4.2.2", 1, 0)
		add(wire.Fault{Verb: verb, Do: wire.Close}, at+" 0", 1, 0)
		add(wire.Fault{Verb: verb, Do: wire.DropReply}, at+" 0", lost, 0)
		add(wire.Fault{Verb: verb, Do: wire.Delay, Delay: 30 * time.Second}, "", 2, 30*time.Second)
		add(wire.Fault{Verb: verb, Do: wire.Delay, Delay: 2 * time.Minute}, at+" 0", -1, 0)
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s %s %v", test.fault.Verb, test.fault.Do, test.fault.Delay), func(t *testing.T) {
			w := newWorld(t)
			msg := w.message(memo)
			w.run(w.withTLS(w.config()), func() {
				w.server.Faults().Add(test.fault)
				c := w.client()
				c.TLS = w.ca.ClientConfig(hostname)
				want := "post@pirna.de temporary " + test.want
				if test.want == "" {
					want = "post@pirna.de accepted END 250 2.0.0"
				}
				out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
				if diff := cmp.Diff([]string{want}, brief(out)); diff != "" {
					t.Errorf("%v %s", out.Err(), diff)
				}
				if out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg); out.Err() != nil {
					t.Errorf("second message: %v", out.Err())
				}
			})
			if test.accepted >= 0 && len(w.policy.got) != test.accepted {
				t.Errorf("%d accepted, want %d", len(w.policy.got), test.accepted)
			}
			if test.accepted >= 0 && w.clock.Elapsed() != test.took {
				t.Errorf("took %v, want %v", w.clock.Elapsed(), test.took)
			}
		})
	}
}

// TestFaultMatch has faults for some senders and recipients only, for a number of times, or for a while.
func TestFaultMatch(t *testing.T) {
	busy := func(f wire.Fault) wire.Fault {
		f.Do, f.Reply = wire.Answer, wire.Reply{Code: 451, Text: "busy"}
		return f
	}
	type try struct {
		from, to string
		wait     time.Duration
		taken    bool
	}
	tests := []struct {
		name  string
		fault wire.Fault
		tries []try
	}{
		{"recipient", wire.Fault{Verb: "RCPT", To: "Post@Pirna.de"}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"a@radebeul.de", "bau@pirna.de", 0, true}}},
		{"domain", wire.Fault{Verb: "END", To: "@pirna.de"}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"a@radebeul.de", "post@xpirna.de", 0, true}}},
		{"sender", wire.Fault{Verb: "MAIL", From: "a@radebeul.de"}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"b@radebeul.de", "post@pirna.de", 0, true}, {"", "post@pirna.de", 0, true}}},
		{"both", wire.Fault{Verb: "DATA", From: "a@radebeul.de", To: "post@pirna.de"}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"b@radebeul.de", "post@pirna.de", 0, true}, {"a@radebeul.de", "bau@pirna.de", 0, true}}},
		{"recipient at MAIL", wire.Fault{Verb: "MAIL", To: "post@pirna.de"}, []try{{"a@radebeul.de", "post@pirna.de", 0, true}}},
		{"twice", wire.Fault{Verb: "END", Times: 2}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"a@radebeul.de", "post@pirna.de", 0, false}, {"a@radebeul.de", "post@pirna.de", 0, true}}},
		{"an hour", wire.Fault{Verb: "END", Until: epoch.Add(time.Hour)}, []try{
			{"a@radebeul.de", "post@pirna.de", 0, false}, {"a@radebeul.de", "post@pirna.de", time.Hour - 1, false},
			{"a@radebeul.de", "post@pirna.de", 1, true}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			msg := w.message(memo)
			w.run(w.config(), func() {
				undo := w.server.Faults().Add(busy(test.fault))
				for i, try := range test.tries {
					w.clock.Sleep(context.Background(), try.wait)
					out := w.client().Send(context.Background(), "192.168.10.25:25", wire.Envelope{From: try.from, To: []string{try.to}}, msg)
					if (out.Err() == nil) != try.taken {
						t.Errorf("try %d: %v", i+1, out.Err())
					}
				}
				undo()
				undo()
				env := wire.Envelope{From: test.tries[0].from, To: []string{test.tries[0].to}}
				if out := w.client().Send(context.Background(), "192.168.10.25:25", env, msg); out.Err() != nil {
					t.Errorf("after undo: %v", out.Err())
				}
			})
		})
	}
}

// TestMagicAddresses starts faults by the recipient's address.
func TestMagicAddresses(t *testing.T) {
	w := newWorld(t)
	msg := w.message(memo)
	w.run(w.config(), func() {
		send := func(to string) string {
			return brief(w.client().Send(context.Background(), "192.168.10.25:25", wire.Envelope{To: []string{to}}, msg))[0]
		}
		check := func(to, want string) {
			t.Helper()
			if got := send(to); got != to+" "+want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		check("fault-451@pirna.de", "accepted END 250 2.0.0")
		w.server.Faults().SetMagic(true)
		check("fault-451@pirna.de", "temporary RCPT 451 4.0.0")
		check("Fault-550@pirna.de", "permanent RCPT 550 5.0.0")
		check("fault-close@pirna.de", "temporary RCPT 0")
		check("fault-lost@pirna.de", "temporary END 0")
		check("fault-lost@pirna.de", "accepted END 250 2.0.0")
		check("fault-250@pirna.de", "accepted END 250 2.0.0")
		check("fault-@pirna.de", "accepted END 250 2.0.0")
		w.server.Faults().SetMagic(false)
		check("fault-451@pirna.de", "accepted END 250 2.0.0")
	})
	if got := len(w.lines(record.Accepted)); got != 6 {
		t.Errorf("%d accepted, want 6: a lost reply is one of an accepted message", got)
	}
}
