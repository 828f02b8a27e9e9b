package loopback_test

import (
	"context"
	"net/netip"
	"testing"

	"demailbench/sim/bridge/loopback"
)

// TestNothingElse holds that no door leads off the machine.
func TestNothingElse(t *testing.T) {
	inside := netip.MustParseAddrPort("127.2.12.25:0")
	for _, at := range []string{"198.51.100.10:25", "0.0.0.0:25", "[::1]:25", "[::ffff:127.0.0.1]:25"} {
		to := netip.MustParseAddrPort(at)
		if c, err := loopback.Dial(context.Background(), inside, to); err == nil {
			t.Errorf("dialled %v", to)
			c.Close()
		}
		if l, err := loopback.Listen(to); err == nil {
			t.Errorf("listens at %v", to)
			l.Close()
		}
		if pc, err := loopback.ListenPacket(to); err == nil {
			t.Errorf("listens at %v (UDP)", to)
			pc.Close()
		}
	}
	l, err := loopback.Listen(inside)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if c, err := loopback.Dial(context.Background(), netip.MustParseAddrPort("10.2.12.25:0"), l.Addr().(interface{ AddrPort() netip.AddrPort }).AddrPort()); err == nil {
		t.Error("dialled from an address of the world")
		c.Close()
	}
}
