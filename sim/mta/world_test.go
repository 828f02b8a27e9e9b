package mta_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/ipnet"
	"demailbench/sim/mta"
	"demailbench/sim/pki"
	"demailbench/sim/record"
	"demailbench/sim/wire"
)

var epoch = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// Hosts of the test world: one LAN with the mail servers of two municipalities, a PC of the first one, and
// a name server.
const (
	pc, radebeul, pirna, backup, names = "192.168.10.7", "192.168.10.25", "192.168.10.26", "192.168.10.27", "192.168.10.53"
)

var zones = []dns.Zone{
	zone("radebeul.de", "@ 300 IN MX 10 mail", "mail 300 IN A "+radebeul),
	zone("pirna.de", "@ 300 IN MX 10 mail", "mail 300 IN A "+pirna),
	zone("two.test", "@ 300 IN MX 20 mail.pirna.de.", "@ 300 IN MX 10 dead", "dead 300 IN A "+backup),
	zone("bare.test", "@ 300 IN A "+pirna),
	zone("null.test", "@ 300 IN MX 0 .", "@ 300 IN A "+pirna),
	zone("back.test", "@ 300 IN MX 10 mail.radebeul.de.", "@ 300 IN MX 20 mail.pirna.de."),
	zone("lame.test", "@ 300 IN MX 10 nowhere"),
}

func zone(origin string, records ...string) dns.Zone {
	soa := "@ 300 IN SOA ns.bench.test. hostmaster.bench.test. 1 3600 600 86400 300"
	return dns.Zone{Origin: origin, Records: append([]string{soa, "@ 300 IN NS ns.bench.test."}, records...)}
}

type world struct {
	t      *testing.T
	clock  *clock.Virtual
	rec    *record.Record
	bodies *record.Bodies
	net    *ipnet.Net
	ca     *pki.Authority
	dns    *dns.Server
	random io.Reader

	radebeul, pirna mta.Config
	a, b            *mta.Server // radebeul's and pirna's
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, clock: clock.NewVirtual(epoch, clock.Options{}), random: rand.NewChaCha8([32]byte{1})}
	w.rec = record.New(w.clock.Now)
	w.bodies = record.NewBodies(t.TempDir(), w.clock.IO)
	w.net = ipnet.New(w.clock, 1, w.rec)
	lan := w.net.AddSegment("lan")
	for _, addr := range []string{pc, radebeul, pirna, backup, names} {
		prefix := netip.PrefixFrom(netip.MustParseAddr(addr), 24)
		if _, err := w.net.AddHost(addr, ipnet.HostConfig{Segment: lan, Address: prefix}); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.ca, err = pki.New(os.DirFS("../../fixtures/pki"), w.clock.Now); err != nil {
		t.Fatal(err)
	}
	everybody := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	w.dns, err = dns.NewServer(dns.Config{Who: "dns", Views: []dns.View{{Name: "all", Clients: everybody, Zones: zones}}}, w.rec)
	if err != nil {
		t.Fatal(err)
	}
	w.radebeul = w.config("radebeul", "mail.radebeul.de", "radebeul.de")
	w.radebeul.Dial = w.net.Host(radebeul).Dial
	w.radebeul.Resolver = dns.NewStub(w.radebeul.Dial, w.clock, names+":53")
	w.radebeul.Relay = []netip.Prefix{netip.MustParsePrefix(pc + "/32")}
	w.pirna = w.config("pirna", "mail.pirna.de", "pirna.de", "two.test", "bare.test", "null.test", "back.test")
	return w
}

