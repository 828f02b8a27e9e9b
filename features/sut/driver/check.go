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
	"demailbench/features/sut/jsonschema"
	"demailbench/features/sut/protocol"
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
	fill(&o.Ready, 3*time.Second)
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
	var missing []string
	for _, o := range contract.Operations() {
		if !o.Optional && !slices.Contains(capabilities, o.Name) {
			missing = append(missing, o.Name)
		}
	}
	if len(missing) > 0 {
		k.add(Note, "", "not declared, so scenarios that need them cannot run: %s", strings.Join(missing, ", "))
	}
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

// unknown asks for what no driver can know.
func (k *checker) unknown(ctx context.Context) {
	name := "check." + k.nonce
	switch out, err := k.do(ctx, name, contract.Bench, []byte("{}")); {
	case err != nil:
		k.fault(err)
	case out.Status != protocol.Unsupported:
		k.add(Problem, "answer every operation that is not in your table with \"unsupported\"", "the unknown operation %s was answered with %s", name, out.Status)
	default:
		k.add(OK, "", "an unknown operation is answered with unsupported")
	}
}

// reset does it twice.
func (k *checker) reset(ctx context.Context) {
	if !slices.Contains(k.report.Hello.Capabilities, "reset") {
		return // noted as missing
	}
	for _, turn := range []string{"first", "second"} {
		switch out, err := k.do(ctx, "reset", contract.Bench, []byte("{}")); {
		case err != nil:
			k.fault(err)
			k.add(NotChecked, "", "reset: the %s did not succeed, so idempotence is unknown", turn)
			return
		case out.Status != protocol.Done:
			k.add(Problem, "reset must succeed at any time, twice in a row too", "the %s reset was answered with %s", turn, out.Status)
			return
		}
	}
	k.add(OK, "", "reset works, and again right after it")
}

// resetAgain leaves the gateway as it was found.
func (k *checker) resetAgain(ctx context.Context) {
	if slices.Contains(k.report.Hello.Capabilities, "reset") {
		if _, err := k.do(ctx, "reset", contract.Bench, []byte("{}")); err != nil {
			k.fault(err)
		}
	}
}

// absent asks for what is not declared.
func (k *checker) absent(ctx context.Context) {
	var wrong []string
	tried := k.each(ctx, func(o contract.Operation) bool { return !slices.Contains(k.report.Hello.Capabilities, o.Name) }, func(o contract.Operation, out Outcome) {
		if out.Status != protocol.Unsupported {
			wrong = append(wrong, fmt.Sprintf("%s (%s)", o.Name, out.Status))
		}
	})
	switch {
	case len(wrong) > 0:
		k.add(Problem, "declare what is carried out, and answer the rest with \"unsupported\"", "not declared, but not answered with unsupported: %s", strings.Join(wrong, ", "))
	case tried > 0:
		k.add(OK, "", "%d operations that are not declared are answered with unsupported", tried)
	}
}

// present asks for what is declared and does no harm.
func (k *checker) present(ctx context.Context) {
	var wrong, untouched []string
	answered := 0
	k.each(ctx, func(o contract.Operation) bool {
		if !slices.Contains(k.report.Hello.Capabilities, o.Name) || o.Name == "reset" {
			return false
		}
		if !harmless(o) {
			untouched = append(untouched, o.Name)
			return false
		}
		return true
	}, func(o contract.Operation, out Outcome) {
		if answered++; out.Status == protocol.Unsupported {
			wrong = append(wrong, o.Name)
		}
	})
	if len(wrong) > 0 {
		k.add(Problem, "declare only what is carried out", "declared, but answered with unsupported: %s", strings.Join(wrong, ", "))
	} else if answered > 0 {
		k.add(OK, "", "%d declared operations answer, well-formed", answered)
	}
	if len(untouched) > 0 {
		k.add(NotChecked, "", "these would change the gateway and were not called: %s", strings.Join(untouched, ", "))
	}
}

// harmless reports whether an operation can be tried: it reads, or names a tenant that will not exist.
func harmless(o contract.Operation) bool {
	if o.Disruptive {
		return false
	}
	var args map[string]any
	if err := json.Unmarshal(o.Examples[0].Args, &args); err != nil {
		return false
	}
	_, tenant := args["tenant"]
	_, org := args["org"]
	return o.Reads || o.Name != "tenant.enrol" && (tenant || org)
}

// each calls the operations that want says, as many at once as the driver takes, and gives what was answered to
// got, one at a time. It returns how many answered.
func (k *checker) each(ctx context.Context, want func(contract.Operation) bool, got func(contract.Operation, Outcome)) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	tried, late := 0, 0
	for _, o := range contract.Operations() {
		if !want(o) {
			continue
		}
		wg.Go(func() {
			e := o.Examples[0]
			out, err := k.do(ctx, o.Name, k.nobody(e.As), k.nowhere(e.Args))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case ctx.Err() != nil:
				late++
			case err != nil:
				k.failed(o, err)
			default:
				tried++
				got(o, out)
			}
		})
	}
	wg.Wait()
	if late > 0 {
		k.add(NotChecked, "make the driver faster, or give the check more time", "%d operations were not reached within %v", late, k.o.Budget)
	}
	return tried
}

// failed reports a fault once: those that end the driver reach every operation under way. That the driver could
// not carry out an operation for a tenant that does not exist is worth a note only.
func (k *checker) failed(o contract.Operation, err error) {
	var f *Fault
	switch {
	case k.broken:
	case errors.As(err, &f) && f.Kind == Failed:
		k.add(Note, "answer refusals of the gateway with status \"refused\"", "%s for a tenant that does not exist: %s", o.Name, f.Text)
	default:
		k.fault(err)
	}
}

// nobody is the acting person of an example in a tenant that does not exist.
func (k *checker) nobody(as contract.As) contract.As {
	if as.Org != contract.Operator && as.Org != contract.KDNGmbH {
		as.Org, as.Person = "check-"+k.nonce, "check-"+k.nonce
	}
	return as
}

// nowhere are the arguments of an example for a tenant that does not exist.
func (k *checker) nowhere(args json.RawMessage) []byte {
	v, err := jsonschema.Parse(args)
	o, ok := v.(jsonschema.Object)
	if err != nil || !ok {
		return args
	}
	for i, m := range o {
		if m.Key == "tenant" || m.Key == "org" {
			o[i].Value = "check-" + k.nonce
		}
	}
	out, err := json.Marshal(o)
	if err != nil {
		return args
	}
	return out
}
