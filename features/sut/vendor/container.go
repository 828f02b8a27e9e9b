package vendor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"demailbench/features/sut"
)

// Contained tells whether sut.yaml names an image, which runs in the world's own network.
func (a *Adapter) Contained() bool { return a.sut.Container != nil }

// poll is how often a container's health is asked while it starts.
const poll = 50 * time.Millisecond

// settle starts the image of sut.yaml where p says and waits until it takes connections. Nothing is left running when
// it fails.
func (a *Adapter) settle(ctx context.Context, p sut.Place, file string) (sut.Gateway, error) {
	c := a.sut.Container
	i := sut.Image{Ref: c.Image, Command: c.Command, Environment: slices.Concat(c.Environment, a.env, []string{"DEMAILBENCH_PLACE=" + file}), Output: p.Log}
	for _, dir := range []string{p.Data, p.Files, p.Secrets} {
		at, err := filepath.Abs(dir)
		if err == nil {
			err = os.MkdirAll(at, 0o755) // the engine would make it as root
		}
		if err != nil {
			return nil, fmt.Errorf("make a directory for the gateway's container: %w", err)
		}
		i.Mounts = append(i.Mounts, at)
	}
	g, err := p.Run(ctx, i)
	if err != nil {
		return nil, err
	}
	r := &container{p: p, guest: g, health: netip.AddrPortFrom(p.Tenants.Addr(), 25)}
	if c.Health != 0 {
		r.health = netip.AddrPortFrom(p.Tenants.Addr(), uint16(c.Health))
	}
	for {
		if err = r.Healthy(); err == nil {
			return r, nil
		}
		select {
		case <-g.Ended():
			text, _ := r.Cause()
			return nil, fmt.Errorf("the container of image %s ended before it was ready: %s; its log is sut.log", c.Image, text)
		default:
		}
		if p.Clock.Sleep(ctx, poll) != nil {
			r.Kill()
			return nil, fmt.Errorf("the container of image %s takes no connection at %v within %v (%w); listen there, or name another port in container.health", c.Image, r.health, p.Ready, err)
		}
	}
}

// container is a vendor's gateway in its container.
type container struct {
	p      sut.Place
	guest  sut.Guest
	health netip.AddrPort
}

// Healthy implements sut.Gateway.
func (r *container) Healthy() error {
	ctx, cancel := r.p.Clock.WithTimeout(context.Background(), time.Second)
	defer cancel()
	c, err := r.p.Dial(ctx, netip.AddrPort{}, r.health)
	if err != nil {
		return err
	}
	return c.Close()
}

// Stop implements sut.Gateway: SIGTERM, and the end of patience.
func (r *container) Stop() error {
	ctx, cancel := r.p.Clock.WithTimeout(context.Background(), r.p.Drain)
	defer cancel()
	err := r.guest.Signal(ctx, "TERM")
	select {
	case <-r.guest.Ended():
		return nil
	case <-ctx.Done():
	}
	return errors.Join(err, r.guest.Remove(), fmt.Errorf("the gateway's container had not ended %v after SIGTERM and was killed", r.p.Drain))
}

// Kill implements sut.Gateway.
func (r *container) Kill() { _ = r.guest.Remove() } // what stays ends with its world

// Ended implements sut.Mortal.
func (r *container) Ended() <-chan struct{} { return r.guest.Ended() }

// Cause implements sut.Mortal: 128+9 is SIGKILL, which no program gives itself.
func (r *container) Cause() (text string, outside bool) {
	code, err := r.guest.Code()
	if err != nil {
		return err.Error(), true
	}
	return fmt.Sprintf("exit status %d", code), code == 137
}
