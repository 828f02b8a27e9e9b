package httpd

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/door/doortest"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// memory is a listener in memory: nothing of the machine's network is used.
type memory struct {
	conns chan net.Conn
	once  sync.Once
	shut  chan struct{}
}

func newMemory() *memory { return &memory{conns: make(chan net.Conn), shut: make(chan struct{})} }

func (m *memory) Accept() (net.Conn, error) {
	select {
	case c := <-m.conns:
		return c, nil
	case <-m.shut:
		return nil, net.ErrClosed
	}
}

func (m *memory) Close() error   { m.once.Do(func() { close(m.shut) }); return nil }
func (m *memory) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(172, 16, 0, 25), Port: 443} }

func (m *memory) Dial(context.Context, string, string) (net.Conn, error) {
	a, b := net.Pipe()
	select {
	case m.conns <- b:
		return a, nil
	case <-m.shut:
		return nil, errors.New("refused")
	}
}

// desk is a server on a listener in memory, and its client.
type desk struct {
	clock  *doortest.Clock
	l      *memory
	s      *Server
	client *http.Client
	config *tls.Config
	done   chan error
}

func newDesk(t *testing.T, h http.Handler) *desk {
	d := &desk{clock: doortest.NewClock(start), l: newMemory(), done: make(chan error, 1)}
	ca, err := doortest.NewAuthority("ca", d.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue("gateway", "gateway.example")
	if err != nil {
		t.Fatal(err)
	}
	if d.s, err = New(h, func() *tls.Certificate { return &cert }, d.clock, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	d.config = &tls.Config{RootCAs: ca.Pool(), Time: d.clock.Now, ServerName: "gateway.example"}
	d.client = &http.Client{Transport: &http.Transport{DialContext: d.l.Dial, TLSClientConfig: d.config}}
	go func() { d.done <- d.s.Serve(d.l) }()
	t.Cleanup(func() {
		d.client.CloseIdleConnections()
		d.s.Close()
		<-d.done
	})
	return d
}

func (d *desk) get() (string, error) {
	r, err := d.client.Get("https://gateway.example/")
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return fmt.Sprint(r.StatusCode, " ", string(b)), err
}

func TestServe(t *testing.T) {
	d := newDesk(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) }))
	for range 3 {
		if got, err := d.get(); err != nil || got != "200 HTTP/1.1" {
			t.Fatal(got, err)
		}
	}
	c, err := d.l.Dial(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	go io.WriteString(c, "GET / HTTP/1.1\r\nHost: gateway.example\r\n\r\n")
	if line, _ := bufio.NewReader(c).ReadString('\n'); !strings.HasPrefix(line, "HTTP/1.0 400") {
		t.Errorf("without TLS: %q", line)
	}
}

func TestNoCertificate(t *testing.T) {
	if _, err := New(nil, nil, doortest.NewClock(start), slog.Default()); err == nil {
		t.Error("served without TLS")
	}
}

// Time limits are the gateway's clock's.
func TestTimeLimits(t *testing.T) {
	entered := make(chan struct{})
	d := newDesk(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		_, err := io.ReadAll(r.Body)
		if err == nil {
			w.WriteHeader(http.StatusNoContent)
		}
	}))
	silent, err := d.l.Dial(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	d.clock.Await(start.Add(greetTime))
	d.clock.Advance(greetTime)
	if _, err := silent.Read(make([]byte, 1)); err == nil {
		t.Error("a silent client is still connected")
	}
	c, err := d.l.Dial(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	slow := tls.Client(c, d.config)
	defer slow.Close()
	fmt.Fprint(slow, "POST / HTTP/1.1\r\nHost: gateway.example\r\nContent-Length: 10\r\n\r\nx")
	<-entered
	d.clock.Await(d.clock.Now().Add(workTime))
	d.clock.Advance(workTime)
	if _, err := slow.Read(make([]byte, 1)); err == nil {
		t.Error("a slow client is still connected")
	}
}

// Shutdown lets a request under way finish, and takes no other.
func TestShutdown(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	d := newDesk(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(entered)
		<-leave
		fmt.Fprint(w, "done")
	}))
	answer := make(chan string)
	go func() {
		got, err := d.get()
		answer <- fmt.Sprint(got, err)
	}()
	<-entered
	ended := make(chan error)
	go func() { ended <- d.s.Shutdown(context.Background()) }()
	for {
		d.s.mu.Lock()
		draining := d.s.draining
		d.s.mu.Unlock()
		if draining {
			break
		}
	}
	if c, err := d.l.Dial(context.Background(), "", ""); err == nil {
		if err := tls.Client(c, d.config).Handshake(); err == nil {
			t.Error("a new connection is served while draining")
		}
	}
	close(leave)
	if got := <-answer; got != "200 done<nil>" {
		t.Errorf("the request under way: %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	d = newDesk(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { select {} }))
	d.s.mu.Lock()
	d.s.working++ // a request that never ends
	d.s.mu.Unlock()
	ctx, cancel := d.clock.WithTimeout(context.Background(), time.Second)
	defer cancel()
	go d.clock.Advance(time.Second)
	if err := d.s.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("impatience: %v", err)
	}
}

// A client that opens connections without end does not keep others out for ever.
func TestManyConnections(t *testing.T) {
	d := newDesk(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }))
	var open []net.Conn
	for range maxConnections {
		c, err := d.l.Dial(context.Background(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
	}
	if got, err := d.get(); err == nil {
		t.Errorf("one more: %s", got)
	}
	for _, c := range open {
		c.Close()
	}
	for d.watching() > 0 {
		d.clock.Advance(time.Second)
	}
	if got, err := d.get(); err != nil {
		t.Errorf("afterwards: %s %v", got, err)
	}
}

func (d *desk) watching() int {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	return len(d.s.open)
}
