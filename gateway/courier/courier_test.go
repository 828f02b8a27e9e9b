package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/door/doortest"
	"demailbench/gateway/store"
)

func TestToDMDA(t *testing.T) {
	p := newPost(t)
	p.start()
	text := p.outbound("1@x", "cz@x.de-mail.de", "cy@y.de-mail.de")
	r := p.events.Next("delivered")
	if doortest.Attr(r, "host") != "itsp.example" || doortest.Attr(r, "tls") != "1.3" {
		t.Errorf("trail: %v", p.events.Text())
	}
	p.events.Next("delivered")
	want := []letter{{from: "poststelle@annaberg.de-mail.de", to: []string{"cz@x.de-mail.de", "cy@y.de-mail.de"}, text: text, tls: true}}
	if diff := cmp.Diff(want, p.dmda.letters(), cmp.AllowUnexported(letter{})); diff != "" {
		t.Error(diff)
	}
	if log := p.events.Text(); strings.Contains(log, "secret") {
		t.Errorf("content in the trail: %s", log)
	}
}

// TestCardRemoved: without the card nothing is sent and nothing is lost; the operator is told once, and again
// only after it has worked in between.
func TestCardRemoved(t *testing.T) {
	p := newPost(t)
	p.card.Remove()
	p.start()
	p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Next("card refused")
	p.events.Next("deferred")
	p.events.Wait("delivered", 1) // the alert
	p.again(time.Minute)
	p.events.Wait("deferred", 2)
	if got := p.contact.letters(); len(got) != 1 || got[0].to[0] != "esv@kdn-gmbh.example" || !strings.Contains(got[0].text, "card is locked") {
		t.Fatalf("the operator got %+v", got)
	}
	if err := p.card.Unlock("1234"); err != nil {
		t.Fatal(err)
	}
	p.again(6 * time.Minute)
	p.events.Wait("delivered", 2)
	p.events.Wait("outage ended", 1)
	p.card.Remove()
	p.outbound("2@x", "cz@x.de-mail.de")
	p.events.Wait("delivered", 3)
	if got := p.contact.letters(); len(got) != 2 {
		t.Errorf("the operator got %d letters", len(got))
	}
}

// TestCardLocked: a locked card that still shows its certificate is a trouble of the card, not a block by the DMDA,
// and one alert, not two.
func TestCardLocked(t *testing.T) {
	p := newPost(t)
	p.card.Shown = true
	p.card.Remove()
	p.start()
	p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Next("card refused")
	p.events.Wait("deferred", 1)
	p.events.Wait("delivered", 1) // the alert
	p.again(time.Minute)
	p.events.Wait("deferred", 2)
	if got := p.contact.letters(); len(got) != 1 || !strings.Contains(got[0].text, "(card)") || !strings.Contains(got[0].text, "failed to sign") {
		t.Fatalf("the operator got %+v", got)
	}
}

// TestBanned is S1-036 and S1-056: the DMDA does not take the gateway any more. Mail waits, the operator is told
// once with the DMDA's words.
func TestBanned(t *testing.T) {
	p := newPost(t)
	p.dmda.set(func(_ *peer, verb, _ string) error {
		if verb == "AUTH" {
			return code(535, [3]int{5, 7, 8}, "certificate is blocked")
		}
		return nil
	})
	p.start()
	p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Wait("delivered", 1)
	p.outbound("2@x", "cz@x.de-mail.de")
	p.events.Wait("deferred", 2)
	p.dmda.set(nil)
	p.again(time.Minute)
	p.events.Wait("delivered", 3)
	p.events.Wait("outage ended", 1)
	if got := p.contact.letters(); len(got) != 1 || !strings.Contains(got[0].text, "535 5.7.8 certificate is blocked") {
		t.Errorf("the operator got %+v", got)
	}
	if len(p.dmda.letters()) != 2 {
		t.Errorf("the DMDA got %d", len(p.dmda.letters()))
	}
}

