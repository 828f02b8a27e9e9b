package wire_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

const memo = "From: bau@radebeul.de\nTo: post@pirna.de\nSubject: x\nMessage-ID: <1@radebeul.de>\n\n.dot\ntext\n"

var toPirna = wire.Envelope{From: "bau@radebeul.de", To: []string{"post@pirna.de"}}

// brief is an outcome in a form that is easy to compare.
func brief(o wire.Outcome) (out []string) {
	for _, r := range o.Results {
		state := "accepted"
		switch {
		case r.Permanent():
			state = "permanent"
		case r.Temporary():
			state = "temporary"
		}
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s %d %s", r.To, state, r.Verb, r.Code, r.Enhanced)))
	}
	return out
}

func TestSend(t *testing.T) {
	three := wire.Envelope{From: "bau@radebeul.de", To: []string{"a@pirna.de", "b@pirna.de", "c@pirna.de"}}
	no := func(code int, enhanced string) *wire.Reply { return wire.Refuse(code, enhanced, "no") }
	tests := []struct {
		name   string
		env    wire.Envelope
		text   string
		refuse map[string]*wire.Reply
		want   []string
		events []string
	}{
		{name: "taken", env: toPirna, text: memo,
			want:   []string{"post@pirna.de accepted END 250 2.0.0"},
			events: []string{"client smtp.sent 250 2.0.0 OK: queued"}},
		{name: "null sender", env: wire.Envelope{To: toPirna.To}, text: memo,
			want:   []string{"post@pirna.de accepted END 250 2.0.0"},
			events: []string{"client smtp.sent 250 2.0.0 OK: queued"}},
		{name: "one of three refused", env: three, text: memo,
			refuse: map[string]*wire.Reply{"a@pirna.de": no(550, "5.1.1"), "c@pirna.de": no(451, "")},
			want:   []string{"a@pirna.de permanent RCPT 550 5.1.1", "b@pirna.de accepted END 250 2.0.0", "c@pirna.de temporary RCPT 451 4.0.0"},
			events: []string{"client smtp.rejected RCPT 550 5.1.1 no", "client smtp.rejected RCPT 451 4.0.0 no", "client smtp.sent 250 2.0.0 OK: queued"}},
		{name: "all refused", env: toPirna, text: memo, refuse: map[string]*wire.Reply{"RCPT": no(550, "5.7.1")},
			want:   []string{"post@pirna.de permanent RCPT 550 5.7.1"},
			events: []string{"client smtp.rejected RCPT 550 5.7.1 no"}},
		{name: "sender refused", env: three, text: memo, refuse: map[string]*wire.Reply{"MAIL": no(550, "5.7.1")},
			want:   []string{"a@pirna.de permanent MAIL 550 5.7.1", "b@pirna.de permanent MAIL 550 5.7.1", "c@pirna.de permanent MAIL 550 5.7.1"},
			events: []string{"client smtp.rejected MAIL 550 5.7.1 no"}},
		{name: "message refused", env: toPirna, text: memo, refuse: map[string]*wire.Reply{"DATA": no(554, "5.6.0")},
			want:   []string{"post@pirna.de permanent END 554 5.6.0"},
			events: []string{"client smtp.rejected END 554 5.6.0 no"}},
		{name: "too large", env: toPirna, text: memo + strings.Repeat("x", 4000) + "\n",
			want:   []string{"post@pirna.de permanent MAIL 552 5.3.4"},
			events: []string{"client smtp.rejected MAIL 552 5.3.4 message is larger than the limit"}},
		{name: "bad recipient", env: wire.Envelope{From: "bau@radebeul.de", To: []string{"post@pirna.de", "x> NOTIFY=NEVER <y@pirna.de"}}, text: memo,
			want:   []string{"post@pirna.de accepted END 250 2.0.0", "x> NOTIFY=NEVER <y@pirna.de permanent RCPT 553 5.1.3"},
			events: []string{"client smtp.rejected RCPT 553 5.1.3 sender: address is not valid", "client smtp.sent 250 2.0.0 OK: queued"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			if test.refuse != nil {
				w.policy.refuse = test.refuse
			}
			msg := w.message(test.text)
			w.run(w.config(), func() {
				if diff := cmp.Diff(test.want, brief(w.client().Send(context.Background(), "192.168.10.25:25", test.env, msg))); diff != "" {
					t.Error(diff)
				}
			})
			if diff := cmp.Diff(test.events, w.lines(record.Sent, record.Rejected)); diff != "" {
				t.Error(diff)
			}
			for _, got := range w.policy.msgs {
				if diff := cmp.Diff(msg, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestSendTLS(t *testing.T) {
	plain := func(w *world) wire.Config { return w.config() }
	starttls := func(w *world) wire.Config { return w.withTLS(w.config()) }
	implicit := func(w *world) wire.Config {
		cfg := w.withExternal(w.config())
		cfg.ImplicitTLS = true
		return cfg
	}
	card := func(w *world, c *wire.Client) { c.TLS = w.ca.ClientConfig(hostname, w.certificate("itsp-card")) }
	trust := func(w *world, c *wire.Client) { c.TLS = w.ca.ClientConfig(hostname) }
	tests := []struct {
		name   string
		server func(w *world) wire.Config
		client func(w *world, c *wire.Client)
		tls    string
		want   string
	}{
		{"opportunistic, offered", starttls, trust, "1.3", "accepted END 250 2.0.0"},
		{"opportunistic, not offered", plain, trust, "", "accepted END 250 2.0.0"},
		{"opportunistic, no TLS here", starttls, nil, "", "accepted END 250 2.0.0"},
		{"opportunistic, wrong name", starttls, func(w *world, c *wire.Client) { c.TLS = w.ca.ClientConfig("other.de") }, "", "temporary TLS 0"},
		{"never", starttls, func(w *world, c *wire.Client) { trust(w, c); c.STARTTLS = wire.Never }, "", "accepted END 250 2.0.0"},
		{"required, offered", starttls, func(w *world, c *wire.Client) { trust(w, c); c.STARTTLS = wire.Required }, "1.3", "accepted END 250 2.0.0"},
		{"required, not offered", plain, func(w *world, c *wire.Client) { trust(w, c); c.STARTTLS = wire.Required }, "", "temporary TLS 0"},
		{"required, no TLS here", starttls, func(w *world, c *wire.Client) { c.STARTTLS = wire.Required }, "", "temporary TLS 0"},
		{"name from the address", starttls, func(w *world, c *wire.Client) { c.TLS = w.ca.ClientConfig("") }, "", "temporary TLS 0"},
		{"implicit, EXTERNAL", implicit, func(w *world, c *wire.Client) { card(w, c); c.ImplicitTLS, c.External = true, true }, "1.3", "accepted END 250 2.0.0"},
		{"implicit, EXTERNAL as itsp-1", implicit, func(w *world, c *wire.Client) {
			card(w, c)
			c.ImplicitTLS, c.External, c.Identity = true, true, "itsp-1"
		}, "1.3", "accepted END 250 2.0.0"},
		{"implicit, EXTERNAL as somebody", implicit, func(w *world, c *wire.Client) {
			card(w, c)
			c.ImplicitTLS, c.External, c.Identity = true, true, "itsp-2"
		}, "1.3", "permanent AUTH 535 5.7.8"},
		{"implicit, no AUTH", implicit, func(w *world, c *wire.Client) { card(w, c); c.ImplicitTLS = true }, "1.3", "permanent MAIL 530 5.7.0"},
		{"implicit, no card", implicit, func(w *world, c *wire.Client) { trust(w, c); c.ImplicitTLS, c.External = true, true }, "1.3", "temporary TLS 0"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			msg := w.message(memo)
			w.run(test.server(w), func() {
				c := w.client()
				if test.client != nil {
					test.client(w, c)
				}
				out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
				if diff := cmp.Diff([]string{"post@pirna.de " + test.want}, brief(out)); diff != "" || out.TLS != test.tls {
					t.Errorf("TLS %q, %v, %s", out.TLS, out.Err(), diff)
				}
			})
			for _, e := range w.rec.Events() {
				if e.Kind == record.Accepted && e.TLS != test.tls {
					t.Errorf("accepted with TLS %q", e.TLS)
				}
			}
		})
	}
}

// TestIdentity checks what the record says of an authenticated client.
func TestIdentity(t *testing.T) {
	w := newWorld(t)
	cfg := w.withExternal(w.config())
	cfg.ImplicitTLS = true
	msg := w.message(memo)
	w.run(cfg, func() {
		c := w.client()
		c.TLS, c.ImplicitTLS, c.External = w.ca.ClientConfig(hostname, w.certificate("itsp-card")), true, true
		c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
	})
	var got []string
	for _, e := range w.rec.Events() {
		if e.Kind == record.Session {
			got = append(got, strings.Join([]string{e.Session, e.Text, e.TLS, e.Cert, e.Identity, e.Detail}, " "))
		}
	}
	want := []string{
		"server-1 open 1.3 itsp-card  ", "server-1 ehlo 1.3 itsp-card  pc.radebeul.de",
		"server-1 auth 1.3 itsp-card itsp-card ", "server-1 close 1.3 itsp-card itsp-card ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestExpiredCertificate lets the world's clock, not the machine's, judge certificates.
func TestExpiredCertificate(t *testing.T) {
	w := newWorld(t)
	cert, err := w.ca.Issue(pki.Spec{Name: hostname, Key: "gateway", DNSNames: []string{hostname}, Server: true, Until: epoch.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	cfg := w.config()
	cfg.TLS = w.ca.ServerConfig(cert)
	msg := w.message(memo)
	w.run(cfg, func() {
		c := w.client()
		c.TLS, c.STARTTLS = w.ca.ClientConfig(hostname), wire.Required
		if out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg); out.Err() != nil {
			t.Error(out.Err())
		}
		w.clock.Sleep(context.Background(), 2*time.Hour)
		out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
		if out.Err() == nil || !strings.Contains(out.Err().Error(), "expired") || len(w.policy.got) != 1 {
			t.Errorf("expired certificate: %v", out.Err())
		}
	})
}

// TestLargeMessage carries 20 MiB; both ends stream it and the octets are equal.
func TestLargeMessage(t *testing.T) {
	w := newWorld(t)
	cfg := w.withTLS(w.config())
	cfg.MaxBytes = 30 << 20
	bw := w.bodies.Writer()
	line := []byte("." + strings.Repeat("0123456789", 7) + "\r\n")
	for size := 0; size < 20<<20; size += len(line) {
		if _, err := bw.Write(line); err != nil {
			t.Fatal(err)
		}
	}
	sum, size, err := bw.Close()
	if err != nil {
		t.Fatal(err)
	}
	header := "Subject: large\r\n\r\n"
	msg := record.Message{Header: header, Body: sum, Size: size + int64(len(header))}
	w.run(cfg, func() {
		c := w.client()
		c.TLS = w.ca.ClientConfig(hostname)
		out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
		if out.Err() != nil {
			t.Error(out.Err())
		}
	})
	if diff := cmp.Diff([]record.Message{msg}, w.policy.msgs); diff != "" {
		t.Error(diff)
	}
}
