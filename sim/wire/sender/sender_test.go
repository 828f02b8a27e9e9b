package sender_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/clock"
	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire/dialog"
	"demailbench/sim/wire/internal/memory"
	"demailbench/sim/wire/sender"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

const hostname = "mail.radebeul.de"

const memo = "From: bau@radebeul.de\nTo: post@pirna.de\nSubject: x\nMessage-ID: <1@radebeul.de>\n\n.dot\ntext\n"

var toPirna = dialog.Envelope{From: "bau@radebeul.de", To: []string{"post@pirna.de"}}

// world is a client and whatever it meets, on virtual time.
type world struct {
	t      *testing.T
	clock  *clock.Virtual
	rec    *record.Record
	bodies *record.Bodies
	net    *memory.Net
	ca     *pki.Authority
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch, clock.Options{})}
	w.rec = record.New(w.clock.Now)
	w.bodies = record.NewBodies(t.TempDir(), w.clock.IO)
	w.net = memory.New(w.clock)
	var err error
	if w.ca, err = pki.New(os.DirFS("../../../fixtures/pki"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) certificate() tls.Certificate {
	w.t.Helper()
	cert, err := w.ca.Issue(pki.Spec{Name: hostname, Key: "gateway", DNSNames: []string{hostname}, Server: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return cert
}

func (w *world) client() *sender.Client {
	return &sender.Client{
		Who: "client", Hostname: "pc.radebeul.de", Dial: w.net.Dial, Clock: w.clock, Record: w.rec, Bodies: w.bodies,
		Timeout: time.Minute,
	}
}

// message stores text, with LF for CRLF; raw stores it as it is.
func (w *world) message(text string) record.Message {
	w.t.Helper()
	return w.raw(strings.ReplaceAll(text, "\n", "\r\n"))
}

func (w *world) raw(text string) record.Message {
	w.t.Helper()
	header, body, ok := strings.Cut(text, "\r\n\r\n")
	if ok {
		header += "\r\n\r\n"
	}
	bw := w.bodies.Writer()
	if _, err := bw.Write([]byte(body)); err != nil {
		w.t.Fatal(err)
	}
	sum, size, err := bw.Close()
	if err != nil {
		w.t.Fatal(err)
	}
	return record.Message{Header: header, Body: sum, Size: size + int64(len(header))}
}

// brief is an outcome in a form that is easy to compare.
func brief(o sender.Outcome) (out []string) {
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

// TestSendUnsendable has messages that would have to be changed on the way: nothing may be sent of them.
func TestSendUnsendable(t *testing.T) {
	for _, text := range []string{
		"Subject: x\r\n\r\na\nb\r\n", "Subject: x\r\n\r\na\rb\r\n", "Subject: x\n\r\n\r\nb\r\n", "Subject: x\r\n\r\nb",
		"Subject: x\r\n\r\nb\r", "Subject: x\r\n\r\nb\n", "Subject: x\r\n\r\n\r.\r\n", "Subject: x\r\n\r\na\r\r\n.\r\n",
	} {
		w := newWorld(t)
		msg := w.raw(text)
		w.against(answers(), func() {
			out := w.client().Send(context.Background(), "192.168.10.25:25", toPirna, msg)
			if !errors.Is(out.Err(), sender.ErrBareLine) || !out.Results[0].Permanent() || out.Local != "" {
				t.Errorf("%q: %v", text, out)
			}
		})
	}
	w := newWorld(t)
	msg := w.message(memo)
	msg.Size++
	w.against(answers(), func() {
		if out := w.client().Send(context.Background(), "192.168.10.25:25", toPirna, msg); out.Err() == nil || out.Local != "" {
			t.Errorf("wrong size: %v", out)
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
		starttls sender.STARTTLS
		serve    func(net.Conn)
		want     string
		took     time.Duration
	}{
		{"closes", sender.Never, func(net.Conn) {}, "temporary CONNECT 0", 0},
		{"says nothing", sender.Never, answers(), "temporary CONNECT 0", time.Minute},
		{"554 greeting", sender.Never, answers("554 5.3.2 go away\r\n"), "permanent CONNECT 554 5.3.2", 0},
		{"554 greeting, TLS required", sender.Required, answers("554 5.3.2 go away\r\n"), "permanent CONNECT 554 5.3.2", 0},
		{"421 after EHLO", sender.Required, answers("220 x\r\n", "421 4.3.2 no\r\n"), "temporary EHLO 421 4.3.2", 0},
		{"endless greeting", sender.Never, endless, "temporary CONNECT 0", 0},
		{"endless greeting, TLS required", sender.Required, endless, "temporary CONNECT 0", 0},
		{"no code", sender.Never, answers("hello\r\n"), "temporary CONNECT 0", 0},
		{"speaks unasked", sender.Required, answers("220 x\r\n250 y\r\n"), "temporary CONNECT 0", 0},
		{"starttls refused", sender.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "454 4.7.0 no\r\n"), "temporary TLS 454 4.7.0", 0},
		{"injects before TLS", sender.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n250 injected\r\n"), "temporary TLS 0", 0},
		{"no handshake", sender.Opportunistic, answers("220 x\r\n", "250-x\r\n250 STARTTLS\r\n", "220 go\r\n"), "temporary TLS 0", time.Minute},
		{"no answer to MAIL", sender.Never, answers("220 x\r\n", "250 x\r\n"), "temporary MAIL 0", time.Minute},
		{"250 to DATA", sender.Never, answers("220 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n", "250 x\r\n"), "temporary DATA 250", 10 * time.Second},
		{"354 to the end", sender.Never, func(c net.Conn) {
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
	cfg := w.ca.ServerConfig(w.certificate())
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
