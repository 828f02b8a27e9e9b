package ipnet_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

func TestConversation(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newLAN(t, 1, 3, ipnet.Params{})
	w.run(t, func() {
		w.serve(t, 0, 25)
		got, err := converse(w.hosts[1], w.address(0, 25), "EHLO h2", "NOOP")
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff([]string{"220 ready", "250 EHLO h2", "250 NOOP", "221 bye"}, got); diff != "" {
			t.Errorf("replies (-want +got):\n%s", diff)
		}
	})
	var open, dial record.Event
	for _, e := range w.rec.Events() {
		switch e.Kind {
		case record.ConnOpen:
			open = e
		case record.ConnDial:
			dial = e
		}
	}
	if open.Who != "h1" || dial.Who != "h2" || open.Remote != dial.Local || open.Local != "10.0.0.1:25" || dial.Remote != "10.0.0.1:25" {
		t.Errorf("events do not match: %+v, %+v", open, dial)
	}
	// SYN and ACK: two ways over both links of 200 and 207 us.
	if got, want := dial.At.Sub(epoch), 2*407*time.Microsecond; got != want {
		t.Errorf("the handshake took %v, want %v", got, want)
	}
	if s := leftover(before); s != "" {
		t.Errorf("goroutines left:\n%s", s)
	}
}

// TestSameSeedSameHistory holds many conversations at once, twice. Only where links share a queue does the
// order within an instant show, so lossy and shaped links wait for a scheduler that is not shuffled.
func TestSameSeedSameHistory(t *testing.T) {
	for name, impair := range map[string]func(*ipnet.Params){
		"own latencies": func(*ipnet.Params) {},
		"lossy":         func(p *ipnet.Params) { p.Loss, p.Jitter, p.Rate = 0.05, time.Millisecond, 10e6 },
	} {
		t.Run(name, func(t *testing.T) {
			if raceDetector && name == "lossy" {
				t.Skip("needs a build without the race detector, which shuffles the scheduler")
			}
			first := play(t, 7, impair)
			for range 5 {
				if diff := cmp.Diff(first, play(t, 7, impair)); diff != "" {
					t.Fatalf("another run differs (-first +other):\n%s", diff)
				}
			}
			if cmp.Equal(first, play(t, 8, impair)) {
				t.Error("another seed gives the same history")
			}
		})
	}
}

// play lets eight hosts talk to one at once and returns the history.
func play(t *testing.T, seed uint64, impair func(*ipnet.Params)) []string {
	w := newLAN(t, seed, 9, ipnet.Params{})
	for _, l := range w.net.Links() {
		p := l.Params(ipnet.Forward)
		impair(&p)
		l.Set(p)
	}
	w.run(t, func() {
		w.serve(t, 0, 25)
		done := make(chan struct{})
		for _, h := range w.hosts[1:] {
			go func() {
				for range 5 {
					if _, err := converse(h, w.address(0, 25), "EHLO", "NOOP", "NOOP"); err != nil {
						t.Error(err)
					}
				}
				done <- struct{}{}
			}()
		}
		for range w.hosts[1:] {
			<-done
		}
	})
	return history(w.rec)
}

func TestDialErrors(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		background := context.Background()
		dial := func(ctx context.Context, network, address string) (time.Duration, error) {
			from := w.clk.Elapsed()
			c, err := w.hosts[0].Dial(ctx, network, address)
			if err == nil {
				c.Close()
			}
			return w.clk.Elapsed() - from, err
		}
		if _, err := dial(background, "tcp", w.address(1, 9)); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("closed port: %v", err)
		}
		if _, err := dial(background, "tcp", "192.0.2.1:25"); !errors.Is(err, syscall.ENETUNREACH) && !errors.Is(err, syscall.EHOSTUNREACH) {
			t.Errorf("no router: %v", err)
		}
		if _, err := dial(background, "tcp", "mail.example:25"); err == nil {
			t.Error("a name was accepted")
		}
		if _, err := dial(background, "sctp", "10.0.0.2:25"); err == nil {
			t.Error("an unknown network was accepted")
		}
		ctx, cancel := w.clk.WithTimeout(background, 30*time.Second)
		defer cancel()
		took, err := dial(ctx, "tcp", "10.0.0.77:25")
		var timeout net.Error
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &timeout) || !timeout.Timeout() || took != 30*time.Second {
			t.Errorf("nobody there: %v after %v", err, took)
		}
		canceled, cancel := context.WithCancel(background)
		w.clk.AfterFunc(time.Second, cancel)
		if took, err := dial(canceled, "tcp", "10.0.0.77:25"); !errors.Is(err, context.Canceled) || took != time.Second {
			t.Errorf("cancelled: %v after %v", err, took)
		}
		if took, err := dial(background, "tcp", "10.0.0.77:25"); !errors.Is(err, syscall.ETIMEDOUT) || took < time.Minute || took > 3*time.Minute {
			t.Errorf("without a time-out: %v after %v", err, took)
		}
	})
	failed, missed := 0, 0
	for _, e := range w.rec.Events() {
		if e.Kind == record.ConnDial && e.Error != "" {
			failed++
		}
		if e.Kind == record.Drop && e.Who == "lan" && e.Detail == "no neighbour" && e.Remote == "10.0.0.77:25" && e.Proto == "tcp" {
			missed++
		}
	}
	if failed != 6 || missed < 3 {
		t.Errorf("recorded %d failed dials and %d frames without neighbour", failed, missed)
	}
}

