package vendor

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
)

// running is a gateway that a driver, hooks or a person (driver is nil) has started.
type running struct {
	p      sut.Place
	owner  *Adapter
	driver driver.Driver
	said   transcript
	once   sync.Once
	err    error
}

// Driver implements sut.Driven.
func (r *running) Driver() driver.Driver { return r.driver }

// process is a driver that runs as long as the gateway does (L2).
type process interface {
	Kill()
	Broken() <-chan struct{}
}

// Stop implements sut.Gateway: the end of input is the driver's word to stop what it has started.
func (r *running) Stop() error {
	r.once.Do(func() {
		if r.driver != nil {
			r.err = r.driver.Close()
			r.keep()
		}
	})
	return r.err
}

// Kill implements sut.Gateway. A driver dies with whatever it has started; hooks have left nothing that the bench
// could kill, so they are asked to.
func (r *running) Kill() {
	r.once.Do(func() {
		switch d := r.driver.(type) {
		case nil:
			return
		case process:
			d.Kill()
			r.owner.outlived.Store(r.Healthy() == nil)
		default:
			ctx, cancel := r.p.Clock.WithTimeout(context.Background(), r.p.Drain)
			_ = r.ask(ctx, contract.NodeKill{}) // a gateway that goes on is seen on the wire
			cancel()
			_ = d.Close() // the fault, if there was one, is in the transcript
		}
		r.keep()
	})
}

// Healthy implements sut.Gateway: what can be seen from outside is its listener.
func (r *running) Healthy() error {
	ctx, cancel := r.p.Clock.WithTimeout(context.Background(), r.p.Ready)
	defer cancel()
	c, err := r.p.Dial(ctx, netip.AddrPort{}, r.p.Tenants)
	if err != nil {
		return err
	}
	return c.Close()
}

// Ended implements sut.Mortal: with its driver the gateway ends.
func (r *running) Ended() <-chan struct{} {
	if d, ok := r.driver.(process); ok {
		return d.Broken()
	}
	return nil
}

// Cause implements sut.Mortal. It is never the gateway's fault when a driver ends.
func (r *running) Cause() (text string, outside bool) {
	_ = r.Stop()
	if r.err == nil {
		return "the driver was closed", true
	}
	return strings.TrimSpace(r.err.Error()), true
}

// keep puts what was said into the scenario's evidence, beside the gateway's own files.
func (r *running) keep() {
	f, err := os.OpenFile(filepath.Join(filepath.Dir(r.p.Files), "driver.ndjson"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.Write(r.said.take())
		err = errorOf(err, f.Close())
	}
	if err != nil && r.p.Log != nil {
		_, _ = r.p.Log.Write([]byte("bench: keep driver.ndjson: " + err.Error() + "\n")) // the log is the last resort
	}
}

// kept is where keep puts what was said, as seen from the run's folder.
func kept(p sut.Place) string {
	dir := filepath.Dir(p.Files)
	if above := filepath.Base(filepath.Dir(dir)); above == "scenarios" {
		return path.Join(above, filepath.Base(dir), "driver.ndjson")
	}
	return path.Join(filepath.Base(dir), "driver.ndjson")
}

func errorOf(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// transcript collects what was said until it is kept.
type transcript struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf.Write(p)
}

func (t *transcript) take() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := bytes.Clone(t.buf.Bytes())
	t.buf.Reset()
	return all
}
