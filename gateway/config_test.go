package gateway

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/password"
)

// example is a whole configuration; TestParse knows what it means.
const example = `hostname: gateway.central.example
data: /var/lib/gateway
operator: esv@sid.sachsen.de
listen: {tenants: "172.16.0.25:25", provider: ":465"}
dmda: {address: "itsp.t-systems.example:465"}
retry:
  after: [1m, 5m]
  give_up: 48h
tenants:
  - id: annaberg
    name: Stadt Annaberg-Buchholz
    networks: [10.2.12.0/24]
    transport: starttls
    mail_domains: [annaberg-buchholz.example]
    domains:
      - {name: annaberg-buchholz.de-mail.de, direction: both}
    mapping:
      - {mail: poststelle@annaberg-buchholz.example, demail: poststelle@annaberg-buchholz.de-mail.de}
    technical_contact: technik@kdn-gmbh.de
`

func TestParse(t *testing.T) {
	got, err := Parse("gateway.yaml", []byte(example))
	if err != nil {
		t.Fatal(err)
	}
	want := Config{Hostname: "gateway.central.example", Data: "/var/lib/gateway", Operator: "esv@sid.sachsen.de",
		Listen: Listen{Tenants: "172.16.0.25:25", Provider: ":465"},
		DMDA:   DMDA{Address: "itsp.t-systems.example:465", ServerName: "itsp.t-systems.example", Client: "itsp.t-systems.example", Binding: BindingLive},
		Retry:  Retry{After: []time.Duration{time.Minute, 5 * time.Minute}, DelayNotice: 4 * time.Hour, GiveUp: 48 * time.Hour},
		Limits: Limits{Message: 47185920, Net: 20971520, Deliveries: 100, PerRoute: 5}, Drain: 30 * time.Second, MailPort: 25,
		Admin: Admin{Administrator: "operator-admin", Password: password.Cost{Time: 3, Memory: 65536, Threads: 1}, Session: 12 * time.Hour,
			Idle: 30 * time.Minute, Mapping: 10000},
		Pilot: Pilot{MaxTenants: 20, From: "2014-08-15", Until: "2016-08-31"}, PoA: PoA{MaxCommissioning: 672 * time.Hour}, Service: Service{State: "saxony"},
		Tenants: []Tenant{{ID: "annaberg", Name: "Stadt Annaberg-Buchholz", Networks: []string{"10.2.12.0/24"}, Transport: "starttls",
			MailDomains: []string{"annaberg-buchholz.example"}, Domains: []Domain{{Name: "annaberg-buchholz.de-mail.de", Direction: "both"}},
			Mapping:          []Pair{{"poststelle@annaberg-buchholz.example", "poststelle@annaberg-buchholz.de-mail.de"}},
			TechnicalContact: "technik@kdn-gmbh.de"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestExample: the example says what the defaults are.
func TestExample(t *testing.T) {
	got, err := Parse("example.yaml", []byte(Example))
	if err != nil {
		t.Fatal(err)
	}
	all := Example
	for _, key := range []string{"health", "server_name", "client", "retry", "limits", "drain", "mail_port", "suffixes", "log", "resolver", "probe", "next_hop",
		"admin", "admin", "pilot", "poa", "administrator"} {
		all = strings.Replace(all, "# "+key+":", key+":", 1)
	}
	full, err := Parse("example.yaml", []byte(all))
	if err != nil {
		t.Fatal(err)
	}
	got.Listen.Health, got.Suffixes, got.Files.Log, got.Files.Resolver, got.Files.Probe, got.Tenants[0].NextHop,
		got.Listen.Admin, got.Files.Administrator =
		"127.0.0.1:8080", []string{"de-mail.de"}, "audit.jsonl", "172.16.0.53:53", "dns.central.example", "10.2.12.25:25",
		"172.16.0.25:443", "administrator.password"
	if diff := cmp.Diff(full, got); diff != "" {
		t.Error(diff)
	}
}

// TestConfigFaults is the table of broken configurations with the exact text.
func TestConfigFaults(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"empty", example, "", "g.yaml: is empty; write at least hostname, data, listen and dmda"},
		{"unknown key", "operator:", "opperator:", `g.yaml:3:1: opperator: "opperator": unknown key; correct the spelling or remove it`},
		{"unknown key below", "transport: starttls", "transprot: starttls", `g.yaml:13:5: tenants[0].transprot: "transprot": unknown key; correct the spelling or remove it`},
		{"wrong type", "[10.2.12.0/24]", "10.2.12.0/24", `g.yaml:12:15: tenants[0].networks: "10.2.12.0/24": string was used where sequence is expected; compare with the example configuration`},
		{"bad duration", "give_up: 48h", "give_up: 2 days", `g.yaml:8:12: retry.give_up: "2 days": is not a duration; write a number with its unit: 30s, 5m, 4h`},
		{"duration with a quote", "give_up: 48h", `give_up: 2"h`, `g.yaml:8:12: retry.give_up: "2\"h": is not a duration; write a number with its unit: 30s, 5m, 4h`},
		{"duration without unit", "give_up: 48h", "give_up: 48", `g.yaml:8:12: retry.give_up: "48": is not a duration; write a number with its unit: 30s, 5m, 4h`},
		{"no hostname", "hostname: gateway.central.example\n", "", `g.yaml:1:1: hostname: is not a host name; write the gateway's name in the DNS, in ASCII`},
		{"listen", `":465"`, `"465"`, `g.yaml:4:47: listen.provider: "465": is not an address to listen on; write "IP:port" or ":port"`},
		{"dmda", "itsp.t-systems.example:465", "itsp.t-systems.example", `g.yaml:5:17: dmda.address: "itsp.t-systems.example": is not the address of a server; write "host:port" of the ITSP link`},
		{"retry too short", "[1m, 5m]", "[1m, 5ms]", `g.yaml:7:15: retry.after[1]: "5ms": is too short; wait at least 1s between tries`},
		{"network", "10.2.12.0/24", "10.2.12.300/24", `g.yaml:12:16: tenants[0].networks[0]: "10.2.12.300/24": is not a network; write address/length, for example 10.2.12.0/24`},
		{"Umlaut in a host name", "hostname: gateway", "hostname: gät", `g.yaml:1:11: hostname: "gät.central.example": is not a host name; write the gateway's name in the DNS, in ASCII`},
		{"probe", "retry:\n", "files: {probe: \"no name\"}\nretry:\n", `g.yaml:6:16: files.probe: "no name": is not a host name; write a name that the internal name server is responsible for`},
		{"mail port", "retry:\n", "mail_port: 65536\nretry:\n", `g.yaml:6:12: mail_port: "65536": has the wrong form; compare with the example configuration`},
		{"limit", "retry:\n", "limits: {deliveries: 5000}\nretry:\n", `g.yaml:6:22: limits.deliveries: "5000": is out of range; write a number from 1 to 1000`},
		{"id twice", "tenants:\n", "tenants:\n  - {id: annaberg, networks: [10.9.0.0/16]}\n", `g.yaml:11:9: tenants[1].id: "annaberg": given twice; give every tenant its own id`},
		{"network with host bits", "10.2.12.0/24", "10.2.12.1/24", `g.yaml:12:16: tenants[0].networks[0]: "10.2.12.1/24": not a network prefix; write address/length without host bits`},
		{"transport", "transport: starttls", "transport: tls", `g.yaml:13:16: tenants[0].transport: "tls": no such transport; use starttls or ipsec`},
		{"foreign mapping", "demail: poststelle@annaberg-buchholz.de-mail.de", "demail: poststelle@pirna.de-mail.de", `g.yaml:18:62: tenants[0].mapping[0].demail: "poststelle@pirna.de-mail.de": is not in a De-Mail domain of this tenant (S1-154); add the domain to domains or correct the address`},
		{"Internet address mapped", "mail: poststelle@annaberg-buchholz.example", "mail: someone@freemail.example", `g.yaml:18:16: tenants[0].mapping[0].mail: "someone@freemail.example": is not in a mail domain of this tenant (S1-154); add the domain to mail_domains or correct the address`},
		{"not UTF-8", "Stadt", "St\xe4dt", `g.yaml:11:1: is not UTF-8 without byte order mark; save it as UTF-8`},
		{"anchor", "name: Stadt", "name: &a Stadt", `g.yaml:11:11: "&": anchors, aliases and tags are not allowed; write the value itself`},
		{"two documents", "\ntenants:", "\n---\ntenants:", `g.yaml: is not one YAML document; write at least hostname, data, listen and dmda`},
		{"key twice", "data:", "hostname: x.example\ndata:", `g.yaml:2:1: "hostname": mapping key "hostname" already defined at [1:1]; compare with the example configuration`},
		{"broken YAML", "listen: {", "listen: {{{", `g.yaml:4:10: "{": could not find flow map content; compare with the example configuration`},
		{"deep nesting", example, strings.Repeat("[", 200), `g.yaml:1:17: is nested too deeply; indent by two blanks a level`},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(example, c.old, c.new, 1)
			_, err := Parse("g.yaml", []byte(text))
			var fault *ConfigError
			if !errors.As(err, &fault) {
				t.Fatalf("accepted, or another error: %v", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// FuzzParse: no input makes the decoder panic, hang or return something that New would refuse.
func FuzzParse(f *testing.F) {
	f.Add([]byte(example))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Add([]byte(strings.Repeat("- ", 100)))
	f.Add([]byte("{" + strings.Repeat("a: {", 50)))
	if b, err := os.ReadFile("../fixtures/tenants/annaberg.yaml"); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("g.yaml", text)
		var fault *ConfigError
		switch {
		case err != nil && !errors.As(err, &fault):
			t.Fatalf("not a ConfigError: %v", err)
		case err != nil && strings.ContainsAny(err.Error(), "\r\n"):
			t.Fatalf("not one line: %q", err)
		case err == nil && c.check() != nil:
			t.Fatalf("parsed and refused: %v", c.check())
		}
	})
}
