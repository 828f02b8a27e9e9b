package driver

import (
	"errors"
	"io"
	"os"
	"strconv"

	"demailbench/features/sut/protocol"
)

// receive reads what the driver says until it ends.
func (p *Process) receive() {
	defer close(p.read)
	lines := protocol.NewLines(p.prog.Out, p.o.MaxLine)
	for {
		line, err := lines.Next()
		switch {
		case err == nil:
			if f := p.take(line); f != nil {
				p.fail(f)
				return
			}
		case errors.Is(err, protocol.ErrTooLong):
			p.log.Line("driver", line)
			p.fail(faultf(Flood, nextLogs, "one line has more than %d octets", p.o.MaxLine))
			return
		case errors.Is(err, protocol.ErrTruncated):
			p.log.Line("driver", line)
			p.fail(faultf(Garbage, "end every line with a line break and flush it", "the output ends in the middle of a line: %.100q", p.log.Mask(string(line))))
			return
		default:
			if !errors.Is(err, io.EOF) && !errors.Is(err, os.ErrClosed) {
				p.log.Text("note", "reading from the driver: "+err.Error())
			}
			return
		}
	}
}

// take handles one line.
func (p *Process) take(line []byte) *Fault {
	p.log.Line("driver", line)
	m, err := protocol.Decode(line)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err != nil && !p.greeted:
		return faultf(NoHello, "send {\"type\":\"hello\",\"protocol\":\"1\",...} first; "+nextLogs, "its first line is no hello: %s: %.100q", oneLine(p.log.Mask(err.Error())), p.log.Mask(string(line)))
	case err != nil:
		return faultf(Garbage, nextLogs, "a line is no message: %s: %.100q", oneLine(p.log.Mask(err.Error())), p.log.Mask(string(line)))
	}
	p.octets += len(line)
	if p.unasked++; p.unasked > p.o.MaxUnasked || p.octets > 4*p.o.MaxLine {
		return faultf(Flood, "send events for what matters only", "%d lines with %d octets and no result among them", p.unasked, p.octets)
	}
	hello, isHello := m.(*protocol.Hello)
	switch {
	case !isHello && !p.greeted:
		return faultf(NoHello, "send hello before anything else", "its first line is no hello: %.100q", p.log.Mask(string(line)))
	case isHello && p.greeted:
		return faultf(Garbage, "send hello once", "a second hello")
	}
	switch m := m.(type) {
	case *protocol.Hello:
		p.greeted = true
		p.first <- *hello
	case *protocol.Result:
		p.unasked, p.octets = 0, 0
		return p.answer(m)
	case *protocol.Event:
		if p.events = append(p.events, *m); len(p.events) > maxEvents {
			p.events = p.events[1:]
		}
	default:
		return faultf(Garbage, "operations are for the bench to send", "the driver sent an op")
	}
	return nil
}

// answer gives a result to whoever waits for it. p.mu is held.
func (p *Process) answer(r *protocol.Result) *Fault {
	if c, ok := p.pending[r.ID]; ok {
		delete(p.pending, r.ID)
		c <- r
		return nil
	}
	if p.left[r.ID] {
		delete(p.left, r.ID)
		return nil
	}
	if n, err := strconv.ParseInt(r.ID, 10, 64); err == nil && n > 0 && n <= p.last && strconv.FormatInt(n, 10) == r.ID {
		return faultf(Twice, "answer every op once", "operation %s was answered twice", r.ID)
	}
	return faultf(Stranger, "copy the id of the op into the result", "an answer for %.100q, which was not asked for", r.ID)
}
