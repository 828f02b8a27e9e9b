//go:build linux

// Package node is the program inside the containers of the docker fabric (`demailbench node`). It opens sockets in its
// network namespace and hands them to the bench, whose parties use them as their own; it gives interfaces addresses
// and routes; as a router it programs the kernel and reports what the kernel decided; as the fabric it makes the
// network interfaces of the others.
//
// It knows no mail and no names: who speaks over a socket is the bench's business. It ends with its standard input,
// so that nothing of a world outlives a bench that was killed.
package node

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"demailbench/sim/docker/control"
	"demailbench/sim/docker/ruleset"
)

// Run serves the bench until in ends or the bench hangs up. The error says why it could not begin.
func Run(in io.Reader) error {
	go func() {
		_, _ = io.Copy(io.Discard, in)
		os.Exit(0)
	}()
	conn, err := net.DialUnix("unixpacket", nil, &net.UnixAddr{Name: control.Directory + "/" + control.Socket, Net: "unixpacket"})
	if err != nil {
		return fmt.Errorf("reach the bench: %w; its directory is not mounted here, as happens when the engine runs on another machine", err)
	}
	line, err := control.NewLine(conn, control.Hello{Token: os.Getenv(control.Token), PID: os.Getpid()})
	if err != nil {
		return err
	}
	following := false
	_ = line.Serve(map[string]control.Handler{ // its end is the end of the bench
		control.OpPlug:      control.Handle(plug),
		control.OpConfigure: control.Handle(configure),
		control.OpDial:      control.Handle(dial),
		control.OpListen:    control.Handle(listen),
		control.OpPacket:    control.Handle(packet),
		control.OpRules: func(raw json.RawMessage) (any, *os.File, error) {
			var r ruleset.Rules
			if err := json.Unmarshal(raw, &r); err != nil {
				return nil, nil, err
			}
			if !following {
				following = true
				if err := ruleset.Follow(func(d ruleset.Decision) { _ = line.Say(control.EventDecision, d) }); err != nil {
					return nil, nil, err
				}
			}
			return nil, nil, ruleset.Program(r)
		},
	})
	return nil
}

// configure gives the node its place.
func configure(c control.Configure) (any, *os.File, error) {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, nil, err
	}
	if err := netlink.LinkSetUp(lo); err != nil {
		return nil, nil, fmt.Errorf("lo: %w", err)
	}
	for _, i := range c.Interfaces {
		if err := address(i.Name, i.Address, true); err != nil {
			return nil, nil, err
		}
	}
	for _, a := range c.Own {
		if err := address("lo", a+"/32", false); err != nil {
			return nil, nil, err
		}
	}
	for _, r := range c.Routes {
		if err := route(r); err != nil {
			return nil, nil, fmt.Errorf("route to %s via %s: %w", r.To, r.Via, err)
		}
	}
	return nil, nil, nil
}

func address(name, text string, up bool) error {
	l, err := netlink.LinkByName(name)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	a, err := netlink.ParseAddr(text)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := netlink.AddrAdd(l, a); err != nil {
		return fmt.Errorf("%s %s: %w", name, text, err)
	}
	if !up {
		return nil
	}
	return netlink.LinkSetUp(l)
}

func route(r control.Route) error {
	to, err := netip.ParsePrefix(r.To)
	if err != nil {
		return err
	}
	via, err := netip.ParseAddr(r.Via)
	if err != nil {
		return err
	}
	dst := &net.IPNet{IP: to.Masked().Addr().AsSlice(), Mask: net.CIDRMask(to.Bits(), 32)}
	return netlink.RouteAdd(&netlink.Route{Dst: dst, Gw: via.AsSlice()})
}

// plug makes a TAP device, moves it into another node's network namespace and hands its file to the bench. One at a
// time: devices have their final names here before they move.
func plug(p control.Plug) (any, *os.File, error) {
	turn.Lock()
	defer turn.Unlock()
	mac, err := net.ParseMAC(p.MAC)
	if err != nil {
		return nil, nil, err
	}
	file, err := device(p.Interface)
	if err != nil {
		return nil, nil, err
	}
	if err := move(p, mac); err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("interface %s: %w", p.Interface, err)
	}
	return nil, file, nil
}

func move(p control.Plug, mac net.HardwareAddr) error {
	l, err := netlink.LinkByName(p.Interface)
	if err != nil {
		return err
	}
	if err := netlink.LinkSetHardwareAddr(l, mac); err != nil {
		return err
	}
	if p.MTU != 0 {
		if err := netlink.LinkSetMTU(l, p.MTU); err != nil {
			return err
		}
	}
	return netlink.LinkSetNsPid(l, p.PID)
}

// device makes a TAP device. Its file is not for this program's poller, so the descriptor stays blocking here.
func device(name string) (*os.File, error) {
	fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w; the docker fabric needs the TUN device of the engine's machine (modprobe tun)", err)
	}
	r, err := unix.NewIfreq(name)
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("%q: %w", name, err)
	}
	r.SetUint16(unix.IFF_TAP | unix.IFF_NO_PI | unix.IFF_TUN_EXCL)
	if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, r); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("make network interface %s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// dial opens a connection.
func dial(r control.SocketRequest) (any, *os.File, error) {
	ctx := context.Background()
	if r.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.Timeout)
		defer cancel()
	}
	c, err := new(net.Dialer).DialContext(ctx, r.Network, r.Address)
	if err != nil {
		return nil, nil, err
	}
	return hand(c)
}

func listen(r control.SocketRequest) (any, *os.File, error) {
	l, err := net.Listen(r.Network, r.Address)
	if err != nil {
		return nil, nil, err
	}
	return hand(l)
}

func packet(r control.SocketRequest) (any, *os.File, error) {
	c, err := net.ListenPacket(r.Network, r.Address)
	if err != nil {
		return nil, nil, err
	}
	return hand(c)
}

// hand makes a file of a socket. The socket lives on in whoever gets the file.
func hand(s io.Closer) (any, *os.File, error) {
	defer s.Close()
	f, ok := s.(interface{ File() (*os.File, error) })
	if !ok {
		return nil, nil, fmt.Errorf("%T has no file", s)
	}
	file, err := f.File()
	return nil, file, err
}

// turn is held while a device is made and moved.
var turn sync.Mutex
