package mutant

import (
	"fmt"
	"slices"
	"strings"
)

// Ratchet is the list of mutants that may survive. It only gets shorter.
type Ratchet []string

// ParseRatchet reads a list: one id a line, # begins a comment. The error names the line.
func ParseRatchet(text string, known []string) (Ratchet, error) {
	var r Ratchet
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		id := strings.TrimSpace(line)
		switch {
		case id == "":
		case !slices.Contains(known, id):
			return nil, fmt.Errorf("line %d: no mutant %q; remove the line", i+1, id)
		case slices.Contains(r, id):
			return nil, fmt.Errorf("line %d: %q stands there twice", i+1, id)
		default:
			r = append(r, id)
		}
	}
	return r, nil
}

// Hold returns what breaks the ratchet: survivors that are not listed, and listed ones that are killed now and must
// leave the list. Only mutants with a report are judged.
func (r Ratchet) Hold(reports []Report) (broken []string) {
	for _, x := range reports {
		switch listed := slices.Contains(r, x.ID); {
		case x.Outcome == Survived && !listed:
			broken = append(broken, fmt.Sprintf("mutant %s survives and is not listed: write the scenario that it shows to be missing", x.ID))
		case x.Outcome != Survived && listed:
			broken = append(broken, fmt.Sprintf("mutant %s does not survive any more: remove it from the list", x.ID))
		}
	}
	return broken
}
