// Package vendor runs a gateway that somebody else makes, as its sut.yaml describes it: an adapter for gateways
// outside the bench (sut.Foreign) that tells a driver or hooks where the gateway is to live, resets it, enrols the
// tenants, and leaves nothing running. PLACE.md in package sut and PROTOCOL.md in package driver are what the vendor
// reads.
//
// It leaves out the format of sut.yaml (package suts), the protocol (package driver), whether the gateway is where
// it should be (features/world/preflight), and whether what a driver says is true: the wire tells.
package vendor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"demailbench/features/sut"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/suts"
)

// Adapter starts the gateway of one sut.yaml. A world that starts its gateway again must use the same Adapter.
type Adapter struct {
	sut     *suts.SUT
	dir     string
	program string
	clock   driver.Clock
	env     []string
	secrets []string
	needs   sut.Needs

	mu sync.Mutex
	// data is the directory of the gateway that was started last, served what it serves.
	data   string
	served sut.Setup
	// outlived is set when the last gateway did not die with its driver. A start that fails sets it too, and
	// holds mu then.
	outlived atomic.Bool
}

// Options say what an adapter works with. All are required.
type Options struct {
	// Program is the bench's own; the word "demailbench" at the beginning of a command stands for it, and drivers
	// find it in the variable DEMAILBENCH.
	Program string
	// Clock is the wall clock.
	Clock driver.Clock
	// Profiles are the names of the worlds there are.
	Profiles []string
}

// Open reads a sut.yaml and its secrets. The error says what to do; nothing has been started.
func Open(file string, o Options) (*Adapter, error) {
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	s, err := suts.Load(os.DirFS(dir), filepath.Base(file), suts.Options{Profiles: o.Profiles})
	if err != nil {
		return nil, err
	}
	a := &Adapter{sut: s, dir: dir, program: o.Program, clock: o.Clock}
	if a.needs, err = needs(s.Endpoints); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	variables, values, err := s.Resolve(os.LookupEnv, func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return os.ReadFile(path)
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	a.env, a.secrets = append(variables, "DEMAILBENCH="+o.Program), values
	if d := s.Driver; d != nil {
		d.Command = a.own(d.Command)
		for i := range d.Hooks {
			d.Hooks[i].Command = a.own(d.Hooks[i].Command)
		}
	}
	return a, nil
}

// own puts the bench's program where a command says demailbench.
func (a *Adapter) own(command []string) []string {
	if len(command) > 0 && command[0] == "demailbench" {
		return append([]string{a.program}, command[1:]...)
	}
	return command
}

// needs makes fixed points of the endpoints that are addresses.
func needs(e suts.Endpoints) (n sut.Needs, err error) {
	for _, one := range []struct {
		field, value string
		to           *netip.AddrPort
	}{{"endpoints.tenants", e.Tenants, &n.Tenants}, {"endpoints.provider", e.Provider, &n.Provider}} {
		if one.value == "" || one.value == suts.AtPlace {
			continue
		}
		if *one.to, err = netip.ParseAddrPort(one.value); err == nil && !one.to.Addr().IsLoopback() {
			err = errors.New("is not in 127.0.0.0/8, and the simulated world reaches nothing else")
		}
		if err != nil {
			return n, fmt.Errorf("%s: %q: %w; write %q and let the driver listen where it is told, or a loopback address (features/sut/PLACE.md)",
				one.field, one.value, err, suts.AtPlace)
		}
	}
	return n, nil
}

// Subject implements sut.Foreign with the identity of sut.yaml.
func (a *Adapter) Subject() (vendor, product, version string) {
	i := a.sut.Identity
	if i.Hash != "" {
		return i.Vendor, i.Product, i.Version + " " + i.Hash
	}
	return i.Vendor, i.Product, i.Version
}

// Needs implements sut.Foreign.
func (a *Adapter) Needs() sut.Needs { return a.needs }

// Secrets are the values of the secrets that sut.yaml names, for who takes them out of what is kept.
func (a *Adapter) Secrets() []string { return slices.Clone(a.secrets) }

// Profile is the world that the gateway is tested in.
func (a *Adapter) Profile() string { return a.sut.Profile }

// Alone tells whether only one world may have the gateway at a time: it listens at fixed addresses, or its vendor
// says so.
func (a *Adapter) Alone() bool {
	return a.needs != sut.Needs{} || a.sut.Limits != nil && slices.Contains(a.sut.Limits.Exclusive, "gateway")
}

// Lacks implements sut.Limited: only a declared absence counts.
func (a *Adapter) Lacks(operation string) (reason string, lacks bool) {
	for _, c := range a.sut.Capabilities {
		if c.Name == operation && c.Supported == "no" {
			return c.Reason, true
		}
	}
	return "", false
}

// Decisions implements sut.Opinionated.
func (a *Adapter) Decisions() map[string]string {
	all := map[string]string{}
	for _, d := range a.sut.Decisions {
		all[d.ID] = d.Value
	}
	return all
}

// slack is what a start takes besides the hello and one operation.
const slack = 15 * time.Second

// Ready is how long a start may take: with less, a driver's own limits would never be reached.
func (a *Adapter) Ready() time.Duration {
	o := a.sut.Options(driver.Options{Ready: 10 * time.Second, Deadline: 30 * time.Second})
	return o.Ready + o.Deadline + slack
}

// Launch implements sut.Foreign. Its errors are sut.Unreliable where the driver is at fault.
func (a *Adapter) Launch(ctx context.Context, s sut.Setup, p sut.Place) (sut.Gateway, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	again := a.data == p.Data
	if !again {
		a.served = sut.Setup{}
	}
	file, err := write(s, p, again)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", PlaceFile, err)
	}
	if p.Run != nil {
		a.data, a.served = p.Data, s
		return a.settle(ctx, p, file)
	}
	r := &running{p: p, owner: a}
	if a.sut.Driver == nil {
		return r, a.byHand(ctx, p, file)
	}
	if r.driver, err = a.sut.Open(ctx, a.dir, append(slices.Clone(a.env), "DEMAILBENCH_PLACE="+file), append(slices.Clone(a.secrets), p.PIN), driver.Options{Clock: a.clock, Transcript: &r.said, Kept: kept(p)}); err != nil {
		r.keep()
		return nil, unreliable(ctx, p, "start", err)
	}
	if err := a.bring(ctx, r, s, again); err != nil {
		r.Kill()
		return nil, err
	}
	a.data, a.served = p.Data, s
	return r, nil
}

