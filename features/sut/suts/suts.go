// Package suts reads sut.yaml, in which a vendor describes a gateway under test: who made it, where it listens, what
// it has and has not, what it reads differently, its tenants, and how the bench can drive it. fixtures/suts/README.md
// describes the format; Schema is its JSON Schema.
//
// A file is read strictly: every mistake is reported with file, line, column, field, value and what to do. The package
// leaves out whether the description is true: the pre-flight and the scenarios find out.
package suts

import (
	_ "embed"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"time"

	"demailbench/features/sut/contract"
	"demailbench/sim/config"
)

// Format is the version of the format that this package reads.
const Format = "1"

// Schema is the published JSON Schema of sut.yaml, for editors.
//
//go:embed sut.schema.json
var Schema []byte

// SUT is a gateway under test as its vendor describes it.
type SUT struct {
	// Format is "1".
	Format   string   `yaml:"format"`
	Identity Identity `yaml:"identity"`
	// Profile is the world that it is tested in: saxony.
	Profile   string    `yaml:"profile"`
	Endpoints Endpoints `yaml:"endpoints"`
	// Capabilities say what differs from the contract's default: everything but the optional is there.
	Capabilities []Capability `yaml:"capabilities,omitempty"`
	// Decisions are the open questions that the product answers otherwise than the bench does (D1 to D31).
	Decisions []Decision `yaml:"decisions,omitempty"`
	// Tenants are those that the gateway serves already. Left out: the profile's, enrolled through the driver.
	Tenants []Tenant `yaml:"tenants,omitempty"`
	// Driver is how the bench administers it; left out: by hand (L0).
	Driver *Driver `yaml:"driver,omitempty"`
	// Container is what run --fabric docker runs in the gateway's place.
	Container *Container `yaml:"container,omitempty"`
	Limits    *Limits    `yaml:"limits,omitempty"`
	Secrets   []Secret   `yaml:"secrets,omitempty"`
}

// Identity says what is tested; reports repeat it.
type Identity struct {
	Vendor  string `yaml:"vendor"`
	Product string `yaml:"product"`
	Version string `yaml:"version"`
	// Hash pins the build: "sha256:" and 64 hexadecimal digits.
	Hash string `yaml:"hash,omitempty"`
}

// AtPlace is the endpoint of a gateway that listens where its driver is told (features/sut/PLACE.md).
const AtPlace = "place"

// Endpoints are where the gateway listens, "IPv4:port" as the bench reaches it, or AtPlace.
type Endpoints struct {
	// Tenants takes submissions of the tenants' mail servers.
	Tenants string `yaml:"tenants"`
	// Provider takes what the DMDA pushes; left out when the gateway fetches it otherwise (D16).
	Provider string `yaml:"provider,omitempty"`
}

// Container is a gateway as an image. It finds what it is given in the file that the variable DEMAILBENCH_PLACE names
// (features/sut/PLACE.md), at the same paths as on the machine, and listens where that file says.
type Container struct {
	// Image is in the engine already: the bench fetches none.
	Image string `yaml:"image"`
	// Command replaces the image's. Environment are variables as NAME=value; secrets are added.
	Command     []string `yaml:"command,omitempty"`
	Environment []string `yaml:"environment,omitempty"`
	// Health is the port that takes connections when the gateway is ready; left out: 25.
	Health int `yaml:"health,omitempty"`
}

// Capability is one line of the capability statement.
type Capability struct {
	// Name is an operation of the contract or one of Features.
	Name string `yaml:"name"`
	// Supported is "yes" or "no". A declared no is probed.
	Supported string `yaml:"supported"`
	// Reason says why not, or where the handbook says how; the report repeats it.
	Reason string `yaml:"reason,omitempty"`
}

// Decision is one open question that the product answers otherwise.
type Decision struct {
	// ID is that of the decision: "D11".
	ID string `yaml:"id"`
	// Value is the product's answer; it is judged against that.
	Value  string `yaml:"value"`
	Reason string `yaml:"reason,omitempty"`
}

// Tenant is a tenant of the gateway's own. The bench draws nonces for messages, never names.
type Tenant struct {
	ID   string `yaml:"id"`
	Name string `yaml:"name"`
	// Kind is "municipal" or "state" (S1-137).
	Kind string `yaml:"kind"`
	// Networks are those from which the gateway expects the tenant's mail servers.
	Networks []config.Prefix `yaml:"networks"`
	// Transport is "ipsec" or "starttls" (D18).
	Transport   string   `yaml:"transport"`
	MailDomains []string `yaml:"mail_domains"`
	Domains     []Domain `yaml:"domains"`
	Mapping     []Pair   `yaml:"mapping"`
	// TechnicalContact is told about disturbances and maintenance (S0-050).
	TechnicalContact string `yaml:"technical_contact"`
	// ProcessOwner is told about maintenance too; may be left out.
	ProcessOwner string `yaml:"process_owner,omitempty"`
}

