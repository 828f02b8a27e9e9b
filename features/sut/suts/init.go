package suts

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"demailbench/features/sut/contract"
	"demailbench/sim/config"
)

// ErrNoAnswer is when the answers end before the questions.
var ErrNoAnswer = errors.New("the answers ended before the questions; nothing was written")

// tries is how often a question is asked again.
const tries = 5

// question is one question of Init.
type question struct {
	// key names the answer.
	key string
	// text is asked, standard is what an empty line means; both may use answers before, as {key}.
	text, standard string
	// check says what is wrong with an answer, or "".
	check func(answer string) string
	// when asks the question only then.
	when func(answers map[string]string) bool
}

// Init asks what a sut.yaml needs, one question a line, each with a default for an empty answer, and returns the file.
// Questions and remarks go to out. A wrong answer is asked for again, five times. The file passes Parse with the same
// options.
func Init(in io.Reader, out io.Writer, o Options) ([]byte, error) {
	lines := bufio.NewScanner(in)
	answers := map[string]string{}
	for _, q := range questions(o) {
		if q.when != nil && !q.when(answers) {
			continue
		}
		a, err := q.ask(lines, out, answers)
		if err != nil {
			return nil, err
		}
		answers[q.key] = a
	}
	file := write(answers)
	if _, err := Parse("sut.yaml", file, o); err != nil {
		return nil, fmt.Errorf("the answers do not fit together: %w", err)
	}
	return file, nil
}

// ask asks until the answer is right.
func (q question) ask(lines *bufio.Scanner, out io.Writer, answers map[string]string) (string, error) {
	standard := insert(q.standard, answers)
	for range tries {
		if _, err := fmt.Fprintf(out, "%s [%s]: ", insert(q.text, answers), standard); err != nil {
			return "", err
		}
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return "", err
			}
			return "", ErrNoAnswer
		}
		answer := strings.TrimSpace(lines.Text())
		if answer == "" {
			answer = standard
		}
		wrong := q.check(answer)
		if wrong == "" {
			return answer, nil
		}
		if _, err := fmt.Fprintf(out, "  %s\n", wrong); err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%q was not answered in %d tries; nothing was written", insert(q.text, answers), tries)
}

func insert(text string, answers map[string]string) string {
	for key, value := range answers {
		text = strings.ReplaceAll(text, "{"+key+"}", value)
	}
	return text
}

func questions(o Options) []question {
	profile := "saxony"
	if len(o.Profiles) > 0 {
		profile = o.Profiles[0]
	}
	driven := func(level string) func(map[string]string) bool {
		return func(a map[string]string) bool { return a["level"] == level }
	}
	return []question{
		{key: "vendor", text: "Who makes the gateway", standard: "Acme GmbH", check: anyText},
		{key: "product", text: "What is it called", standard: "Acme De-Mail Gateway", check: anyText},
		{key: "version", text: "Which version is tested", standard: "1.0", check: anyText},
		{key: "profile", text: "In which world (" + strings.Join(o.Profiles, ", ") + ")", standard: profile, check: among(o.Profiles...)},
		{key: "tenants", text: "Address and port where it takes mail of the tenants, or place when it listens where its driver is told (PLACE.md)", standard: "127.0.0.1:2525", check: anEndpoint},
		{key: "provider", text: "Address and port where the DMDA pushes De-Mail to it, or place when it listens where its driver is told (PLACE.md), or none", standard: "127.0.0.1:4465", check: endpointOrNone},
		{key: "level", text: "How is it administered: L0 by hand, L1 one command per operation, L2 a driver", standard: "L2", check: among("L0", "L1", "L2")},
		{key: "command", text: "Command that starts the driver", standard: "python3 driver.py", check: aCommand, when: driven("L2")},
		{key: "hook", text: "Command that resets the gateway (add the other operations later)", standard: "./reset.sh", check: aCommand, when: driven("L1")},
		{key: "parallel", text: "Operations at once (1 to 64)", standard: "1", check: aCount, when: func(a map[string]string) bool { return a["level"] != "L0" }},
		{key: "tenant", text: "Short name of a tenant that it serves already, or none", standard: "none", check: tenantOrNone},
		{key: "network", text: "Network of {tenant}'s mail servers", standard: "10.2.12.0/24", check: aNetwork, when: served},
		{key: "mail", text: "E-mail domain of {tenant}", standard: "{tenant}.example", check: aDomain, when: served},
		{key: "demail", text: "De-Mail domain of {tenant}", standard: "{tenant}.de-mail.de", check: aDomain, when: served},
		{key: "mailbox", text: "Mapped mailbox, without its domain", standard: "poststelle", check: aMailbox, when: served},
		{key: "transport", text: "Line of {tenant}: ipsec or starttls", standard: "starttls", check: among("ipsec", "starttls"), when: served},
	}
}

func served(a map[string]string) bool { return a["tenant"] != none }

// none is the answer to a question for something that is not there.
const none = "none"

func anyText(a string) string {
	if a == "" || len(a) > 400 || !utf8.ValidString(a) || strings.ContainsFunc(a, unicode.IsControl) {
		return "Answer with 1 to 400 characters of plain text."
	}
	return ""
}

