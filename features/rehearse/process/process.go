// Package process has the processes of the sources as data: who does which step with which documents, by which
// operation, what must come first, and what can be seen afterwards. A Progress goes through one: a step out of order
// is refused with what is missing and who owes it.
//
// It leaves out doing the steps (packages sim/actors and world) and judging what is seen (package check).
package process

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"demailbench/sim/config"
)

// Process is one process of the sources.
type Process struct {
	ID string `yaml:"id"`
	EN string `yaml:"en"`
	DE string `yaml:"de"`
	// Source is where it is told: "S0 section 2".
	Source string `yaml:"source"`
	Steps  []Step `yaml:"steps"`
}

// Step is one step. fixtures/processes/README.md says what the fields mean.
type Step struct {
	ID     string `yaml:"id"`
	Office string `yaml:"office"`
	Person string `yaml:"person"`
	How    string `yaml:"how"`
	// Operation is the contract's, empty for what is not done at the gateway.
	Operation   string   `yaml:"operation,omitempty"`
	Documents   []string `yaml:"documents,omitempty"`
	After       []string `yaml:"after,omitempty"`
	Alternative string   `yaml:"alternative,omitempty"`
	State       string   `yaml:"state,omitempty"`
	BackTo      string   `yaml:"back_to,omitempty"`
	Statements  []string `yaml:"statements"`
	EN          string   `yaml:"en"`
	DE          string   `yaml:"de"`
	CheckEN     string   `yaml:"check_en"`
	CheckDE     string   `yaml:"check_de"`
}

// Sentence is what is done, in a language.
func (s Step) Sentence(german bool) string {
	if german {
		return s.DE
	}
	return s.EN
}

// Observable is what can be seen afterwards, in a language.
func (s Step) Observable(german bool) string {
	if german {
		return s.CheckDE
	}
	return s.CheckEN
}

// Names lists the processes of fsys.
func Names(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "processes/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("processes: %w", err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(f, "processes/"), ".yaml"))
	}
	return names, nil
}

var (
	offices      = []string{"tenant", "kdn-gmbh", "sid", "t-systems"}
	ways         = []string{"mail", "paper", "portal", "gateway", "technical", "decision"}
	alternatives = []string{"", "A", "B"}
)

// Load reads processes/<name>.yaml and makes sure that it can be gone through. The error is a *config.Error.
func Load(fsys fs.FS, name string) (*Process, error) {
	p := &Process{}
	source, err := config.Read(fsys, "processes/"+name+".yaml", p)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, s := range p.Steps {
		fail := func(field, value, problem, fix string) error {
			return source.Fail(fmt.Sprintf("steps[%d].%s", i, field), value, problem, fix)
		}
		switch {
		case !config.IsName(s.ID) || seen[s.ID]:
			return nil, fail("id", s.ID, "is not a name, or taken", "use lower case letters, digits and hyphens, each id once")
		case !slices.Contains(offices, s.Office):
			return nil, fail("office", s.Office, "is not known", "use "+strings.Join(offices, ", "))
		case !slices.Contains(ways, s.How):
			return nil, fail("how", s.How, "is not known", "use "+strings.Join(ways, ", "))
		case !slices.Contains(alternatives, s.Alternative):
			return nil, fail("alternative", s.Alternative, "is not known", "use A or B, or leave it out")
		case (s.BackTo != "") != (s.How == "decision") || s.BackTo != "" && !seen[s.BackTo]:
			return nil, fail("back_to", s.BackTo, "a decision, and nothing else, leads back to an earlier step", "name one")
		}
		for j, group := range s.After {
			for _, a := range strings.Split(group, "|") {
				if !seen[a] {
					return nil, fail(fmt.Sprintf("after[%d]", j), a, "is no earlier step", "name one that stands above")
				}
			}
		}
		seen[s.ID] = true
	}
	return p, nil
}

// Step returns the step of an id.
func (p *Process) Step(id string) (Step, bool) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
	if i < 0 {
		return Step{}, false
	}
	return p.Steps[i], true
}
