package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/door/doortest"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

func TestBothWays(t *testing.T) {
	w := newWorld(t)
	g := w.gateway(config(t.TempDir()), w.deps())
	body := strings.Repeat("Umlaute äöü, then some.\r\n", 40000)
	if err := w.submit("out", body); err != nil {
		t.Fatal(err)
	}
	out := w.dmda.wait(1)[0]
	if out.from != "poststelle@annaberg.de-mail.de" || out.to != "cz@x.de-mail.de" || !strings.HasSuffix(out.text, "\r\n\r\n"+body) {
		t.Errorf("the DMDA has a mail from %s to %s of %d octets", out.from, out.to, len(out.text))
	}
	text := "From: cz@x.de-mail.de\r\nTo: poststelle@annaberg.de-mail.de\r\nX-de-mail-message-id: 1@x.de-mail.de\r\nMessage-ID: <1@x>\r\n\r\nHallo\r\n"
	for range 2 { // the second is what a DMDA does whose 250 was lost
		if err := w.push(text); err != nil {
			t.Fatal(err)
		}
	}
	w.events.Wait("duplicate suppressed", 1)
	in := w.tenant.wait(1)[0]
	if in.from != "cz@x.de-mail.de" || in.to != "poststelle@annaberg.example" || !strings.HasSuffix(in.text, text) || !strings.HasPrefix(in.text, "Received: ") {
		t.Errorf("the tenant has %+v", in)
	}
	w.events.Wait("delivered", 2)
	if err := g.Healthy(); err != nil {
		t.Error(err)
	}
	g.cancel()
	if err := <-g.done; err != nil {
		t.Errorf("drain: %v", err)
	}
	if err := g.Healthy(); !errors.Is(err, errEnded) {
		t.Errorf("healthy after the end: %v", err)
	}
	if n := len(w.tenant.mails()); n != 1 {
		t.Errorf("the tenant has %d mails", n)
	}
	if log := w.events.Text(); strings.Contains(log, "Hallo") || strings.Contains(log, "123456") {
		t.Errorf("secrets in the trail: %s", log)
	}
}

// TestKillAfterAccept: what was answered 250 is delivered by the next gateway on the same directory (S0-053).
func TestKillAfterAccept(t *testing.T) {
	w := newWorld(t)
	w.net.Remove("198.51.100.10:465")
	data := t.TempDir()
	g := w.gateway(config(data), w.deps())
	for i, body := range []string{"small\r\n", strings.Repeat("large\r\n", store.Inline/3)} {
		if err := w.submit(fmt.Sprint("m", i), body); err != nil {
			t.Fatal(err)
		}
	}
	g.Kill()
	if err := <-g.done; err != nil {
		t.Errorf("Run after Kill: %v", err)
	}
	w.provider()
	w.clock.Advance(time.Minute) // both were tried and put off
	w.gateway(config(data), w.deps())
	w.dmda.wait(2)
}

// TestCrashAtEveryPoint copies the data directory before every change of the disk while mails come in and go
// out, and starts a new gateway on every copy: what had been answered 250 by then reaches the DMDA, in the
// first or the second life, and twice only when the first life had sent it and not yet recorded that.
func TestCrashAtEveryPoint(t *testing.T) {
	w := newWorld(t)
	type point struct {
		dir, op string
		acked   []string
		sent    map[string]int
	}
	var mu sync.Mutex
	var acked []string
	var points []point
	data, copies := t.TempDir(), t.TempDir()
	d := w.deps()
	d.Disk = func(op string) {
		if !w.clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
		mu.Lock()
		defer mu.Unlock()
		p := point{dir: filepath.Join(copies, fmt.Sprint(len(points))), op: op, acked: append([]string(nil), acked...), sent: subjects(w.dmda)}
		if err := os.CopyFS(p.dir, os.DirFS(data)); err != nil {
			t.Error(err)
		}
		points = append(points, p)
	}
	g := w.gateway(config(data), d)
	for _, m := range []struct{ id, body string }{{"a", "small\r\n"}, {"b", strings.Repeat("large\r\n", store.Inline/4)}, {"c", "small\r\n"}} {
		if err := w.submit(m.id, m.body); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		acked = append(acked, m.id)
		mu.Unlock()
	}
	w.events.Wait("delivered", 3)
	g.Kill()
	if len(points) < 12 {
		t.Fatalf("only %d points", len(points))
	}
	for _, p := range points {
		w.provider()
		w.events = doortest.NewEvents()
		g := w.gateway(config(p.dir), w.deps())
		w.events.Wait("delivered", len(g.queue.Waiting()))
		again := subjects(w.dmda)
		for _, id := range p.acked {
			if n := p.sent[id] + again[id]; n < 1 || n > 2 || n == 2 && p.sent[id] != 1 {
				t.Errorf("before %q: %s was answered 250; sent %d times before and %d after the crash", p.op, id, p.sent[id], again[id])
			}
		}
		g.Kill()
	}
}

