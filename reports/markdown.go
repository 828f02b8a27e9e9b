package reports

import (
	"fmt"
	"io"
	"strings"
)

// maxDigest is the number of failures in summary.md; a page of a CI service has a size limit.
const maxDigest = 40

// writeMarkdown writes summary.md, the digest for the page of a CI job.
func (p *page) writeMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "## %s %s: %s\n\n", sign(p.Verdict), p.Verdict, markdown(p.Sentence))
	fmt.Fprintf(&b, "| %s | %s |\n|:--|--:|\n", p.Say("page.figure"), p.Say("page.count"))
	fmt.Fprintf(&b, "| %s | %d |\n| %s | %d |\n", p.Say("page.planned"), p.Planned, p.Say("page.executed"), p.Executed)
	for _, v := range p.Verdicts() {
		fmt.Fprintf(&b, "| %s %s (%s) | %d |\n", sign(v.Verdict), v.Verdict, p.Word(v.Verdict), v.N)
	}
	fmt.Fprintf(&b, "| %s | %d |\n\n", p.Say("page.notselected"), len(p.Excluded))
	fmt.Fprintf(&b, "%s %d: %s.\n\n", p.Say("page.exit"), p.ExitCode, p.Exit)
	if p.Preflight != "" {
		fmt.Fprintf(&b, "%s: %s\n\n", p.Say("page.preflight"), markdown(p.Preflight))
	}
	for _, line := range p.Stale {
		fmt.Fprintf(&b, "- **%s:** %s\n", p.Say("page.stale"), markdown(line))
	}
	if len(p.Cards) > 0 {
		fmt.Fprintf(&b, "### %s\n\n", p.Say("page.failures", "n", len(p.Cards)))
	}
	for i, c := range p.Cards {
		if i == maxDigest {
			fmt.Fprintf(&b, "%s\n", p.Say("digest.more", "n", len(p.Cards)-i))
			break
		}
		p.digest(&b, c)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// digest is one failure in summary.md.
func (p *page) digest(b *strings.Builder, c *Card) {
	fmt.Fprintf(b, "#### %s %s: %s\n\n", sign(c.Scenario.Verdict), c.Scenario.Verdict, markdown(c.Plain))
	fmt.Fprintf(b, "%s: %s\n\n", markdown(c.Feature.Text), markdown(c.Name.Text))
	if m := c.Main; m != nil {
		fmt.Fprintf(b, "- **%s:** %s\n- **%s:** %s\n", p.Say("card.expected"), markdown(m.Expected.Text), p.Say("card.observed"), markdown(m.Observed.Text))
		if m.Packet != nil {
			fmt.Fprintf(b, "- **%s:** %s net.pcapng\n", p.Say("card.packet"), markdown(p.Say("card.packetat", "n", m.Packet.Number, "link", m.Packet.Link)))
		}
	} else {
		fmt.Fprintf(b, "- **%s:** %s\n", p.Say("card.reason"), markdown(c.Reason.Text))
	}
	var ids []string
	for _, l := range c.Clauses {
		ids = append(ids, l.ID)
	}
	fmt.Fprintf(b, "- **%s:** %s\n- **%s:** %s\n- **%s:** %s\n\n", p.Say("card.clause"), markdown(orDash(strings.Join(ids, ", "))),
		p.Say("card.fixer"), markdown(c.Fixer), p.Say("digest.again"), code(c.Scenario.Repeat))
}

// Found is what the judge or the suite said, for the templates.
func (p *page) Found(s string) Said { return found(p.T, s) }

// markdown makes a text from outside harmless in Markdown: one line, nothing that formats, links or is HTML.
var markdownEscapes = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "<", "&lt;", ">", "&gt;", "&", "&amp;",
	"|", "\\|", "#", "\\#", "~", "\\~", "!", "\\!", "@", "&#64;", "\r", " ", "\n", " ")

func markdown(s string) string { return markdownEscapes.Replace(s) }

// code makes a text a code span, whatever backquotes are in it.
func code(s string) string {
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	return fence + " " + strings.ReplaceAll(s, "\n", " ") + " " + fence
}
