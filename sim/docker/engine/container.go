//go:build linux

package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"path"
	"strings"
	"sync"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/api/pkg/stdcopy"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
)

// Spec is a container to be.
type Spec struct {
	// World and Role are its labels, Name says what it is called in the world.
	World, Role, Name string
	Image             string
	// Entrypoint and Command replace the image's when they are not empty.
	Entrypoint, Command []string
	// Environment are variables as NAME=value.
	Environment []string
	// Processes and Network are the ids of containers whose process and network namespaces it shares; without Network
	// it has none but loopback.
	Processes, Network string
	// Tun gives it the device for network interfaces.
	Tun bool
	// Forward makes it a router.
	Forward bool
	// Privileges are capabilities besides none; nil leaves the engine's usual ones.
	Privileges []string
	// Names is the name server in its resolv.conf; Hostname its own.
	Names    netip.Addr
	Hostname string
	// Mounts are directories of this machine, as host path to path inside; a path inside that ends with ":ro" is
	// read-only.
	Mounts map[string]string
	// Files are put into it before it starts.
	Files []File
	// User is the user's number, empty for the image's.
	User string
	// Output gets what it says, may be nil.
	Output io.Writer
	// Keep keeps the container when it has ended, until Remove or the sweep.
	Keep bool
}

// File is a file in a container.
type File struct {
	Path string
	Mode int64
	Data []byte
}

// Container is a started container. It ends with its standard input, when its program listens to that.
type Container struct {
	// ID is the engine's name for it.
	ID   string
	name string
	e    *Engine
	in   client.HijackedResponse
	tail *tail

	ended chan struct{}
	code  int64
	err   error
}

// Start makes and starts a container. Nothing of it is left when it fails.
func (e *Engine) Start(ctx context.Context, s Spec) (*Container, error) {
	c := &Container{name: s.Name, e: e, tail: &tail{}, ended: make(chan struct{})}
	// A provider of its own for each: the library closes a provider's idle connections after every call, also when another
	// call is about to use them. Without the option it joins containers to a network of its own making.
	provider, err := testcontainers.NewDockerProvider(testcontainers.WithDefaultBridgeNetwork("none"))
	if err != nil {
		return nil, fmt.Errorf("make container %s: %w", s.Name, short(err))
	}
	made, err := provider.CreateContainer(ctx, s.request())
	if err != nil {
		if made != nil && made.GetContainerID() != "" {
			_ = e.Remove(made.GetContainerID())
		}
		return nil, fmt.Errorf("make container %s: %w", s.Name, s.explain(err))
	}
	c.ID = made.GetContainerID()
	if err := c.run(ctx, made, s.Output); err != nil {
		_ = e.Remove(c.ID)
		return nil, fmt.Errorf("start container %s: %w", s.Name, s.explain(err))
	}
	return c, nil
}

// run attaches before the start, so that nothing is missed, and waits for the end in the background.
func (c *Container) run(ctx context.Context, made testcontainers.Container, output io.Writer) error {
	attached, err := c.e.cli.ContainerAttach(ctx, c.ID, client.ContainerAttachOptions{Stream: true, Stdin: true, Stdout: true, Stderr: true})
	if err != nil {
		return err
	}
	c.in = attached.HijackedResponse
	var to io.Writer = c.tail
	if output != nil {
		to = io.MultiWriter(c.tail, output)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = stdcopy.StdCopy(to, to, c.in.Reader) // its end is the container's
	}()
	wait := c.e.cli.ContainerWait(context.Background(), c.ID, client.ContainerWaitOptions{Condition: container.WaitConditionNextExit})
	if err := made.Start(ctx); err != nil {
		c.in.Close()
		return err
	}
	go func() {
		select {
		case r := <-wait.Result:
			c.code = r.StatusCode
		case c.err = <-wait.Error:
		}
		<-read
		c.in.Close()
		close(c.ended)
	}()
	return nil
}

func (s *Spec) request() testcontainers.ContainerRequest {
	r := testcontainers.ContainerRequest{Image: s.Image, Entrypoint: s.Entrypoint, Cmd: s.Command,
		Labels: map[string]string{Label: s.World, Label + ".role": s.Role, Label + ".name": s.Name}}
	for _, f := range s.Files {
		r.Files = append(r.Files, testcontainers.ContainerFile{Reader: bytes.NewReader(f.Data), ContainerFilePath: f.Path, FileMode: f.Mode})
	}
	r.ConfigModifier = func(c *container.Config) {
		c.OpenStdin, c.StdinOnce, c.AttachStdin = true, true, true
		c.Env, c.User = append(c.Env, s.Environment...), s.User
		if s.Network == "" {
			c.Hostname = s.Hostname
		}
	}
	r.HostConfigModifier = s.host
	return r
}

