package mta

import (
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// maxReceived is the number of Received fields from which a message is taken for one that loops (RFC 5321
// 6.3).
const maxReceived = 50

// policy is the server as its SMTP side calls it.
type policy struct{ s *Server }

func (p policy) Mail(*wire.Session, string) *wire.Reply { return nil }

func (p policy) Rcpt(c *wire.Session, to string) *wire.Reply {
	switch {
	case p.s.local(to):
		if !p.s.exists(to) {
			return wire.Refuse(550, "5.1.1", "no such mailbox")
		}
	case !p.s.mayRelay(c):
		return wire.Refuse(550, "5.7.1", "relaying denied")
	}
	return nil
}

func (p policy) Data(c *wire.Session, env wire.Envelope, msg record.Message) *wire.Reply {
	if received(msg.Header) >= maxReceived {
		return wire.Refuse(554, "5.4.6", "too many hops: the message loops")
	}
	id := p.s.token()
	p.s.forward(env, p.s.trace(c, env, id, msg))
	return &wire.Reply{Code: 250, Enhanced: "2.0.0", Text: "queued as " + id}
}

// local reports whether the mailbox would be here: in one of the domains, or the server's own postmaster.
func (s *Server) local(addr string) bool {
	return slices.ContainsFunc(s.cfg.Domains, func(d string) bool { return strings.EqualFold(d, domainOf(addr)) }) ||
		strings.EqualFold(addr, "postmaster@"+s.cfg.Hostname)
}

func (s *Server) exists(addr string) bool {
	local, _, _ := strings.Cut(addr, "@")
	return len(s.cfg.Mailboxes) == 0 || strings.EqualFold(local, "postmaster") ||
		slices.ContainsFunc(s.cfg.Mailboxes, func(m string) bool { return strings.EqualFold(m, addr) })
}

func (s *Server) mayRelay(c *wire.Session) bool {
	for _, network := range s.cfg.Relay {
		if c.Addr.IsValid() && network.Contains(c.Addr) {
			return true
		}
	}
	return false
}

func domainOf(addr string) string { return addr[strings.LastIndexByte(addr, '@')+1:] }

// received counts the Received fields of a header.
func received(header string) (n int) {
	for line := range strings.SplitSeq(header, "\r\n") {
		name, _, ok := strings.Cut(line, ":")
		if ok && strings.EqualFold(strings.TrimRight(name, " \t"), "Received") {
			n++
		}
	}
	return n
}

// trace puts this server's Received field on top (RFC 5321 4.4); the octets below stay as they are.
func (s *Server) trace(c *wire.Session, env wire.Envelope, id string, msg record.Message) record.Message {
	protocol := "ESMTP"
	if c.TLS != "" {
		protocol = "ESMTPS" // RFC 3848
	}
	to := ""
	if len(env.To) == 1 {
		to = "\r\n\tfor <" + env.To[0] + ">"
	}
	return onTop(msg, fmt.Sprintf("Received: from %s ([%s])\r\n\tby %s with %s id %s%s;\r\n\t%s\r\n",
		c.Helo, c.Addr, s.cfg.Hostname, protocol, id, to, s.now().Format(time.RFC1123Z)))
}

func onTop(msg record.Message, fields string) record.Message {
	msg.Header = fields + msg.Header
	msg.Size += int64(len(fields))
	return msg
}

func (s *Server) now() time.Time { return s.cfg.Clock.Now() }

// token makes a queue id, message id or boundary.
func (s *Server) token() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b [8]byte
	if _, err := io.ReadFull(s.cfg.Rand, b[:]); err != nil {
		panic("mta: Config.Rand ends: " + err.Error())
	}
	return hex.EncodeToString(b[:])
}

// forward puts a message into the mailboxes that are here and into the queue for the other recipients.
func (s *Server) forward(env wire.Envelope, msg record.Message) {
	var hops []string
	byHop := map[string][]string{}
	for _, to := range env.To {
		if s.local(to) {
			s.store(env.From, to, msg)
			continue
		}
		hop := s.hop(to)
		if byHop[hop] == nil {
			hops = append(hops, hop)
		}
		byHop[hop] = append(byHop[hop], to)
	}
	for _, hop := range hops {
		s.enqueue(&item{hop: hop, from: env.From, to: byHop[hop], msg: msg, arrived: s.now()})
	}
}

// store is the final delivery (RFC 5321 4.4: the envelope sender becomes Return-Path).
func (s *Server) store(from, to string, msg record.Message) {
	msg = onTop(msg, "Return-Path: <"+from+">\r\n")
	key := strings.ToLower(to)
	s.mu.Lock()
	s.boxes[key] = append(s.boxes[key], Mail{At: s.now(), From: from, To: to, Msg: msg})
	s.mu.Unlock()
	s.cfg.Record.Add(record.Event{Who: s.cfg.Who, Kind: record.Stored, From: from, To: []string{to}, Msg: &msg})
}
