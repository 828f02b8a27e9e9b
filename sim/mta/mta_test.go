package mta_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/mta"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// boxes lists who has mail from whom, and how many.
func (w *world) boxes(s *mta.Server, addrs ...string) (out []string) {
	for _, addr := range addrs {
		for _, m := range s.Mailbox(addr) {
			out = append(out, addr+" from <"+m.From+">")
		}
	}
	return out
}

func TestRoutes(t *testing.T) {
	tests := []struct {
		name, from, to string
		change         func(*mta.Config)
		submit         string // code of the submission
		at             string // "a" or "b": where it arrives; "dsn", or "" for nowhere
		status         string // of the notification
	}{
		{name: "own domain", from: "bau@radebeul.de", to: "Amt@Radebeul.de", submit: "250", at: "a"},
		{name: "by MX", from: "bau@radebeul.de", to: "post@pirna.de", submit: "250", at: "b"},
		{name: "second MX", from: "bau@radebeul.de", to: "post@two.test", submit: "250", at: "b"},
		{name: "no MX", from: "bau@radebeul.de", to: "post@bare.test", submit: "250", at: "b"},
		{name: "null MX", from: "bau@radebeul.de", to: "post@null.test", submit: "250", at: "dsn", status: "5.1.10"},
		{name: "MX is this server", from: "bau@radebeul.de", to: "post@back.test", submit: "250", at: "dsn", status: "5.4.6"},
		{name: "MX without address", from: "bau@radebeul.de", to: "post@lame.test", submit: "250", at: "dsn", status: "5.4.4"},
		{name: "no such domain", from: "bau@radebeul.de", to: "post@gone.pirna.de", submit: "250", at: "dsn", status: "5.1.2"},
		{name: "refused there", from: "bau@radebeul.de", to: "post@lame.test", submit: "250", at: "dsn", status: "5.7.1",
			change: func(c *mta.Config) { c.Smarthosts = map[string]string{".": pirna + ":25"} }},
		{name: "smarthost by address", from: "bau@radebeul.de", to: "post@pirna.de", submit: "250", at: "b",
			change: func(c *mta.Config) {
				c.Resolver, c.Smarthosts, c.ClientTLS = nil, map[string]string{"de": pirna + ":25"}, nil
			}},
		{name: "smarthost by name", from: "bau@radebeul.de", to: "post@pirna.de", submit: "250", at: "b",
			change: func(c *mta.Config) {
				c.Smarthosts = map[string]string{"pirna.de": "mail.pirna.de:25", "a.de": "x:1", ".": "mail.radebeul.de:9"}
			}},
		{name: "no such mailbox", from: "bau@radebeul.de", to: "x@radebeul.de", submit: "550 5.1.1",
			change: func(c *mta.Config) { c.Mailboxes = []string{"bau@radebeul.de"} }},
		{name: "from outside", from: "bau@radebeul.de", to: "post@pirna.de", submit: "550 5.7.1",
			change: func(c *mta.Config) { c.Relay = nil }},
		{name: "null sender", from: "", to: "post@null.test", submit: "250", at: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.change != nil {
				test.change(&w.radebeul)
			}
			w.run(func() {
				r := w.submit(test.from, test.to).Results[0]
				if got := strings.TrimSpace(fmt.Sprintf("%d %s", r.Code, r.Enhanced)); !strings.HasPrefix(got, test.submit) {
					t.Errorf("submission: %s, want %s", got, test.submit)
				}
				w.sleep(time.Minute - time.Second)
				if w.a.Queued() != 0 {
					t.Errorf("%d still queued: %v", w.a.Queued(), w.tries())
				}
			})
			var want []string
			if test.at == "a" || test.at == "b" {
				want = []string{test.to + " from <" + test.from + ">"}
			}
			got := append(w.boxes(w.a, test.to), w.boxes(w.b, test.to)...)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			w.checkNotified(test.at == "dsn", test.status)
		})
	}
}

func (w *world) checkNotified(want bool, status string) {
	w.t.Helper()
	box := w.a.Mailbox("bau@radebeul.de")
	if (len(box) == 1) != want || len(box) > 1 {
		w.t.Fatalf("%d notifications", len(box))
	}
	if want && !strings.Contains(w.text(box[0].Msg), "\nStatus: "+status+"\n") {
		w.t.Errorf("no status %s in %s", status, w.text(box[0].Msg))
	}
}

