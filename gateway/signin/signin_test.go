package signin

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"demailbench/gateway/clerk"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/store"
)

const secret = "example-only-1"

type lockedRand struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (l *lockedRand) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

func newGate(t *testing.T) (*Gate, *doortest.Clock) {
	t.Helper()
	clock := doortest.NewClock(time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC))
	s, err := store.Open(t.TempDir(), store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	random := &lockedRand{r: rand.NewChaCha8([32]byte{})}
	k, err := clerk.Open(clerk.Options{Store: s, Clock: clock, Rand: random, Cost: password.Cost{Time: 1, Memory: 8, Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Bootstrap("boss", secret); err != nil {
		t.Fatal(err)
	}
	g, err := Open(Options{Clerk: k, Store: s, Clock: clock, Rand: random})
	if err != nil {
		t.Fatal(err)
	}
	return g, clock
}

// Many at once, right and wrong: every token is another, and only right passwords get one.
func TestManyAtOnce(t *testing.T) {
	g, _ := newGate(t)
	var wg sync.WaitGroup
	tokens := make(chan string, 20)
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			from := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
			token, s, err := g.Enter("operator", "boss", secret, from)
			if err != nil || s.Person.Name != "boss" {
				t.Errorf("%v", err)
			}
			tokens <- token
			if _, _, err := g.Enter("operator", "nobody", secret, from); err == nil {
				t.Error("nobody came in")
			}
		}()
	}
	wg.Wait()
	close(tokens)
	seen := map[string]bool{}
	for token := range tokens {
		if _, err := g.Find(token); err != nil || seen[token] {
			t.Errorf("%v, seen %v", err, seen[token])
		}
		seen[token] = true
	}
}

// Guesses from more hosts than can be remembered are answered all the same, and memory does not grow.
func TestManyHosts(t *testing.T) {
	g, clock := newGate(t)
	host := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)}) }
	for i := range maxSources + 100 {
		g.suspect(host(i), clock.Now())
	}
	if len(g.sources) != maxSources {
		t.Errorf("%d hosts are remembered", len(g.sources))
	}
	clock.Advance(sourceWindow)
	g.suspect(host(maxSources+1), clock.Now())
	if len(g.sources) != 1 {
		t.Errorf("%d hosts are remembered after the window", len(g.sources))
	}
}

func TestOldSessionsGo(t *testing.T) {
	g, clock := newGate(t)
	old, _, err := g.Enter("operator", "boss", secret, netip.Addr{})
	if err != nil {
		t.Fatal(err)
	}
	clock.Advance(12 * time.Hour)
	if _, _, err := g.Enter("operator", "boss", secret, netip.Addr{}); err != nil {
		t.Fatal(err)
	}
	records, err := g.o.Store.Records(sessionRecord)
	if err != nil || len(records) != 1 || len(g.sessions) != 1 {
		t.Errorf("%d sessions are stored, %v", len(records), err)
	}
	var r *register.Refusal
	if _, err := g.Find(old); !errors.As(err, &r) || r.Kind != register.Unknown {
		t.Errorf("%v", err)
	}
}
