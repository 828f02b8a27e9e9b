// Package diagram draws the course of a scenario as SVG: the sequence of what was said (Sequence) and the
// networks with the way of a mail (Topology). A drawing is bounded in size, needs no script and no net,
// has a title and a description for screen readers, and marks what failed by shape and word, not by colour
// alone. It leaves out finding out what happened (reports/course).
package diagram

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"demailbench/reports/course"
	"demailbench/reports/messages"
)

// Drawing says how to draw.
type Drawing struct {
	// Text speaks the language of the labels.
	Text messages.Text
	// ID makes the ids inside unique where several drawings share a page.
	ID string
	// Standalone drawings are files of their own: they carry the style and the namespace.
	Standalone bool
}

// Style is the CSS of all drawings, for pages that hold them.
const Style = `.dg{max-width:100%;height:auto;display:block;background:#fff}
.dg text{font:12px system-ui,"DejaVu Sans",sans-serif;fill:#1a1a1a}
.dg .h{paint-order:stroke;stroke:#fff;stroke-width:4px}
.dg .b{font-weight:bold}.dg .s{font-size:10.5px;fill:#444}.dg .bad{fill:#8f1414;font-weight:bold}
.dg .ln{stroke:#1a1a1a;stroke-width:1.4;fill:none}.dg .life{stroke:#8a8a8a;stroke-dasharray:3 4}
.dg .box{fill:#fff;stroke:#1a1a1a}.dg .zone{fill:#f2f4f7;stroke:#667}.dg .idle{fill:#fff;stroke:#aaa}.dg .rt{fill:#fff;stroke:#1a1a1a;stroke-width:2.5}
.dg .way{stroke:#123f7a;stroke-width:2.6;fill:none}.dg .wayx{stroke:#8f1414;stroke-width:2.6;fill:none;stroke-dasharray:7 5}
.dg .num{fill:#123f7a}.dg .numx{fill:#8f1414}.dg text.n{fill:#fff;font-weight:bold;font-size:11px}
.dg .here{fill:#fdecec;stroke:#8f1414;stroke-width:2}.dg .stop{fill:#8f1414}.dg .x{stroke:#fff;stroke-width:2.2}.dg .cross{stroke:#8f1414;stroke-width:3}
`

// canvas collects the elements of one drawing.
type canvas struct {
	Drawing
	strings.Builder
}

// el writes one formatted element.
func (c *canvas) el(format string, args ...any) { fmt.Fprintf(c, format+"\n", args...) }

// text writes a text; anchor is "start", "middle" or "end"; what is longer than width pixels is cut, and
// whole in its title.
func (c *canvas) text(x, y float64, class, anchor, s string, width float64) {
	if class == "s" {
		width *= 12 / 10.5 // small letters
	}
	cut := clip(s, width)
	fmt.Fprintf(c, `<text x="%.0f" y="%.0f" class="%s" text-anchor="%s">%s`, x, y, class, anchor, escape(cut))
	if cut != s {
		fmt.Fprintf(c, "<title>%s</title>", escape(s))
	}
	c.WriteString("</text>\n")
}

// label writes a text on a white ground of its own, so that a line behind it does not strike it out.
func (c *canvas) label(x, y float64, class, anchor, s string, width float64) {
	w := min(wide(s), width)
	left := x - 4
	if anchor == "middle" {
		left = x - w/2 - 4
	}
	c.el(`<rect x="%.0f" y="%.0f" width="%.0f" height="17" fill="#fff"/>`, left, y-13, w+8)
	c.text(x, y, class, anchor, s, width)
}

// escape makes a text from outside harmless: no markup, no control characters, nothing that turns the
// direction of writing.
func escape(s string) string {
	return html.EscapeString(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == 0xfffe || r == 0xffff {
			return utf8.RuneError
		}
		return r
	}, s))
}

// perLetter is the mean width in pixels of a letter of 12 pixels in a wide font; others are narrower.
const perLetter = 7.0

func wide(s string) float64 { return perLetter * float64(utf8.RuneCountInString(s)) }

// clip cuts s so that it is no wider than width pixels.
func clip(s string, width float64) string {
	n := int(width / perLetter)
	if n < 2 || utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n-1]) + "…"
}

// stop draws the sign of failure, an octagon with a cross, around (x, y).
func (c *canvas) stop(x, y float64) {
	const r, k = 9.0, 3.7
	c.el(`<polygon class="stop" points="%.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f %.1f,%.1f"/>`,
		x-k, y-r, x+k, y-r, x+r, y-k, x+r, y+k, x+k, y+r, x-k, y+r, x-r, y+k, x-r, y-k)
	c.el(`<path class="x" d="M%.1f %.1fL%.1f %.1fM%.1f %.1fL%.1f %.1f"/>`, x-4, y-4, x+4, y+4, x+4, y-4, x-4, y+4)
}

// finish puts the head of the drawing before its elements.
func (c *canvas) finish(width, height float64, title, desc string) string {
	var b strings.Builder
	space := fmt.Sprintf(` width="%.0f" height="%.0f"`, width, height)
	if c.Standalone {
		space += fmt.Sprintf(` xmlns="http://www.w3.org/2000/svg" xml:lang="%s"`, c.Text.Lang())
		b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	fmt.Fprintf(&b, `<svg class="dg"%s viewBox="0 0 %.0f %.0f" role="img" aria-labelledby="%[4]s-t %[4]s-d">`, space, width, height, c.ID)
	fmt.Fprintf(&b, "\n<title id=\"%s-t\">%s</title><desc id=\"%[1]s-d\">%[3]s</desc>\n", c.ID, escape(title), escape(desc))
	if c.Standalone {
		fmt.Fprintf(&b, "<style>%s</style>\n", Style)
	}
	fmt.Fprintf(&b, `<defs><marker id="%s-a" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="10" markerHeight="10" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="context-stroke"/></marker></defs>`+"\n", c.ID)
	b.WriteString(c.String())
	b.WriteString("</svg>\n")
	return b.String()
}

// rank orders parties from the tenants' side to the outside: 0 tenants, 1 their routers, 2 other networks,
// 3 routers between, 4 the gateway's zone, 5 routers to the outside, 6 the provider, 7 the Internet.
func rank(c *course.Course, who string) int {
	zone := c.Zone(who)
	r := 2
	switch {
	case strings.HasPrefix(zone, "tenant"):
		r = 0
	case zone == c.Zone(c.Scene.Gateway) && zone != "":
		r = 4
	case zone == c.Zone(c.Scene.Provider) && zone != "":
		r = 6
	case zone == "internet":
		r = 7
	}
	if !c.IsHost(who) {
		if zone == "" || r == 2 {
			return 3
		}
		return min(r+1, 5)
	}
	return r
}
