// Package stage takes a town's form into a world of its own: the fixtures of a world with the town in the place of
// the tenant most like it, all other tenants gone, and features that prove with the town's own addresses, domains,
// directions and mapping that enrolment and mail work. What comes out are files that any run can read.
//
// It leaves out whether the form is complete (package rehearse) and running (package suite).
package stage

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"demailbench/features/rehearse"
)

// Stage is the world of one town.
type Stage struct {
	// Tenant is the town's short name in the steps: its id without hyphens.
	Tenant string
	// Fixtures and Features have the files by path.
	Fixtures, Features map[string][]byte
	// Notes are keys of the catalogue about what differs from the form.
	Notes []string
}

// unused are folders of the fixtures that no run reads.
var unused = []string{"broken", "vectors", "rehearsals", "simulations", "municipalities", "suts", "processes"}

// models are the tenants whose place is taken, by network and transport.
var models = map[string]string{"kdn starttls": "annaberg", "kdn ipsec": "pirna", "svn starttls": "sakd", "svn ipsec": "pirna"}

// Set makes the stage of a form out of the fixtures of world saxony. The form must be Stageable.
func Set(base fs.FS, f *rehearse.Form) (*Stage, error) {
	b := &builder{base: base, form: f, stage: &Stage{Tenant: strings.ReplaceAll(f.ID, "-", ""), Fixtures: map[string][]byte{}, Features: map[string][]byte{}}}
	if err := b.copy(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{b.open, b.profile, b.topology, b.accounts, b.zones, b.tenant, b.close} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("take the form into a world: %w", err)
		}
	}
	return b.stage, b.features()
}

// builder makes one stage.
type builder struct {
	base  fs.FS
	form  *rehearse.Form
	stage *Stage
	// docs are the files that are changed, by path.
	docs map[string]tree
	// model is the tenant whose place is taken, others those that go.
	model  tree
	others []tree
}

// The files of the world that are changed.
const (
	profileFile  = "profiles/saxony.yaml"
	topologyFile = "topologies/saxony.yaml"
	accountsFile = "accounts/saxony.yaml"
	internalFile = "zones/saxony-internal.yaml"
)

// copy takes over all files that a run reads.
func (b *builder) copy() error {
	return fs.WalkDir(b.base, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if err == nil && slices.Contains(unused, p) {
				return fs.SkipDir
			}
			return err
		}
		if strings.HasPrefix(p, "tenants/") || path.Ext(p) == ".go" {
			return nil
		}
		text, err := fs.ReadFile(b.base, p)
		b.stage.Fixtures[p] = text
		return err
	})
}

