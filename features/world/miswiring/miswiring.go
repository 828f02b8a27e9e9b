// Package miswiring is wrong wiring as data (fixtures/misconfigurations): what is altered in a world or in what a
// gateway is given, and at which hop a look at the wiring must find it. It shows that the pre-flight names the right
// hop. It leaves out looking (features/world/wiring).
package miswiring

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"demailbench/reports/wiring"
	"demailbench/sim/config"
)

// Case is one wrong wiring. Exactly one of World, Gateway and Driver is set.
type Case struct {
	ID string `yaml:"id"`
	// What says in one sentence what is wrong.
	What string `yaml:"what"`
	// Hop, Fixer and At are what must be said of it: at which hop, who mends it, where ("" leaves that open).
	Hop   string `yaml:"hop"`
	Fixer string `yaml:"fixer"`
	At    string `yaml:"at,omitempty"`

	World   *World   `yaml:"world,omitempty"`
	Gateway *Gateway `yaml:"gateway,omitempty"`
	// Driver is the command of a driver that does not do its work, in place of the example's.
	Driver []string `yaml:"driver,omitempty"`
}

// World alters the world; the plan that the gateway was set up by stays.
type World struct {
	Records     *Records     `yaml:"records,omitempty"`
	Clients     *Clients     `yaml:"clients,omitempty"`
	Route       *Route       `yaml:"route,omitempty"`
	Static      *Static      `yaml:"static,omitempty"`
	Row         *Row         `yaml:"row,omitempty"`
	Certificate *Certificate `yaml:"certificate,omitempty"`
	Account     *Account     `yaml:"account,omitempty"`
	ITSP        *ITSP        `yaml:"itsp,omitempty"`
	Mailbox     *Mailbox     `yaml:"mailbox,omitempty"`
	Server      *Server      `yaml:"server,omitempty"`
}

// Records replaces a record of a zone, or removes it when With is empty.
type Records struct {
	View   string `yaml:"view"`
	Origin string `yaml:"origin"`
	Record string `yaml:"record"`
	With   string `yaml:"with,omitempty"`
}

// Clients are the networks that a view serves.
type Clients struct {
	View     string          `yaml:"view"`
	Networks []config.Prefix `yaml:"networks"`
}

// Route leads a network by another router, or removes the route when Via is empty.
type Route struct {
	Router string        `yaml:"router"`
	To     config.Prefix `yaml:"to"`
	Via    *config.Addr  `yaml:"via,omitempty"`
}

// Static gives the 1:1 translation on an interface another outside, or removes it when Outside is empty.
type Static struct {
	Router    string         `yaml:"router"`
	Interface string         `yaml:"interface"`
	Outside   *config.Prefix `yaml:"outside,omitempty"`
}

// Row takes a row of the communication matrix out of force, or gives it another port.
type Row struct {
	ID   string `yaml:"id"`
	Port uint16 `yaml:"port,omitempty"`
}

// Certificate gives a certificate of the profile other names or another validity.
type Certificate struct {
	Name  string      `yaml:"name"`
	DNS   []string    `yaml:"dns,omitempty"`
	From  config.Time `yaml:"from,omitempty"`
	Until config.Time `yaml:"until,omitempty"`
}

// Account switches an account's access by the gateway off.
type Account struct {
	ID string `yaml:"id"`
}

// ITSP registers another certificate for the operator's access.
type ITSP struct {
	Number      string `yaml:"number"`
	Certificate string `yaml:"certificate"`
}

// Mailbox takes a mailbox away from a tenant's mail server.
type Mailbox struct {
	Tenant  string `yaml:"tenant"`
	Address string `yaml:"address"`
}

// Server takes the mail server on a host away, or only its STARTTLS.
type Server struct {
	Host     string `yaml:"host"`
	STARTTLS bool   `yaml:"only_starttls,omitempty"`
}

// Gateway alters what the gateway under test is given.
type Gateway struct {
	// Tenant is the tenant that Networks, Unmap, Remap and Unbind are about.
	Tenant string `yaml:"tenant,omitempty"`
	// Networks are its mail server's in the gateway's configuration.
	Networks []config.Prefix `yaml:"networks,omitempty"`
	// Unmap is a De-Mail address that is left out of the mapping, Remap one that leads to To.
	Unmap string `yaml:"unmap,omitempty"`
	Remap string `yaml:"remap,omitempty"`
	To    string `yaml:"to,omitempty"`
	// Provider, ProviderName and ProviderClient stand in place of what the plan says about the DMDA.
	Provider       string `yaml:"provider,omitempty"`
	ProviderName   string `yaml:"provider_name,omitempty"`
	ProviderClient string `yaml:"provider_client,omitempty"`
	// Clock is how far its clock is ahead.
	Clock Duration `yaml:"clock,omitempty"`
	// Certificate is "none", "expired", "other-name" or "untrusted"; Card is "expired" or "untrusted".
	Certificate string `yaml:"certificate,omitempty"`
	Card        string `yaml:"card,omitempty"`
	// Roots is "none", Names is "none": a name server that never answers.
	Roots string `yaml:"roots,omitempty"`
	Names string `yaml:"names,omitempty"`
	// Closed is a port at which it does not listen.
	Closed uint16 `yaml:"closed,omitempty"`
	// Start is why it does not start.
	Start string `yaml:"start,omitempty"`
}

// Duration is a time written like "8760h".
type Duration struct{ time.Duration }

// UnmarshalYAML reads it.
func (d *Duration) UnmarshalYAML(text []byte) error {
	var err error
	d.Duration, err = time.ParseDuration(string(text))
	return err
}

// file is one file of cases.
type file struct {
	Cases []Case `yaml:"cases"`
}

// Dir is the directory below the fixtures.
const Dir = "misconfigurations"

// Load reads all cases of fsys (fixtures), in the order of their files. Every mistake is an error that names the file.
func Load(fsys fs.FS) ([]Case, error) {
	names, err := fs.Glob(fsys, path.Join(Dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all []Case
	for _, name := range names {
		var f file
		if _, err := config.Read(fsys, name, &f); err != nil {
			return nil, err
		}
		for _, c := range f.Cases {
			if err := c.check(all); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", name, c.ID, err)
			}
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no case in %s/*.yaml", Dir)
	}
	return all, nil
}

func (c *Case) check(before []Case) error {
	n := 0
	for _, set := range []bool{c.World != nil, c.Gateway != nil, len(c.Driver) > 0} {
		if set {
			n++
		}
	}
	switch {
	case n != 1:
		return fmt.Errorf("exactly one of world, gateway and driver must be given, not %d", n)
	case !slices.Contains(wiring.Hops, wiring.Hop(c.Hop)):
		return fmt.Errorf("hop %q is none of %v", c.Hop, wiring.Hops)
	case !slices.Contains(wiring.Everybody, c.Fixer):
		return fmt.Errorf("fixer %q is none of %v", c.Fixer, wiring.Everybody)
	case slices.ContainsFunc(before, func(o Case) bool { return o.ID == c.ID }):
		return fmt.Errorf("the id stands there twice")
	}
	return nil
}
