package reports

// Process is a feature that tells a process of the sources as their tables do.
type Process struct {
	Feature   string `json:"feature"`
	FeatureDE string `json:"feature_de,omitempty"`
	// Path is the feature's file, by which its scenarios are known.
	Path string       `json:"path"`
	Rows []ProcessRow `json:"rows"`
}

// ProcessRow is one row of the table. Kind is "actors", "trigger", "preconditions", "steps", "alternative-a",
// "alternative-b", "postconditions" or "hint".
type ProcessRow struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// processTable is a process on the page.
type processTable struct {
	Title Said
	Rows  []struct {
		Kind string
		Text Said
	}
	Scenarios []*Scenario
}

// Processes are the tables of the processes that were run, each with its scenarios.
func (p *page) Processes() []processTable {
	var out []processTable
	for _, x := range p.Summary.Processes {
		t := processTable{Title: title(p.T, x.Feature, x.FeatureDE)}
		for _, r := range x.Rows {
			text, lang := p.T.Process(r.Text)
			t.Rows = append(t.Rows, struct {
				Kind string
				Text Said
			}{p.T.Say("process." + r.Kind), Said{text, lang}})
		}
		for i := range p.Scenarios {
			if p.Scenarios[i].Path == x.Path {
				t.Scenarios = append(t.Scenarios, &p.Scenarios[i])
			}
		}
		out = append(out, t)
	}
	return out
}

// Titled is a scenario's name in the language of the page.
func (p *page) Titled(s *Scenario) Said { return title(p.T, s.Name, s.NameDE) }

// has tells whether the scenario has a card of its own.
func (p *page) has(s *Scenario) bool {
	for _, c := range p.Cards {
		if c.Scenario.ID == s.ID {
			return true
		}
	}
	return false
}

// Carded is the anchor of a scenario's card, empty when it has none.
func (p *page) Carded(s *Scenario) string {
	if p.has(s) {
		return anchor(s.ID)
	}
	return ""
}
