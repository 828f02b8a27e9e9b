// Package reference performs the contract's operations on the reference gateway through its HTTP API, each with
// the acting person's own session. It is the only package of the bench that knows a path of that API.
//
// It leaves out how operations reach it (packages driver and driverkit), how the gateway is started, and every
// judgement of what it answers.
package reference

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/driverkit"
	"demailbench/features/sut/protocol"
)

// Administrator is the name of the person that the gateway must be started with, an Administrator of the operator:
// the one in whose name the bench sets the world up (contract.Bench).
const Administrator = "bench"

// Options say where the gateway is. All but Secret are required.
type Options struct {
	// Dial opens a connection to the administration's listener, over whatever network, from where the people of
	// an organisation are.
	Dial func(ctx context.Context, org string) (net.Conn, error)
	// Name is the gateway's host name, which its certificate carries; Roots sign it.
	Name  string
	Roots *x509.CertPool
	// Now is the clock by which certificates are judged.
	Now func() time.Time
	// Secret is what contract.Password was given for Administrator, unless Password is the password of that person.
	Secret   []byte
	Password string
}

// Client performs operations. Its methods may be called by any goroutine; sessions stay open between them.
type Client struct {
	o   Options
	tls *tls.Config
	ops driverkit.Operations

	mu sync.Mutex
	// http are the ways to the gateway, by organisation.
	http map[string]*http.Client
	// passwords, tokens and staff are by org/person: what was chosen, the open session, whom the bench has made.
	passwords, tokens map[string]string
	staff             map[string]bool
	// handles are the sessions of session.open, by the name that the bench knows.
	handles map[string]string
}

// New returns a client; nothing is connected before the first operation.
func New(o Options) *Client {
	c := &Client{o: o, passwords: map[string]string{}, tokens: map[string]string{}, staff: map[string]bool{}, handles: map[string]string{}, http: map[string]*http.Client{}}
	c.tls = &tls.Config{RootCAs: o.Roots, ServerName: o.Name, Time: o.Now, MinVersion: tls.VersionTLS12, CurvePreferences: []tls.CurveID{tls.X25519}}
	if o.Password != "" {
		c.passwords[contract.Operator+"/"+Administrator] = o.Password
	}
	c.ops = c.operations()
	return c
}

// way is how an organisation's people reach the gateway.
func (c *Client) way(org string) *http.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h, ok := c.http[org]; ok {
		return h
	}
	h := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialTLSContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			raw, err := c.o.Dial(ctx, org)
			if err != nil {
				return nil, err
			}
			conn := tls.Client(raw, c.tls)
			if err := conn.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, raw.Close())
			}
			return conn, nil
		}},
	}
	c.http[org] = h
	return h
}

// Hello implements driver.Driver.
func (c *Client) Hello() protocol.Hello {
	h := protocol.Hello{Protocol: protocol.Version, Version: "reference administration", Contract: contract.Version, MaxParallel: 1}
	for name := range c.ops {
		h.Capabilities = append(h.Capabilities, name)
	}
	slices.Sort(h.Capabilities)
	return h
}

// Operations are the operations, for a driver.
func (c *Client) Operations() driverkit.Operations { return maps.Clone(c.ops) }

// Do implements driver.Driver: what the gateway has nothing like is unsupported. An error means that the gateway
// could not be asked.
func (c *Client) Do(ctx context.Context, op driver.Op) (driver.Outcome, error) {
	h, ok := c.ops[op.Name]
	if !ok {
		return driver.Outcome{Status: protocol.Unsupported, Reason: "the reference gateway has no such operation yet"}, nil
	}
	call := &driverkit.Call{Name: op.Name, Scenario: op.Scenario, Args: op.Args, Deadline: op.Deadline}
	if err := json.Unmarshal(op.As, &call.As); err != nil {
		return driver.Outcome{}, fmt.Errorf("reference: %s: as: %w", op.Name, err)
	}
	result, err := h(ctx, call)
	var no *driverkit.Refusal
	switch {
	case errors.As(err, &no):
		return driver.Outcome{Status: protocol.Refused, Refusal: (*contract.Refusal)(no)}, nil
	case errors.Is(err, driverkit.ErrUnsupported):
		return driver.Outcome{Status: protocol.Unsupported}, nil
	case err != nil:
		return driver.Outcome{}, fmt.Errorf("reference: %s: %w", op.Name, err)
	}
	data, err := json.Marshal(result)
	if err != nil {
		return driver.Outcome{}, fmt.Errorf("reference: %s: %w", op.Name, err)
	}
	return driver.Outcome{Status: protocol.Done, Data: data}, nil
}

// Events implements driver.Driver; there are none.
func (c *Client) Events() []protocol.Event { return nil }

// Close implements driver.Driver: it closes the connections. Sessions end by themselves.
func (c *Client) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.http {
		h.CloseIdleConnections()
	}
	return nil
}
