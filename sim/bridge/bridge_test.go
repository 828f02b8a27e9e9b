package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/dns"
	"demailbench/sim/record"
)

// TestEachPeerHasItsOwnAddress lets two peers connect: the gateway tells them apart by the address that stands
// for the peer's, and what is said crosses both ways, with the end of each direction by itself.
func TestEachPeerHasItsOwnAddress(t *testing.T) {
	w := newPlace(t)
	l := w.gateway()
	for host, want := range map[string]string{"annaberg": "127.2.12.25", "radebeul": "127.2.13.25"} {
		c, err := w.dialGateway(host)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if got := netip.MustParseAddrPort(seen.RemoteAddr().String()).Addr().String(); got != want {
			t.Errorf("the gateway sees %s as %s, want %s", host, got, want)
		}
		fmt.Fprint(c, "question")
		c.(interface{ CloseWrite() error }).CloseWrite()
		if got, err := io.ReadAll(seen); string(got) != "question" || err != nil {
			t.Errorf("the gateway read %q, %v", got, err)
		}
		fmt.Fprint(seen, "answer after the end of the question")
		seen.Close()
		if got, err := io.ReadAll(c); !strings.HasPrefix(string(got), "answer") || err != nil {
			t.Errorf("%s read %q, %v", host, got, err)
		}
		c.Close()
	}
	var from []string
	for _, e := range w.rec.Events() {
		if e.Kind == record.ConnOpen && e.Who == "gateway" {
			from = append(from, e.Remote[:strings.Index(e.Remote, ":")])
		}
	}
	if len(from) != 2 || from[0] == from[1] {
		t.Errorf("the record has connections from %v", from)
	}
}

func TestResetsCross(t *testing.T) {
	w := newPlace(t)
	l := w.gateway()
	for _, byGateway := range []bool{true, false} {
		c, err := w.dialGateway("annaberg")
		if err != nil {
			t.Fatal(err)
		}
		seen, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		victim := seen
		if byGateway {
			victim = c
			seen.(*net.TCPConn).SetLinger(0)
			seen.Close()
		} else {
			c.(interface{ Abort() }).Abort()
		}
		if _, err := victim.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("reset by gateway %v: the other reads %v", byGateway, err)
		}
		victim.Close()
	}
}

// TestGatewayThatDoesNotListen is refused inside as it is on the machine, not accepted and cut off.
func TestGatewayThatDoesNotListen(t *testing.T) {
	w := newPlace(t)
	if _, err := w.dialGateway("annaberg"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial: %v", err)
	}
	for _, e := range w.rec.Events() {
		if e.Kind == record.ConnOpen {
			t.Errorf("in the record: accepted %s", e.Remote)
		}
	}
	if n := w.noted(); !strings.Contains(n, "is refused: the gateway's listener "+w.bridge.Listener(25).String()) {
		t.Errorf("the record has:\n%s", n)
	}
}

// TestGatewayDials reaches a peer, also one that speaks first and one that is spoken to first.
func TestGatewayDials(t *testing.T) {
	w := newPlace(t)
	l := w.peer("annaberg", 25)
	for _, peerFirst := range []bool{true, false} {
		c := w.dialOut("10.2.12.25:25")
		if !peerFirst {
			fmt.Fprint(c, "hello")
		}
		seen, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if got := seen.RemoteAddr().String(); !strings.HasPrefix(got, "10.2.0.25:") {
			t.Errorf("annaberg sees %s, want the gateway", got)
		}
		from, to := net.Conn(c), seen
		if peerFirst {
			from, to = seen, c
			fmt.Fprint(seen, "hello")
		}
		from.(interface{ CloseWrite() error }).CloseWrite()
		if got, err := io.ReadAll(to); string(got) != "hello" || err != nil {
			t.Errorf("peer first %v: %q, %v", peerFirst, got, err)
		}
		seen.Close()
	}
}

// TestPeerThatRefuses resets the gateway's connection, and the record says why.
func TestPeerThatRefuses(t *testing.T) {
	w := newPlace(t)
	c := w.dialOut("10.2.13.25:465")
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("read: %v", err)
	}
	w.wait("the remark", func() bool { return strings.Contains(w.noted(), "10.2.13.25:465, which the machine had accepted") })
	if n := w.noted(); !strings.Contains(n, "dial 10.2.13.25:465: connection refused") {
		t.Errorf("the record has:\n%s", n)
	}
}

