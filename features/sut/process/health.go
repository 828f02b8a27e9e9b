package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// poll is how often health is asked while the gateway starts.
const poll = 20 * time.Millisecond

// ready waits until the gateway says that it is healthy. The error says what it said instead.
func (r *running) ready(ctx context.Context) error {
	last := errors.New("it gave no answer")
	for {
		err := r.ask(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil { // else it says only that time is up
			last = err
		}
		select {
		case <-r.ended:
			text, _ := r.Cause()
			return fmt.Errorf("the gateway ended before it was ready: %s", text)
		default:
		}
		if r.p.Clock.Sleep(ctx, poll) != nil {
			return fmt.Errorf("the gateway was not ready within %v: %w%s", r.p.Ready, last, r.last.quote())
		}
	}
}

// Healthy implements sut.Gateway.
func (r *running) Healthy() error {
	if r.hasEnded() {
		text, _ := r.Cause()
		return fmt.Errorf("the gateway has ended: %s", text)
	}
	ctx, cancel := r.p.Clock.WithTimeout(context.Background(), r.p.Ready)
	defer cancel()
	return r.ask(ctx)
}

// ask asks for health once.
func (r *running) ask(ctx context.Context) error {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return r.p.Dial(ctx, netip.AddrPort{}, r.p.Control)
	}}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.p.Control.String()+"/", nil)
	if err != nil {
		return err
	}
	answer, err := c.Do(req)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, 1<<10))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("health: %s: %s", answer.Status, strings.TrimSpace(string(text)))
	}
	return err
}
