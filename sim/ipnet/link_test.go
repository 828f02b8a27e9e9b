package ipnet_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"demailbench/sim/ipnet"
)

// probe is an end of a line that notes when packets arrive.
type probe struct {
	now     func() time.Duration
	arrived []time.Duration
}

func (p *probe) Receive(ipnet.Frame) { p.arrived = append(p.arrived, p.now()) }

// line sends packets of the given size in one instant and returns when they arrive.
func line(t *testing.T, seed uint64, p ipnet.Params, packets, size int) ([]time.Duration, *ipnet.Link) {
	w := newLAN(t, seed, 0, ipnet.Params{})
	end := &probe{now: w.clk.Elapsed}
	l, a, _ := w.net.Connect("line", end, end, p)
	w.run(t, func() {
		for range packets {
			a.Send(ipnet.Frame{Packet: make([]byte, size)})
		}
		w.clk.Sleep(context.Background(), time.Hour)
	})
	return end.arrived, l
}

func TestLatencyAndRate(t *testing.T) {
	// 1,250 octets at 10 Mbit/s take 1 ms.
	got, _ := line(t, 1, ipnet.Params{Latency: 20 * time.Millisecond, Rate: 10e6}, 5, 1250)
	for i, at := range got {
		if want := time.Duration(21+i) * time.Millisecond; at != want {
			t.Errorf("packet %d arrived at %v, want %v", i, at, want)
		}
	}
	got, l := line(t, 1, ipnet.Params{Rate: 10e6, Queue: 2500}, 10, 1250)
	if s := l.Stats(ipnet.Forward); len(got) != 3 || s.Sent != 3 || s.Full != 7 || s.Octets != 3750 {
		t.Errorf("%d packets passed a queue of two packets, stats %+v", len(got), s)
	}
	got, l = line(t, 1, ipnet.Params{MTU: 1000}, 3, 1250)
	if s := l.Stats(ipnet.Forward); len(got) != 0 || s.TooBig != 3 {
		t.Errorf("%d packets passed a small MTU, stats %+v", len(got), s)
	}
}

func TestLossAndJitter(t *testing.T) {
	const sent = 10000
	got, l := line(t, 3, ipnet.Params{Latency: time.Millisecond, Jitter: time.Millisecond, Loss: 0.1}, sent, 100)
	s := l.Stats(ipnet.Forward)
	if s.Sent+s.Lost != sent || s.Lost < 900 || s.Lost > 1100 {
		t.Errorf("of %d packets %d were lost, want about a tenth", sent, s.Lost)
	}
	last := time.Duration(0)
	for _, at := range got {
		if at < max(last, time.Millisecond) || at >= 2*time.Millisecond {
			t.Fatalf("a packet arrived at %v after one at %v", at, last)
		}
		last = at
	}
}

// TestCutHeals cuts a link in the middle of a transfer: TCP goes on when it heals.
func TestCutHeals(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		l, err := w.hosts[0].Listen("tcp", ":25")
		if err != nil {
			t.Error(err)
			return
		}
		received := make(chan int64)
		go func() {
			c, err := l.Accept()
			if err != nil {
				return
			}
			n, _ := io.Copy(io.Discard, c)
			received <- n
		}()
		c, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		if err != nil {
			t.Error(err)
			return
		}
		link := w.net.Link("h1")
		w.clk.AfterFunc(2*time.Millisecond, func() { link.Cut() })
		w.clk.AfterFunc(3*time.Second, func() { link.Heal() })
		const size = 8 << 20
		if _, err := c.Write(make([]byte, size)); err != nil {
			t.Error(err)
		}
		c.Close()
		if n := <-received; n != size {
			t.Errorf("%d of %d octets arrived", n, size)
		}
		if at := w.clk.Elapsed(); at < 3*time.Second || at > 10*time.Second {
			t.Errorf("the transfer ended at %v", at)
		}
		if link.Stats(ipnet.Forward).Cut+link.Stats(ipnet.Backward).Cut == 0 {
			t.Error("the cut lost nothing")
		}
	})
}

// TestCutOneWay: without a way back a dial times out although the peer hears it.
func TestCutOneWay(t *testing.T) {
	w := newLAN(t, 1, 2, ipnet.Params{})
	w.run(t, func() {
		w.serve(t, 0, 25)
		link := w.hosts[0].Link()
		link.Cut(ipnet.Forward)
		ctx, cancel := w.clk.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_, err := w.hosts[1].Dial(ctx, "tcp", w.address(0, 25))
		if e, ok := err.(net.Error); !ok || !e.Timeout() {
			t.Errorf("dial: %v", err)
		}
		if f, b := link.Stats(ipnet.Forward), link.Stats(ipnet.Backward); f.Cut == 0 || b.Cut != 0 || b.Sent == 0 {
			t.Errorf("forward %+v, backward %+v", f, b)
		}
		link.Heal(ipnet.Forward)
		if _, err := converse(w.hosts[1], w.address(0, 25)); err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkThroughput(b *testing.B) {
	w := newLAN(b, 1, 2, ipnet.Params{})
	const chunk = 1 << 20
	b.SetBytes(chunk)
	w.run(b, func() {
		l, err := w.hosts[0].Listen("tcp", ":25")
		if err != nil {
			b.Error(err)
			return
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			c, err := l.Accept()
			if err == nil {
				io.Copy(io.Discard, c)
			}
		}()
		c, err := w.hosts[1].Dial(context.Background(), "tcp", w.address(0, 25))
		if err != nil {
			b.Error(err)
			return
		}
		b.ResetTimer()
		for range b.N {
			c.Write(make([]byte, chunk))
		}
		c.Close()
		<-done
	})
}

func BenchmarkSetUp500Hosts(b *testing.B) {
	for range b.N {
		newLAN(b, 1, 500, ipnet.Params{}).net.Close()
	}
}
