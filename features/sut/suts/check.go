package suts

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/sim/config"
)

// checker finds the first mistake of a file, in the order of the file's description.
type checker struct {
	source *config.Source
	sut    *SUT
	o      Options
}

func (c *checker) fail(field, value, problem, fix string) error {
	return c.source.Fail(field, value, problem, fix)
}

func (c *checker) run() error {
	for _, step := range []func() error{c.identity, c.endpoints, c.capabilities, c.decisions, c.tenants, c.container, c.driver, c.limits, c.secrets} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// oneOf refuses a value that is not in the list.
func (c *checker) oneOf(field, value string, list ...string) error {
	if slices.Contains(list, value) {
		return nil
	}
	return c.fail(field, value, "is not a known value", choose(value, list))
}

// choose says what to write instead.
func choose(value string, list []string) string {
	if near := contract.Suggest(value, list); near != "" {
		return "did you mean " + near + "?"
	}
	return "use " + strings.Join(list, ", ")
}

var hashForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (c *checker) identity() error {
	if err := c.oneOf("format", c.sut.Format, Format); err != nil {
		return err
	}
	if h := c.sut.Identity.Hash; h != "" && !hashForm.MatchString(h) {
		return c.fail("identity.hash", h, "is not a hash", "write sha256: and 64 hexadecimal digits")
	}
	return c.oneOf("profile", c.sut.Profile, c.o.Profiles...)
}

func (c *checker) endpoints() error {
	seen := map[netip.AddrPort]string{}
	for _, e := range []struct{ field, value string }{{"endpoints.tenants", c.sut.Endpoints.Tenants}, {"endpoints.provider", c.sut.Endpoints.Provider}} {
		if e.value == "" || e.value == AtPlace {
			continue
		}
		a, ok := addrPort(e.value)
		switch {
		case !ok:
			return c.fail(e.field, e.value, "is not an IPv4 address with a port", "write it like 127.0.0.1:2525, or "+AtPlace)
		case a.Addr().IsUnspecified() || a.Addr().IsMulticast():
			return c.fail(e.field, e.value, "is not an address that can be reached", "write the address that the bench connects to, not the one that is listened on")
		case seen[a] != "":
			return c.fail(e.field, e.value, "is the same as "+seen[a], "give each listener its own port")
		}
		seen[a] = e.field
	}
	return nil
}

func (c *checker) capabilities() error {
	known := slices.Concat(contract.Names(), Features)
	seen := map[string]bool{}
	for i, one := range c.sut.Capabilities {
		at := fmt.Sprintf("capabilities[%d]", i)
		switch {
		case !slices.Contains(known, one.Name):
			return c.fail(at+".name", one.Name, "is no operation and no feature", chooseOrList(one.Name, known, "see docs/README.md of the contract; features are "+strings.Join(Features, ", ")))
		case seen[one.Name]:
			return c.fail(at+".name", one.Name, "is stated twice", "keep one")
		case one.Supported != "yes" && one.Supported != "no":
			return c.fail(at+".supported", one.Supported, "is not a known value", "use yes or no")
		case one.Supported == "no" && one.Reason == "":
			return c.fail(at+".reason", "", "is missing", "say why it is absent; the report repeats it")
		}
		seen[one.Name] = true
	}
	return nil
}

func chooseOrList(value string, list []string, otherwise string) string {
	if near := contract.Suggest(value, list); near != "" {
		return "did you mean " + near + "?"
	}
	return otherwise
}

var decisionForm = regexp.MustCompile(`^D([1-9]|[12][0-9]|3[01]|8a|10[abc])$`)

func (c *checker) decisions() error {
	seen := map[string]bool{}
	for i, d := range c.sut.Decisions {
		at := fmt.Sprintf("decisions[%d].id", i)
		switch {
		case !decisionForm.MatchString(d.ID):
			return c.fail(at, d.ID, "is no decision", "they are D1 to D31, D8a, D10a, D10b and D10c; see the choices page")
		case seen[d.ID]:
			return c.fail(at, d.ID, "is answered twice", "keep one")
		}
		seen[d.ID] = true
	}
	return nil
}

// container judges what run --fabric docker needs.
func (c *checker) container() error {
	d := c.sut.Container
	switch {
	case d == nil:
		return nil
	case c.sut.Driver != nil:
		return c.fail("container.image", d.Image, "a container has no driver yet: what reaches into it is not there", "remove driver, or run without container")
	case c.sut.Endpoints.Tenants != AtPlace:
		return c.fail("endpoints.tenants", c.sut.Endpoints.Tenants, "a container lives at the world's own addresses", "write "+AtPlace+", and listen where DEMAILBENCH_PLACE says")
	}
	return nil
}

func (c *checker) driver() error {
	d := c.sut.Driver
	if d == nil {
		return nil
	}
	if err := c.oneOf("driver.level", d.Level, "L1", "L2"); err != nil {
		return err
	}
	switch {
	case d.Level == "L2" && len(d.Command) == 0:
		return c.fail("driver.command", "", "is missing", "name the program that is the driver")
	case d.Level == "L2" && len(d.Hooks) > 0:
		return c.fail("driver.hooks", "", "are for level L1", "remove them, or write level: L1")
	case d.Level == "L1" && len(d.Hooks) == 0:
		return c.fail("driver.hooks", "", "is missing", "name a command for each operation that is supported")
	case d.Level == "L1" && len(d.Command) > 0:
		return c.fail("driver.command", "", "is for level L2", "remove it, or write level: L2")
	case len(d.Command) > 0 && d.Command[0] == "":
		return c.fail("driver.command[0]", "", "is empty", "name the program")
	}
	for i, v := range d.Env {
		if name, _, ok := strings.Cut(v, "="); !ok || !envForm.MatchString(name) {
			return c.fail(fmt.Sprintf("driver.env[%d]", i), name, "is not a variable", "write it like NAME=value")
		}
	}
	return c.hooks()
}

var envForm = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c *checker) hooks() error {
	seen := map[string]bool{}
	for i, h := range c.sut.Driver.Hooks {
		at := fmt.Sprintf("driver.hooks[%d]", i)
		_, known := contract.Lookup(h.Operation)
		switch {
		case !known:
			return c.fail(at+".operation", h.Operation, "is no operation", chooseOrList(h.Operation, contract.Names(), "see docs/README.md of the contract"))
		case seen[h.Operation]:
			return c.fail(at+".operation", h.Operation, "has two hooks", "keep one")
		case h.Command[0] == "":
			return c.fail(at+".command[0]", "", "is empty", "name the program")
		}
		seen[h.Operation] = true
	}
	return nil
}

