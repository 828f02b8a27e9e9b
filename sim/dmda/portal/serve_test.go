package portal_test

import (
	"context"
	"net"
	"net/http"
	"testing"
)

// pipes is a listener whose connections are made in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// TestServe answers on a listener until the portal is closed, dated by the world's clock.
func TestServe(t *testing.T) {
	run(t, func(b *bench) {
		l := &pipes{make(chan net.Conn), make(chan struct{})}
		ended := make(chan error, 1)
		go func() { ended <- b.portal.Serve(l) }()
		client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			near, far := net.Pipe()
			l.conns <- far
			return near, nil
		}}}
		r, err := client.Get("http://portal.example/account")
		if err != nil {
			t.Fatal(err)
		}
		r.Body.Close()
		if r.StatusCode != http.StatusUnauthorized || r.Header.Get("Date") != "Mon, 02 Nov 2015 07:00:00 GMT" {
			t.Errorf("status %d, date %s", r.StatusCode, r.Header.Get("Date"))
		}
		client.CloseIdleConnections()
		if err := b.portal.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Errorf("serve: %v", err)
		}
	})
}
