package dns

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"github.com/miekg/dns"
)

// exchange puts one question to one server, over UDP and, when the answer is truncated, over TCP.
func (s *Stub) exchange(ctx context.Context, server, name string, typ uint16) (*dns.Msg, error) {
	try, cancel := s.clk.WithTimeout(ctx, TryTimeout)
	defer cancel()
	q := new(dns.Msg)
	q.SetQuestion(name, typ)
	q.Id = s.nextID()
	m, err := s.over(try, "udp", server, q)
	if err == nil && m.Truncated {
		m, err = s.over(try, "tcp", server, q)
	}
	if err != nil && try.Err() != nil {
		err = fmt.Errorf("no answer: %w", try.Err())
	}
	return m, err
}

// over asks by one network. The connection is closed when ctx ends: a read does not look at contexts.
func (s *Stub) over(ctx context.Context, network, server string, q *dns.Msg) (*dns.Msg, error) {
	conn, err := s.dial(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	wire, err := q.Pack()
	if err != nil {
		return nil, err
	}
	if network == "tcp" {
		wire = append(binary.BigEndian.AppendUint16(nil, uint16(len(wire))), wire...)
	}
	if _, err := conn.Write(wire); err != nil {
		return nil, err
	}
	if network == "tcp" {
		return readStream(conn, q)
	}
	return readDatagrams(conn, q)
}

// readDatagrams waits for the datagram that answers q. Others are passed over: anybody can send them, and
// to fail would let a stranger deny the name.
func readDatagrams(conn net.Conn, q *dns.Msg) (*dns.Msg, error) {
	buf := make([]byte, dns.MaxMsgSize)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return nil, err
		}
		if m, err := checkAnswer(q, buf[:n]); err == nil {
			return m, nil
		}
	}
}

func readStream(conn net.Conn, q *dns.Msg) (*dns.Msg, error) {
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	wire := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, wire); err != nil {
		return nil, err
	}
	return checkAnswer(q, wire)
}