func (c *checker) limits() error {
	l := c.sut.Limits
	if l == nil {
		return nil
	}
	if l.MaxParallel < 0 || l.MaxParallel > 64 {
		return c.fail("limits.max_parallel", fmt.Sprint(l.MaxParallel), "is out of range", "use 1 to 64")
	}
	for _, e := range []struct {
		field, value string
		most         time.Duration
	}{{"limits.deadline", l.Deadline, 10 * time.Minute}, {"limits.ready", l.Ready, 5 * time.Minute}, {"limits.drain", l.Drain, 5 * time.Minute}} {
		if e.value == "" {
			continue
		}
		d, err := time.ParseDuration(e.value)
		switch {
		case err != nil:
			return c.fail(e.field, e.value, "is not a duration", "write it like 30s or 2m")
		case d < 100*time.Millisecond || d > e.most:
			return c.fail(e.field, e.value, "is out of range", fmt.Sprintf("use 100ms to %v", e.most))
		}
	}
	for i, name := range l.Exclusive {
		if !config.IsName(name) {
			return c.fail(fmt.Sprintf("limits.exclusive[%d]", i), name, "is not a short name", "use a-z, 0-9 and inner hyphens; gateway is the whole of it")
		}
	}
	return nil
}

func (c *checker) secrets() error {
	seen := map[string]bool{}
	for i, s := range c.sut.Secrets {
		at := fmt.Sprintf("secrets[%d]", i)
		kind, rest, _ := strings.Cut(s.From, ":")
		switch {
		case !envForm.MatchString(s.Name):
			return c.fail(at+".name", s.Name, "is not the name of a variable", "write it like ACME_PASSWORD")
		case seen[s.Name]:
			return c.fail(at+".name", s.Name, "is named twice", "keep one")
		case kind != "env" && kind != "file" || rest == "":
			// The value is not repeated: it may be the secret itself.
			return c.fail(at+".from", "", "says neither env:NAME nor file:PATH", "name where the secret is, never the secret itself")
		case kind == "env" && !envForm.MatchString(rest):
			return c.fail(at+".from", "", "does not name a variable", "write it like env:ACME_PASSWORD")
		}
		seen[s.Name] = true
	}
	return nil
}
