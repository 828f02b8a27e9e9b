package process

import (
	"fmt"
	"strings"

	"demailbench/reports/messages"
)

// Text is the process as a list to print: who does what with which papers, what must come first, what is seen then.
func (p *Process) Text(lang messages.Lang) string {
	say := messages.In(lang)
	german := lang == messages.German
	name := p.EN
	if german {
		name = p.DE
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", name, p.Source)
	numbers := map[string]int{}
	for i, s := range p.Steps {
		numbers[s.ID] = i + 1
		line := fmt.Sprintf("\n%3d  %s", i+1, say.Say("rehearse.party."+s.Office))
		if s.Alternative != "" {
			line += ", " + say.Say("rehearse.step.alternative", "letter", s.Alternative)
		}
		fmt.Fprintf(&b, "%s\n     %s\n", line, s.Sentence(german))
		for _, part := range []struct{ key, text string }{{"papers", strings.Join(s.Documents, ", ")}, {"operation", s.Operation},
			{"after", places(s.After, numbers)}, {"back", places([]string{s.BackTo}, numbers)}, {"seen", s.Observable(german)}, {"basis", strings.Join(s.Statements, ", ")}} {
			if part.text != "" {
				fmt.Fprintf(&b, "     %s\n", say.Say("rehearse.step."+part.key, "text", part.text))
			}
		}
	}
	return b.String()
}

// places are the numbers of steps.
func places(ids []string, numbers map[string]int) string {
	var out []string
	for _, group := range ids {
		var ways []string
		for _, id := range strings.Split(group, "|") {
			if n := numbers[id]; n > 0 {
				ways = append(ways, fmt.Sprint(n))
			}
		}
		if len(ways) > 0 {
			out = append(out, strings.Join(ways, "/"))
		}
	}
	return strings.Join(out, ", ")
}