// TestTrace reads what the servers put on top, and finds the rest unchanged.
func TestTrace(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.mustSubmit("bau@radebeul.de", "post@pirna.de")
		w.sleep(time.Second)
	})
	box := w.b.Mailbox("post@pirna.de")
	if len(box) != 1 {
		t.Fatalf("%d messages", len(box))
	}
	got := strings.Split(w.text(box[0].Msg), "\n")
	for i, line := range got {
		if before, _, ok := strings.Cut(line, " id "); ok && strings.HasPrefix(line, "\tby ") {
			got[i] = before
		}
	}
	want := []string{
		"Return-Path: <bau@radebeul.de>",
		"Received: from mail.radebeul.de ([192.168.10.25])", "\tby mail.pirna.de with ESMTPS", "\tfor <post@pirna.de>;",
		"\tMon, 02 Nov 2015 08:00:00 +0000",
		"Received: from pc.radebeul.de ([192.168.10.7])", "\tby mail.radebeul.de with ESMTP", "\tfor <post@pirna.de>;",
		"\tMon, 02 Nov 2015 08:00:00 +0000",
		"From: <bau@radebeul.de>", "Subject: Bauantrag", "Message-ID: <1@radebeul.de>", "", "Guten Tag", "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSeveralRecipients(t *testing.T) {
	w := newWorld(t)
	to := []string{"a@radebeul.de", "b@pirna.de", "c@pirna.de", "d@bare.test", "e@radebeul.de"}
	w.run(func() {
		w.mustSubmit("bau@radebeul.de", to...)
		w.sleep(time.Second)
	})
	want := []string{"a@radebeul.de from <bau@radebeul.de>", "e@radebeul.de from <bau@radebeul.de>",
		"b@pirna.de from <bau@radebeul.de>", "c@pirna.de from <bau@radebeul.de>", "d@bare.test from <bau@radebeul.de>"}
	if diff := cmp.Diff(want, append(w.boxes(w.a, to...), w.boxes(w.b, to...)...)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"0s  250", "0s  250"}, w.tries()); diff != "" {
		t.Errorf("one transaction for each next hop: %s", diff)
	}
}

func TestLoop(t *testing.T) {
	for hops, want := range map[int]string{49: "250", 50: "554 5.4.6", 51: "554 5.4.6"} {
		w := newWorld(t)
		msg := w.message(strings.Repeat("Received: from x\n\tby y\n", hops-1) + "received : from z\nSubject: x\n\n")
		w.run(func() {
			r := w.send(pc, radebeul, "bau@radebeul.de", msg, "amt@radebeul.de").Results[0]
			if got := fmt.Sprintf("%d %s", r.Code, r.Enhanced); !strings.HasPrefix(got, want) {
				t.Errorf("%d hops: %s, want %s", hops, got, want)
			}
		})
	}
}

// TestRetry has a partner that is busy for five hours, and wants the tries at the exact minutes of D27.
func TestRetry(t *testing.T) {
	run := func() (w *world, at []string) {
		w = newWorld(t)
		w.run(func() {
			w.b.Faults().Add(wire.Fault{
				Verb: "RCPT", Do: wire.Answer, Reply: wire.Reply{Code: 451, Enhanced: "4.7.1", Text: "later"}, Until: epoch.Add(5 * time.Hour),
			})
			w.mustSubmit("bau@radebeul.de", "post@pirna.de")
			w.sleep(24 * time.Hour)
		})
		for _, e := range w.rec.Events() {
			at = append(at, e.At.String()+" "+e.Who+" "+string(e.Kind))
		}
		return w, at
	}
	w, first := run()
	want := []string{
		"0s RCPT 451", "1m0s RCPT 451", "6m0s RCPT 451", "21m0s RCPT 451", "51m0s RCPT 451", "1h51m0s RCPT 451",
		"2h51m0s RCPT 451", "3h51m0s RCPT 451", "4h51m0s RCPT 451", "5h51m0s  250",
	}
	if diff := cmp.Diff(want, w.tries()); diff != "" {
		t.Error(diff)
	}
	if len(w.b.Mailbox("post@pirna.de")) != 1 {
		t.Errorf("%d messages arrived", len(w.b.Mailbox("post@pirna.de")))
	}
	notices := w.a.Mailbox("bau@radebeul.de")
	if len(notices) != 1 || !strings.Contains(w.text(notices[0].Msg), "\nAction: delayed\nStatus: 4.7.1\n") {
		t.Errorf("one delay notice is due after 4 h: %v", notices)
	}
	if _, second := run(); cmp.Diff(first, second) != "" {
		t.Errorf("two runs differ: %s", cmp.Diff(first, second))
	}
}

// TestGiveUp has a partner that never answers: the last try is made at the very end of five days.
func TestGiveUp(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.net.Host(pirna).Link().Cut()
		w.mustSubmit("bau@radebeul.de", "post@pirna.de")
		w.sleep(6 * 24 * time.Hour)
		if w.a.Queued() != 0 {
			t.Errorf("%d queued", w.a.Queued())
		}
	})
	tries := w.tries()
	if last := tries[len(tries)-1]; !strings.HasPrefix(last, "120h") {
		t.Errorf("last try at %s", last)
	}
	box := w.a.Mailbox("bau@radebeul.de")
	if len(box) != 2 {
		t.Fatalf("%d notifications, want one of delay and one of failure", len(box))
	}
	if text := w.text(box[1].Msg); !strings.Contains(text, "\nAction: failed\nStatus: 5.4.7\nLast-Attempt-Date: Sat, 07 Nov 2015 08:") {
		t.Error(text)
	}
}

