package hunt

import (
	"context"
	"slices"

	"demailbench/features/mutant"
	"demailbench/features/suite"
)

// Patched hunts a mutant of which nothing is known but its name: any scenario may kill it.
func (h *Hunt) Patched(ctx context.Context, name string) (mutant.Report, error) {
	m := mutant.Mutant{ID: name, Family: "patch", Severity: "-"}
	for _, s := range h.Scenarios {
		for _, r := range s.Requirements() {
			if !slices.Contains(m.Requirements, r) {
				m.Requirements = append(m.Requirements, r)
			}
		}
	}
	reports, err := h.Run(ctx, []mutant.Mutant{m})
	if err != nil {
		return mutant.Report{}, err
	}
	r := reports[0]
	if i := slices.IndexFunc(h.Scenarios, func(s suite.Scenario) bool { return s.ID == r.KilledBy }); i >= 0 {
		r.Requirements = h.Scenarios[i].Requirements()
	}
	return r, nil
}
