package profile

import (
	"fmt"
	"io/fs"
	"slices"

	"demailbench/sim/config"
	"demailbench/sim/topology"
)

// Load reads profiles/<name>.yaml of fsys and every file it names, and checks them one by one and against
// each other: a world that Load accepts can be built. The error is a *config.Error. Files are read
// directly, not through a clock: load before the world's clock runs.
func Load(fsys fs.FS, name string) (*Profile, error) {
	path := "profiles/" + name + ".yaml"
	p := &Profile{}
	var err error
	if p.source, err = config.Read(fsys, path, &p.file); err != nil {
		return nil, err
	}
	if p.file.Name != name {
		return nil, p.source.Fail("name", p.file.Name, "the file is called "+path, "give profile and file the same name")
	}
	if p.Keys, err = fs.Sub(fsys, "pki"); err != nil {
		return nil, fmt.Errorf("profile: keys: %w", err)
	}
	p.Name, p.Certificates = name, p.file.Certificates
	if err := p.read(fsys); err != nil {
		return nil, err
	}
	for _, check := range []func() error{p.checkAccounts, p.checkCertificates, p.checkTenants, p.checkViews, p.checkMailDomains} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// read reads the files that the profile names.
func (p *Profile) read(fsys fs.FS) (err error) {
	if p.Topology, err = topology.Read(fsys, p.file.Topology); err != nil {
		return p.located("topology", err)
	}
	for i, name := range p.file.Tenants {
		if first := slices.Index(p.file.Tenants, name); first < i {
			return p.source.Fail(fmt.Sprintf("tenants[%d]", i), name, fmt.Sprintf("is tenants[%d] already", first), "list each tenant once")
		}
		t := Tenant{}
		if t.source, err = config.Read(fsys, name, &t); err != nil {
			return p.located(fmt.Sprintf("tenants[%d]", i), err)
		}
		p.Tenants = append(p.Tenants, t)
	}
	for i, name := range p.file.Zones {
		v := View{}
		if v.source, err = config.Read(fsys, name, &v); err != nil {
			return p.located(fmt.Sprintf("zones[%d]", i), err)
		}
		p.Views = append(p.Views, v)
	}
	p.Accounts = &Accounts{}
	if p.Accounts.source, err = config.Read(fsys, p.file.Accounts, p.Accounts); err != nil {
		return p.located("accounts", err)
	}
	return nil
}

// located turns "there is no such file" into a fault of the profile, which is where the name is wrong.
func (p *Profile) located(field string, err error) error {
	e, ok := err.(*config.Error)
	if !ok || e.Line > 0 || e.Field != "" || (e.Problem != config.NoFile && e.Problem != config.NoPath) {
		return err
	}
	return p.source.Fail(field, e.File, e.Problem, e.Fix)
}
