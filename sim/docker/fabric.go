//go:build linux

// Package docker carries a plan's hosts and routers as containers instead of stacks inside the process: the second
// fabric, on which a real kernel routes, translates and refuses, and on which real mail servers and vendors' images
// join. The links are those of package ipnet on both fabrics, so that latency, cuts, captures and their names are the
// same; the parties (provider, name servers, mail servers, people) run in the bench and open their sockets inside the
// containers.
//
// One container, the fabric, makes the network interfaces of all others and is their process namespace; nodes have
// no network of the engine's. Nothing needs root, a privileged container or a registry. Everything ends with the
// bench's end, however it comes. Left out: IPv6, engines on other machines.
package docker

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"demailbench/sim/docker/control"
	"demailbench/sim/docker/engine"
	"demailbench/sim/ipnet"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// Options are what a world's fabric needs.
type Options struct {
	// Engine runs the containers, Image is what its NodeImage made.
	Engine *engine.Engine
	Image  string
	// Record takes connections and the routers' decisions.
	Record *record.Record
}

// Fabric is one world's containers. It implements lab.Fabric.
type Fabric struct {
	o         Options
	id        string
	directory string
	listener  *net.UnixListener
	plan      *topology.Topology

	root   *node
	joined []*nic

	mu      sync.Mutex
	nodes   map[string]*node // by host or router
	tokens  map[string]chan *control.Peer
	names   map[string]string // node by token
	guests  []*engine.Container
	closing bool
}

// node is a container that runs our program.
type node struct {
	name      string
	container *engine.Container
	peer      *control.Peer
}

// New makes a fabric without containers.
func New(o Options) *Fabric {
	return &Fabric{o: o, id: strings.ToLower(rand.Text()[:10]), nodes: map[string]*node{}, tokens: map[string]chan *control.Peer{}, names: map[string]string{}}
}

// World is the label of the world's containers.
func (f *Fabric) World() string { return f.id }

// directoryPrefix begins the names of directories with a world's socket.
const directoryPrefix = "demailbench-world-"

// limit is how long a world may take to start, on a machine that is busy with others too.
const limit = 3 * time.Minute

// Wire starts the containers of the plan's hosts and routers and joins them to segments of n. Nothing is left behind
// when it fails. secret is what both ends of an IPSEC line share.
func (f *Fabric) Wire(n *ipnet.Net, plan *topology.Topology, secret func(a, b netip.Addr) []byte) error {
	f.plan = plan
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	err := f.begin(ctx)
	if err == nil {
		err = f.start(ctx)
	}
	if err == nil {
		err = f.join(ctx, n, secret)
	}
	if err == nil {
		err = f.SetMatrix(plan)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	return nil
}

// begin sweeps, opens the socket and starts the container that the others depend on.
func (f *Fabric) begin(ctx context.Context) (err error) {
	alive, _, err := f.o.Engine.Sweep(ctx)
	if err != nil {
		return err
	}
	sweepDirectories(alive)
	if f.directory, err = os.MkdirTemp("", directoryPrefix+f.id+"-"); err != nil {
		return fmt.Errorf("make a directory for the containers' socket: %w", err)
	}
	// Who is root in a container without privileges is anybody here. The words by which nodes are known are secret.
	if err := os.Chmod(f.directory, 0o711); err != nil {
		return err
	}
	at := filepath.Join(f.directory, control.Socket)
	if f.listener, err = net.ListenUnix("unixpacket", &net.UnixAddr{Name: at, Net: "unixpacket"}); err != nil {
		return fmt.Errorf("open the containers' socket: %w; set TMPDIR to a shorter path", err)
	}
	if err := os.Chmod(at, 0o666); err != nil {
		return err
	}
	go f.accept()
	f.root, err = f.launch(ctx, "fabric", engine.Spec{Role: engine.RoleFabric, Tun: true})
	return err
}

// sweepDirectories removes the directories of worlds that are dead.
func sweepDirectories(alive map[string]bool) {
	list, err := filepath.Glob(filepath.Join(os.TempDir(), directoryPrefix+"*"))
	if err != nil {
		return
	}
	for _, at := range list {
		id, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(at), directoryPrefix), "-")
		if info, err := os.Stat(at); err == nil && !alive[id] && time.Since(info.ModTime()) > limit {
			_ = os.RemoveAll(at) // another user's stays
		}
	}
}