// TestPeerThatIsSilent keeps the gateway waiting until it gives up, and then nobody waits inside either.
func TestPeerThatIsSilent(t *testing.T) {
	w := newPlace(t)
	w.net.Link("annaberg").Cut()
	for _, say := range []string{"", "client hello"} {
		c := w.dialOut("10.2.12.25:25")
		fmt.Fprint(c, say)
		c.SetReadDeadline(w.clk.Now().Add(100 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("read: %v", err)
		}
		before := len(w.noted())
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
		w.wait("the dial inside to end", func() bool { return len(w.noted()) > before })
	}
	if n := w.noted(); strings.Contains(n, "which the machine had accepted") {
		t.Errorf("the bridge says that it reset what the gateway gave up:\n%s", n)
	}
}

// TestNames asks by UDP and by TCP: addresses are those of the machine, everything else as in the world, and
// a peer that only the name server knew can be reached.
func TestNames(t *testing.T) {
	w := newPlace(t)
	ctx := context.Background()
	mx, err := w.resolver().LookupMX(ctx, "annaberg.example")
	if err != nil || len(mx) != 1 || mx[0].Host != "mail.annaberg.example." {
		t.Fatalf("MX: %v, %v", mx, err)
	}
	undo, err := w.names.SetFault(dns.Fault{Truncate: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got, err := w.resolver().LookupNetIP(ctx, "ip4", "mail.annaberg.example")
		if err != nil || fmt.Sprint(got) != "[127.2.12.25]" {
			t.Errorf("address: %v, %v", got, err)
		}
		undo()
	}
	var missing *net.DNSError
	if _, err := w.resolver().LookupNetIP(ctx, "ip4", "nobody.example"); !errors.As(err, &missing) || !missing.IsNotFound {
		t.Errorf("a name that is not there: %v", err)
	}
	if _, err := w.resolver().LookupNetIP(ctx, "ip4", "elsewhere.example"); err != nil {
		t.Error(err)
	}
	l := w.peer("elsewhere", 25)
	fmt.Fprint(w.dialOut("10.2.99.25:25"), "x")
	if c, err := l.Accept(); err != nil {
		t.Error(err)
	} else {
		c.Close()
	}
	protocols := map[string]bool{}
	for _, e := range w.rec.Events() {
		if e.Kind == record.Query {
			protocols[e.Proto] = true
			if !strings.HasPrefix(e.Remote, "10.2.0.25:") || strings.Contains(e.Detail, "127.") {
				t.Errorf("the record has a question of %s, answered %q", e.Remote, e.Detail)
			}
		}
	}
	if diff := cmp.Diff(map[string]bool{"udp": true, "tcp": true}, protocols); diff != "" {
		t.Error(diff)
	}
}

func TestNameServerThatIsSilent(t *testing.T) {
	w := newPlace(t)
	if _, err := w.names.SetFault(dns.Fault{Drop: true}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := w.clk.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	var timeout *net.DNSError
	if _, err := w.resolver().LookupMX(ctx, "annaberg.example"); !errors.As(err, &timeout) || !timeout.IsTemporary {
		t.Errorf("got %v", err)
	}
}

// TestDown is the death of the gateway, and its return.
func TestDown(t *testing.T) {
	w := newPlace(t)
	w.gateway()
	in, err := w.dialGateway("annaberg")
	if err != nil {
		t.Fatal(err)
	}
	w.peer("radebeul", 25)
	out := w.dialOut("10.2.13.25:25")
	w.wait("the connection inside", func() bool { return len(w.rec.Events()) >= 3 })
	w.bridge.Down()
	for name, c := range map[string]net.Conn{"inside": in, "machine": out} {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: %v", name, err)
		}
		c.Close()
	}
	if _, err := w.dialGateway("annaberg"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("dial while down: %v", err)
	}
	w.bridge.Connect()
	if err := w.bridge.Listen(); err != nil {
		t.Fatal(err)
	}
	c, err := w.dialGateway("annaberg")
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
