package courier

import (
	"bufio"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/door/doortest"
)

// TestNoSTARTTLS: nothing in clear, the message waits, one alert for the outage, a new one for the next (D18).
func TestNoSTARTTLS(t *testing.T) {
	p := newPost(t)
	p.annaberg.serve(t, p.on("10.2.12.26", "25"), nil, false)
	p.names.IP["mail.annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.26")}
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	p.inbound("2@x", "annaberg", "standesamt@annaberg.example")
	p.events.Wait("deferred", 2)
	p.events.Wait("delivered", 1) // the alert
	for i, d := range []time.Duration{time.Minute, 6 * time.Minute} {
		p.again(d)
		p.events.Wait("deferred", 4+2*i)
	}
	alerts := p.contact.letters()
	if len(alerts) != 1 || alerts[0].from != "" || !alerts[0].tls || !strings.Contains(alerts[0].text, "Auto-Submitted: auto-generated") {
		t.Fatalf("alerts: %+v", alerts)
	}
	if strings.Contains(alerts[0].text, "secret") || len(alerts[0].to) != 1 || alerts[0].to[0] != "technik@kdn-gmbh.example" {
		t.Errorf("alert: %+v", alerts[0])
	}
	p.annaberg.mu.Lock()
	clear := p.annaberg.clear.String()
	p.annaberg.mu.Unlock()
	if strings.Contains(clear, "MAIL") || strings.Contains(clear, "secret") {
		t.Fatalf("in clear: %q", clear)
	}
	p.names.Set(func(n *doortest.Names) {
		n.IP["mail.annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.25")}
	})
	p.again(21 * time.Minute)
	p.events.Wait("outage ended", 1)
	p.events.Wait("delivered", 3)
	if n := len(p.contact.letters()); n != 1 {
		t.Fatalf("%d alerts", n)
	}
}

// TestUntrustedCertificate is no protection either.
func TestUntrustedCertificate(t *testing.T) {
	p := newPost(t)
	other, err := doortest.NewAuthority("other-ca", p.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := other.Issue("annaberg", "mail.annaberg.example")
	if err != nil {
		t.Fatal(err)
	}
	p.annaberg.serve(t, p.on("10.2.12.26", "25"), p.server(cert), false)
	p.names.IP["mail.annaberg.example"] = []netip.Addr{netip.MustParseAddr("10.2.12.26")}
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	p.events.Wait("delivered", 1)
	if n := len(p.contact.letters()); n != 1 || len(p.annaberg.letters()) != 0 {
		t.Fatalf("%d alerts, %d letters", n, len(p.annaberg.letters()))
	}
}

// TestBrokenLineIsNoAlert: a connection that dies in the handshake says nothing about certificates.
func TestBrokenLineIsNoAlert(t *testing.T) {
	p := newPost(t)
	p.annaberg.dialog = func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		fmt.Fprint(c, "220 mail\r\n")
		_, _ = r.ReadString('\n')
		fmt.Fprint(c, "250-mail\r\n250 starttls\r\n")
		_, _ = r.ReadString('\n')
		fmt.Fprint(c, "220 go\r\n")
		_, _ = r.ReadByte()
	}
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	p.events.Next("deferred")
	if n := p.events.Count("told"); n != 0 {
		t.Fatalf("%d alerts: %s", n, p.events.Text())
	}
}

// TestInjectionBeforeTLS: a reply that came before the handshake is not taken for one after it (RFC 3207 4.2).
func TestInjectionBeforeTLS(t *testing.T) {
	p := newPost(t)
	p.annaberg.dialog = func(c net.Conn) {
		defer c.Close()
		r := bufio.NewReader(c)
		fmt.Fprint(c, "220 mail\r\n")
		_, _ = r.ReadString('\n')
		fmt.Fprint(c, "250 STARTTLS\r\n")
		_, _ = r.ReadString('\n')
		fmt.Fprint(c, "220 go\r\n250 injected\r\n")
		_, _ = r.ReadByte()
	}
	p.start()
	p.inbound("1@x", "annaberg", "poststelle@annaberg.example")
	if r := p.events.Next("deferred"); !strings.Contains(doortest.Attr(r, "answer"), "text between STARTTLS and the handshake") {
		t.Fatal(doortest.Attr(r, "answer"))
	}
}

// TestIPSEC: clear text goes only to the far end of the tenant's line (S0-039).
func TestIPSEC(t *testing.T) {
	p := newPost(t)
	p.start()
	text := p.inbound("1@x", "pirna", "poststelle@pirna.example")
	p.events.Next("delivered")
	if got := p.pirna.letters(); len(got) != 1 || got[0].tls || got[0].text != text {
		t.Fatalf("%+v", got)
	}
	p.annaberg.serve(t, p.on("203.0.113.66", "25"), nil, false)
	p.names.Set(func(n *doortest.Names) { n.IP["pirna.example"] = []netip.Addr{netip.MustParseAddr("203.0.113.66")} })
	p.inbound("2@x", "pirna", "poststelle@pirna.example")
	p.events.Next("deferred")
	if got := p.annaberg.letters(); len(got) != 0 {
		t.Fatalf("clear text left the line: %+v", got)
	}
}
