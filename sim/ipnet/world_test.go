package ipnet_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"sort"
	"strings"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// lan is one segment 10.0.0.0/24 with hosts .1, .2, ...
type lan struct {
	clk   *clock.Virtual
	net   *ipnet.Net
	rec   *record.Record
	seg   *ipnet.Segment
	hosts []*ipnet.Host
}

func newLAN(t testing.TB, seed uint64, hosts int, p ipnet.Params) *lan {
	t.Helper()
	w := &lan{clk: clock.NewVirtual(epoch, clock.Options{})}
	w.rec = record.New(w.clk.Now)
	w.net = ipnet.New(w.clk, seed, w.rec)
	w.seg = w.net.AddSegment("lan")
	for i := range hosts {
		h, err := w.net.AddHost(fmt.Sprintf("h%d", i+1), ipnet.HostConfig{
			Segment: w.seg,
			Address: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i / 250), byte(i%250 + 1)}), 16),
			Link:    p,
		})
		if err != nil {
			t.Fatal(err)
		}
		w.hosts = append(w.hosts, h)
	}
	return w
}

// run runs f beside the clock, then closes the network while the clock still runs.
func (w *lan) run(t testing.TB, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer w.net.Close()
		f()
	}()
	if err := w.clk.Run(done); err != nil {
		t.Fatal(err)
	}
}

func (w *lan) address(i, port int) string {
	return netip.AddrPortFrom(w.hosts[i].Addr(), uint16(port)).String()
}

// answer serves an SMTP-like dialogue: a greeting, then one reply per line, until QUIT.
func answer(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer c.Close()
			fmt.Fprint(c, "220 ready\r\n")
			in := bufio.NewScanner(c)
			for in.Scan() {
				if in.Text() == "QUIT" {
					fmt.Fprint(c, "221 bye\r\n")
					return
				}
				fmt.Fprintf(c, "250 %s\r\n", in.Text())
			}
		}()
	}
}

func (w *lan) serve(t testing.TB, i, port int) {
	t.Helper()
	l, err := w.hosts[i].Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		t.Fatal(err)
	}
	go answer(l)
}

// converse holds the dialogue and returns the replies.
func converse(h *ipnet.Host, address string, lines ...string) ([]string, error) {
	c, err := h.Dial(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	var replies []string
	in := bufio.NewReader(c)
	for _, line := range append([]string{""}, append(lines, "QUIT")...) {
		if line != "" {
			if _, err := fmt.Fprintf(c, "%s\r\n", line); err != nil {
				return replies, err
			}
		}
		reply, err := in.ReadString('\n')
		if err != nil {
			return replies, err
		}
		replies = append(replies, strings.TrimSpace(reply))
	}
	return replies, nil
}

// history is the record as text, ordered by time and host as logs are compared.
func history(r *record.Record) []string {
	var out []string
	for _, e := range r.Events() {
		out = append(out, fmt.Sprintf("%15v %s %s %s->%s %s%s", e.At.Sub(epoch), e.Who, e.Kind, e.Local, e.Remote, e.Detail, e.Error))
	}
	sort.Strings(out)
	return out
}

// leftover reports goroutines above before, once they had time to end.
func leftover(before int) string {
	for range 1_000_000 {
		if runtime.NumGoroutine() <= before {
			return ""
		}
		runtime.Gosched()
	}
	stacks := make([]byte, 1<<16)
	return string(stacks[:runtime.Stack(stacks, true)])
}