func TestDeadlines(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		l, err := w.hosts[0].Listen("tcp", ":25")
		if err != nil {
			t.Fatal(err)
		}
		accepted := make(chan net.Conn)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				accepted <- c
			}
		}()
		c, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		if err != nil {
			t.Error(err)
			return
		}
		server := <-accepted
		read := func() (time.Duration, error) {
			from := w.clk.Elapsed()
			_, err := c.Read(make([]byte, 1))
			return w.clk.Elapsed() - from, err
		}
		for _, set := range []time.Time{w.clk.Now().Add(5 * time.Minute), time.Now().Add(5 * time.Minute)} {
			c.SetReadDeadline(set)
			if took, err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || took != 5*time.Minute {
				t.Errorf("read ended after %v with %v", took, err)
			}
		}
		c.SetReadDeadline(time.Unix(1, 0))
		if took, err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || took != 0 {
			t.Errorf("deadline in the past: %v after %v", err, took)
		}
		c.SetReadDeadline(w.clk.Now().Add(time.Second))
		w.clk.AfterFunc(500*time.Millisecond, func() { c.SetReadDeadline(w.clk.Now().Add(time.Hour)) })
		w.clk.AfterFunc(2*time.Second, func() { c.SetReadDeadline(time.Unix(1, 0)) })
		if took, err := read(); !errors.Is(err, os.ErrDeadlineExceeded) || took != 2*time.Second {
			t.Errorf("moved deadline: %v after %v", err, took)
		}
		c.SetReadDeadline(time.Time{})
		w.clk.AfterFunc(time.Hour, func() { server.Write([]byte("x")) })
		if took, err := read(); err != nil || took < time.Hour {
			t.Errorf("without deadline: %v after %v", err, took)
		}
		// The peer does not read: the buffers fill, then the write deadline ends the write.
		c.SetWriteDeadline(w.clk.Now().Add(time.Minute))
		if n, err := c.Write(make([]byte, 32<<20)); !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 {
			t.Errorf("write of %d octets ended with %v", n, err)
		}
		w.clk.AfterFunc(time.Second, func() { c.Close() })
		if _, err := read(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("read while closing: %v", err)
		}
		if err := c.Close(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("second close: %v", err)
		}
		server.Close()
		l.Close()
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("accept after close: %v", err)
		}
	})
}

func TestHalfCloseAndAbort(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		l, err := w.hosts[0].Listen("tcp", w.address(0, 25))
		if err != nil {
			t.Fatal(err)
		}
		if l.Addr().String() != "10.0.0.1:25" {
			t.Errorf("listener's address is %v", l.Addr())
		}
		errs := make(chan error)
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				b, err := io.ReadAll(c)
				c.Write(b)
				c.Close()
				errs <- err
			}
		}()
		c, _ := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		io.WriteString(c, "ping")
		if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
			t.Error(err)
		}
		if b, err := io.ReadAll(c); string(b) != "ping" || err != nil || <-errs != nil {
			t.Errorf("after half close: %q, %v", b, err)
		}
		c, _ = w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		c.(interface{ Abort() }).Abort()
		if err := <-errs; !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the peer of an aborted connection got %v", err)
		}
		if _, err := w.hosts[0].Listen("tcp", ":25"); !errors.Is(err, syscall.EADDRINUSE) {
			t.Errorf("second listener: %v", err)
		}
		if _, err := w.hosts[0].Listen("tcp", "10.0.0.2:26"); !errors.Is(err, syscall.EADDRNOTAVAIL) {
			t.Errorf("foreign address: %v", err)
		}
	})
}

func TestCloseHost(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		w.serve(t, 0, 25)
		c, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		if err != nil {
			t.Error(err)
			return
		}
		io.ReadFull(c, make([]byte, len("220 ready\r\n")))
		go w.hosts[0].Close()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the peer of a host that shut down got %v", err)
		}
		w.hosts[0].Close()
		if _, err := w.hosts[0].Dial(context.Background(), "tcp", w.address(1, 1)); !errors.Is(err, net.ErrClosed) {
			t.Errorf("dial from a host that shut down: %v", err)
		}
	})
	if s := leftover(before); s != "" {
		t.Errorf("goroutines left:\n%s", s)
	}
}

// TestCloseAfterRun: the network may be closed when nobody drives the clock any more, with connections open.
func TestCloseAfterRun(t *testing.T) {
	before := runtime.NumGoroutine()
	w := newLAN(t, 1, 2, ipnet.Params{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.serve(t, 0, 25)
		if _, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25)); err != nil {
			t.Error(err)
		}
	}()
	if err := w.clk.Run(done); err != nil {
		t.Fatal(err)
	}
	w.net.Close()
	if s := leftover(before); s != "" {
		t.Errorf("goroutines left:\n%s", s)
	}
}
