//go:build unix

package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
)

// TestMain makes the test program the gateways that the tests start: "gateway-<manner> --config FILE".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "gateway-") {
		os.Exit(behave(strings.TrimPrefix(os.Args[1], "gateway-"), os.Args[len(os.Args)-1]))
	}
	os.Exit(m.Run())
}

// behave is a program that is started as a gateway.
func behave(manner, file string) int {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	switch manner {
	case "sleep":
		select {}
	case "exits":
		fmt.Fprintln(os.Stderr, `gateway.yaml:3:1: opperator: unknown key`)
		fmt.Fprintln(os.Stderr, `{"level":"INFO","msg":"an audit line"}`)
		return 64
	case "late":
		<-stop
		return 0
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 2
	}
	c, err := gateway.Parse(file, text)
	if err != nil {
		return 3
	}
	l, err := loopback.Listen(netip.MustParseAddrPort(c.Listen.Health))
	if err != nil {
		return 4
	}
	if manner == "parent" {
		child := exec.Command(os.Args[0], "gateway-sleep")
		if err := child.Start(); err != nil {
			return 5
		}
		fmt.Printf("child %d\n", child.Process.Pid)
	}
	crash := make(chan bool, 1)
	go http.Serve(l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if manner == "sick" {
			http.Error(w, "the store takes no commits", http.StatusServiceUnavailable)
		}
		if manner == "crashes" {
			crash <- true
		}
	}))
	select {
	case <-stop:
		if manner == "deaf" {
			select {}
		}
		return 0
	case <-crash:
		clock.Real().Sleep(context.Background(), 50*time.Millisecond) // the answer must leave
		fmt.Println("panic: on purpose")
		return 2
	}
}

// output is what a gateway writes.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) text() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// launch starts the test program as a gateway of that manner.
func launch(t *testing.T, manner string) (sut.Gateway, *output, error) {
	t.Helper()
	p := lodging(t)
	log := &output{}
	free, err := loopback.Listen(netip.MustParseAddrPort("127.16.0.25:0"))
	if err != nil {
		t.Fatal(err)
	}
	p.Control = netip.MustParseAddrPort(free.Addr().String())
	free.Close()
	p.Log, p.Clock, p.Dial = log, clock.Real(), loopback.Dial
	p.Ready, p.Drain = 5*time.Second, 10*time.Second
	switch manner {
	case "late":
		p.Ready = 200 * time.Millisecond
	case "sick":
		p.Ready = time.Second
	}
	if manner == "deaf" {
		p.Drain = 100 * time.Millisecond
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := p.Clock.WithTimeout(context.Background(), p.Ready)
	defer cancel()
	a := &Adapter{Program: self, Arguments: []string{"gateway-" + manner}}
	s := sut.Setup{Hostname: "gateway.central.example", Provider: "itsp.t-systems.example:10465", ProviderName: "itsp.t-systems.example"}
	g, err := a.Launch(ctx, s, p)
	if g != nil {
		t.Cleanup(g.Kill)
	}
	return g, log, err
}

// TestLaunchFails is the table of programs that do not become a gateway: each is told apart, and none is left.
func TestLaunchFails(t *testing.T) {
	for manner, says := range map[string]string{
		"exits": "ended before it was ready: exit status 64; it said last: gateway.yaml:3:1: opperator: unknown key",
		"late":  "not ready within 200ms",
		"sick":  "not ready within 1s: health: 503 Service Unavailable: the store takes no commits",
	} {
		g, _, err := launch(t, manner)
		if err == nil || !strings.Contains(err.Error(), says) || g != nil {
			t.Errorf("%s: %v; want %q", manner, err, says)
		}
	}
	missing := &Adapter{Program: "/nonexistent/demailbench"}
	p := lodging(t)
	p.Log = &output{}
	if _, err := missing.Launch(context.Background(), sut.Setup{Hostname: "gateway.central.example"}, p); err == nil || !strings.Contains(err.Error(), "name the program's path") {
		t.Errorf("no program: %v", err)
	}
}

// TestEnd holds how a gateway ends that drains, that does not, and that is killed.
func TestEnd(t *testing.T) {
	g, _, err := launch(t, "good")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Healthy(); err != nil {
		t.Error(err)
	}
	if err := g.Stop(); err != nil {
		t.Error(err)
	}
	if err := g.Healthy(); err == nil {
		t.Error("an ended gateway is healthy")
	}
	g, _, err = launch(t, "deaf")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Stop(); err == nil || !strings.Contains(err.Error(), "had not ended 100ms after SIGTERM and was killed") {
		t.Errorf("deaf: %v", err)
	}
	if g, _, err = launch(t, "good"); err != nil {
		t.Fatal(err)
	}
	g.Kill()
	g.Kill()
	if text, _ := g.(sut.Mortal).Cause(); !strings.Contains(text, "killed") {
		t.Errorf("killed: %q", text)
	}
}

// TestCrash tells a gateway that ends by itself from one that something ended.
func TestCrash(t *testing.T) {
	for _, byItself := range []bool{true, false} {
		manner := "good"
		if byItself {
			manner = "crashes"
		}
		g, _, err := launch(t, manner)
		if err != nil {
			t.Fatal(err)
		}
		if !byItself {
			g.(*running).life.(*child).cmd.Process.Kill()
		}
		<-g.(sut.Mortal).Ended()
		text, outside := g.(sut.Mortal).Cause()
		if outside == byItself || byItself && text != "exit status 2; it said last: panic: on purpose" {
			t.Errorf("by itself %v: %q, outside %v", byItself, text, outside)
		}
	}
}

// TestNothingIsLeft kills a gateway that has a child.
func TestNothingIsLeft(t *testing.T) {
	g, log, err := launch(t, "parent")
	if err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(log.text(), "\n") {
		clock.Real().Sleep(context.Background(), time.Millisecond)
	}
	_, number, _ := strings.Cut(strings.TrimSpace(log.text()), "child ")
	child, err := strconv.Atoi(number)
	if err != nil {
		t.Fatalf("%q", log.text())
	}
	g.Kill()
	for range 500 {
		if errors.Is(syscall.Kill(child, 0), syscall.ESRCH) || zombie(child) {
			return
		}
		clock.Real().Sleep(context.Background(), 10*time.Millisecond)
	}
	t.Errorf("process %d is still there", child)
}

// zombie tells whether a process has ended and only waits for a parent, which in a container may never ask.
func zombie(pid int) bool {
	state, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && bytes.Contains(state, []byte(") Z "))
}
