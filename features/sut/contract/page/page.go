// Package page writes the contract's documentation: one Markdown page per group of operations, and an index. Its test
// holds the files in features/sut/contract/docs against it; it leaves out what the contract does not say.
package page

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/jsonschema"
)

// Of writes the page of a group (docs/<group>.md): every operation with its arguments, its result, who may do it,
// when it is refused, and examples.
func Of(g contract.Group) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s (%s)\n\n%s\n\n*%s*\n\n", g.Title.EN, g.Title.DE, g.About.EN, g.About.DE)
	fmt.Fprintf(&b, "Contract version %s. Schemas: [%s.json](../schema/%s.json), [common.json](../schema/common.json).\n", contract.Version, g.Name, g.Name)
	b.WriteString("Every operation also carries `as`: who acts, in which role, on which ground.\n")
	for _, o := range g.Operations {
		section(&b, o)
	}
	return b.String()
}

// Index writes docs/README.md: all operations with the pages that describe them.
func Index() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Operations, contract version %s\n\n", contract.Version)
	b.WriteString("What the bench may ask of a gateway besides carrying mail. A driver answers what it does not know with *unsupported*.\n")
	b.WriteString("Optional operations unlock scenarios; lacking one is never a failure.\n")
	for _, g := range contract.Groups() {
		fmt.Fprintf(&b, "\n## [%s (%s)](%s.md)\n\n| operation | does | |\n|---|---|---|\n", g.Title.EN, g.Title.DE, g.Name)
		for _, o := range g.Operations {
			note := ""
			if o.Optional {
				note = "optional"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", o.Name, o.Summary.EN, note)
		}
	}
	return b.String()
}

// section writes one operation.
func section(b *strings.Builder, o contract.Operation) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n*%s*\n\n", o.Name, o.Summary.EN, o.Summary.DE)
	if o.Seed != "" {
		fmt.Fprintf(b, "> %s\n\n", o.Seed)
	}
	if ids := append(append([]string{}, o.Statements...), o.Decisions...); len(ids) > 0 {
		fmt.Fprintf(b, "Serves %s.\n", strings.Join(ids, ", "))
	}
	fmt.Fprintf(b, "%s\n", who(o))
	fmt.Fprintf(b, "%s\n\n", nature(o))
	table(b, "Arguments", o.ArgsRows())
	table(b, "Result", o.ResultRows())
	if len(o.Refusals) > 0 {
		b.WriteString("| refused when | rule | who clears it |\n|---|---|---|\n")
		for _, r := range o.Refusals {
			fmt.Fprintf(b, "| %s | %s | %s |\n", r.When, r.Rule, r.WhoFixes)
		}
		b.WriteString("\n")
	}
	b.WriteString("```json\n")
	for _, e := range o.Examples {
		write(b, e)
	}
	b.WriteString("```\n")
}

// who says who may do it.
func who(o contract.Operation) string {
	var parts []string
	if len(o.Roles) > 0 {
		parts = append(parts, "may: "+roleList(o.Roles))
	}
	if len(o.RolesWithCR) > 0 {
		parts = append(parts, "with a change request: "+roleList(o.RolesWithCR))
	}
	if o.ByPowerOfAttorney {
		parts = append(parts, "also by power of attorney for a role that may")
	}
	text := strings.Join(parts, "; ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

func roleList(roles []contract.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = "`" + string(r) + "`"
	}
	return strings.Join(names, ", ")
}

// nature says how it behaves.
func nature(o contract.Operation) string {
	text := "Not idempotent: a repetition is a second one."
	switch {
	case o.Reads:
		text = "Changes nothing."
	case o.Idempotent:
		text = "Idempotent: a repetition is done again and changes nothing more."
	}
	if o.Optional {
		text += " Optional."
	}
	if o.Disruptive {
		text += " Interrupts the service or loses state."
	}
	return text
}

// table writes what an object holds.
func table(b *strings.Builder, title string, rows []jsonschema.Row) {
	if len(rows) == 0 {
		fmt.Fprintf(b, "%s: none (`{}`).\n\n", title)
		return
	}
	fmt.Fprintf(b, "| %s | type | | meaning |\n|---|---|---|---|\n", strings.ToLower(title))
	for _, r := range rows {
		var notes []string
		if !r.Required {
			notes = append(notes, "optional")
		}
		if r.Secret {
			notes = append(notes, "secret")
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", r.Path, r.Type, strings.Join(notes, ", "), r.Text)
	}
	b.WriteString("\n")
}

// write writes one example as it travels.
func write(b *strings.Builder, e contract.Example) {
	as, err := json.Marshal(e.As)
	if err != nil {
		as = []byte("{}") // a struct of strings can be written
	}
	fmt.Fprintf(b, "{\"as\": %s, \"args\": %s}\n", as, oneLine(e.Args))
	if e.Refusal == nil {
		fmt.Fprintf(b, "  done: %s\n", oneLine(e.Result))
		return
	}
	refusal, err := json.Marshal(e.Refusal)
	if err != nil {
		refusal = []byte("{}")
	}
	fmt.Fprintf(b, "  refused: %s\n", refusal)
}

func oneLine(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}
