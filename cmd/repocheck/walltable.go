package repocheck

// Planned are packages that a rule may name before they exist, with the work that brings them.
var Planned = map[string]string{}

// Walls are the import walls of the design.
var Walls = []Wall{
	{
		Of: []string{"sim/..."}, Never: []string{"gateway/...", "features/...", "reports/...", "cmd/..."}, Tests: true,
		Reason: "a simulated world that shares code with the gateway agrees with its mistakes, and it serves the features, not the other way round",
	},
	{
		Of: []string{"gateway/..."}, Never: []string{"sim/...", "features/...", "reports/...", "cmd/..."}, Tests: true,
		Reason: "the gateway is a product of its own that runs without the bench; what it knows of De-Mail it knows by itself",
	},
	{
		Of: []string{"fixtures/..."}, Only: []string{}, Tests: true,
		Reason: "fixtures are data for both sides of the wall; code they imported would join the sides",
	},
	{
		Of: []string{"sim/clock/...", "sim/record/...", "sim/pki/...", "sim/demail/...", "sim/config/...", "sim/nat/...", "sim/firewall/...", "sim/calendar"}, Only: []string{},
		Reason: "leaf: pure vocabulary or tables, understood and tested alone",
	},
	{
		Of: []string{"gateway/demail/...", "gateway/tenant/...", "gateway/ops", "gateway/door", "gateway/role", "gateway/journal", "gateway/document", "gateway/password", "gateway/table", "gateway/admin/api"}, Only: []string{},
		Reason: "leaf: pure rules and vocabulary, replaceable by a faulty one and testable without a network",
	},
	{
		Of: []string{"sim/dns/...", "sim/mta/...", "sim/dmda/..."}, Never: []string{"sim/dns/...", "sim/mta/...", "sim/dmda/...", "sim/ipnet/...", "sim/router/...", "sim/lab/..."},
		Reason: "a party gets its sockets from outside and meets the others on the wire only; so it runs on any network",
	},
	{
		Of: []string{"sim/wire/..."}, Never: []string{"sim/ipnet/...", "sim/dns/...", "sim/mta/...", "sim/dmda/...", "sim/lab/..."},
		Reason: "the SMTP of the simulated parties knows neither network nor party",
	},
	{
		Of: []string{"sim/lab/..."}, By: []string{"features/world/...", "features/suite", "cmd/..."},
		Reason: "a world is built by features/world alone; suite and cmd may only load the profile (see the rule on calls of lab.Build)",
	},
	{
		Of: []string{"gateway/..."}, By: []string{"features/sut/...", "features/mutant/...", "cmd/..."}, Tests: true,
		Reason: "every gateway is driven by one contract; only its adapters and mutants know that ours is in the process",
	},
	{
		Of: []string{"gateway/door/doortest"}, By: []string{},
		Reason: "real doors for the gateway's own tests have no place in the product",
	},
	{
		Of: []string{"features/check/..."}, Only: []string{"sim/record", "sim/demail/...", "sim/calendar", "sim/pki", "fixtures"},
		Reason: "verdicts are drawn from the record alone, pure, and again years later",
	},
	{
		Of: []string{"features/steps/..."}, Only: []string{"features/world", "features/world/letter", "features/world/cast", "features/world/office", "features/world/plan", "features/world/roles", "features/check", "features/check/deed"},
		Reason: "a step parses its arguments and calls world or check, nothing else",
	},
	{
		Of: []string{"reports/..."}, Only: []string{"features/check", "sim/record", "fixtures"},
		Reason: "a report shows what was judged and can be written again from stored evidence",
	},
	{
		Of: []string{"cmd/..."}, By: []string{}, Tests: true,
		Reason: "commands hold flags and wiring only",
	},
	{
		Of: []string{"github.com/miekg/dns"}, By: []string{"sim/dns/...", "sim/lab/..."},
		Reason: "its v1 will be archived: few packages to change (sim/lab reads zone records to name a wrong one's line); others use sim/dns",
	},
	{
		Of: []string{"github.com/emersion/go-smtp", "github.com/emersion/go-sasl"}, By: []string{"sim/wire/...", "gateway/smtpd/...", "gateway/courier/...", "gateway/guard/..."},
		Reason: "the library is unsafe without guards; they stand in these packages, once for each side of the wall",
	},
	{
		Of: []string{"gvisor.dev/gvisor/..."}, By: []string{"sim/ipnet/..."},
		Reason: "netstack's API changes every week; hosts see net.Conn only",
	},
	{
		Of: []string{"github.com/testcontainers/...", "github.com/moby/..."}, By: []string{"sim/docker/engine"},
		Reason: "one package knows the container engine's API; the fabric knows containers",
	},
	{
		Of: []string{"github.com/google/nftables/...", "github.com/vishvananda/...", "github.com/mdlayher/..."}, By: []string{"sim/docker/node", "sim/docker/ruleset"},
		Reason: "the kernel's tables are for programs inside containers; in the bench they would be the machine's own",
	},
	{
		Of: []string{"modernc.org/sqlite", "github.com/pressly/goose/v3"}, By: []string{"gateway/store/..."},
		Reason: "durability is proven where the database is, behind the clock's IO door",
	},
	{
		Of: []string{"github.com/cucumber/godog"}, By: []string{"features/suite/...", "features/steps/..."},
		Reason: "godog passes on nothing in many ways; suite wraps it",
	},
	{
		Of: []string{"github.com/alecthomas/kong"}, By: []string{"cmd/..."},
		Reason: "flags are the command's business",
	},
	{
		Of: []string{"codeberg.org/go-pdf/fpdf"}, By: []string{"sim/dmda/confirm", "reports/..."},
		Reason: "a PDF is a form of a document; who makes the document does not draw",
	},
	{
		Of: []string{"github.com/google/go-cmp/...", "pgregory.net/rapid"}, By: []string{},
		Reason: "made for tests; both panic on what they do not know",
	},
	{
		Of: []string{"gateway/..."}, Never: []string{"std/net/mail"},
		Reason: "it overlooks a field with a blank before the colon and unquotes addresses; the gateway polices raw octets",
	},
}
