package vendor

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"demailbench/features/sut"
	"demailbench/features/sut/credentials"
)

// PlaceFile is the name of the file in which a driver finds where the gateway is to live; its path is in the
// variable DEMAILBENCH_PLACE. PLACE.md describes it.
const PlaceFile = "place.json"

// place is the file.
type place struct {
	Format   string `json:"format"`
	Again    bool   `json:"again"`
	Hostname string `json:"hostname"`
	Operator string `json:"operator"`
	Listen   struct {
		Tenants  string `json:"tenants"`
		Provider string `json:"provider"`
		Control  string `json:"control"`
		Admin    string `json:"admin,omitempty"`
	} `json:"listen"`
	// Administrator is the operator's first person, whose password is in the file Password.
	Administrator string `json:"administrator,omitempty"`
	Password      string `json:"administrator_password,omitempty"`
	Names         string `json:"names"`
	Probe         string `json:"probe"`
	MailPort      uint16 `json:"mail_port"`
	DMDA          struct {
		Address    string `json:"address"`
		ServerName string `json:"server_name"`
		Client     string `json:"client"`
	} `json:"dmda"`
	Files   credentials.Files `json:"files"`
	Data    string            `json:"data"`
	Kept    string            `json:"kept"`
	ReadyMS int64             `json:"ready_ms"`
	DrainMS int64             `json:"drain_ms"`
	Tenants []tenant          `json:"tenants"`
}

type tenant struct {
	ID               string   `json:"id"`
	Name             string   `json:"name"`
	Networks         []string `json:"networks"`
	Transport        string   `json:"transport"`
	MailDomains      []string `json:"mail_domains"`
	Domains          []domain `json:"domains"`
	Mapping          []pair   `json:"mapping"`
	TechnicalContact string   `json:"technical_contact,omitempty"`
	ProcessOwner     string   `json:"process_owner,omitempty"`
	ReceiptMode      string   `json:"receipt_mode,omitempty"`
	Options          *options `json:"options,omitempty"`
}

type domain struct {
	Name         string `json:"name"`
	Direction    string `json:"direction"`
	CatchAll     string `json:"catch_all,omitempty"`
	BounceAll    string `json:"bounce_all,omitempty"`
	BounceSender string `json:"bounce_sender,omitempty"`
}

type pair struct {
	Mail   string `json:"mail"`
	DeMail string `json:"demail"`
}

type options struct {
	Tags      []tag     `json:"tags,omitempty"`
	Mailboxes []mailbox `json:"mailboxes,omitempty"`
}

type tag struct {
	Tag    string `json:"tag"`
	Option string `json:"option"`
}

type mailbox struct {
	Mail   string   `json:"mail"`
	Preset []string `json:"preset,omitempty"`
	Forbid []string `json:"forbid,omitempty"`
}

// write writes the file and what it names, and returns its absolute path. again says that the gateway has lived
// there already.
func write(s sut.Setup, p sut.Place, again bool) (path string, err error) {
	f := place{Format: "1", Again: again, Hostname: s.Hostname, Operator: s.Operator, Names: p.Names.String(), Probe: p.Probe, MailPort: p.MailPort,
		ReadyMS: p.Ready.Milliseconds(), DrainMS: max(p.Drain/2, time.Second).Milliseconds()}
	f.Listen.Tenants, f.Listen.Provider, f.Listen.Control = p.Tenants.String(), p.Provider.String(), p.Control.String()
	if a := s.Administration; a != nil {
		f.Listen.Admin, f.Administrator = p.Admin.String(), a.Administrator
		if f.Password, err = credentials.Administrator(a, p); err != nil {
			return "", err
		}
	}
	f.DMDA.Address, f.DMDA.ServerName, f.DMDA.Client = s.Provider, s.ProviderName, s.ProviderClient
	for _, t := range s.Tenants {
		f.Tenants = append(f.Tenants, describe(t))
	}
	if f.Files, err = credentials.Write(p); err != nil {
		return "", err
	}
	if f.Data, err = filepath.Abs(p.Data); err != nil {
		return "", err
	}
	if f.Kept, err = filepath.Abs(p.Files); err != nil {
		return "", err
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return "", err
	}
	path = filepath.Join(f.Kept, PlaceFile)
	return path, os.WriteFile(path, append(text, '\n'), 0o644)
}

func describe(t sut.Tenant) tenant {
	out := tenant{ID: t.ID, Name: t.Name, Transport: t.Transport, MailDomains: t.MailDomains, TechnicalContact: t.TechnicalContact, ProcessOwner: t.ProcessOwner, ReceiptMode: t.ReceiptMode}
	for _, n := range t.Networks {
		out.Networks = append(out.Networks, n.String())
	}
	for _, d := range t.Domains {
		out.Domains = append(out.Domains, domain(d))
	}
	for _, p := range t.Mapping {
		out.Mapping = append(out.Mapping, pair(p))
	}
	if len(t.Options.Tags)+len(t.Options.Policies) == 0 {
		return out
	}
	out.Options = new(options)
	for _, word := range slices.Sorted(maps.Keys(t.Options.Tags)) {
		out.Options.Tags = append(out.Options.Tags, tag{word, t.Options.Tags[word]})
	}
	for _, mail := range slices.Sorted(maps.Keys(t.Options.Policies)) {
		out.Options.Mailboxes = append(out.Options.Mailboxes, mailbox{mail, t.Options.Policies[mail].Preset, t.Options.Policies[mail].Forbid})
	}
	return out
}
