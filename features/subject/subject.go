// Package subject finds the gateway under test by the name that a user gives: the reference gateway in the process, as a
// process or as a container, a mutant of it, or a vendor's by its sut.yaml. It leaves out running it (features/world).
package subject

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"demailbench/features/mutant/catalogue"
	"demailbench/features/suite"
	"demailbench/features/sut"
	"demailbench/features/sut/process"
	"demailbench/features/sut/vendor"
	"demailbench/features/world"
	"demailbench/features/world/attach"
	"demailbench/features/world/containers"
	"demailbench/sim/clock"
	"demailbench/sim/record"
)

// Mutant begins the names of mutants.
const Mutant = "mutant:"

// Docker is the name of the fabric of containers, DockerPostfix of the same with Postfix as the tenants' mail servers.
const (
	Docker        = "docker"
	DockerPostfix = "docker-postfix"
)

// Subject is how a gateway is started: in the process, or outside.
type Subject struct {
	// Adapter starts it in the process, Foreign outside; one of the two is set.
	Adapter sut.Adapter
	Foreign sut.Foreign
	// Waits are for a foreign gateway.
	Waits world.Waits
	// World makes the fixtures of a mutant world from those that everybody has; nil for the world as it is.
	World func(fs.FS) fs.FS
	// Fabric carries the world when containers do.
	Fabric func(*record.Record) attach.Fabric
}

// Name is the gateway's: who makes it, product and version.
func (g Subject) Name() (vendor, product, version string) {
	if g.Foreign != nil {
		return g.Foreign.Subject()
	}
	return g.Adapter.Subject()
}

// Open finds the gateway called name; self is the bench's program, fabric what carries the world. A wrong name is a
// *suite.UsageError that says what is possible.
func Open(name, self, fabric string) (Subject, error) {
	if fabric == Docker || fabric == DockerPostfix {
		return openDocked(name, self, fabric == DockerPostfix)
	}
	if id, ok := strings.CutPrefix(name, Mutant); ok {
		found := catalogue.Find(id)
		if len(found) != 1 || found[0].ID != id {
			return Subject{}, &suite.UsageError{Text: fmt.Sprintf("--sut %s: no such mutant; demailbench list mutants has them", name)}
		}
		return Subject{Adapter: found[0].Adapter(), World: found[0].Fixtures}, nil
	}
	switch info, err := os.Stat(name); {
	case name == "reference":
		return Subject{Adapter: sut.Reference{}}, nil
	case name == "reference-process":
		return Subject{Foreign: &process.Adapter{Program: self}}, nil
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(name, `./\`):
		return Subject{}, &suite.UsageError{Text: fmt.Sprintf("--sut: %s: no such file; demailbench init writes one", name)}
	case err != nil || info.IsDir():
		return Subject{}, &suite.UsageError{Text: fmt.Sprintf("--sut %q is no gateway; write reference (in the bench's process, virtual time), reference-process (a program of its own, wall clock), "+
			"or the path of the sut.yaml that describes yours (demailbench init writes one)", name)}
	}
	a, err := vendor.Open(name, vendor.Options{Program: self, Clock: clock.Real(), Profiles: []string{"saxony"}})
	if err != nil {
		return Subject{}, &suite.UsageError{Text: err.Error()}
	}
	return Subject{Foreign: a, Waits: world.Waits{Ready: a.Ready()}}, nil
}

// openDocked finds the gateway that --sut names, to run as a container, and the engine for it.
func openDocked(name, self string, postfixed bool) (Subject, error) {
	g := Subject{}
	switch name {
	case "reference":
		g.Foreign = &process.Adapter{Program: self, Container: true}
	default:
		a, err := vendor.Open(name, vendor.Options{Program: self, Clock: clock.Real(), Profiles: []string{"saxony"}})
		if err == nil && a.Contained() {
			g.Foreign, g.Waits = a, world.Waits{Ready: a.Ready()}
			break
		}
		if err != nil && strings.ContainsAny(name, `./\`) {
			return g, &suite.UsageError{Text: err.Error()}
		}
		return g, &suite.UsageError{Text: fmt.Sprintf("--sut %q cannot run with --fabric docker, where the gateway is a container: name reference, or a sut.yaml with container.image; or leave --fabric out", name)}
	}
	var err error
	g.Fabric, err = containers.Open(self, postfixed)
	return g, err
}
