package wire_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire"
	"demailbench/sim/wire/internal/memory"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// world is a server on a network in memory, on virtual time.
type world struct {
	t      testing.TB
	clock  *clock.Virtual
	rec    *record.Record
	bodies *record.Bodies
	net    *memory.Net
	ca     *pki.Authority
	server *wire.Server
	policy *postbox
}

// postbox takes everything but what it is told to refuse.
type postbox struct {
	refuse map[string]*wire.Reply // by "MAIL", "RCPT", "DATA", or a recipient

	mu   sync.Mutex
	got  []wire.Envelope
	msgs []record.Message
}

func (p *postbox) Mail(*wire.Session, string) *wire.Reply { return p.refuse["MAIL"] }

func (p *postbox) Rcpt(_ *wire.Session, to string) *wire.Reply {
	if r := p.refuse[to]; r != nil {
		return r
	}
	return p.refuse["RCPT"]
}

func (p *postbox) Data(_ *wire.Session, env wire.Envelope, msg record.Message) *wire.Reply {
	if r := p.refuse["DATA"]; r != nil {
		return r
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, env)
	p.msgs = append(p.msgs, msg)
	return nil
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch, clock.Options{}), policy: &postbox{refuse: map[string]*wire.Reply{}}}
	w.rec = record.New(w.clock.Now)
	w.bodies = record.NewBodies(t.TempDir(), w.clock.IO)
	w.net = memory.New(w.clock)
	var err error
	if w.ca, err = pki.New(os.DirFS("../../fixtures/pki"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) certificate(name string) tls.Certificate {
	w.t.Helper()
	cert, err := w.ca.Issue(pki.Spec{Name: name, Key: "gateway", DNSNames: []string{name}, Server: true, Client: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return cert
}

const hostname = "mail.radebeul.de"

func (w *world) config() wire.Config {
	return wire.Config{
		Who: "server", Hostname: hostname, Clock: w.clock, Record: w.rec, Bodies: w.bodies, Policy: w.policy,
		MaxBytes: 4000, Idle: time.Minute, Session: time.Hour,
	}
}

func (w *world) withTLS(cfg wire.Config) wire.Config {
	cfg.TLS = w.ca.ServerConfig(w.certificate(hostname))
	return cfg
}

// withExternal asks clients for a certificate and lets only the identity "itsp-1" in.
func (w *world) withExternal(cfg wire.Config) wire.Config {
	cfg.TLS = w.ca.MutualConfig(w.certificate(hostname))
	cfg.RequireTLS = true
	cfg.External = func(cert *x509.Certificate, identity string) error {
		if identity != "" && identity != "itsp-1" {
			return fmt.Errorf("certificate %s may not act as %s", cert.Subject.CommonName, identity)
		}
		return nil
	}
	return cfg
}

// run serves cfg while f runs, on virtual time, and fails the test when the clock does.
func (w *world) run(cfg wire.Config, f func()) {
	w.t.Helper()
	s, err := wire.NewServer(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	w.server = s
	done := make(chan struct{})
	go func() {
		defer close(done)
		served := make(chan error)
		go func() { served <- s.Serve(w.net) }()
		f()
		if err := s.Close(); err != nil {
			w.t.Errorf("close: %v", err)
		}
		if err := <-served; err != nil {
			w.t.Errorf("serve: %v", err)
		}
	}()
	if err := w.clock.Run(done); err != nil {
		w.t.Fatal(err)
	}
}

// client is a client whose Dial reaches the server.
func (w *world) client() *wire.Client {
	return &wire.Client{
		Who: "client", Hostname: "pc.radebeul.de", Dial: w.net.Dial, Clock: w.clock, Record: w.rec, Bodies: w.bodies,
		Timeout: time.Minute,
	}
}

// message stores text, with LF for CRLF, as a message.
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

// lines lists the events of one kind as short text.
func (w *world) lines(kinds ...record.Kind) (out []string) {
	for _, e := range w.rec.Events() {
		for _, k := range kinds {
			if e.Kind != k {
				continue
			}
			line := fmt.Sprintf("%s %s %s %d %s %s %s", e.Who, k, e.Verb, e.Code, e.Enhanced, e.Text, e.Detail)
			out = append(out, strings.Join(strings.Fields(line), " "))
		}
	}
	return out
}