// open reads the files that are changed and finds whose place the town takes.
func (b *builder) open() error {
	b.docs = map[string]tree{}
	for _, name := range []string{profileFile, topologyFile, accountsFile, internalFile} {
		var t tree
		if err := yaml.Unmarshal(b.stage.Fixtures[name], &t); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.docs[name] = t
	}
	model := models[b.form.Network+" "+b.form.Mail.Transport]
	for _, name := range b.docs[profileFile].texts("tenants") {
		var t tree
		text, err := fs.ReadFile(b.base, name)
		if err == nil {
			err = yaml.Unmarshal(text, &t)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if t.text("id") == model {
			b.model = t
		} else {
			b.others = append(b.others, t)
		}
	}
	if b.model == nil {
		return fmt.Errorf("profile saxony has no tenant %s in whose place the town could be put", model)
	}
	return nil
}

// close writes the changed files.
func (b *builder) close() error {
	for _, name := range slices.Sorted(maps.Keys(b.docs)) {
		text, err := yaml.Marshal(map[string]any(b.docs[name]))
		if err != nil {
			return err
		}
		b.stage.Fixtures[name] = append([]byte("# Written by demailbench rehearse.\n"), text...)
	}
	return nil
}

// host is what a host or a thing around it is called.
func (b *builder) host(suffix string) string { return b.stage.Tenant + "-" + suffix }

// profile lists the town alone and gives its mail server a certificate.
func (b *builder) profile() error {
	p, s := b.docs[profileFile], b.form.Mail.Server
	p["tenants"] = []any{b.tenantFile()}
	p.keep("certificates", func(c tree) bool { return !b.ofOthers(c.text("host")) })
	for _, c := range p.list("certificates") {
		if c.text("host") == b.model.text("mail_server") {
			c["name"], c["host"], c["dns"], c["ips"] = b.stage.Tenant, b.host("mail"), []any{s.Hostname}, []any{s.Address.String(), s.SeenAs.String()}
		}
	}
	return nil
}

func (b *builder) tenantFile() string { return "tenants/" + b.stage.Tenant + ".yaml" }

// ofOthers reports whether a host is another tenant's.
func (b *builder) ofOthers(host string) bool {
	return slices.ContainsFunc(b.others, func(t tree) bool { return t.text("mail_server") == host || t.text("desk") == host })
}

// accounts keeps persons and who is no tenant, and opens the town's account.
func (b *builder) accounts() error {
	a, f := b.docs[accountsFile], b.form
	taken := domainNames(f)
	for _, t := range append(b.others, b.model) {
		for _, d := range t.list("domains") {
			taken = append(taken, d.text("name"))
		}
	}
	a.keep("accounts", func(acc tree) bool {
		return !slices.ContainsFunc(acc.texts("domains"), func(d string) bool { return slices.Contains(taken, d) })
	})
	list, _ := a["accounts"].([]any)
	a["accounts"] = append(list, map[string]any{"id": b.stage.Tenant, "holder": f.Name, "kind": "institution", "domains": values(domainNames(f)),
		"itsp": rehearse.ITSP, "gateway": true, "receipt": "always", "mailboxes": values(f.Account.Mailboxes)})
	return nil
}

func domainNames(f *rehearse.Form) (names []string) {
	for _, d := range f.Domains {
		names = append(names, strings.ToLower(d.Name))
	}
	return names
}

// zones answer for the town's domains in place of the other tenants'.
func (b *builder) zones() error {
	z, m := b.docs[internalFile], b.form.Mail
	gone := slices.Clone(m.Domains)
	for _, t := range append(b.others, b.model) {
		gone = append(gone, t.texts("mail_domains")...)
	}
	z.keep("zones", func(o tree) bool { return !slices.Contains(gone, o.text("origin")) })
	list, _ := z["zones"].([]any)
	soa := func(records ...string) []any {
		return values(append([]string{"@ 300 IN SOA dns.central.example. hostmaster.central.example. 1 3600 600 86400 300", "@ 300 IN NS dns.central.example."}, records...))
	}
	server := fmt.Sprintf("%s. 300 IN A %s", m.Server.Hostname, m.Server.SeenAs)
	homed := false
	for _, d := range m.Domains {
		records := []string{fmt.Sprintf("@ 300 IN MX 10 %s.", m.Server.Hostname)}
		if !homed && strings.HasSuffix(m.Server.Hostname, "."+d) {
			records, homed = append(records, server), true
		}
		list = append(list, map[string]any{"origin": d, "records": soa(records...)})
	}
	if !homed {
		_, parent, _ := strings.Cut(m.Server.Hostname, ".")
		list = append(list, map[string]any{"origin": parent, "records": soa(server)})
	}
	z["zones"] = list
	z["clients"] = values(append(z.texts("clients"), b.seen().String()))
	return nil
}

// tenant writes the town's own file.
func (b *builder) tenant() error {
	f := b.form
	var rows []any
	boxes := map[string]bool{}
	for _, r := range f.Rows() {
		if mail := strings.ToLower(r.Mail); !boxes[mail] { // a row that stands there twice is one
			boxes[mail] = true
			rows = append(rows, map[string]any{"mail": mail, "demail": strings.ToLower(r.DeMail)})
		}
	}
	var domains []any
	further := slices.Clone(f.Unmapped)
	for _, d := range f.Domains {
		domains = append(domains, map[string]any{"name": strings.ToLower(d.Name), "direction": d.Direction})
		further = append(further, d.CatchAll)
	}
	contact := b.contact(&further)
	var unmapped []any
	for _, u := range further {
		if u = strings.ToLower(u); u != "" && !boxes[u] {
			boxes[u] = true
			unmapped = append(unmapped, u)
		}
	}
	t := tree{"id": b.stage.Tenant, "name": f.Name, "network": f.Network, "mail_server": b.host("mail"), "desk": b.host("desk"),
		"networks": []any{b.seen().String()}, "transport": f.Mail.Transport, "mail_domains": values(f.Mail.Domains), "domains": domains, "mapping": rows,
		"technical_contact": contact}
	if f.Key != "" {
		t["key"] = f.Key
	}
	if len(unmapped) > 0 {
		t["unmapped"] = unmapped
	}
	b.docs[b.tenantFile()] = t
	return nil
}

// standIn reads the technical contact's mail where the world has no such mailbox.
const standIn = "technik@kdn-gmbh.de"

// contact is the technical contact's mailbox in this world.
func (b *builder) contact(further *[]string) string {
	mail := strings.ToLower(b.form.TechnicalContact.Mail)
	if _, domain, _ := strings.Cut(mail, "@"); slices.Contains(b.form.Mail.Domains, domain) {
		*further = append(*further, mail)
		return mail
	}
	for _, h := range b.docs[topologyFile].list("hosts") {
		if slices.Contains(h.texts("mailboxes"), mail) {
			return mail
		}
	}
	b.stage.Notes = append(b.stage.Notes, "rehearse.stage.contact")
	return standIn
}
