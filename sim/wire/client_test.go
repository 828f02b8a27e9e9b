package wire_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
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

// TestSendUnsendable has messages that would have to be changed on the way: nothing may be sent of them.
func TestSendUnsendable(t *testing.T) {
	for _, text := range []string{
		"Subject: x\r\n\r\na\nb\r\n", "Subject: x\r\n\r\na\rb\r\n", "Subject: x\n\r\n\r\nb\r\n", "Subject: x\r\n\r\nb",
		"Subject: x\r\n\r\nb\r", "Subject: x\r\n\r\nb\n", "Subject: x\r\n\r\n\r.\r\n", "Subject: x\r\n\r\na\r\r\n.\r\n",
	} {
		w := newWorld(t)
		msg := w.raw(text)
		w.run(w.config(), func() {
			out := w.client().Send(context.Background(), "192.168.10.25:25", toPirna, msg)
			if !errors.Is(out.Err(), wire.ErrBareLine) || !out.Results[0].Permanent() || out.Local != "" {
				t.Errorf("%q: %v", text, out)
			}
		})
	}
	w := newWorld(t)
	msg := w.message(memo)
	msg.Size++
	w.run(w.config(), func() {
		if out := w.client().Send(context.Background(), "192.168.10.25:25", toPirna, msg); out.Err() == nil || out.Local != "" {
			t.Errorf("wrong size: %v", out)
		}
	})
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

// against runs f with a server that says what serve makes it say.
func (w *world) against(serve func(c net.Conn), f func()) {
	w.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		served := make(chan struct{})
		go func() {
			defer close(served)
			c, err := w.net.Accept()
			if err == nil {
				serve(c)
				c.Close()
			}
		}()
		f()
		w.net.Close()
		<-served
	}()
	if err := w.clock.Run(done); err != nil {
		w.t.Fatal(err)
	}
}

// answers is a server that sends one text for each line it reads, the first at once, and then is silent.
func answers(texts ...string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		for _, text := range texts {
			io.WriteString(c, text)
			if _, err := in.ReadString('\n'); err != nil {
				return
			}
		}
		io.Copy(io.Discard, in)
	}
}

// TestHostileServer meets servers that are wrong on purpose; the client must neither hang nor fail open.
func TestHostileServer(t *testing.T) {
	endless := func(c net.Conn) {
		for {
			if _, err := io.WriteString(c, "220-more\r\n"); err != nil {
				return
			}
		}
	}
	tests := []struct {
		name     string
		starttls wire.STARTTLS
		serve    func(net.Conn)
		want     string
		took     time.Duration
	}{
		{"closes", wire.Never, func(net.Conn) {}, "temporary CONNECT 0", 0},
		{"says nothing", wire.Never, answers(), "temporary CONNECT 0", time.Minute},
		{"554 greeting", wire.Never, answers("554 5.3.2 go away\r\n"), "permanent CONNECT 554 5.3.2", 0},
		{"554 greeting, TLS required", wire.Required, answers("554 5.3.2 go away\r\n"), "permanent CONNECT 554 5.3.2", 0},
		{"421 after EHLO", wire.Required, answers("220 x\r\n", "421 4.3.2 no\r\n"), "temporary EHLO 421 4.3.2", 0},
		{"endless greeting", wire.Never, endless, "temporary CONNECT 0", 0},
		{"endless greeting, TLS required", wire.Required, endless, "temporary CONNECT 0", 0},
		{"no code", wire.Never, answers("hello\r\n"), "temporary CONNECT 0", 0},
		{"speaks unasked", wire.Required, answers("220 x\r\n250 y\r\n"), "temporary CONNECT 0", 0},
		{"starttls refused", wire.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "454 4.7.0 no\r\n"), "temporary TLS 454 4.7.0", 0},
		{"injects before TLS", wire.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"), "temporary TLS 0", 0},
		{"no handshake", wire.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n"), "temporary TLS 0", time.Minute},
		{"no answer to MAIL", wire.Never, answers("220 x\r\n", "250 x\r\n"), "temporary MAIL 0", time.Minute},
		{"250 to DATA", wire.Never, answers("220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n"), "temporary DATA 250", 10 * time.Second},
		{"354 to the end", wire.Never, func(c net.Conn) {
			answers("220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n", "354 x\r\n"+strings.Repeat("354 x\r\n", 3))(c)
		}, "temporary END 354", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			msg := w.message(memo)
			w.against(test.serve, func() {
				c := w.client()
				c.STARTTLS, c.TLS = test.starttls, w.ca.ClientConfig(hostname)
				out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
				if diff := cmp.Diff([]string{"post@pirna.de " + test.want}, brief(out)); diff != "" {
					t.Errorf("%v: %s", out.Err(), diff)
				}
			})
			if w.clock.Elapsed() != test.took {
				t.Errorf("took %v, want %v", w.clock.Elapsed(), test.took)
			}
		})
	}
}

// TestLowerCaseOffer has a server that says "starttls": it must not look as if it had none.
func TestLowerCaseOffer(t *testing.T) {
	w := newWorld(t)
	msg := w.message(memo)
	cfg := w.ca.ServerConfig(w.certificate(hostname))
	w.against(func(c net.Conn) {
		in := bufio.NewReader(c)
		for _, text := range []string{"220 x\r\n", "250-x\r\n250-size 10\r\n250 starttls\r\n"} {
			io.WriteString(c, text)
			in.ReadString('\n')
		}
		io.WriteString(c, "220 go\r\n")
		tc := tls.Server(c, cfg)
		answers("", "250 x\r\n", "554 5.0.0 seen\r\n")(tc)
	}, func() {
		c := w.client()
		c.TLS = w.ca.ClientConfig(hostname)
		out := c.Send(context.Background(), "192.168.10.25:25", toPirna, msg)
		if out.TLS != "1.3" {
			t.Errorf("TLS %q: %v", out.TLS, out.Err())
		}
	})
}

// TestNoReader has a server that stops reading inside a message: the client's write must end.
func TestNoReader(t *testing.T) {
	w := newWorld(t)
	msg := w.message(memo + strings.Repeat("x\n", 200<<10))
	hold := make(chan struct{})
	w.against(func(c net.Conn) {
		in := bufio.NewReader(c)
		for _, text := range []string{"220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n"} {
			io.WriteString(c, text)
			in.ReadString('\n')
		}
		io.WriteString(c, "354 x\r\n")
		<-hold
	}, func() {
		out := w.client().Send(context.Background(), "192.168.10.25:25", toPirna, msg)
		close(hold)
		if diff := cmp.Diff([]string{"post@pirna.de temporary DATA 0"}, brief(out)); diff != "" {
			t.Error(diff)
		}
	})
	if w.clock.Elapsed() != time.Minute {
		t.Errorf("took %v", w.clock.Elapsed())
	}
}

// TestCancel ends a Send by its context.
func TestCancel(t *testing.T) {
	w := newWorld(t)
	msg := w.message(memo)
	w.against(answers("220 x\r\n"), func() {
		ctx, cancel := w.clock.WithTimeout(context.Background(), 7*time.Second)
		defer cancel()
		out := w.client().Send(ctx, "192.168.10.25:25", toPirna, msg)
		if out.Err() == nil || !out.Results[0].Temporary() {
			t.Errorf("%v", out.Err())
		}
	})
	if w.clock.Elapsed() != 7*time.Second {
		t.Errorf("took %v", w.clock.Elapsed())
	}
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
