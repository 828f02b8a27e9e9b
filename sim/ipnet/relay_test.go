package ipnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

// TestRelayAnswersAsTheOtherSideWent dials a port whose relay refuses, hesitates, joins and is stopped: the
// dialler must see a reset, silence, a connection and a reset.
func TestRelayAnswersAsTheOtherSideWent(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		var refuse error
		var wait time.Duration
		stop, err := w.hosts[0].Relay(25, ipnet.Relay{
			Open: func(ctx context.Context, remote netip.AddrPort) (net.Conn, error) {
				if remote.Addr() != w.hosts[1].Addr() {
					t.Errorf("asked about %v", remote)
				}
				if err := w.clk.Sleep(ctx, wait); err != nil {
					return nil, err
				}
				inside, outside := net.Pipe()
				go io.Copy(outside, outside)
				return inside, refuse
			},
			Join: func(inside, other net.Conn) {
				if inside == nil { // the one who had hesitated for too long
					other.Close()
					return
				}
				go func() {
					io.Copy(other, inside)
					inside.Close()
				}()
				io.Copy(inside, other)
			},
		})
		if err != nil {
			t.Error(err)
			return
		}
		dial := func(limit time.Duration) (net.Conn, error) {
			ctx, cancel := w.clk.WithTimeout(context.Background(), limit)
			defer cancel()
			return w.hosts[1].Dial(ctx, "tcp", w.address(0, 25))
		}
		refuse = errors.New("nobody is there")
		if _, err := dial(time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("refused: %v", err)
		}
		refuse, wait = nil, time.Minute
		var timeout net.Error
		if _, err := dial(20 * time.Second); !errors.As(err, &timeout) || !timeout.Timeout() {
			t.Errorf("hesitating: %v", err)
		}
		if opened(w) != 0 {
			t.Error("a connection was accepted before the other side was open")
		}
		w.clk.Sleep(context.Background(), 2*time.Minute)
		wait = 0
		c, err := dial(time.Second)
		if err != nil {
			t.Error(err)
			return
		}
		c.Write([]byte("hello"))
		echo := make([]byte, 5)
		if _, err := io.ReadFull(c, echo); err != nil || string(echo) != "hello" {
			t.Errorf("echo %q, %v", echo, err)
		}
		c.Close()
		if _, err := w.hosts[0].Relay(25, ipnet.Relay{}); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("second relay: %v", err)
		}
		stop()
		if _, err := dial(time.Second); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("stopped: %v", err)
		}
	})
	if n := opened(w); n != 1 {
		t.Errorf("%d connections accepted in the record, want 1", n)
	}
}

func opened(w *lan) (n int) {
	for _, e := range w.rec.Events() {
		if e.Kind == record.ConnOpen {
			n++
		}
	}
	return n
}
