package gateway

import (
	"context"
	"errors"
	"net"
)

// Run serves until ctx ends, then drains: no new connection and no new delivery is begun, what is under way
// may finish within Config.Drain. It returns nil after a drain or Kill, and the cause when a listener fails.
// A gateway runs once.
func (g *Gateway) Run(ctx context.Context) error {
	if !g.enter() {
		return errEnded
	}
	defer close(g.stopped)
	g.trail.Started(g.c.Hostname, g.onTenants.Addr().String(), g.onProvider.Addr().String(), len(g.queue.Waiting()))
	soft, stop := context.WithCancel(g.hard)
	defer stop()
	servers := g.servers()
	failed := make(chan error, len(servers))
	for _, s := range servers {
		g.serve(s, failed)
	}
	g.parts.Add(1)
	go func() {
		defer g.parts.Done()
		g.courier.Run(soft, g.hard)
	}()
	for _, part := range []func(context.Context){g.watch, g.maintenance.Run, g.incidents.Run, g.term} {
		g.parts.Add(1)
		go func() {
			defer g.parts.Done()
			part(soft)
		}()
	}
	var err error
	select {
	case <-ctx.Done():
	case <-g.hard.Done():
	case err = <-failed:
	}
	stop()
	g.drain()
	return errors.Join(err, g.close())
}

// enter makes a built gateway a running one.
func (g *Gateway) enter() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.state != built {
		return false
	}
	g.state = running
	return true
}

// listening is one of the gateway's servers with its listener.
type listening struct {
	serving
	on net.Listener
}

// serving is what all of them can do.
type serving interface {
	Serve(net.Listener) error
	Shutdown(context.Context) error
	Close() error
}

// servers are those that the gateway has.
func (g *Gateway) servers() []listening {
	l := []listening{{g.tenants, g.onTenants}, {g.provider, g.onProvider}}
	if g.onAdmin != nil {
		l = append(l, listening{g.admin, g.onAdmin})
	}
	return l
}

// serve runs one server; its end before the gateway's is a failure.
func (g *Gateway) serve(s listening, failed chan<- error) {
	g.parts.Add(1)
	go func() {
		defer g.parts.Done()
		if err := s.Serve(s.on); err != nil {
			failed <- err
		}
	}()
}

// drain lets sessions and deliveries end, and cuts those that take longer than Config.Drain.
func (g *Gateway) drain() {
	patience, cancel := g.d.Clock.WithTimeout(g.hard, g.c.Drain)
	defer cancel()
	defer context.AfterFunc(patience, g.sever)()
	g.deafen()
	for _, s := range g.servers() {
		g.parts.Add(1)
		go func() {
			defer g.parts.Done()
			_ = s.Shutdown(patience) // impatience is not an error: the sessions' senders try again
		}()
	}
	g.parts.Wait()
}

// deafen closes the listeners: a server that was told to stop before it had begun would listen for ever.
func (g *Gateway) deafen() {
	for _, s := range g.servers() {
		_ = s.on.Close() // the servers close them too
	}
}

// close ends the gateway after its parts have ended.
func (g *Gateway) close() error {
	g.mu.Lock()
	g.state = ended
	g.mu.Unlock()
	if g.hard.Err() == nil {
		g.trail.Stopped(len(g.queue.Waiting()))
	}
	g.sever()
	return g.store.Close()
}

// Kill ends the gateway abruptly, as kill -9 does: connections are reset, nothing is drained, flushed or
// answered. It returns when the data directory is released; a later New on it, or on a byte copy of it taken
// now, recovers everything that was answered 250. It blocks on Clock.IO, so it must not be called from a
// timer callback.
func (g *Gateway) Kill() {
	g.conns.reset()
	g.sever()
	g.deafen()
	_ = g.store.Kill() // a dead process reports nothing
	for _, s := range g.servers() {
		_ = s.Close()
	}
	g.mu.Lock()
	before := g.state
	g.state = ended
	g.mu.Unlock()
	if before == built { // Run was never called and never will serve
		close(g.stopped)
	}
	<-g.stopped
}