// TestAnswers is what each answer of the other side means for each recipient.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		verb   string // where the answer comes, for the recipient "bad" at RCPT
		err    error
		events []string
	}{
		{"550 at RCPT", "RCPT", code(550, [3]int{5, 1, 1}, "no such user"), []string{"delivered", "failed"}},
		{"450 at RCPT", "RCPT", code(450, [3]int{4, 2, 0}, "greylisted"), []string{"delivered", "deferred"}},
		{"552 at RCPT means too many", "RCPT", code(552, [3]int{5, 5, 3}, "too many recipients"), []string{"delivered", "deferred"}},
		{"5xx with 4.x.x: basic code decides", "RCPT", code(550, [3]int{4, 0, 0}, "odd"), []string{"delivered", "failed"}},
		{"421 at RCPT", "RCPT", code(421, [3]int{4, 3, 2}, "closing"), []string{"deferred", "deferred"}},
		{"451 at MAIL", "MAIL", code(451, [3]int{4, 3, 0}, "later"), []string{"deferred", "deferred"}},
		{"550 at MAIL", "MAIL", code(550, [3]int{5, 7, 1}, "not your account"), []string{"failed", "failed"}},
		{"552 at END", "END", code(552, [3]int{5, 3, 4}, "too large"), []string{"failed", "failed"}},
		{"452 at END", "END", code(452, [3]int{4, 3, 1}, "disk full"), []string{"deferred", "deferred"}},
		{"554 greeting", "CONNECT", code(554, [3]int{5, 3, 2}, "no service here"), []string{"deferred", "deferred"}},
		{"535 at AUTH", "AUTH", code(535, [3]int{5, 7, 8}, "card unknown"), []string{"deferred", "deferred"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t)
			p.dmda.set(func(_ *peer, verb, arg string) error {
				if verb == c.verb && (verb != "RCPT" || strings.HasPrefix(arg, "bad")) {
					return c.err
				}
				return nil
			})
			p.start()
			p.outbound("1@x", "good@x.de-mail.de", "bad@x.de-mail.de")
			var got []string
			for range c.events {
				got = append(got, p.events.Next("delivered", "deferred", "failed").Message)
			}
			if diff := cmp.Diff(c.events, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLostReply: the copy that follows carries the same Message-ID (D28) and the same octets.
func TestLostReply(t *testing.T) {
	p := newPost(t)
	first := true
	p.dmda.set(func(_ *peer, verb, _ string) error {
		if verb == "END" && first {
			first = false
			return errLost
		}
		return nil
	})
	p.start()
	text := p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Next("reply lost")
	p.again(time.Minute)
	p.events.Next("delivered")
	got := p.dmda.letters()
	if len(got) != 2 || got[0].text != text || got[1].text != text {
		t.Fatalf("the DMDA has %v", got)
	}
}

// TestNames: only an authoritative denial is permanent (RFC 5321 5.1, RFC 7505).
func TestNames(t *testing.T) {
	servfail := &net.DNSError{Err: "server misbehaving", Name: "annaberg.example", IsTemporary: true}
	for _, c := range []struct {
		name string
		set  func(*doortest.Names)
		want string
	}{
		{"SERVFAIL", func(n *doortest.Names) { delete(n.MX, "annaberg.example"); n.Fail["annaberg.example"] = servfail }, "deferred"},
		{"time-out", func(n *doortest.Names) {
			delete(n.MX, "annaberg.example")
			n.Fail["annaberg.example"] = context.DeadlineExceeded
		}, "deferred"},
		{"refused, neither temporary nor not found", func(n *doortest.Names) {
			delete(n.MX, "annaberg.example")
			n.Fail["annaberg.example"] = &net.DNSError{Err: "refused"}
		}, "deferred"},
		{"no such domain", func(n *doortest.Names) { delete(n.MX, "annaberg.example") }, "parked"},
		{"null MX", func(n *doortest.Names) { n.MX["annaberg.example"] = []*net.MX{{Host: ".", Pref: 0}} }, "parked"},
		{"null MX with a denial", func(n *doortest.Names) {
			n.MX["annaberg.example"] = []*net.MX{{Host: ".", Pref: 0}}
			n.Fail["annaberg.example"] = &net.DNSError{Err: "null MX", IsNotFound: true}
			n.IP["annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.25")}
		}, "parked"},
		{"one bad record beside a good one", func(n *doortest.Names) {
			n.Fail["annaberg.example"] = &net.DNSError{Err: "DNS response contained records which contain invalid names"}
		}, "delivered"},
		{"MX host unknown", func(n *doortest.Names) { delete(n.IP, "mail.annaberg.example") }, "deferred"},
		{"no MX, but an address", func(n *doortest.Names) {
			delete(n.MX, "annaberg.example")
			n.IP["annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.99")}
		}, "deferred"}, // nobody listens there
		{"second MX", func(n *doortest.Names) {
			n.MX["annaberg.example"] = []*net.MX{{Host: "mail.annaberg.example.", Pref: 20}, {Host: "dead.annaberg.example.", Pref: 10}}
			n.IP["dead.annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.77")}
		}, "delivered"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t)
			c.set(p.names)
			p.start()
			p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
			if r := p.events.Next("delivered", "deferred", "failed", "parked"); r.Message != c.want {
				t.Errorf("got %s: %s", r.Message, p.events.Text())
			}
		})
	}
}

