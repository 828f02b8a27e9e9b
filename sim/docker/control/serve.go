package control

import (
	"encoding/json"
	"errors"
	"net"
	"os"
	"sync"
	"syscall"
)

// Handler carries out one operation. A file that it returns goes to the bench and is closed here.
type Handler func(args json.RawMessage) (result any, file *os.File, err error)

// Handle makes a Handler of a function with typed arguments.
func Handle[A any](f func(A) (any, *os.File, error)) Handler {
	return func(raw json.RawMessage) (any, *os.File, error) {
		var args A
		if err := json.Unmarshal(raw, &args); err != nil {
			return nil, nil, err
		}
		return f(args)
	}
}

// Line is a node's end of the line.
type Line struct {
	conn *net.UnixConn
	mu   sync.Mutex
}

// NewLine says hello over c.
func NewLine(c *net.UnixConn, h Hello) (*Line, error) {
	l := &Line{conn: c}
	return l, l.Say(EventHello, h)
}

// Say reports an event.
func (l *Line) Say(event string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return l.write(message{Event: event, Body: text}, nil)
}

func (l *Line) write(m message, file *os.File) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return send(l.conn, m, file)
}

// Serve carries out what the bench asks for, each request in a goroutine of its own, until the line ends.
func (l *Line) Serve(operations map[string]Handler) error {
	buf := make([]byte, largest)
	for {
		m, _, err := receive(l.conn, buf)
		if err != nil {
			return err
		}
		handler := operations[m.Op]
		if handler == nil {
			handler = func(json.RawMessage) (any, *os.File, error) {
				return nil, nil, errors.New("there is no such operation")
			}
		}
		go l.answer(m, handler)
	}
}

func (l *Line) answer(m message, handler Handler) {
	result, file, err := handler(m.Body)
	if file != nil {
		defer file.Close()
	}
	a := message{ID: m.ID}
	if err == nil && result != nil {
		a.Body, err = json.Marshal(result)
	}
	if err != nil {
		a.Error = err.Error()
		var number syscall.Errno
		if errors.As(err, &number) {
			a.Errno = int(number)
		}
		var expiry interface{ Timeout() bool }
		a.Expiry = a.Errno == 0 && errors.As(err, &expiry) && expiry.Timeout()
		file = nil
	}
	_ = l.write(a, file) // a line that has ended ends Serve
}