// subjects counts the mails of a server by their subject.
func subjects(s *server) map[string]int {
	n := map[string]int{}
	for _, m := range s.mails() {
		_, rest, _ := strings.Cut(m.text, "Subject: ")
		id, _, _ := strings.Cut(rest, "\r\n")
		n[id]++
	}
	return n
}

// TestKilledGatewayIsSilent: after Kill nobody is served, and connections are dead.
func TestKilledGatewayIsSilent(t *testing.T) {
	w := newWorld(t)
	g := w.gateway(config(t.TempDir()), w.deps())
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	g.Kill()
	g.Kill() // a second time does no harm
	if err := w.submit("b", "x\r\n"); err == nil {
		t.Fatal("a dead gateway accepted a mail")
	}
	if err := g.Run(t.Context()); !errors.Is(err, errEnded) {
		t.Fatalf("second Run: %v", err)
	}
}

// TestKillBeforeRun releases the directory as well, however often it is called.
func TestKillBeforeRun(t *testing.T) {
	w := newWorld(t)
	data := t.TempDir()
	g, err := New(config(data), w.deps())
	if err != nil {
		t.Fatal(err)
	}
	g.Kill()
	g.Kill()
	if err := g.Run(t.Context()); !errors.Is(err, errEnded) {
		t.Errorf("Run after Kill: %v", err)
	}
	w.gateway(config(data), w.deps())
}

func TestWrongPIN(t *testing.T) {
	w := newWorld(t)
	d := w.deps()
	d.PIN = "000000"
	g := w.gateway(config(t.TempDir()), d)
	w.events.Wait("started", 1)
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatalf("mail is not accepted meanwhile: %v", err)
	}
	w.events.Wait("deferred", 1)
	if err := g.Healthy(); err == nil || !strings.Contains(err.Error(), "card") {
		t.Errorf("healthy: %v", err)
	}
	w.clock.Await(start.Add(time.Minute))
	w.clock.Advance(time.Minute)
	w.events.Wait("deferred", 2)
	if w.card.Tries != 1 {
		t.Errorf("the PIN was tried %d times", w.card.Tries)
	}
}

// TestRulesCanBeReplaced is how mutants are built.
func TestRulesCanBeReplaced(t *testing.T) {
	w := newWorld(t)
	d := w.deps()
	d.Rules = func(r tenant.Rules) tenant.Rules { return lenient{r} }
	w.gateway(config(t.TempDir()), d)
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	if m := w.dmda.wait(1)[0]; m.to != "mutant@x.de-mail.de" {
		t.Fatalf("to %s", m.to)
	}
}

type lenient struct{ tenant.Rules }

func (lenient) Recipient(tenant.Tenant, string) (string, *tenant.Refusal) {
	return "mutant@x.de-mail.de", nil
}

func TestNothingStaysOpenAfterFailure(t *testing.T) {
	w := newWorld(t)
	data := t.TempDir()
	w.gateway(config(data), w.deps())
	if _, err := New(config(data), w.deps()); err == nil || !strings.Contains(err.Error(), "another gateway holds") {
		t.Fatalf("second gateway: %v", err)
	}
	c := config(t.TempDir())
	c.DMDA.Client = ""
	d := w.deps()
	d.Certificate.Certificate = nil
	if _, err := New(c, d); err == nil {
		t.Fatal("a gateway without certificate started")
	}
	w.gateway(c, w.deps())
	d = w.deps()
	d.Resolver = nil
	if _, err := New(c, d); err == nil || err.Error() != "gateway: Deps.Resolver is missing: pass it to New" {
		t.Fatalf("no resolver: %v", err)
	}
}
