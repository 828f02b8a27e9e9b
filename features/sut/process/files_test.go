package process

import (
	"crypto/tls"
	"crypto/x509"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/sim/pki"
)

// lodging is a place with files of its own.
func lodging(t *testing.T) sut.Place {
	t.Helper()
	authority, err := pki.New(os.DirFS("../../../fixtures/pki"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	issue := func(s pki.Spec) tls.Certificate {
		cert, err := authority.Issue(s)
		if err != nil {
			t.Fatal(err)
		}
		return cert
	}
	dir := t.TempDir()
	p := sut.Place{
		Tenants: netip.MustParseAddrPort("127.16.0.25:10025"), Provider: netip.MustParseAddrPort("127.16.0.25:10465"),
		Control: netip.MustParseAddrPort("127.16.0.25:10080"), Names: netip.MustParseAddrPort("127.16.0.53:10053"), MailPort: 10025,
		Probe: "n1.central.example", PIN: "123456", Roots: []*x509.Certificate{authority.Root()},
		Certificate: issue(pki.Spec{Name: "gateway", Key: "gateway", DNSNames: []string{"gateway.central.example"}, Server: true}),
		Card:        issue(pki.Spec{Name: "itsp-card", Key: "itsp-card", Client: true}),
		Data:        filepath.Join(dir, "data"), Files: filepath.Join(dir, "files"), Secrets: filepath.Join(dir, "secrets"),
		Ready: 5 * time.Second, Drain: 4 * time.Second,
	}
	for _, d := range []string{p.Files, p.Secrets} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// TestFilesAreTheGatewaysOwn reads what is written as the gateway reads it: nothing is lost, no key or PIN is
// among the files that are kept.
func TestFilesAreTheGatewaysOwn(t *testing.T) {
	p := lodging(t)
	s := sut.Setup{Hostname: "gateway.central.example", Operator: "esv@sid.sachsen.de", Provider: "itsp.t-systems.example:10465",
		ProviderName: "itsp.t-systems.example", ProviderClient: "dmda", Tenants: []sut.Tenant{{ID: "annaberg", Name: "Stadt Annaberg-Buchholz: \"Bergstadt\"",
			Networks: []netip.Prefix{netip.MustParsePrefix("127.2.12.0/24")}, Transport: "starttls", MailDomains: []string{"annaberg-buchholz.example"},
			Domains:          []sut.Domain{{Name: "annaberg-buchholz.de-mail.de", Direction: "both"}},
			Mapping:          []sut.Pair{{Mail: "poststelle@annaberg-buchholz.example", DeMail: "poststelle@annaberg-buchholz.de-mail.de"}},
			TechnicalContact: "technik@kdn-gmbh.de"}}}
	file, err := write(s, p)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	got, err := gateway.Parse(file, text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := sut.Configure(s, "../data")
	want.Listen = gateway.Listen{Tenants: "127.16.0.25:10025", Provider: "127.16.0.25:10465", Health: "127.16.0.25:10080"}
	want.MailPort, want.Drain = 10025, 2*time.Second
	want.DMDA.Binding = gateway.BindingLive // a default of the file
	want.Files = gateway.Files{Certificate: "../secrets/gateway.pem", Key: "../secrets/gateway-key.pem", Roots: "../secrets/roots.pem",
		Card:     gateway.Card{Certificate: "../secrets/card.pem", Key: "../secrets/card-key.pem", PIN: "../secrets/card.pin"},
		Resolver: "127.16.0.53:10053", Probe: "n1.central.example"}
	told := func(c gateway.Config) []any {
		return []any{c.Hostname, c.Data, c.Operator, c.Listen, c.DMDA, c.Tenants, c.MailPort, c.Drain, c.Files}
	}
	if diff := cmp.Diff(told(want), told(got), cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
	kept, err := os.ReadDir(p.Files)
	if err != nil || len(kept) != 1 {
		t.Errorf("kept: %v, %v", kept, err)
	}
	for _, pair := range [][2]string{{"gateway.pem", "gateway-key.pem"}, {"card.pem", "card-key.pem"}} {
		if _, err := tls.LoadX509KeyPair(filepath.Join(p.Secrets, pair[0]), filepath.Join(p.Secrets, pair[1])); err != nil {
			t.Error(err)
		}
	}
}
