package lab_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/ipnet"
	"demailbench/sim/lab"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// everything is the policy of a server that takes all.
type everything struct{}

func (everything) Mail(*wire.Session, string) *wire.Reply { return nil }
func (everything) Rcpt(*wire.Session, string) *wire.Reply { return nil }
func (everything) Data(*wire.Session, wire.Envelope, record.Message) *wire.Reply {
	return nil
}

// BenchmarkSMTP sends messages of 10 kB, a session each, from 8 senders: over the fabric (two routers, NAT,
// matrix) and, with the same server and client, over the kernel's loopback, which is its peer.
func BenchmarkSMTP(b *testing.B) {
	p, err := lab.Load(fixtures.FS, "saxony")
	if err != nil {
		b.Fatal(err)
	}
	clk := clock.Real()
	rec := record.New(clk.Now)
	bodies := record.NewBodies(b.TempDir(), clk.IO)
	w := bodies.Writer()
	fmt.Fprint(w, strings.Repeat("0123456789012345678901234567890123456789012345678901234567890123456789\r\n", 142))
	sum, size, err := w.Close()
	if err != nil {
		b.Fatal(err)
	}
	msg := record.Message{Header: "From: <sakd@sakd.de>\r\nSubject: x\r\n\r\n", Body: sum}
	msg.Size = size + int64(len(msg.Header))
	l, err := lab.Build(p, lab.Options{Clock: clk, Seed: 1, Record: rec, Bodies: bodies, AnyDate: true})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for _, link := range l.Net().Links() { // what the fabric costs, not how long its lines are
		link.Set(ipnet.Params{})
	}

	fabric, err := l.Host("gateway").Listen("tcp", ":25")
	if err != nil {
		b.Fatal(err)
	}
	loopback, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	kernel := *l.Client("sakd-mail")
	kernel.Dial = (&net.Dialer{}).DialContext
	for _, way := range []struct {
		name   string
		l      net.Listener
		client *wire.Client
		to     string
	}{{"fabric", fabric, l.Client("sakd-mail"), "172.16.0.25:25"}, {"loopback", loopback, &kernel, loopback.Addr().String()}} {
		way.client.STARTTLS = wire.Never
		s, err := wire.NewServer(wire.Config{Who: "gateway", Hostname: "x.example", Clock: clk, Record: record.New(clk.Now), Bodies: bodies, Policy: everything{}})
		if err != nil {
			b.Fatal(err)
		}
		go s.Serve(way.l)
		defer s.Close()
		b.Run(way.name, func(b *testing.B) {
			var wg sync.WaitGroup
			for i := range 8 {
				wg.Go(func() {
					for n := i; n < b.N; n += 8 {
						if err := way.client.Send(context.Background(), way.to, wire.Envelope{From: "sakd@sakd.de", To: []string{"x@y.de-mail.de"}}, msg).Err(); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
