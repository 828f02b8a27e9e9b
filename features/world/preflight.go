package world

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"strings"
	"syscall"
	"time"

	"demailbench/sim/record"
)

// Miswired says why a gateway cannot be judged: it is not there as declared. It is never the gateway's
// failure, and nothing has been sent.
type Miswired struct {
	// Hop is the part of the wiring that is not as it should be.
	Hop string
	// Err is the cause, Fix what to do; empty when the cause says it.
	Err error
	Fix string
}

// Error names hop, cause and what to do.
func (m *Miswired) Error() string {
	if m.Fix == "" { // the cause says it
		return fmt.Sprintf("pre-flight: %s: %v", m.Hop, m.Err)
	}
	return fmt.Sprintf("pre-flight: %s: %v; next: %s", m.Hop, m.Err, m.Fix)
}

// Unwrap returns the cause.
func (m *Miswired) Unwrap() error { return m.Err }

const (
	// longestReply is how long a listener of the gateway may take for an answer in the pre-flight.
	longestReply = 5 * time.Second
	// again is how soon the pre-flight looks again for a listener that is late.
	again = 20 * time.Millisecond
)

func (w *World) reply() time.Duration { return min(longestReply, w.waits.Ready) }

// preflight looks whether the gateway is there as declared: it asks our name server, listens where it
// should, and shows its certificate there. It talks to the gateway without the world, so that nothing of it
// is in the record.
func (w *World) preflight() *Miswired {
	for _, part := range []func() *Miswired{w.checkNames, w.checkTenantsSide, w.checkProviderSide} {
		if m := part(); m != nil {
			return m
		}
	}
	return nil
}

// checkNames proves by a name nobody else can know that the gateway resolves through the bench.
func (w *World) checkNames() *Miswired {
	asked := w.Until(w.reply(), func() bool {
		for _, e := range w.rec.Events() {
			if e.Kind == record.Query && strings.EqualFold(strings.TrimSuffix(e.Name, "."), w.probe) {
				return true
			}
		}
		return false
	})
	if asked {
		return nil
	}
	return &Miswired{Hop: "names", Err: fmt.Errorf("the gateway has not asked the bench's name server for %s, though it says that it is ready", w.probe),
		Fix: fmt.Sprintf("let it resolve through %s (UDP and TCP) and nothing else, and ask for that name before it is ready; no mail was sent, as real addresses may be behind real names", w.bridge.Names())}
}

// checkTenantsSide greets the tenants' listener as the first tenant's mail server, and starts TLS when a
// tenant needs it.
func (w *World) checkTenantsSide() *Miswired {
	var host string
	secure := false
	for _, t := range w.o.Profile.Tenants {
		if host == "" || t.Transport == "starttls" && !secure {
			host, secure = t.MailServer, t.Transport == "starttls"
		}
	}
	at := w.bridge.Listener(mailPort)
	hop := fmt.Sprintf("tenants' listener %v, which stands for %s", at, w.gatewayAddress(mailPort))
	fail := func(err error, fix string) *Miswired { return &Miswired{hop, err, fix} }
	c, from, m := w.knock(hop, host, mailPort)
	if m != nil {
		return m
	}
	defer c.Close()
	text := textproto.NewConn(c)
	if _, _, err := text.ReadResponse(220); err != nil {
		return fail(fmt.Errorf("no greeting with 220 for %s, which stands for mail server %s: %w", from, host, err),
			"let it speak SMTP there, and serve the tenants' networks that the configuration names")
	}
	offer, err := say(text, 250, "EHLO "+w.o.Profile.Topology.Host(host).Hostname)
	if err != nil {
		return fail(fmt.Errorf("EHLO is refused: %w", err), "let it take EHLO (RFC 5321 4.1.1.1)")
	}
	if !secure {
		return nil
	}
	if !strings.Contains(strings.ToUpper(offer), "STARTTLS") {
		return fail(errors.New("it does not offer STARTTLS"), "give it its certificate and key, and switch STARTTLS on")
	}
	if _, err := say(text, 220, "STARTTLS"); err != nil {
		return fail(fmt.Errorf("STARTTLS is refused: %w", err), "give it its certificate and key")
	}
	_, m = w.handshake(hop, c, w.lab.PKI().ClientConfig(w.hostname()))
	return m
}

// checkProviderSide greets the provider's listener as the DMDA, with its certificate.
func (w *World) checkProviderSide() *Miswired {
	host := w.providerHost()
	hop := fmt.Sprintf("provider's listener %v, which stands for %s", w.bridge.Listener(providerPort), w.outside(providerPort))
	c, from, m := w.knock(hop, host, providerPort)
	if m != nil {
		return m
	}
	defer c.Close()
	safe, m := w.handshake(hop, c, w.lab.PKI().ClientConfig(w.hostname(), w.lab.Certificate(host)))
	if m != nil {
		return m
	}
	if _, _, err := textproto.NewConn(safe).ReadResponse(220); err != nil {
		return &Miswired{hop, fmt.Errorf("no greeting with 220 for the DMDA, certificate %q, from %s: %w", w.lab.ProviderClient(), from, err),
			"let it trust the roots that it was given, and take the DMDA's certificate"}
	}
	return nil
}

// knock connects to a listener of the gateway as host, waiting for one that is late.
func (w *World) knock(hop, host string, port uint16) (net.Conn, netip.AddrPort, *Miswired) {
	fail := func(err error, fix string) (net.Conn, netip.AddrPort, *Miswired) {
		return nil, netip.AddrPort{}, &Miswired{hop, err, fix}
	}
	source, err := w.source(host)
	if err != nil {
		return fail(err, "correct the topology")
	}
	ctx, cancel := w.clock.WithTimeout(context.Background(), w.waits.Ready)
	defer cancel()
	for {
		c, err := w.bridge.Dial(ctx, source, port)
		if err == nil {
			_ = c.SetDeadline(w.clock.Now().Add(w.reply())) // a dead connection shows at the first read
			from, _ := netip.ParseAddrPort(c.LocalAddr().String())
			return c, from, nil
		}
		ended := false
		select {
		case <-w.ended():
			ended = true
		default:
		}
		if ended {
			return fail(errors.New("the gateway has ended"), "read sut.log for the cause")
		}
		if !errors.Is(err, syscall.ECONNREFUSED) || w.clock.Sleep(ctx, again) != nil {
			return fail(fmt.Errorf("nobody listens there, though the gateway says that it is ready (waited %v): %w", w.waits.Ready, err),
				"let it listen there, or declare where it listens; a gateway that is late must not say that it is ready")
		}
	}
}

// handshake makes c a TLS connection.
func (w *World) handshake(hop string, c net.Conn, cfg *tls.Config) (*tls.Conn, *Miswired) {
	safe := tls.Client(c, cfg)
	err := safe.Handshake()
	if err == nil {
		return safe, nil
	}
	return nil, &Miswired{hop, fmt.Errorf("TLS handshake as %s: %w", cfg.ServerName, err),
		fmt.Sprintf("let it speak TLS there, with the certificate that it was given: for %s, of the bench's authority, valid today", w.hostname())}
}

// hostname is the gateway's name in its certificate.
func (w *World) hostname() string { return w.o.Profile.Topology.Host(w.scene.Gateway).Hostname }

func say(text *textproto.Conn, want int, command string) (string, error) {
	if err := text.PrintfLine("%s", command); err != nil {
		return "", err
	}
	_, answer, err := text.ReadResponse(want)
	return answer, err
}