// accept takes the nodes' calls until the socket closes.
func (f *Fabric) accept() {
	for {
		c, err := f.listener.AcceptUnix()
		if err != nil {
			return
		}
		go func() {
			p, err := control.Accept(c, f.event)
			if err != nil {
				return
			}
			f.mu.Lock()
			to := f.tokens[p.Hello().Token]
			delete(f.tokens, p.Hello().Token)
			f.mu.Unlock()
			if to == nil {
				p.Close() // nobody of ours
				return
			}
			to <- p
		}()
	}
}

// hello is how long a node may take from its start to its first word.
const hello = time.Minute

// launch starts a container with our program and waits for its first word.
func (f *Fabric) launch(ctx context.Context, name string, s engine.Spec) (*node, error) {
	token, called := rand.Text(), make(chan *control.Peer, 1)
	f.mu.Lock()
	f.tokens[token], f.names[token] = called, name
	f.mu.Unlock()
	s.World, s.Name, s.Image, s.Hostname = f.id, name, f.o.Image, name
	s.Environment = []string{control.Token + "=" + token}
	s.Mounts = map[string]string{f.directory: control.Directory + ":ro"}
	s.Privileges = []string{"NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE"}
	if f.root != nil {
		s.Processes = f.root.container.ID
	}
	c, err := f.o.Engine.Start(ctx, s)
	if err != nil {
		return nil, err
	}
	n := &node{name: name, container: c}
	late, cancel := context.WithTimeout(ctx, hello)
	defer cancel()
	select {
	case n.peer = <-called:
		return n, nil
	case <-c.Ended():
		code, _ := c.Code()
		err = &engine.Unavailable{Reason: fmt.Sprintf("container %s ended at once with exit code %d", name, code), Err: errors.New(c.Said())}
	case <-late.Done():
		err = &engine.Unavailable{Reason: fmt.Sprintf("container %s started and did not call back within %v", name, hello),
			Fix: "the engine must run on this machine and see its directory " + os.TempDir()}
	}
	_ = f.o.Engine.Remove(c.ID)
	return nil, err
}

// Close ends all containers, and returns when none is left. Its error names what stayed.
func (f *Fabric) Close() error {
	f.mu.Lock()
	f.closing = true
	guests := f.guests
	f.mu.Unlock()
	for _, g := range guests {
		_ = f.o.Engine.Remove(g.ID) // what stays is found below
	}
	for _, i := range f.joined {
		i.card.Close()
	}
	f.joined = nil
	if f.root != nil {
		f.root.container.Hang()
		f.root.peer.Close()
	}
	for _, n := range f.nodes {
		n.container.Hang()
		n.peer.Close()
	}
	err := f.clear()
	if f.listener != nil {
		f.listener.Close()
	}
	if f.directory != "" {
		err = errors.Join(err, os.RemoveAll(f.directory))
	}
	return err
}

// patience is how long containers may take to end by themselves.
const patience = 3 * time.Second

// clear waits until no container of the world is there, and removes those that do not go.
func (f *Fabric) clear() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for began := time.Now(); ; time.Sleep(15 * time.Millisecond) {
		left, err := f.o.Engine.Left(ctx, f.id)
		if err != nil {
			return fmt.Errorf("%w: what is left of world %s goes when the engine is back and the next world starts", err, f.id)
		}
		if len(left) == 0 {
			return nil
		}
		for id, ran := range left {
			if ran && time.Since(began) < patience {
				continue // it goes by itself
			}
			if err := f.o.Engine.Remove(id); err != nil {
				return err
			}
		}
	}
}

// event takes what a node reports.
func (f *Fabric) event(from control.Hello, name string, body json.RawMessage) {
	f.mu.Lock()
	who := f.names[from.Token]
	f.mu.Unlock()
	if name == control.EventDecision {
		f.decided(who, body)
	}
}
