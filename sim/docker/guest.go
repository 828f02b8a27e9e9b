//go:build linux

package docker

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"sync"

	"demailbench/sim/docker/engine"
	"demailbench/sim/record"
)

// Guest is somebody else's program in the network of one of the world's hosts. It needs no privileges and knows
// nothing of the bench.
type Guest struct {
	// Image is its image; empty: the nodes' own, whose program is the bench's.
	Image string
	// Command replaces the image's when it is not empty. Environment are variables as NAME=value.
	Command, Environment []string
	// Mounts are directories of this machine, under the same path inside.
	Mounts []string
	// Files are put into it before it starts.
	Files []engine.File
	// User is the user's number, empty for the image's.
	User string
	// Silent is set for a program that does not write to the record: the connections that it accepts are then noted from
	// what its kernel sends.
	Silent bool
	// Apart gives it processes of its own, for images that insist on being process 1; it must be removed then, also by
	// the sweep, because it does not end with its world.
	Apart bool
	// Output takes what it says.
	Output io.Writer
}

// Guest starts a container in the network of a host: its addresses, its routes, its resolv.conf are the host's. It ends
// with the world.
func (f *Fabric) Guest(ctx context.Context, host string, g Guest) (*Running, error) {
	f.mu.Lock()
	n := f.nodes[host]
	f.mu.Unlock()
	if n == nil {
		return nil, fmt.Errorf("there is no host %q", host)
	}
	s := engine.Spec{World: f.id, Role: engine.RoleGuest, Name: host + "-guest", Image: g.Image, Command: g.Command, Environment: g.Environment,
		Network: n.container.ID, Files: g.Files, User: g.User, Output: g.Output, Mounts: map[string]string{}}
	if s.Image == "" {
		s.Image = f.o.Image
	}
	if !g.Apart {
		s.Processes = f.root.container.ID
	}
	for _, dir := range g.Mounts {
		s.Mounts[dir] = dir
	}
	if _, err := f.o.Engine.Inspect(ctx, s.Image); err != nil {
		return nil, err
	}
	if g.Silent {
		f.watch(host)
	}
	c, err := f.o.Engine.Start(ctx, s)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.guests = append(f.guests, c)
	return &Running{c, f.o.Engine}, nil
}

// watch notes the connections that are accepted on a host.
func (f *Fabric) watch(host string) {
	for _, i := range f.joined {
		if i.link != host {
			continue
		}
		var mu sync.Mutex
		seen := map[[2]netip.AddrPort]bool{}
		i.card.Watch(func(local, remote netip.AddrPort) {
			mu.Lock()
			known := seen[[2]netip.AddrPort{local, remote}]
			seen[[2]netip.AddrPort{local, remote}] = true
			mu.Unlock()
			if !known {
				f.o.Record.Add(record.Event{Kind: record.ConnOpen, Who: host, Local: local.String(), Remote: remote.String()})
			}
		})
	}
}

// Running is a guest that was started.
type Running struct {
	*engine.Container
	engine *engine.Engine
}

// Remove ends the guest as kill -9 does.
func (r *Running) Remove() error { return r.engine.Remove(r.ID) }
