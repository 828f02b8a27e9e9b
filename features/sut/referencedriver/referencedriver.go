// Package referencedriver drives the reference gateway as a program of its own, in the way in which a vendor's driver
// drives his: by lines of JSON. It leaves out the protocol (package driverkit) and how the program is started
// (package process).
package referencedriver

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/netip"
	"os"

	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driverkit"
	"demailbench/features/sut/process"
	"demailbench/features/sut/reference"
	"demailbench/features/sut/vendor"
	"demailbench/sim/bridge/loopback"
	"demailbench/sim/clock"
)

// Serve drives until the standard input ends.
func Serve() error {
	d := &referenceDriver{file: os.Getenv("DEMAILBENCH_PLACE")}
	operations, err := d.administration()
	if err != nil {
		return err
	}
	maps.Copy(operations, driverkit.Operations{
		"reset":         driverkit.Handle(d.reset),
		"node.restart":  driverkit.Handle(d.restart),
		"node.kill":     driverkit.Handle(d.kill),
		"instance.list": driverkit.Handle(d.instances),
	})
	err = driverkit.Kit{Version: "demailbench " + sut.Version, Timeout: clock.Real().WithTimeout, Operations: operations}.Serve(context.Background(), os.Stdin, os.Stdout)
	return errors.Join(err, d.end(sut.Gateway.Stop))
}

// referenceDriver has the gateway that it drives.
type referenceDriver struct {
	file    string
	gateway sut.Gateway
}

// administration are the operations on a gateway that is administered; none when the place names no administrator.
func (d *referenceDriver) administration() (driverkit.Operations, error) {
	if d.file == "" {
		return driverkit.Operations{}, nil
	}
	s, p, err := vendor.Read(d.file)
	if err != nil || s.Administration == nil {
		return driverkit.Operations{}, err
	}
	roots := x509.NewCertPool()
	for _, r := range p.Roots {
		roots.AddCert(r)
	}
	c := reference.New(reference.Options{Name: s.Hostname, Roots: roots, Now: clock.Real().Now, Secret: []byte(s.Administration.Password), Password: s.Administration.Password,
		Dial: func(ctx context.Context, _ string) (net.Conn, error) {
			return loopback.Dial(ctx, netip.AddrPort{}, p.Admin)
		}})
	return c.Operations(), nil
}

// end ends a gateway that runs.
func (d *referenceDriver) end(how func(sut.Gateway) error) error {
	g := d.gateway
	d.gateway = nil
	if g == nil {
		return nil
	}
	return how(g)
}

func killed(g sut.Gateway) error {
	g.Kill()
	return nil
}

// start starts the gateway where the bench says; fresh removes its data first.
func (d *referenceDriver) start(ctx context.Context, fresh bool) error {
	if d.file == "" {
		return errors.New("DEMAILBENCH_PLACE is not set: this driver is for demailbench run --sut fixtures/suts/reference-process/sut.yaml")
	}
	s, p, err := vendor.Read(d.file)
	if err != nil {
		return err
	}
	if fresh {
		if err := os.RemoveAll(p.Data); err != nil {
			return err
		}
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the bench's own program: %w", err)
	}
	if s.Administration != nil { // whoever declares tenant.enrol begins without tenants
		s.Tenants = nil
	}
	p.Log, p.Clock = os.Stderr, clock.Real()
	p.Dial = loopback.Dial
	d.gateway, err = (&process.Adapter{Program: self}).Launch(ctx, s, p)
	return err
}

func (d *referenceDriver) reset(ctx context.Context, _ contract.As, _ contract.Reset) (contract.Nothing, error) {
	if err := d.end(killed); err != nil {
		return contract.Nothing{}, err
	}
	return contract.Nothing{}, d.start(ctx, true)
}

func (d *referenceDriver) restart(ctx context.Context, _ contract.As, _ contract.NodeRestart) (contract.NodeRestartResult, error) {
	if err := d.end(sut.Gateway.Stop); err != nil {
		return contract.NodeRestartResult{}, err
	}
	return contract.NodeRestartResult{Instances: []string{"gateway"}}, d.start(ctx, false)
}

func (d *referenceDriver) kill(ctx context.Context, _ contract.As, _ contract.NodeKill) (contract.NodeKillResult, error) {
	if err := d.end(killed); err != nil {
		return contract.NodeKillResult{}, err
	}
	return contract.NodeKillResult{Instances: []string{"gateway"}}, d.start(ctx, false)
}

func (d *referenceDriver) instances(context.Context, contract.As, contract.InstanceList) (contract.InstanceListResult, error) {
	one := contract.Instance{Instance: "gateway", State: "down", Tenants: []string{}}
	if d.gateway != nil && d.gateway.Healthy() == nil {
		one.State = "ready"
	}
	return contract.InstanceListResult{Instances: []contract.Instance{one}}, nil
}
