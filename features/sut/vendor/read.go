package vendor

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"demailbench/features/sut"
)

// Read reads a place's file and what it names: for drivers in Go. Log, Dial and Clock of the Place are the
// driver's own business.
func Read(path string) (s sut.Setup, p sut.Place, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return s, p, fmt.Errorf("DEMAILBENCH_PLACE: %w; it is set by demailbench run", err)
	}
	var f place
	if err := json.Unmarshal(text, &f); err != nil {
		return s, p, fmt.Errorf("%s: %w", path, err)
	}
	s = sut.Setup{Hostname: f.Hostname, Operator: f.Operator, Provider: f.DMDA.Address, ProviderName: f.DMDA.ServerName, ProviderClient: f.DMDA.Client}
	if f.Administrator != "" {
		secret, err := os.ReadFile(f.Password)
		if err != nil {
			return s, p, fmt.Errorf("%s: administrator_password: %w", path, err)
		}
		s.Administration = &sut.Administration{Administrator: f.Administrator, Password: strings.TrimSpace(string(secret))}
	}
	for _, t := range f.Tenants {
		one, err := t.setup()
		if err != nil {
			return s, p, fmt.Errorf("%s: tenant %s: %w", path, t.ID, err)
		}
		s.Tenants = append(s.Tenants, one)
	}
	p = sut.Place{MailPort: f.MailPort, Probe: f.Probe, Data: f.Data, Files: f.Kept, Secrets: filepath.Dir(f.Files.Key),
		Ready: time.Duration(f.ReadyMS) * time.Millisecond, Drain: time.Duration(f.DrainMS) * time.Millisecond}
	for _, at := range []struct {
		text string
		to   *netip.AddrPort
	}{{f.Listen.Tenants, &p.Tenants}, {f.Listen.Provider, &p.Provider}, {f.Listen.Control, &p.Control}, {f.Names, &p.Names}} {
		if *at.to, err = netip.ParseAddrPort(at.text); err != nil {
			return s, p, fmt.Errorf("%s: %w", path, err)
		}
	}
	if f.Listen.Admin != "" {
		if p.Admin, err = netip.ParseAddrPort(f.Listen.Admin); err != nil {
			return s, p, fmt.Errorf("%s: listen.admin: %w", path, err)
		}
	}
	if err := f.credentials(&p); err != nil {
		return s, p, fmt.Errorf("%s: files: %w", path, err)
	}
	return s, p, nil
}

// credentials reads certificates, keys and PIN.
func (f *place) credentials(p *sut.Place) (err error) {
	if p.Certificate, err = tls.LoadX509KeyPair(f.Files.Certificate, f.Files.Key); err != nil {
		return err
	}
	if p.Card, err = tls.LoadX509KeyPair(f.Files.Card.Certificate, f.Files.Card.Key); err != nil {
		return err
	}
	pin, err := os.ReadFile(f.Files.Card.PIN)
	if err != nil {
		return err
	}
	p.PIN = strings.TrimSpace(string(pin))
	rest, err := os.ReadFile(f.Files.Roots)
	if err != nil {
		return err
	}
	for block := (*pem.Block)(nil); ; {
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		root, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return err
		}
		p.Roots = append(p.Roots, root)
	}
	if len(p.Roots) == 0 {
		return errors.New("there is no certificate in " + f.Files.Roots)
	}
	return nil
}

// setup is describe the other way round.
func (t tenant) setup() (sut.Tenant, error) {
	out := sut.Tenant{ID: t.ID, Name: t.Name, Transport: t.Transport, MailDomains: t.MailDomains, TechnicalContact: t.TechnicalContact, ProcessOwner: t.ProcessOwner, ReceiptMode: t.ReceiptMode}
	for _, n := range t.Networks {
		prefix, err := netip.ParsePrefix(n)
		if err != nil {
			return out, err
		}
		out.Networks = append(out.Networks, prefix)
	}
	for _, d := range t.Domains {
		out.Domains = append(out.Domains, sut.Domain(d))
	}
	for _, p := range t.Mapping {
		out.Mapping = append(out.Mapping, sut.Pair(p))
	}
	if t.Options == nil {
		return out, nil
	}
	out.Options = sut.Options{Tags: map[string]string{}, Policies: map[string]sut.OptionPolicy{}}
	for _, one := range t.Options.Tags {
		out.Options.Tags[one.Tag] = one.Option
	}
	for _, m := range t.Options.Mailboxes {
		out.Options.Policies[m.Mail] = sut.OptionPolicy{Preset: m.Preset, Forbid: m.Forbid}
	}
	return out, nil
}