// TestLostReply has a partner that takes a message and loses its reply: the second try makes a duplicate
// with the same Message-ID (D28), as any correct sender would.
func TestLostReply(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.b.Faults().Add(wire.Fault{Verb: "END", Do: wire.DropReply, Times: 1})
		w.mustSubmit("bau@radebeul.de", "post@pirna.de")
		w.sleep(time.Hour)
	})
	if diff := cmp.Diff([]string{"0s END 0", "1m0s  250"}, w.tries()); diff != "" {
		t.Error(diff)
	}
	box := w.b.Mailbox("post@pirna.de")
	if len(box) != 2 || box[0].Msg.Body != box[1].Msg.Body {
		t.Fatalf("%d messages, want a duplicate", len(box))
	}
	for _, m := range box {
		if strings.Count(m.Msg.Header, "Message-ID: <1@radebeul.de>") != 1 {
			t.Error(m.Msg.Header)
		}
	}
	if len(w.a.Mailbox("bau@radebeul.de")) != 0 {
		t.Error("the sender was notified of a success")
	}
}

// TestRequiredTLS waits for STARTTLS rather than sending in clear.
func TestRequiredTLS(t *testing.T) {
	w := newWorld(t)
	w.radebeul.Outward = wire.Required
	w.pirna.STARTTLS = false
	w.run(func() {
		w.mustSubmit("bau@radebeul.de", "post@pirna.de")
		w.sleep(10 * time.Minute)
		w.b.SetSTARTTLS(true)
		w.sleep(time.Hour)
	})
	if diff := cmp.Diff([]string{"0s TLS 0", "1m0s TLS 0", "6m0s TLS 0", "21m0s  250"}, w.tries()); diff != "" {
		t.Error(diff)
	}
	for _, e := range w.rec.Events() {
		if e.Who == "pirna" && e.Kind == record.Accepted && e.TLS == "" {
			t.Error("a message went in clear")
		}
	}
}

// TestServerFailure has name servers that fail: nothing is undeliverable because of that.
func TestServerFailure(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		undo := w.failDNS()
		w.mustSubmit("bau@radebeul.de", "post@pirna.de")
		w.sleep(30 * time.Minute)
		undo()
		w.sleep(30 * time.Minute)
	})
	tries := w.tries()
	if len(tries) != 5 || !strings.HasSuffix(tries[4], " 250") || len(w.a.Mailbox("bau@radebeul.de")) != 0 {
		t.Errorf("tries %v, notifications %v", tries, w.a.Mailbox("bau@radebeul.de"))
	}
}

func TestClose(t *testing.T) {
	w := newWorld(t)
	w.run(func() {
		w.net.Host(pirna).Link().Cut()
		w.mustSubmit("bau@radebeul.de", "post@pirna.de", "post@two.test")
		w.sleep(time.Second)
		if w.a.Queued() != 2 {
			t.Errorf("%d queued", w.a.Queued())
		}
	})
	if w.a.Queued() != 0 || w.clock.Elapsed() > 2*time.Second {
		t.Errorf("%d queued after %v", w.a.Queued(), w.clock.Elapsed())
	}
}

// TestLargeMessage relays 20 MiB; the octets of the body are the same at the end.
func TestLargeMessage(t *testing.T) {
	w := newWorld(t)
	msg := w.message("Subject: large\n\n" + strings.Repeat("."+strings.Repeat("0123456789", 7)+"\n", 20<<20/73))
	w.run(func() {
		if err := w.send(pc, radebeul, "bau@radebeul.de", msg, "post@pirna.de").Err(); err != nil {
			t.Error(err)
		}
		w.sleep(time.Minute)
	})
	box := w.b.Mailbox("post@pirna.de")
	if len(box) != 1 || box[0].Msg.Body != msg.Body || !strings.HasSuffix(box[0].Msg.Header, msg.Header) {
		t.Errorf("%d messages, or they differ", len(box))
	}
}

func TestConfig(t *testing.T) {
	w := newWorld(t)
	tests := []struct {
		change func(*mta.Config)
		want   string
	}{
		{func(c *mta.Config) { c.Domains = nil }, `mta: server of "radebeul": Config.Domains is empty: name the domains whose mailboxes are here`},
		{func(c *mta.Config) { c.Rand = nil }, `mta: server of "radebeul": Config.Rand is nil: take a seeded source`},
		{func(c *mta.Config) { c.Dial = nil }, `mta: server of "radebeul": Config.Relay needs Config.Dial`},
		{func(c *mta.Config) { c.Resolver = nil }, `mta: server of "radebeul": Config.Relay needs Config.Resolver or Config.Smarthosts`},
		{func(c *mta.Config) { c.TLS = nil }, `mta: server of "radebeul": Config.STARTTLS needs Config.TLS`},
		{func(c *mta.Config) { c.Smarthosts = map[string]string{"de": "gateway"} }, `mta: server of "radebeul": Config.Smarthosts["de"] is "gateway": write "host:port"`},
		{func(c *mta.Config) { c.Hostname = "" }, `wire: server of "radebeul": Config.Hostname is empty: name the server for its greeting`},
	}
	for _, test := range tests {
		cfg := w.radebeul
		test.change(&cfg)
		if _, err := mta.New(cfg); err == nil || err.Error() != test.want {
			t.Errorf("error %v, want %s", err, test.want)
		}
	}
}
