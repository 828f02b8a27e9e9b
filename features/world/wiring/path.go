package wiring

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"demailbench/reports/failure"
	report "demailbench/reports/wiring"
	"demailbench/sim/record"
	"demailbench/sim/topology"
)

// connect opens a connection of a host to another's port, at the address that the plan gives it there, and looks as
// whom it is seen.
func (s *Subject) connect(from, to string, port uint16) (net.Conn, *report.Finding) {
	way, err := s.Plan.Topology.Way(from, to)
	if err != nil {
		return nil, &report.Finding{Hop: report.Route, Key: "route.none", At: from, Fixer: failure.Network, Expected: to, Observed: err.Error()}
	}
	ctx, cancel := s.Clock.WithTimeout(context.Background(), s.Patience)
	defer cancel()
	since := s.mark()
	c, err := s.Lab.Host(from).Dial(ctx, "tcp", netip.AddrPortFrom(way.Dial, port).String())
	if err != nil {
		return nil, s.unreached(since, from, to, port, way, err)
	}
	_ = c.SetDeadline(s.Clock.Now().Add(s.Patience)) // a dead connection shows at the first read
	if f := s.seen(since, to, way.Source); f != nil {
		c.Close()
		return nil, f
	}
	return c, nil
}

// unreached says why a connection was not made.
func (s *Subject) unreached(since int, from, to string, port uint16, way topology.Path, err error) *report.Finding {
	if f := s.stopped(since, from, to, port, way.Hops); f != nil {
		return f
	}
	at := netip.AddrPortFrom(way.Dial, port).String()
	if errors.Is(err, syscall.ECONNREFUSED) {
		return &report.Finding{Hop: report.Port, Key: "port.refused", At: to, Fixer: s.owner(to), Expected: at, Observed: "RST", Remote: at}
	}
	return &report.Finding{Hop: report.Route, Key: "route.silent", At: to, Fixer: failure.Network, Expected: at, Observed: text(err), Remote: at}
}

// stopped looks for the router that did not forward, on the way there or back. hops is the way there by the plan.
func (s *Subject) stopped(since int, from, to string, port uint16, hops []topology.Hop) *report.Finding {
	for _, e := range s.events(since) {
		if e.Kind != record.Drop {
			continue
		}
		src, srcPort := split(e.Local)
		dst, dstPort := split(e.Remote)
		if dstPort != port && srcPort != port {
			continue
		}
		f := &report.Finding{Hop: report.Route, Key: "route.none", At: e.Who, Fixer: failure.Network, Expected: to, Observed: e.Local + " > " + e.Remote + ": " + e.Detail, Event: e.Seq}
		i := slices.IndexFunc(hops, func(h topology.Hop) bool { return h.Router == e.Who })
		switch {
		case dstPort != port: // an answer
			f.Key, f.Expected = "route.back", from
		case e.Detail == "rule" && i < 0:
			f.Key = "route.astray"
		case e.Detail == "rule":
			s.translated(f, e, hops[i], src, dst)
		case strings.HasPrefix(e.Detail, "nat"):
			f.Hop, f.Key = report.NAT, "nat.full"
		}
		return f
	}
	return nil
}

// translated tells a wrong translation from a missing row of the matrix: by what the matrix saw.
func (s *Subject) translated(f *report.Finding, e record.Event, hop topology.Hop, src, dst netip.Addr) {
	if judged, _ := split(e.NATRemote); judged.IsValid() {
		dst = judged
	}
	f.Hop, f.Key = report.Port, "port.rule"
	switch {
	case src != hop.Source:
		f.Hop, f.Key, f.Expected = report.NAT, "nat.source", hop.Source.String()
		f.Observed = src.String()
	case dst != hop.Destination:
		f.Hop, f.Key, f.Expected = report.NAT, "nat.destination", hop.Destination.String()
		f.Observed = dst.String()
	case e.Text != "" && e.Text != hop.Out:
		f.Hop, f.Key, f.Expected, f.Observed = report.Route, "route.other", hop.Out, e.Text
	}
}

// seen looks under which address a host saw the connection that was just made to it. It sees it a moment later than who
// made it.
func (s *Subject) seen(since int, to string, want netip.Addr) *report.Finding {
	ctx, cancel := s.Clock.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for {
		changed := s.Record.Changed()
		for _, e := range s.events(since) {
			if e.Kind != record.ConnOpen || e.Who != to {
				continue
			}
			if got, _ := split(e.Remote); got != want {
				return &report.Finding{Hop: report.NAT, Key: "nat.source", At: to, Fixer: failure.Network, Expected: want.String(), Observed: got.String(), Event: e.Seq}
			}
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil // the conversation will show what is wrong
		}
	}
}