func among(list ...string) func(string) string {
	return func(a string) string {
		for _, one := range list {
			if a == one {
				return ""
			}
		}
		fix := choose(a, list)
		return strings.ToUpper(fix[:1]) + strings.TrimSuffix(fix[1:], "?") + "."
	}
}

func anEndpoint(a string) string {
	if a == AtPlace {
		return ""
	}
	if p, ok := addrPort(a); !ok || p.Addr().IsUnspecified() {
		return "Write an IPv4 address that the bench can reach and a port, like 127.0.0.1:2525, or place."
	}
	return ""
}

func endpointOrNone(a string) string {
	if a == none {
		return ""
	}
	return anEndpoint(a)
}

func aCommand(a string) string {
	if wrong := anyText(a); wrong != "" {
		return wrong
	}
	_, wrong := words(a)
	return wrong
}

func aCount(a string) string {
	if n, err := strconv.Atoi(a); err != nil || n < 1 || n > 64 {
		return "Answer with a number from 1 to 64."
	}
	return ""
}

func tenantOrNone(a string) string {
	if !config.IsName(a) || a == contract.Operator || a == contract.KDNGmbH {
		return "Use a-z, 0-9 and inner hyphens, and not operator or kdn-gmbh."
	}
	return ""
}

func aNetwork(a string) string {
	if p, err := netip.ParsePrefix(a); err != nil || !p.Addr().Is4() {
		return "Write an IPv4 network like 10.2.12.0/24."
	}
	return ""
}

func aDomain(a string) string {
	if !domainForm.MatchString(a) {
		return "Write a domain in lower case, like gemeinde.example."
	}
	return ""
}

func aMailbox(a string) string {
	if !addressForm.MatchString(a + "@gemeinde.example") {
		return "Write what stands before the @, like poststelle."
	}
	return ""
}

// words splits a command at blanks; quotes keep words together. Nothing else has a meaning: no shell runs it. wrong
// says what is wrong, or "".
func words(s string) (list []string, wrong string) {
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range s {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '"' || r == '\''):
			quote, inside = r, true
		case quote == 0 && r == ' ':
			if inside {
				list = append(list, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
			inside = true
		}
	}
	if inside {
		list = append(list, word.String())
	}
	switch {
	case quote != 0:
		return nil, fmt.Sprintf("The quote %c is not closed.", quote)
	case len(list) == 0 || list[0] == "":
		return nil, "Name a program."
	}
	return list, ""
}

// write writes the file. Values are quoted as JSON strings, which YAML reads as they are.
func write(a map[string]string) []byte {
	var b strings.Builder
	q := strconv.Quote
	b.WriteString("# A gateway under test. The format is described in fixtures/suts/README.md.\n")
	fmt.Fprintf(&b, "format: %q\nidentity:\n  vendor: %s\n  product: %s\n  version: %s\n  # hash: sha256:...   # pins the build\n", Format, q(a["vendor"]), q(a["product"]), q(a["version"]))
	fmt.Fprintf(&b, "profile: %s\nendpoints:\n  tenants: %s   # submissions of the tenants' mail servers\n", a["profile"], q(a["tenants"]))
	if a["provider"] != none {
		fmt.Fprintf(&b, "  provider: %s   # pushes of the DMDA\n", q(a["provider"]))
	}
	b.WriteString("# capabilities:\n#   - {name: card.insert, supported: \"no\", reason: \"the card is part of the appliance\"}\n")
	b.WriteString("# decisions:\n#   - {id: D11, value: \"BounceAll answers by a new De-Mail\"}\n")
	writeDriver(&b, a)
	if a["tenant"] != none {
		fmt.Fprintf(&b, "tenants:\n  - id: %s\n    name: %s\n    kind: municipal   # or state\n    networks: [%s]\n    transport: %s\n", a["tenant"], q(a["tenant"]), q(a["network"]), a["transport"])
		fmt.Fprintf(&b, "    mail_domains: [%s]\n    domains:\n      - {name: %s, direction: both}\n", q(a["mail"]), q(a["demail"]))
		fmt.Fprintf(&b, "    mapping:\n      - {mail: %s, demail: %s}\n", q(a["mailbox"]+"@"+a["mail"]), q(a["mailbox"]+"@"+a["demail"]))
		fmt.Fprintf(&b, "    technical_contact: %s\n", q("technik@"+a["mail"]))
	}
	return []byte(b.String())
}

func writeDriver(b *strings.Builder, a map[string]string) {
	if a["level"] == "L0" {
		return
	}
	fmt.Fprintf(b, "driver:\n  level: %s\n", a["level"])
	if a["level"] == "L2" {
		fmt.Fprintf(b, "  command: %s\n", list(a["command"]))
	} else {
		fmt.Fprintf(b, "  hooks:\n    - {operation: reset, command: %s}\n", list(a["hook"]))
	}
	fmt.Fprintf(b, "limits: {max_parallel: %s, deadline: 30s}\n", a["parallel"])
	b.WriteString("# secrets:\n#   - {name: ACME_PASSWORD, from: env:ACME_PASSWORD}   # or file:password.txt; the driver gets it as ACME_PASSWORD\n")
}

// list writes a checked command as a YAML list.
func list(command string) string {
	args, _ := words(command) // was checked when it was answered
	quoted := make([]string, len(args))
	for i, w := range args {
		quoted[i] = strconv.Quote(w)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
