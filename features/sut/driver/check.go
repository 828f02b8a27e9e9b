package driver

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"demailbench/features/sut/contract"
)

// CheckOptions are what a check needs. Options.Deadline is by default 1 s here.
type CheckOptions struct {
	Options
	// Rand makes the names that no driver can know; nil: from the clock.
	Rand io.Reader
	// Budget is the time for everything but closing; default 4 s. What is not reached is said.
	Budget time.Duration
}

// Check tries a driver without a world: is its hello valid, does it answer what it does not know with
// "unsupported", and what it declares with anything else, well-formed and in time; is reset idempotent; does it end
// with its input and leave nothing behind. Whether its answers are true only a run can tell, by the wire.
//
// It calls what only reads, reset, and what names a tenant, for a tenant that does not exist; nothing that would
// interrupt the service. The driver is reset at the end.
func Check(ctx context.Context, c Command, o CheckOptions) Report {
	fill(&o.Deadline, time.Second)
	fill(&o.Ready, 4*time.Second)
	fill(&o.Drain, time.Second)
	fill(&o.Budget, 4*time.Second)
	var log bytes.Buffer
	o.Transcript = both(&log, o.Transcript)
	begin := o.Clock.Now()
	k := &checker{o: o, begin: begin, nonce: nonce(o)}
	k.run(ctx, c)
	k.report.Transcript = log.Bytes()
	k.report.Elapsed = o.Clock.Now().Sub(begin)
	return k.report
}

func both(log *bytes.Buffer, other io.Writer) io.Writer {
	if other == nil {
		return log
	}
	return io.MultiWriter(log, other)
}

// nonce is a word that nobody has seen before.
func nonce(o CheckOptions) string {
	if o.Rand == nil {
		var seed [32]byte
		copy(seed[:], o.Clock.Now().String())
		o.Rand = rand.NewChaCha8(seed)
	}
	b := make([]byte, 4)
	if _, err := io.ReadFull(o.Rand, b); err != nil {
		return "c0ffee00" // a driver that knows it is caught by the next run
	}
	return hex.EncodeToString(b)
}

// checker is one check under way.
type checker struct {
	o      CheckOptions
	begin  time.Time
	nonce  string
	driver Driver

	mu      sync.Mutex
	report  Report
	slowest time.Duration
	slow    string
	broken  bool
}

func (k *checker) add(g Grade, next, what string, args ...any) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.report.Findings = append(k.report.Findings, Finding{g, fmt.Sprintf(what, args...), next})
}

// fault reports an error of the driver and whether it ended it.
func (k *checker) fault(err error) {
	var f *Fault
	if !errors.As(err, &f) {
		k.add(NotChecked, "", "%v", err)
		return
	}
	short := *f
	short.Next = ""
	k.add(Problem, f.Next, "%s", strings.TrimPrefix(short.Error(), "driver: "))
	if f.Kind != Malformed && f.Kind != Failed {
		k.mu.Lock()
		k.broken = true
		k.mu.Unlock()
	}
}

func (k *checker) run(ctx context.Context, c Command) {
	d, err := Start(ctx, c, k.o.Options)
	if err != nil {
		k.fault(err)
		return
	}
	k.report.Hello, k.driver = d.Hello(), d
	k.add(OK, "", "hello is valid, after %d ms", k.o.Clock.Now().Sub(k.begin).Milliseconds())
	k.declared()
	limited, cancel := k.o.Clock.WithTimeout(ctx, k.o.Budget)
	for _, step := range []func(context.Context){k.unknown, k.reset, k.absent, k.present, k.resetAgain} {
		if !k.broken {
			step(limited)
		}
	}
	cancel()
	if k.slow != "" && !k.broken {
		k.add(OK, "", "every answer came within its deadline; the slowest was %s with %d ms", k.slow, k.slowest.Milliseconds())
	}
	known := k.broken
	switch err := d.Close(); {
	case err == nil:
		k.add(OK, "", "it ends when its input ends, and leaves nothing running")
	case !known:
		k.fault(err)
	}
}

// declared looks at the capabilities as such.
func (k *checker) declared() {
	capabilities := k.report.Hello.Capabilities
	for _, name := range capabilities {
		_, known := contract.Lookup(name)
		switch near := contract.Suggest(name, contract.Names()); {
		case known:
		case strings.HasPrefix(name, "x-"):
			k.add(Note, "", "%s is the vendor's own and is not called", name)
		case near != "":
			k.add(Problem, "did you mean "+near+"?", "%s is declared, but the contract has no such operation", name)
		default:
			k.add(Problem, "see docs/README.md of package contract; names of your own begin with x-", "%s is declared, but the contract has no such operation", name)
		}
	}
	if missing := notDeclared(capabilities); len(missing) > 0 {
		k.add(Note, "", "not declared, so scenarios that need them cannot run: %s", strings.Join(missing, ", "))
	}
}

// notDeclared names the operations that are missing, other than the optional ones; a group that is missing as a whole
// is named as one.
func notDeclared(capabilities []string) []string {
	var all []string
	for _, g := range contract.Groups() {
		var missing []string
		needed := 0
		for _, o := range g.Operations {
			if o.Optional {
				continue
			}
			needed++
			if !slices.Contains(capabilities, o.Name) {
				missing = append(missing, o.Name)
			}
		}
		if len(missing) == needed && needed > 1 {
			missing = []string{"all of " + g.Name}
		}
		all = append(all, missing...)
	}
	return all
}

// do carries out one operation and measures it.
func (k *checker) do(ctx context.Context, name string, as contract.As, args []byte) (Outcome, error) {
	raw, err := json.Marshal(as)
	if err != nil {
		return Outcome{}, err
	}
	begin := k.o.Clock.Now()
	out, err := k.driver.Do(ctx, Op{Request: contract.Request{Name: name, As: raw, Args: args}, Scenario: "driver-check"})
	k.mu.Lock()
	defer k.mu.Unlock()
	if took := k.o.Clock.Now().Sub(begin); err == nil && took >= k.slowest {
		k.slowest, k.slow = took, name
	}
	return out, err
}
