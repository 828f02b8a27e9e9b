package bridge_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/bridge"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
)

// TestTruePorts uses the ports as they are, where the test may, and a listener of the gateway's own choice.
func TestTruePorts(t *testing.T) {
	w := newPlace(t)
	o := w.o
	own, err := loopback.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	o.TruePorts, o.Inward = true, map[uint16]netip.AddrPort{465: netip.MustParseAddrPort(own.Addr().String())}
	b, err := bridge.New(o)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EADDRINUSE) {
		t.Skip("needs the right to listen on ports below 1024, and nobody there:", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if got := fmt.Sprint(b.Names(), b.Port(25), b.Listener(465)); got != "127.2.0.53:53 25 "+own.Addr().String() {
		t.Errorf("names, port 25, listener: %s", got)
	}
	b.Connect()
	if err := b.Listen(); err != nil {
		t.Fatal(err)
	}
	c, err := w.net.Host("radebeul").Dial(context.Background(), "tcp", "10.2.0.25:465")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	seen, err := own.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer seen.Close()
	if got := seen.RemoteAddr().String(); !strings.HasPrefix(got, "127.2.13.25:") {
		t.Errorf("the gateway sees %s", got)
	}
}

// TestNewExplains holds what each mistake of the place is called.
func TestNewExplains(t *testing.T) {
	w := newPlace(t)
	if second, err := bridge.New(w.o); err != nil {
		t.Errorf("a second world: %v", err)
	} else {
		if second.Port(25) == w.bridge.Port(25) {
			t.Error("two worlds have the same ports")
		}
		second.Close()
	}
	conflict := w.o
	conflict.Peers = append(conflict.Peers, netip.MustParseAddr("172.2.12.25"))
	virtual := w.o
	virtual.Clock = clock.NewVirtual(time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC), clock.Options{})
	taken, denied, missing := w.o, w.o, w.o
	for o, errno := range map[*bridge.Options]syscall.Errno{&taken: syscall.EADDRINUSE, &denied: syscall.EACCES, &missing: syscall.EADDRNOTAVAIL} {
		o.TruePorts = true
		o.Doors.Listen = func(netip.AddrPort) (net.Listener, error) {
			return nil, &net.OpError{Op: "listen", Err: os.NewSyscallError("bind", errno)}
		}
	}
	over := w.o
	over.Inward = map[uint16]netip.AddrPort{25: netip.MustParseAddrPort("127.2.12.25:10025")}
	over.Doors.Listen = func(at netip.AddrPort) (net.Listener, error) {
		return loopback.Listen(netip.AddrPortFrom(at.Addr(), 0))
	}
	over.Doors.ListenPacket = func(at netip.AddrPort) (net.PacketConn, error) {
		return loopback.ListenPacket(netip.AddrPortFrom(at.Addr(), 0))
	}
	for _, c := range []struct {
		o    bridge.Options
		says string
	}{
		{conflict, "10.2.12.25 and 172.2.12.25 would both stand at 127.2.12.25"},
		{virtual, "build the world on the wall clock"},
		{taken, "run with one job"},
		{denied, "let the gateway take other ports"},
		{missing, "ifconfig lo0 alias"},
		{over, "let it listen elsewhere"},
	} {
		if b, err := bridge.New(c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("got %v, want %q", err, c.says)
			if b != nil {
				b.Close()
			}
		}
	}
}