func (w *world) config(who, hostname string, domains ...string) mta.Config {
	w.t.Helper()
	cert, err := w.ca.Issue(pki.Spec{
		Name: hostname, Key: who, DNSNames: []string{hostname, "bare.test"}, IPs: []netip.Addr{netip.MustParseAddr(pirna)},
		Server: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return mta.Config{
		Who: who, Hostname: hostname, Domains: domains, TLS: w.ca.ServerConfig(cert), ClientTLS: w.ca.ClientConfig(""),
		STARTTLS: true, MaxBytes: 30 << 20, Clock: w.clock, Record: w.rec, Bodies: w.bodies, Rand: w.random,
	}
}

// run starts both servers and runs f on virtual time.
func (w *world) run(f func()) {
	w.t.Helper()
	var err error
	if w.a, err = mta.New(w.radebeul); err != nil {
		w.t.Fatal(err)
	}
	if w.b, err = mta.New(w.pirna); err != nil {
		w.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		ended := make(chan error)
		go func() { ended <- w.a.Serve(w.listen(radebeul, 25)) }()
		go func() { ended <- w.b.Serve(w.listen(pirna, 25)) }()
		pc, err := w.net.Host(names).ListenPacket("udp", ":53")
		if err != nil {
			w.t.Error(err)
			return
		}
		if err := w.dns.Serve(pc, w.listen(names, 53)); err != nil {
			w.t.Error(err)
		}
		f()
		if err := errors.Join(w.a.Close(), w.b.Close(), <-ended, <-ended); err != nil {
			w.t.Error(err)
		}
		w.dns.Close()
		w.net.Close()
	}()
	if err := w.clock.Run(done); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) listen(host string, port int) net.Listener {
	l, err := w.net.Host(host).Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		w.t.Error(err)
	}
	return l
}

// submit sends a message from the PC to radebeul's server.
func (w *world) submit(from string, to ...string) wire.Outcome {
	return w.send(pc, radebeul, from, w.message("From: <"+from+">\nSubject: Bauantrag\nMessage-ID: <1@radebeul.de>\n\nGuten Tag\n"), to...)
}

func (w *world) send(host, server, from string, msg record.Message, to ...string) wire.Outcome {
	c := wire.Client{
		Who: host, Hostname: "pc.radebeul.de", Dial: w.net.Host(host).Dial, Clock: w.clock, Record: w.rec,
		Bodies: w.bodies, STARTTLS: wire.Never,
	}
	return c.Send(context.Background(), server+":25", wire.Envelope{From: from, To: to}, msg)
}

func (w *world) mustSubmit(from string, to ...string) {
	w.t.Helper()
	if err := w.submit(from, to...).Err(); err != nil {
		w.t.Error(err)
	}
}

// message stores text, with LF for CRLF.
func (w *world) message(text string) record.Message {
	w.t.Helper()
	header, body, _ := strings.Cut(strings.ReplaceAll(text, "\n", "\r\n"), "\r\n\r\n")
	header += "\r\n\r\n"
	bw := w.bodies.Writer()
	io.WriteString(bw, body)
	sum, size, err := bw.Close()
	if err != nil {
		w.t.Fatal(err)
	}
	return record.Message{Header: header, Body: sum, Size: size + int64(len(header))}
}

func (w *world) text(msg record.Message) string {
	w.t.Helper()
	body, err := w.bodies.Open(msg.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	defer body.Close()
	text, err := io.ReadAll(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return strings.ReplaceAll(msg.Header+string(text), "\r\n", "\n")
}

func (w *world) sleep(d time.Duration) { w.clock.Sleep(context.Background(), d) }

// tries lists what radebeul's client met: time since the epoch in whole seconds, and the result.
func (w *world) tries() (out []string) {
	for _, e := range w.rec.Events() {
		if e.Who == "radebeul" && (e.Kind == record.Sent || e.Kind == record.Rejected) {
			out = append(out, fmt.Sprintf("%v %s %d", e.At.Sub(epoch).Truncate(time.Second), e.Verb, e.Code))
		}
	}
	return out
}

// failDNS makes the name server answer SERVFAIL.
func (w *world) failDNS() (undo func()) {
	w.t.Helper()
	undo, err := w.dns.SetFault(dns.Fault{Rcode: "SERVFAIL"})
	if err != nil {
		w.t.Error(err)
	}
	return undo
}