// TestDamagedMessageIsNotFinished: the far side never sees the end of a message whose octets changed on the
// disk; the message is parked and the operator alerted.
func TestDamagedMessageIsNotFinished(t *testing.T) {
	p := newPost(t)
	p.dmda.set(func(_ *peer, verb, _ string) error {
		if verb == "MAIL" { // the message is on the disk by now and not read yet
			return p.flip()
		}
		return nil
	})
	p.start()
	p.body = strings.Repeat("0123456789abcdef0123456789abcdef\r\n", 3*store.Inline/34)
	p.outbound("1@x", "cz@x.de-mail.de")
	p.events.Wait("parked", 1)
	p.events.Wait("told", 1)
	if got := p.dmda.letters(); len(got) != 0 {
		t.Fatalf("the DMDA took it: %d octets", len(got[0].text))
	}
}

// flip changes one octet of the only content file.
func (p *post) flip() error {
	names, err := filepath.Glob(filepath.Join(p.dir, "content", "*"))
	if err != nil || len(names) != 1 {
		return fmt.Errorf("content files %v, %v", names, err)
	}
	b, err := os.ReadFile(names[0])
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(names[0], b, 0o600)
}

// TestBlockedReceiver: every write has a deadline of the gateway's clock, also inside a body.
func TestBlockedReceiver(t *testing.T) {
	c := &deadlined{}
	g := &guarded{Conn: c, clock: doortest.NewClock(start)}
	if _, err := g.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if want := start.Add(blockTimeout); !c.at.Equal(want) {
		t.Fatalf("deadline %v, want %v", c.at, want)
	}
}

type deadlined struct {
	net.Conn
	at time.Time
}

func (d *deadlined) SetWriteDeadline(t time.Time) error { d.at = t; return nil }
func (d *deadlined) Write(b []byte) (int, error)        { return len(b), nil }

// TestEndlessReplies: a server that never stops talking is left (security: 1 MiB of replies at most).
func TestEndlessReplies(t *testing.T) {
	p := newPost(t)
	p.annaberg.dialog = func(c net.Conn) {
		defer c.Close()
		for {
			if _, err := io.WriteString(c, "220-"+strings.Repeat("x", 500)+"\r\n"); err != nil {
				return
			}
		}
	}
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	p.events.Next("deferred")
}

// TestDialRefused is a temporary trouble.
func TestDialRefused(t *testing.T) {
	p := newPost(t)
	p.run(func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("no route to host") }, p.ca.Pool())
	p.outbound("1@x", "cz@x.de-mail.de")
	if r := p.events.Next("deferred"); doortest.Attr(r, "answer") != "cannot connect to itsp.example: no route to host" {
		t.Fatal(doortest.Attr(r, "answer"))
	}
}
