package mta

import (
	"time"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// item is a message on its way to one next hop.
type item struct {
	hop     string
	from    string
	to      []string // still to be served
	msg     record.Message
	arrived time.Time
	noticed bool
}

// enqueue starts carrying it. Every item has its own goroutine, which sleeps on the clock between tries.
func (s *Server) enqueue(it *item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	s.queued++
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		s.carry(it)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.queued--
	}()
}

// carry tries until every recipient is served or given up, or the server closes. A wait counts from the
// end of the try before it.
func (s *Server) carry(it *item) {
	for tries := 0; ; tries++ {
		results := s.try(it)
		if s.ctx.Err() != nil {
			return
		}
		s.settle(it, results)
		if len(it.to) == 0 {
			return
		}
		wait := s.cfg.Retry[min(tries, len(s.cfg.Retry)-1)]
		if left := it.arrived.Add(s.cfg.GiveUp).Sub(s.now()); left < wait {
			wait = left // the last try is made at the very end
		}
		if s.cfg.Clock.Sleep(s.ctx, wait) != nil {
			return
		}
	}
}

// settle takes the served and the failed recipients off and tells the sender what there is to tell.
func (s *Server) settle(it *item, results []wire.Result) {
	var failed, waiting []wire.Result
	expired := s.now().Sub(it.arrived) >= s.cfg.GiveUp
	it.to = nil
	for _, r := range results {
		switch {
		case r.Accepted():
		case r.Permanent() || expired:
			failed = append(failed, r)
		default:
			waiting = append(waiting, r)
			it.to = append(it.to, r.To)
		}
	}
	if len(failed) > 0 {
		s.notify(it, notice{action: "failed", results: failed})
	}
	if len(waiting) > 0 && !it.noticed && s.now().Sub(it.arrived) >= s.cfg.Notice {
		it.noticed = true
		s.notify(it, notice{action: "delayed", results: waiting, until: it.arrived.Add(s.cfg.GiveUp)})
	}
}

// try goes through the next hop's servers until one has decided on every recipient.
func (s *Server) try(it *item) []wire.Result {
	targets, err := s.route(s.ctx, it.hop)
	if err != nil {
		return s.unroutable(it, err)
	}
	var settled []wire.Result
	open := it.to
	for i, t := range targets {
		out := s.client(t).Send(s.ctx, t.addr, wire.Envelope{From: it.from, To: open}, it.msg)
		open = nil
		for _, r := range out.Results {
			if i < len(targets)-1 && r.Temporary() && unreached(r) {
				open = append(open, r.To)
				continue
			}
			settled = append(settled, r)
		}
		if len(open) == 0 {
			break
		}
	}
	return settled
}

// unreached reports that the server was never told of the message, so that the next one may be tried.
func unreached(r wire.Result) bool {
	return r.Verb == "CONNECT" || r.Verb == "TLS" || r.Verb == "EHLO"
}

func (s *Server) client(t target) *wire.Client {
	c := &wire.Client{
		Who: s.cfg.Who, Hostname: s.cfg.Hostname, Dial: s.cfg.Dial, Clock: s.cfg.Clock, Record: s.cfg.Record,
		Bodies: s.cfg.Bodies, STARTTLS: s.cfg.Outward,
	}
	if s.cfg.ClientTLS != nil {
		c.TLS = s.cfg.ClientTLS
		if c.TLS.ServerName == "" {
			c.TLS = c.TLS.Clone()
			c.TLS.ServerName = t.name
		}
	}
	return c
}

// unroutable makes results of a failed search for the next hop, and records it as a try that failed.
func (s *Server) unroutable(it *item, err error) []wire.Result {
	reply := asReply(err)
	e := record.Event{
		Who: s.cfg.Who, Kind: record.Rejected, Verb: "CONNECT", From: it.from, To: it.to, Msg: &it.msg,
		Error: err.Error(),
	}
	s.cfg.Record.Add(e)
	results := make([]wire.Result, 0, len(it.to))
	for _, to := range it.to {
		results = append(results, wire.Result{
			To: to, Verb: "CONNECT", Code: reply.Code, Enhanced: reply.Enhanced, Text: reply.Text, Err: err,
		})
	}
	return results
}
