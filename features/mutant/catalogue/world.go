package catalogue

import (
	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
)

const (
	plan     = "topologies/saxony.yaml"
	accounts = "accounts/saxony.yaml"
	inside   = "zones/saxony-internal.yaml"
	profile  = "profiles/saxony.yaml"
)

// world are mutants of the simulated world's parts: the bench must not judge in a world that is not what it says.
var world = []Entry{
	inWorld("world-nat-annaberg", "translates a tenant's addresses into other ones", of("S1-009", "S0-003"),
		fault.Edit{File: plan, Old: "{interface: kdn, inside: 192.168.10.0/24, outside: 10.2.12.0/24}", New: "{interface: kdn, inside: 192.168.10.0/24, outside: 10.2.99.0/24}"}),
	inWorld("world-nat-edge", "shows the gateway outside under another address", of("S1-010", "S1-009"),
		fault.Edit{File: plan, Old: "{interface: provider, inside: 172.16.0.25/32, outside: 192.0.2.25/32}", New: "{interface: provider, inside: 172.16.0.25/32, outside: 192.0.2.26/32}"}),
	inWorld("world-nat-radebeul", "hides a mail server behind the address of everybody else", of("S0-001", "S0-038", "S1-009"),
		fault.Edit{File: plan, Old: "{interface: kdn, inside: 192.168.20.25/32, outside: 10.2.13.25/32}", New: "{interface: kdn, inside: 192.168.20.77/32, outside: 10.2.13.25/32}"}),
	inWorld("world-matrix-open", "lets the Internet reach the gateway's port for tenants", of("S0-003", "S0-037"),
		fault.Edit{File: plan, Old: "  - {id: M-003,", New: "  - {id: M-900, purpose: mistake, from: {zone: internet}, to: {host: gateway}, protocol: tcp, port: 25, requested_by: SID, approved_by: SID, implemented_by: RSS}\n  - {id: M-003,"}),
	inWorld("world-matrix-no-submission", "drops a tenant's submissions", of("S0-001", "S1-009"),
		fault.Edit{File: plan, Old: "purpose: submission of De-Mails, from: {host: sakd-mail}", New: "purpose: submission of De-Mails, status: suspended, from: {host: sakd-mail}"}),
	inWorld("world-matrix-no-alerts", "drops the gateway's alerts to technical contacts", of("S0-040", "S0-038", "S1-174"),
		fault.Edit{File: plan, Old: "purpose: alerts to technical contacts,", New: "purpose: alerts to technical contacts, status: suspended,"}),
	inWorld("world-matrix-no-push", "drops the DMDA's pushes", of("S1-128", "S0-001"),
		fault.Edit{File: plan, Old: "purpose: De-Mails from the provider,", New: "purpose: De-Mails from the provider, status: suspended,"}),
	inWorld("world-names-mx", "names the wrong mail server of a tenant", of("S1-128", "S0-037", "S1-155"),
		fault.Edit{File: inside, Old: "mail 300 IN A 10.2.12.25", New: "mail 300 IN A 10.2.13.25"}),
	inWorld("world-names-provider", "sends the gateway to the Internet's mail server in place of the DMDA", of("S0-001", "S1-152"),
		fault.Edit{File: inside, Old: "itsp 300 IN A 198.51.100.10", New: "itsp 300 IN A 203.0.113.25"}),
	inWorld("world-account-unbound", "lets the DMDA take nothing of a tenant from this gateway", of("S0-001", "S1-009"),
		fault.Edit{File: accounts, Old: "domains: [sakd.de-mail.de], itsp: \"7100002768\", gateway: true", New: "domains: [sakd.de-mail.de], itsp: \"7100002768\", gateway: false"}),
	inWorld("world-account-receipts", "lets the DMDA confirm receipts on request only", of("S1-128", "S4-019"),
		fault.Edit{File: accounts, Old: "gateway: true, receipt: always, retrieve: true", New: "gateway: true, receipt: on-request, retrieve: true"}),
	inWorld("world-account-mailbox", "has the DMDA without a mailbox of a tenant", of("S1-155", "S3-009"),
		fault.Edit{File: accounts, Old: ", standesamt@annaberg-buchholz.de-mail.de]}", New: "]}"}),
	inWorld("world-push-address", "lets the DMDA push to another address", of("S1-128", "S0-001"),
		fault.Edit{File: accounts, Old: "push: \"192.0.2.25:465\"", New: "push: \"203.0.113.66:465\""}),
	inWorld("world-certificate-gateway", "gives the gateway a certificate with another name", of("S1-128", "S0-001", "S0-040"),
		fault.Edit{File: profile, Old: "dns: [gateway.central.example], ips: [172.16.0.25, 192.0.2.25]", New: "dns: [other.central.example], ips: [172.16.0.99]"}),
	inWorld("world-certificate-provider", "gives the DMDA a certificate with another name", of("S0-001", "S1-152"),
		fault.Edit{File: profile, Old: "dns: [itsp.t-systems.example], ips: [198.51.100.10]", New: "dns: [other.t-systems.example], ips: [198.51.100.99]"}),
	inWorld("world-certificate-tenant", "gives a tenant's mail server a certificate with another name", of("S1-128", "S0-040"),
		fault.Edit{File: profile, Old: "dns: [mail.radebeul.example], ips: [192.168.20.25, 10.2.13.25]", New: "dns: [other.radebeul.example], ips: [192.168.20.99]"}),
	inWorld("world-smarthost", "lets a tenant's mail server send De-Mails to the relay for ordinary mail", of("S0-001", "S3-009"),
		fault.Edit{File: plan, Old: "hostname: mail.annaberg-buchholz.example\n    relays_for: [192.168.10.0/24]\n    smarthosts: [{domain: de-mail.de, host: gateway}, ", New: "hostname: mail.annaberg-buchholz.example\n    relays_for: [192.168.10.0/24]\n    smarthosts: ["}),
	inWorld("world-contact-mailbox", "has no mailbox of the technical contacts", of("S1-174", "S0-040"),
		fault.Edit{File: plan, Old: "mailboxes: [kdn@kdn-gmbh.de, technik@kdn-gmbh.de]", New: "mailboxes: [kdn@kdn-gmbh.de]"}),
}

func inWorld(id, text string, requirements []string, edits ...fault.Edit) Entry {
	return Entry{Mutant: mutant.Mutant{ID: id, Family: mutant.World, Severity: mutant.H, Class: mutant.Net, Text: text, Requirements: requirements},
		fault: fault.Fault{World: edits}}
}