// worldsDiffer is why a gateway that somebody starts by hand hardly gets through.
const worldsDiffer = "each scenario has a world of its own, with its own names and certificates, so somebody would have to start it anew for each: write hooks (L1), one command per operation, as in fixtures/suts/example-hooks"

// byHand looks for a gateway that somebody has started (L0).
func (a *Adapter) byHand(ctx context.Context, p sut.Place, file string) error {
	if !a.needs.Tenants.IsValid() {
		return fmt.Errorf("sut.yaml names no driver that starts the gateway (level L0); %s (%s says what this one would be told)", worldsDiffer, file)
	}
	c, err := p.Dial(ctx, netip.AddrPort{}, a.needs.Tenants)
	if err != nil {
		return fmt.Errorf("nobody listens at endpoints.tenants %s (%w), and sut.yaml names no driver that starts the gateway (level L0); %s (%s says what this one would be told)",
			a.needs.Tenants, err, worldsDiffer, file)
	}
	return c.Close()
}

// unreliable is a driver's fault, in words that also say what to do when time was up.
func unreliable(ctx context.Context, p sut.Place, doing string, err error) error {
	var f *driver.Fault
	if !errors.As(err, &f) && ctx.Err() != nil {
		err = fmt.Errorf("driver: %s: not done within %v; lower limits.deadline and limits.ready in sut.yaml, so that it is seen what is slow", doing, p.Ready)
	}
	return &sut.Unreliable{Err: fmt.Errorf("%w; then: demailbench driver check -- CMD", trimmed{err})}
}

// trimmed is an error without line breaks at its end.
type trimmed struct{ error }

// Error is the text.
func (t trimmed) Error() string { return strings.TrimSpace(t.error.Error()) }

// Unwrap returns the error.
func (t trimmed) Unwrap() error { return t.error }