// Domain is a De-Mail (sub)domain with its direction: both, receive-only, send-only (D14).
type Domain struct {
	Name      string `yaml:"name"`
	Direction string `yaml:"direction"`
}

// Pair is one row of the address mapping.
type Pair struct {
	Mail   string `yaml:"mail"`
	DeMail string `yaml:"demail"`
}

// Driver is how the bench administers the gateway.
type Driver struct {
	// Level is "L1" (one command per operation) or "L2" (a long-lived driver).
	Level string `yaml:"level"`
	// Command starts the driver (L2): program and arguments, no shell, in the folder of sut.yaml.
	Command []string `yaml:"command,omitempty"`
	// Hooks are the commands (L1).
	Hooks []Hook `yaml:"hooks,omitempty"`
	// Env are variables for them, "NAME=value". Secrets come on top.
	Env []string `yaml:"env,omitempty"`
}

// Hook is the command of one operation.
type Hook struct {
	Operation string   `yaml:"operation"`
	Command   []string `yaml:"command"`
}

// Limits bound what the bench asks for at once, and how long it waits.
type Limits struct {
	// MaxParallel is the number of operations at once; 0: what the driver offers, 1 for hooks.
	MaxParallel int `yaml:"max_parallel,omitempty"`
	// Exclusive names what only one scenario may use at a time; "gateway" is the whole of it.
	Exclusive []string `yaml:"exclusive,omitempty"`
	// Deadline is the time for one operation, Ready that until the driver's hello, Drain that for its end: "30s".
	Deadline string `yaml:"deadline,omitempty"`
	Ready    string `yaml:"ready,omitempty"`
	Drain    string `yaml:"drain,omitempty"`
}

// Secret names a secret without holding it. The driver gets it as an environment variable.
type Secret struct {
	// Name is the variable's name.
	Name string `yaml:"name"`
	// From is "env:NAME" or "file:path", the path relative to sut.yaml.
	From string `yaml:"from"`
}

// Features are what a gateway may have besides operations, for capabilities.
var Features = []string{"ipsec", "several-instances", "subject-options"}

// Options say what the file may refer to.
type Options struct {
	// Profiles are the names of the worlds there are.
	Profiles []string
}

// Load reads and checks the file name of fsys. The error is a *config.Error.
func Load(fsys fs.FS, name string, o Options) (*SUT, error) {
	s := new(SUT)
	source, err := config.Read(fsys, name, s)
	return check(s, source, err, o)
}

// Parse is Load for a file in memory.
func Parse(name string, data []byte, o Options) (*SUT, error) {
	s := new(SUT)
	source, err := config.Decode(name, data, s)
	return check(s, source, err, o)
}

func check(s *SUT, source *config.Source, err error, o Options) (*SUT, error) {
	if err == nil {
		c := &checker{source: source, sut: s, o: o}
		err = c.run()
	}
	var e *config.Error
	if errors.As(err, &e) {
		e.Fix = readme.Replace(e.Fix)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// readme leads to the description of this format, which does not lie beside a vendor's file.
var readme = strings.NewReplacer("README.md beside the file", "fixtures/suts/README.md", "README.md beside it", "fixtures/suts/README.md")

// Supports reports whether the gateway has an operation or feature, by its statement: what is not stated is there,
// unless it is optional. reason is the statement's.
func (s *SUT) Supports(name string) (yes bool, reason string) {
	for _, c := range s.Capabilities {
		if c.Name == name {
			return c.Supported == "yes", c.Reason
		}
	}
	o, operation := contract.Lookup(name)
	return operation && !o.Optional, ""
}

// Contradictions compares the statement with the operations that the driver declares, one sentence each. They are a
// matter for the pre-flight: one of the two is wrong.
func (s *SUT) Contradictions(declared []string) []string {
	var out []string
	for _, c := range s.Capabilities {
		_, operation := contract.Lookup(c.Name)
		switch has := slices.Contains(declared, c.Name); {
		case operation && has && c.Supported == "no":
			out = append(out, c.Name+" is stated as not supported, but the driver declares it")
		case operation && !has && c.Supported == "yes":
			out = append(out, c.Name+" is stated as supported, but the driver does not declare it")
		}
	}
	return out
}

// Level is "L0", "L1" or "L2".
func (s *SUT) Level() string {
	if s.Driver == nil {
		return "L0"
	}
	return s.Driver.Level
}

// addrPort reads an endpoint.
func addrPort(s string) (netip.AddrPort, bool) {
	a, err := netip.ParseAddrPort(s)
	return a, err == nil && a.Addr().Is4() && a.Port() > 0
}

// duration reads a duration that was checked; "" is 0.
func duration(s string) time.Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0
	}
	return d
}
