package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
)

// Peer is the bench's end of the line to one node.
type Peer struct {
	conn  *net.UnixConn
	hello Hello

	mu      sync.Mutex
	next    int
	waiting map[int]chan answer
	gone    chan struct{}
	event   func(name string, body json.RawMessage)
}

type answer struct {
	message
	file *os.File
}

// Accept waits for a node to say hello on c. Events go to event from then on, one after another.
func Accept(c *net.UnixConn, event func(from Hello, name string, body json.RawMessage)) (*Peer, error) {
	p := &Peer{conn: c, waiting: map[int]chan answer{}, gone: make(chan struct{})}
	buf := make([]byte, largest)
	m, _, err := receive(c, buf)
	if err == nil && m.Event != EventHello {
		err = fmt.Errorf("control: the first word was %q", m.Event)
	}
	if err == nil {
		err = json.Unmarshal(m.Body, &p.hello)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	p.event = func(name string, body json.RawMessage) { event(p.hello, name, body) }
	go p.read(buf)
	return p, nil
}

// Hello is what the node said first.
func (p *Peer) Hello() Hello { return p.hello }

// Gone is closed when the node has ended.
func (p *Peer) Gone() <-chan struct{} { return p.gone }

// Close ends the line, and with it the node.
func (p *Peer) Close() error { return p.conn.Close() }

func (p *Peer) read(buf []byte) {
	defer close(p.gone)
	for {
		m, file, err := receive(p.conn, buf)
		if err != nil {
			return
		}
		if m.Event != "" {
			p.event(m.Event, m.Body)
			continue
		}
		p.mu.Lock()
		to := p.waiting[m.ID]
		delete(p.waiting, m.ID)
		p.mu.Unlock()
		switch {
		case to != nil:
			to <- answer{m, file}
		case file != nil:
			file.Close() // nobody waits any more
		}
	}
}

// ErrGone says that the node has ended: a fault of the bench or of the container engine, never of a gateway.
var ErrGone = errors.New("the container has ended")

// Call asks the node for op and returns the file that comes with the answer, if one does. Errors of the node are
// *Failure.
func (p *Peer) Call(ctx context.Context, op string, args, result any) (*os.File, error) {
	body, err := json.Marshal(args)
	if err != nil {
		return nil, err
	}
	ch := make(chan answer, 1)
	p.mu.Lock()
	p.next++
	id := p.next
	p.waiting[id] = ch
	err = send(p.conn, message{ID: id, Op: op, Body: body}, nil)
	p.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	select {
	case a := <-ch:
		return a.take(op, result)
	case <-p.gone:
		return nil, fmt.Errorf("%s: %w", op, ErrGone)
	case <-ctx.Done():
	}
	p.mu.Lock()
	_, still := p.waiting[id]
	delete(p.waiting, id)
	p.mu.Unlock()
	if !still { // it has come in this moment
		if a := <-ch; a.file != nil {
			a.file.Close()
		}
	}
	return nil, ctx.Err()
}

func (a answer) take(op string, result any) (*os.File, error) {
	if a.Error != "" {
		return nil, &Failure{Op: op, Text: a.Error, Errno: syscall.Errno(a.Errno), Expired: a.Expiry}
	}
	if result != nil && len(a.Body) > 0 {
		if err := json.Unmarshal(a.Body, result); err != nil {
			return a.file, fmt.Errorf("%s: %w", op, err)
		}
	}
	return a.file, nil
}
