// Package probe looks at a gateway's service from outside, at an interval, as a monitoring host does: one SMTP dialogue
// from a tenant's network at a time, with what came of it in the record. It leaves out what follows from the measurements.
package probe

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"demailbench/sim/record"
)

// Config says where is probed from, and what.
type Config struct {
	// Who is the host that probes, Dial its way into the network.
	Who  string
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Address is "host:port" of the gateway's SMTP listener for tenants.
	Address string
	// Interval is from one probe to the next, Timeout how long one may take.
	Interval, Timeout time.Duration
	Clock             interface {
		Sleep(ctx context.Context, d time.Duration) error
		WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	}
	Record *record.Record
}

// SMTP is the name of an SMTP dialogue among the probes.
const SMTP = "smtp"

// Results of a probe, the Text of its event.
const (
	OK     = "ok"
	Failed = "failed"
)

// Run probes until ctx ends, at once and then at each interval.
func Run(ctx context.Context, c Config) {
	for ctx.Err() == nil {
		e := record.Event{Who: c.Who, Kind: record.Probe, Name: SMTP, Text: OK, Remote: c.Address}
		if err := c.dialogue(ctx); err != nil {
			if ctx.Err() != nil {
				return
			}
			e.Text, e.Error = Failed, err.Error()
		}
		c.Record.Add(e)
		if c.Clock.Sleep(ctx, c.Interval) != nil {
			return
		}
	}
}

// dialogue is greeting, EHLO and QUIT: the service is up when the first two are answered with 2xx.
func (c Config) dialogue(ctx context.Context) error {
	ctx, cancel := c.Clock.WithTimeout(ctx, c.Timeout)
	defer cancel()
	conn, err := c.Dial(ctx, "tcp", c.Address)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	defer conn.Close() //nolint:errcheck // a probe loses nothing
	r := bufio.NewReader(conn)
	if err := answer(r, "greeting"); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(conn, "EHLO %s.example\r\n", c.Who); err != nil {
		return fmt.Errorf("EHLO: %w", err)
	}
	if err := answer(r, "EHLO"); err != nil {
		return err
	}
	_, _ = fmt.Fprint(conn, "QUIT\r\n") // nothing depends on the answer
	return nil
}

// answer reads one reply (RFC 5321 4.2).
func answer(r *bufio.Reader, to string) error {
	for {
		line, err := r.ReadString('\n')
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", to, err)
		case len(line) < 4:
			return errors.New(to + ": no SMTP reply")
		case line[3] == '-':
			continue
		case line[0] != '2':
			return fmt.Errorf("%s: %s", to, strings.TrimSpace(line))
		}
		return nil
	}
}
