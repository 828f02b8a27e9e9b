package profile_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/sim/lab/profile"
)

func TestLoad(t *testing.T) {
	p, err := profile.Load(fixtures.FS, "saxony")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, tenant := range p.Tenants {
		got = append(got, tenant.ID+" "+tenant.Transport+" "+tenant.Networks[0].String()+" "+tenant.Domains[0].Name+" "+strings.Join(tenant.Mailboxes(), ","))
	}
	want := []string{
		"sakd starttls 10.1.11.0/24 sakd.de-mail.de sakd@sakd.de,haushalt@sakd.de,amtsleitung@sakd.de",
		"annaberg starttls 10.2.12.0/24 annaberg-buchholz.de-mail.de poststelle@annaberg-buchholz.example,standesamt@annaberg-buchholz.example,bauamt@annaberg-buchholz.example,amtsleitung@annaberg-buchholz.example",
		"radebeul starttls 10.2.13.0/24 radebeul.de-mail.de poststelle@radebeul.example,ordnungsamt@radebeul.example,ordnungsamt-vertretung@radebeul.example,bauamt@radebeul.example,amtsleitung@radebeul.example",
		"pirna ipsec 10.3.14.0/24 pirna.de-mail.de poststelle@pirna.example,bauamt@pirna.example,amtsleitung@pirna.example",
		"freital starttls 10.2.15.0/24 freital.de-mail.de poststelle@freital.example,standesamt@freital.example,bauamt@freital.example,zentrale@freital.example",
		"lfd starttls 10.1.16.0/24 lfd.de-mail.de poststelle@lfd.example,archiv@lfd.example",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for host, server := range map[string]string{"annaberg-mail": "dns", "gateway": "dns", "internet-host": "internet-dns", "dmda": "internet-dns"} {
		if s := p.NameServer(p.Topology.Host(host)); s.Name != server {
			t.Errorf("%s asks %s, want %s", host, s.Name, server)
		}
	}
}

// TestLoadLimits holds what cannot stand in fixtures/broken, because it is too large or has no file.
func TestLoadLimits(t *testing.T) {
	set := overlay(t, "file-empty").(fstest.MapFS)
	set["tenants/small.yaml"] = &fstest.MapFile{Data: []byte(strings.Repeat("# 100 MB of nothing\n", 5_000_000))}
	deep := overlay(t, "file-empty").(fstest.MapFS)
	deep["tenants/small.yaml"] = &fstest.MapFile{Data: []byte("id: " + strings.Repeat("[\n", 500_000))}
	long := overlay(t, "file-empty").(fstest.MapFS)
	long["tenants/small.yaml"] = &fstest.MapFile{Data: []byte("id: " + strings.Repeat("a", 100_000))}
	for _, c := range []struct {
		name, profile string
		set           fs.FS
		want          string
	}{
		{"100 MB", "small", set, "tenants/small.yaml: the file has 100000000 octets, the limit is 1 MiB (1048576 octets); split it, or name the right file"},
		{"nesting", "small", deep, `tenants/small.yaml:33:1: "[": lists and mappings nest deeper than 32 levels; flatten it`},
		{"long line", "small", long, "tenants/small.yaml:1:4097: the line has 100004 octets, the limit is 4096; break it"},
		{"no such profile", "saxonia", fixtures.FS, "profiles/saxonia.yaml: there is no such file; create it or correct the name where it is listed"},
		{"profile outside", "../saxony", fixtures.FS, "profiles/../saxony.yaml: is not a path inside the configuration; write it with forward slashes, without a leading slash and without .."},
	} {
		if _, err := profile.Load(c.set, c.profile); err == nil || err.Error() != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}
