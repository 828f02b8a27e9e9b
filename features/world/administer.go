package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"slices"

	"demailbench/features/sut"
	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/world/attach"
	"demailbench/features/world/office"
	"demailbench/features/world/roles"
	"demailbench/sim/record"
)

// desks are where the people of the operator and of KDN GmbH sit; a tenant's sit at its desk.
var desks = map[string]string{contract.Operator: "sid-desk", contract.KDNGmbH: "kdn-gmbh-desk"}

// secret is what the passwords of this scenario's people derive from.
func (w *World) secret() []byte {
	s := w.stream("passwords")
	return s[:]
}

// administration says to the gateway who administers it first, if anybody does.
func (w *World) administration() *sut.Administration {
	if !w.o.Administered {
		return nil
	}
	return sut.NewAdministration(w.secret())
}

// Office is where the scenario's people administer the gateway.
func (w *World) Office() *office.Office {
	if w.office == nil {
		w.office = office.New(office.Options{Record: w.rec, Clock: w.clock, Driver: w.driver, Host: w.deskOf, Scenario: w.o.Scenario, Secret: w.secret(), Lacks: w.lacks,
			Note: w.Note, GiveUp: w.give, Networks: w.abroad()})
	}
	return w.office
}

// abroad is how a gateway outside the world sees its networks; nil for one inside.
func (w *World) abroad() func([]string) ([]string, error) {
	if !w.onWall() {
		return nil
	}
	return w.attached.Networks
}

// deskOf is the host at which the people of an organisation sit.
func (w *World) deskOf(org string) (string, error) {
	if d, ok := desks[org]; ok && w.o.Profile.Topology.Host(d) != nil {
		return d, nil
	}
	t, err := w.tenant(org)
	if err != nil {
		return "", err
	}
	return t.Desk, nil
}

// driver is what carries out operations at the gateway.
func (w *World) driver() (driver.Driver, error) {
	if !w.o.Administered {
		return nil, errors.New("nobody administers this scenario's gateway; give the scenario the tag @administered")
	}
	if d, ok := w.running().(sut.Driven); ok {
		if d.Driver() == nil {
			return nil, &office.Lacking{Operation: "operations", Reason: "sut.yaml names no driver (level L0)"}
		}
		return d.Driver(), nil
	}
	if w.clerks != nil {
		return w.clerks, nil
	}
	a, ok := w.o.Adapter.(sut.Approachable)
	if w.onWall() {
		a, ok = w.o.Foreign.(sut.Approachable)
	}
	if !ok {
		return nil, errors.New("the gateway does not run, or nobody can administer it")
	}
	w.clerks = a.Administer(sut.Access{Hostname: w.o.Profile.Topology.Host(w.scene.Gateway).Hostname, Roots: w.lab.PKI().Pool(), Now: w.clock.Now, Secret: w.secret(),
		Dial: func(ctx context.Context, org string) (net.Conn, error) {
			desk, err := w.deskOf(org)
			if err != nil {
				return nil, err
			}
			return w.lab.Host(desk).Dial(ctx, "tcp", w.gatewayAddress(attach.AdminPort))
		}})
	return w.clerks, nil
}

// give ends the scenario without a judgement of the gateway.
func (w *World) give(name, reason string) error {
	w.blocked = true
	w.rec.Add(record.Event{Who: "bench", Kind: record.Action, Name: name, Detail: reason})
	return &Blocked{Reason: reason}
}

// Administer lets somebody do an operation of the contract at the gateway, from where he sits; args is one of the
// contract's types or what encodes to the same. What the gateway says is in the record; the error is a *Blocked
// when it cannot be asked. A step must say how it ends (office.Ended).
func (w *World) Administer(as contract.As, operation string, args any) (result json.RawMessage, refusal *contract.Refusal, err error) {
	a, err := w.Office().Do(as, operation, args)
	return a.Result, a.Refusal, err
}

// EverybodyTries lets everybody try every operation of a group of the role table.
func (w *World) EverybodyTries(group string) (*roles.Trial, error) {
	return roles.Try(w.o.Fixtures, group, w.Office(), w.clock.Now, w.Pass)
}

// BeginWithout starts a new gateway that does not know a tenant yet, in place of the one that runs.
func (w *World) BeginWithout(tenant string) error {
	if _, err := w.tenant(tenant); err != nil {
		return err
	}
	s := w.setup()
	s.Tenants = slices.DeleteFunc(s.Tenants, func(t sut.Tenant) bool { return t.ID == tenant })
	if err := w.StopGateway(); err != nil {
		return err
	}
	w.lives++
	w.altered, w.data = &s, filepath.Join(w.o.Dir, "work", fmt.Sprintf("gateway-%d", w.lives))
	w.leaveOffice()
	return w.Restart()
}

// leaveOffice forgets the people of a gateway that is gone.
func (w *World) leaveOffice() {
	if w.clerks != nil {
		_ = w.clerks.Close() // the connections of people
	}
	w.clerks, w.office = nil, nil
}
