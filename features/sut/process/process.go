// Package process runs the reference gateway as a program of its own, on the machine's sockets and the wall
// clock: what a vendor's gateway is, and so the first proof that the contract for gateways outside the bench
// holds. It writes the gateway's configuration, keys and card as files, starts the program, waits until it
// says that it is healthy, ends it, and leaves nothing running whatever happens.
//
// It leaves out the world around the gateway (features/world) and how it is administrated.
package process

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"

	"demailbench/features/sut"
	"demailbench/features/sut/driver"
)

// Adapter starts the reference gateway.
type Adapter struct {
	// Container is set when the gateway runs as a container in the world, from the bench's own image.
	Container bool
	// Program is the path of demailbench, Arguments what stands before "--config FILE"; empty: "gateway
	// --until-eof".
	Program   string
	Arguments []string
	// Environment is added to the bench's own, as "KEY=value".
	Environment []string
}

// Subject names the reference gateway.
func (a *Adapter) Subject() (vendor, product, version string) {
	vendor, product, version = sut.Reference{}.Subject()
	if a.Container {
		return vendor, product + " (container)", version
	}
	return vendor, product + " (separate process)", version
}

// Needs implements sut.Foreign: it goes where it is told.
func (*Adapter) Needs() sut.Needs { return sut.Needs{} }

// Administer implements sut.Approachable.
func (*Adapter) Administer(a sut.Access) driver.Driver { return sut.Reference{}.Administer(a) }

// Restore implements sut.Restorer.
func (*Adapter) Restore(data, backup, fresh string) error {
	return sut.Reference{}.Restore(data, backup, fresh)
}

// Launch implements sut.Foreign.
func (a *Adapter) Launch(ctx context.Context, s sut.Setup, p sut.Place) (sut.Gateway, error) {
	file, err := write(s, p)
	if err != nil {
		return nil, fmt.Errorf("write the gateway's files: %w", err)
	}
	r, err := a.start(ctx, file, p)
	if err != nil {
		return nil, err
	}
	if err := r.ready(ctx); err != nil {
		r.Kill()
		return nil, err
	}
	return r, nil
}

// running is a started gateway.
type running struct {
	p     sut.Place
	life  life
	last  *tail
	ended chan struct{}

	mu  sync.Mutex
	err error // of the end
}

func (a *Adapter) start(ctx context.Context, file string, p sut.Place) (*running, error) {
	args := a.Arguments
	if len(args) == 0 {
		args = []string{"gateway", "--until-eof"}
	}
	r := &running{p: p, last: &tail{}, ended: make(chan struct{})}
	args = append(append([]string(nil), args...), "--config", file)
	var err error
	if p.Run != nil {
		r.life, err = settle(ctx, p, args, io.MultiWriter(p.Log, r.last))
	} else {
		r.life, err = a.spawn(filepath.Dir(file), args, io.MultiWriter(p.Log, r.last))
	}
	if err != nil {
		return nil, err
	}
	go func() {
		err := r.life.wait()
		r.mu.Lock()
		r.err = err
		r.mu.Unlock()
		close(r.ended)
	}()
	return r, nil
}

// Ended implements sut.Mortal.
func (r *running) Ended() <-chan struct{} { return r.ended }

// Cause implements sut.Mortal.
func (r *running) Cause() (text string, outside bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, outside = "exit status 0, without being told to end", false
	if r.err != nil {
		text, outside = r.err.Error(), r.life.outside(r.err)
	}
	return text + r.last.quote(), outside
}

// Stop tells the gateway to drain and end. One that does not end in time is killed, which the error says.
func (r *running) Stop() error {
	if r.hasEnded() {
		return nil
	}
	if err := r.life.terminate(); err != nil && !r.hasEnded() {
		r.Kill()
		return fmt.Errorf("tell the gateway to end: %w", err)
	}
	ctx, cancel := r.p.Clock.WithTimeout(context.Background(), r.p.Drain)
	defer cancel()
	select {
	case <-r.ended:
	case <-ctx.Done():
		r.Kill()
		return fmt.Errorf("the gateway had not ended %v after SIGTERM and was killed%s", r.p.Drain, r.last.quote())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return fmt.Errorf("the gateway ended with %w%s", r.err, r.last.quote())
	}
	return nil
}

// Kill ends the gateway and all its children as kill -9 does.
func (r *running) Kill() {
	if !r.hasEnded() {
		r.life.kill()
	}
	<-r.ended
}

func (r *running) hasEnded() bool {
	select {
	case <-r.ended:
		return true
	default:
		return false
	}
}

// tail keeps the last KiB of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailLength = 1 << 10

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text) - tailLength; n > 0 {
		t.text = append(t.text[:0], t.text[n:]...)
	}
	return len(p), nil
}

// quote is the last line that is not of the audit trail, for an error; empty when there is none.
func (t *tail) quote() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(string(bytes.TrimSpace(t.text)), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if l := strings.TrimSpace(lines[i]); l != "" && !strings.HasPrefix(l, "{") {
			return "; it said last: " + l
		}
	}
	return ""
}