// host is what the container may, and which namespaces it shares.
func (s *Spec) host(h *container.HostConfig) {
	h.NetworkMode, h.AutoRemove = "none", !s.Keep
	h.LogConfig = container.LogConfig{Type: "none"} // it is read while it runs
	if s.Processes != "" {
		h.PidMode = container.PidMode("container:" + s.Processes)
	}
	for from, to := range s.Mounts {
		h.Binds = append(h.Binds, from+":"+to)
	}
	if s.Tun {
		h.Devices = []container.DeviceMapping{{PathOnHost: "/dev/net/tun", PathInContainer: "/dev/net/tun", CgroupPermissions: "rwm"}}
	}
	if s.Privileges != nil {
		h.CapDrop, h.CapAdd = []string{"ALL"}, s.Privileges
	}
	if s.Network != "" {
		h.NetworkMode = container.NetworkMode("container:" + s.Network)
		return
	}
	if s.Names.IsValid() {
		h.DNS = []netip.Addr{s.Names}
	}
	forward := "0"
	if s.Forward {
		forward = "1"
	}
	// Explicit, because machines differ.
	h.Sysctls = map[string]string{"net.ipv4.ip_forward": forward, "net.ipv4.conf.all.rp_filter": "0", "net.ipv4.conf.default.rp_filter": "0",
		"net.ipv6.conf.all.disable_ipv6": "1", "net.ipv6.conf.default.disable_ipv6": "1",
		"net.ipv4.conf.all.send_redirects": "0", "net.ipv4.conf.default.send_redirects": "0"}
}

// explain makes one sentence of the engine's reasons that a user can do something about.
func (s *Spec) explain(err error) error {
	text := err.Error()
	switch {
	case strings.Contains(text, "/dev/net/tun"):
		return &Unavailable{Reason: "the engine's machine has no TUN device", Err: short(err), Fix: "load it (modprobe tun), or run without --fabric docker"}
	case strings.Contains(text, "no space left"):
		return full(short(err))
	case strings.Contains(text, "No such image"), strings.Contains(text, "pull access denied"), strings.Contains(text, "not found: manifest"):
		return &Unavailable{Reason: fmt.Sprintf("there is no image %q here, and the bench fetches none", s.Image), Fix: "build or load it first"}
	case strings.Contains(text, "exec format error"):
		return &Unavailable{Reason: fmt.Sprintf("the program of image %q is for another kind of machine", s.Image), Fix: "build it for this platform"}
	case strings.Contains(text, "executable file not found"), strings.Contains(text, "exec: ") && strings.Contains(text, "no such file"):
		return &Unavailable{Reason: fmt.Sprintf("image %q has no program as its command says", s.Image), Err: short(err), Fix: "correct image, entrypoint or command"}
	}
	return err
}

// Ended is closed when the container has ended.
func (c *Container) Ended() <-chan struct{} { return c.ended }

// Code is the exit code after Ended; the error is the engine's, when it has lost the container.
func (c *Container) Code() (int, error) { return int(c.code), c.err }

// Said is the end of what the container said, at most a KiB.
func (c *Container) Said() string { return c.tail.String() }

// Hang ends the container's standard input.
func (c *Container) Hang() { c.in.Close() }

// Signal sends a signal to its program.
func (c *Container) Signal(ctx context.Context, name string) error {
	_, err := c.e.cli.ContainerKill(ctx, c.ID, client.ContainerKillOptions{Signal: name})
	return gone(err)
}

// Put replaces a file in the container.
func (c *Container) Put(ctx context.Context, f File) error {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: path.Base(f.Path), Typeflag: tar.TypeReg, Mode: f.Mode, Size: int64(len(f.Data))}); err != nil {
		return err
	}
	if _, err := w.Write(f.Data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	_, err := c.e.cli.CopyToContainer(ctx, c.ID, client.CopyToContainerOptions{DestinationPath: path.Dir(f.Path), Content: &b})
	return err
}

// Remove ends a container at once and removes it.
func (e *Engine) Remove(id string) error {
	_, err := e.cli.ContainerRemove(context.Background(), id, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
	return gone(err)
}

// gone forgives that the container is not there any more, or on its way.
func gone(err error) error {
	if cerrdefs.IsNotFound(err) || cerrdefs.IsConflict(err) {
		return nil
	}
	return err
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if n := len(t.text) - 1<<10; n > 0 {
		t.text = append(t.text[:0], t.text[n:]...)
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}

// ErrLost says that the engine does not answer any more.
var ErrLost = errors.New("the container engine does not answer any more")
