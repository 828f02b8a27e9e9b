package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"demailbench/features/suite"
	"demailbench/gateway"
	"demailbench/gateway/door"
	"demailbench/sim/clock"
	"demailbench/sim/dns"
	"demailbench/sim/pki"
)

type gatewayCommand struct {
	Config   string `required:"" help:"The gateway's configuration file (YAML)." type:"path" placeholder:"FILE"`
	Restore  string `help:"Begin with what is in this backup: the configured data directory must be new or empty." type:"path" placeholder:"DIR"`
	UntilEOF bool   `hidden:"" name:"until-eof" help:"Also drain and end when the standard input ends: nothing is left when the program that started this one dies."`
}

// Run serves until SIGTERM or SIGINT, then drains.
func (c *gatewayCommand) Run() error {
	text, err := os.ReadFile(c.Config)
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	config, err := gateway.Parse(c.Config, text)
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	if c.Restore != "" {
		if err := gateway.Restore(c.Restore, config.Data); err != nil {
			return &suite.UsageError{Text: err.Error()}
		}
	}
	deps, closeLog, err := doors(&config, filepath.Dir(c.Config))
	if err != nil {
		return &suite.UsageError{Text: err.Error()}
	}
	defer closeLog()
	g, err := gateway.New(config, deps)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.UntilEOF {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin) // its end is the message, whatever the cause
			stop()
		}()
	}
	if config.Listen.Health != "" {
		closeHealth, err := serveHealth(config.Listen.Health, func(ctx context.Context) error {
			return errors.Join(g.Healthy(), probe(ctx, deps.Resolver, config.Files.Probe))
		})
		if err != nil {
			return err
		}
		defer closeHealth()
	}
	defer renewOnHangup(g, config.Files, filepath.Dir(c.Config), deps.Log)()
	a := g.Addrs()
	fmt.Fprintf(os.Stderr, "demailbench gateway: tenants at %s, provider at %s\n", a.Tenants, a.Provider)
	if a.Admin != nil {
		fmt.Fprintf(os.Stderr, "demailbench gateway: administration at https://%s\n", a.Admin)
	}
	return g.Run(ctx)
}

// renewOnHangup reads certificate, card and PIN again on SIGHUP and puts them into use, without an outage. What
// cannot be used is told to the log, and the old stays.
func renewOnHangup(g *gateway.Gateway, f gateway.Files, dir string, log *slog.Logger) (stop func()) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for range hangups {
			if err := renew(g, f, dir); err != nil {
				log.Error("SIGHUP: credentials not replaced", "error", err.Error())
				continue
			}
			log.Info("SIGHUP: certificate and card replaced")
		}
	}()
	return func() { signal.Stop(hangups); close(hangups) }
}

// renew replaces both, or says what of them stayed.
func renew(g *gateway.Gateway, f gateway.Files, dir string) error {
	certificate, err := tls.LoadX509KeyPair(within(dir, f.Certificate), within(dir, f.Key))
	if err != nil {
		return fmt.Errorf("files.certificate, files.key: %w", err)
	}
	c, pin, err := card(within(dir, f.Card.Certificate), within(dir, f.Card.Key), within(dir, f.Card.PIN))
	if err != nil {
		return fmt.Errorf("files.card: %w", err)
	}
	if err := g.ReplaceCertificate(certificate); err != nil {
		return fmt.Errorf("files.certificate: %w", err)
	}
	if err := g.ReplaceCard(c, pin); err != nil {
		return fmt.Errorf("files.card: %w", err)
	}
	return nil
}

// within is name as seen from the configuration's directory.
func within(dir, name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// doors builds what the outside is for an ordinary process: the system's sockets, clock and chance, and the
// operator's files, whose paths are relative to dir.
func doors(c *gateway.Config, dir string) (d gateway.Deps, closeLog func(), err error) {
	at := func(name string) string { return within(dir, name) }
	c.Data = at(c.Data)
	var dialer net.Dialer
	d = gateway.Deps{Dial: dialer.DialContext, Listen: net.Listen, Clock: clock.Real(), Rand: rand.Reader, Resolver: resolver(c, dialer)}
	if d.Certificate, err = tls.LoadX509KeyPair(at(c.Files.Certificate), at(c.Files.Key)); err != nil {
		return d, nil, fmt.Errorf("files.certificate, files.key: %w", err)
	}
	if d.Roots, err = roots(at(c.Files.Roots)); err != nil {
		return d, nil, fmt.Errorf("files.roots: %w", err)
	}
	if d.Card, d.PIN, err = card(at(c.Files.Card.Certificate), at(c.Files.Card.Key), at(c.Files.Card.PIN)); err != nil {
		return d, nil, fmt.Errorf("files.card: %w", err)
	}
	if name := at(c.Files.Administrator); name != "" {
		password, err := os.ReadFile(name)
		if err != nil {
			return d, nil, fmt.Errorf("files.administrator: %w", err)
		}
		d.AdministratorPassword = strings.TrimSpace(string(password))
	}
	log, closeLog, err := openLog(at(c.Files.Log))
	if err != nil {
		return d, nil, fmt.Errorf("files.log: %w", err)
	}
	d.Log = slog.New(slog.NewJSONHandler(log, nil))
	return d, closeLog, nil
}

func resolver(c *gateway.Config, dialer net.Dialer) door.Resolver {
	if c.Files.Resolver == "" {
		return net.DefaultResolver
	}
	return dns.NewStub(dialer.DialContext, clock.Real(), c.Files.Resolver)
}

func roots(name string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate in " + name)
	}
	return pool, nil
}

// card reads the ITSP's card from files: a software card with the same PIN, counter and block as the real.
func card(certificate, key, pinFile string) (door.Card, string, error) {
	cert, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, "", err
	}
	raw, err := os.ReadFile(pinFile)
	if err != nil {
		return nil, "", err
	}
	pin := strings.TrimSpace(string(raw))
	return pki.NewCard(cert, pin), pin, nil
}

func openLog(name string) (io.Writer, func(), error) {
	if name == "" {
		return os.Stderr, func() {}, nil
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	return f, func() { f.Close() }, nil
}

// probe asks the name server for a name. That there is none by that name is an answer too.
func probe(ctx context.Context, r door.Resolver, name string) error {
	if name == "" {
		return nil
	}
	_, err := r.LookupNetIP(ctx, "ip4", name+".")
	var answer *net.DNSError
	if err == nil || errors.As(err, &answer) && answer.IsNotFound {
		return nil
	}
	return fmt.Errorf("files.probe: the name server gives no answer: %w", err)
}

// serveHealth answers 200 on every path while the gateway can do its work, else 503 with the reason.
func serveHealth(address string, healthy func(context.Context) error) (closeHealth func(), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen.health: %w", err)
	}
	srv := &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := healthy(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ok")
	})}
	go srv.Serve(l)
	return func() { srv.Close() }, nil
}
