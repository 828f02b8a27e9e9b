package sut

import (
	"context"
	"crypto/tls"
	"fmt"
	"maps"
	"slices"

	"demailbench/gateway"
	"demailbench/gateway/password"
)

// Version is the version of the bench and of its reference gateway.
const Version = "0.1.0"

// Reference is the adapter of the reference gateway inside the process.
type Reference struct {
	// Alter, when set, changes what the gateway is made of before it starts: how one is made that is wrong on
	// purpose (features/mutant).
	Alter func(*gateway.Config, *gateway.Deps)
}

// Subject names the reference gateway.
func (Reference) Subject() (vendor, product, version string) {
	return "demailbench", "reference gateway", Version
}

// Start starts the reference gateway.
func (r Reference) Start(s Setup, d Doors) (Gateway, error) {
	config := Configure(s, d.Data)
	deps := gateway.Deps{Dial: d.Dial, Listen: d.Listen, Resolver: d.Resolver, Clock: d.Clock,
		Rand: d.Rand, Log: d.Log, Card: d.Card, PIN: d.PIN, Certificate: d.Certificate, Roots: d.Roots}
	if s.Administration != nil {
		deps.AdministratorPassword = s.Administration.Password
	}
	if r.Alter != nil {
		r.Alter(&config, &deps)
	}
	g, err := gateway.New(config, deps)
	if err != nil {
		return nil, fmt.Errorf("start the reference gateway: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	started := &running{g: g, cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(started.done)
		started.err = g.Run(ctx)
	}()
	return started, nil
}

// Configure turns a setup into the reference gateway's configuration, with its directory data and the ports of
// the world.
func Configure(s Setup, data string) gateway.Config {
	c := gateway.Config{Hostname: s.Hostname, Data: data, Operator: s.Operator}
	c.Listen = gateway.Listen{Tenants: ":25", Provider: ":465"}
	c.DMDA = gateway.DMDA{Address: s.Provider, ServerName: s.ProviderName, Client: s.ProviderClient}
	if a := s.Administration; a != nil { // what a password costs is not what scenarios are about
		c.Listen.Admin = ":443"
		c.Admin = gateway.Admin{Administrator: a.Administrator, Password: password.Cost{Time: 1, Memory: 8, Threads: 1}}
	}
	c.Service.ClearDays = s.ClearDays
	c.Pilot = gateway.Pilot{Enforced: s.PilotUntil != "", Until: s.PilotUntil}
	for _, t := range s.Tenants {
		gt := gateway.Tenant{ID: t.ID, Name: t.Name, Transport: t.Transport, MailDomains: t.MailDomains, TechnicalContact: t.TechnicalContact, ProcessOwner: t.ProcessOwner}
		for _, n := range t.Networks {
			gt.Networks = append(gt.Networks, n.String())
		}
		for _, dm := range t.Domains {
			gt.Domains = append(gt.Domains, gateway.Domain{Name: dm.Name, Direction: dm.Direction, CatchAll: dm.CatchAll,
				BounceAll: dm.BounceAll, BounceSender: dm.BounceSender})
		}
		for _, p := range t.Mapping {
			gt.Mapping = append(gt.Mapping, gateway.Pair{Mail: p.Mail, DeMail: p.DeMail})
		}
		gt.ReceiptMode, gt.Options = t.ReceiptMode, options(t.Options)
		c.Tenants = append(c.Tenants, gt)
	}
	return c
}

// options writes option rules in a fixed order.
func options(o Options) (c gateway.Options) {
	for _, tag := range slices.Sorted(maps.Keys(o.Tags)) {
		c.Tags = append(c.Tags, gateway.Tag{Tag: tag, Option: o.Tags[tag]})
	}
	for _, mail := range slices.Sorted(maps.Keys(o.Policies)) {
		c.Mailboxes = append(c.Mailboxes, gateway.OptionPolicy{Mail: mail, Preset: o.Policies[mail].Preset, Forbid: o.Policies[mail].Forbid})
	}
	return c
}

// running is a started reference gateway.
type running struct {
	g      *gateway.Gateway
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

// Stop implements Gateway.
func (r *running) Stop() error {
	r.cancel()
	<-r.done
	return r.err
}

// Kill implements Gateway.
func (r *running) Kill() {
	r.g.Kill()
	r.cancel()
	<-r.done
}

// Healthy implements Gateway.
func (r *running) Healthy() error { return r.g.Healthy() }

// ReplaceCard puts another card into use while the gateway runs, or the same one with another PIN.
func (r *running) ReplaceCard(card interface {
	Unlock(pin string) error
	Certificate() (tls.Certificate, error)
}, pin string) error {
	return r.g.ReplaceCard(card, pin)
}

// ReplaceCertificate puts another certificate for the gateway's listeners into use while it runs.
func (r *running) ReplaceCertificate(c tls.Certificate) error { return r.g.ReplaceCertificate(c) }
