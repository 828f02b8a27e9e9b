package rehearse

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"demailbench/reports/messages"
	"demailbench/sim/calendar"
)

// width is what fits on a printed page in a typewriter face.
const width = 90

// Text is the sheet as a page to print, in a language.
func (s *Sheet) Text(lang messages.Lang) string {
	p := &printer{say: messages.In(lang)}
	p.head(s)
	p.faults(s)
	p.topics(s)
	p.parties(s)
	p.line("")
	p.paragraph("", p.say.Say("rehearse.terms"))
	return p.b.String()
}

// printer writes a sheet.
type printer struct {
	say messages.Text
	b   strings.Builder
}

func (p *printer) line(text string) { p.b.WriteString(strings.TrimRight(text, " ") + "\n") }

func (p *printer) title(key string) {
	p.line("")
	p.line(p.say.Say(key))
}

// paragraph writes text in lines that begin with blanks, the first with lead.
func (p *printer) paragraph(lead, text string) {
	indent := strings.Repeat(" ", utf8.RuneCountInString(lead))
	line, filled := lead, false
	for _, word := range strings.Fields(text) {
		if filled && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			p.line(line)
			line, filled = indent, false
		}
		if filled {
			line += " "
		}
		line, filled = line+word, true
	}
	p.line(line)
}

// day writes a day as people of the language do.
func (p *printer) day(d calendar.Date) string {
	if p.say.Lang() == messages.German {
		return fmt.Sprintf("%02d.%02d.%d", d.Day, d.Month, d.Year)
	}
	return d.String()
}

func (p *printer) head(s *Sheet) {
	p.line(p.say.Say("rehearse.title"))
	p.line(fmt.Sprintf("%s (%s)", clean(s.Form.Name), clean(s.Form.ID)))
	plan := p.say.Say("rehearse.noplan")
	if s.Production != (calendar.Date{}) {
		plan = p.say.Say("rehearse.planned", "day", p.day(s.Production))
	}
	p.line(p.say.Say("rehearse.asof", "day", p.day(s.AsOf)) + ", " + plan)
	p.line("")
	if s.Ready() {
		p.line(p.say.Say("rehearse.ready"))
		return
	}
	open, _ := s.Open()
	p.line(p.count("rehearse.open.", open))
	late := 0
	for _, f := range s.Faults {
		if f.Late {
			late++
		}
	}
	if late > 0 {
		p.line(p.count("rehearse.late.", late))
	}
	p.line(p.say.Say("rehearse.earliest", "day", p.day(s.Earliest)))
}

func (p *printer) count(key string, n int) string {
	if n == 1 {
		return p.say.Say(key + "one")
	}
	return p.say.Say(key+"many", "n", n)
}

func (p *printer) faults(s *Sheet) {
	for i, f := range s.Faults {
		switch {
		case i == 0 && !f.Note:
			p.title("rehearse.todo")
		case f.Note && (i == 0 || !s.Faults[i-1].Note):
			p.title("rehearse.notes")
		}
		p.fault(i+1, f)
	}
}

func (p *printer) fault(n int, f Fault) {
	lead := fmt.Sprintf("%4d  ", n)
	if f.Note {
		p.paragraph(lead, p.Fault(f)+" "+p.Fix(f))
	} else {
		when := p.say.Say("rehearse.whenever")
		if f.By != (calendar.Date{}) {
			when = p.say.Say("rehearse.by", "day", p.day(f.By))
		}
		if f.Late {
			when += " (" + p.say.Say("rehearse.overdue") + ")"
		}
		p.paragraph(lead, p.say.Say("rehearse.party."+string(f.Owner))+", "+when+":")
		p.paragraph("      ", p.Fault(f))
		p.paragraph("      -> ", p.Fix(f))
	}
	p.paragraph("      ", "["+f.place()+strings.Join(f.Statements, ", ")+"]")
}

// place is where the fault is in the tenant's files.
func (f Fault) place() string {
	if f.Field == "" && f.Line == 0 {
		return ""
	}
	at := f.File
	if f.Line > 0 {
		at += ":" + strconv.Itoa(f.Line)
	}
	return strings.TrimSpace(at+" "+f.Field) + "; "
}

// Fault is what is wrong, in words.
func (p *printer) Fault(f Fault) string { return p.text("rehearse.fault.", f) }

// Fix is what to do, in words.
func (p *printer) Fix(f Fault) string { return p.text("rehearse.fix.", f) }

func (p *printer) text(family string, f Fault) string {
	var value any = f.Value
	if day, err := time.Parse(time.DateOnly, f.Value); err == nil {
		value = dateOf(day)
	}
	return p.say.Say(family+f.Check, p.args(append([]any{"value", value}, f.Args...))...)
}

// args brings days and texts into the language.
func (p *printer) args(args []any) []any {
	out := slices.Clone(args)
	for i, a := range out {
		switch a := a.(type) {
		case calendar.Date:
			out[i] = p.day(a)
		case Said:
			out[i] = p.say.Say(a.Key, p.args(a.Args)...)
		case string:
			out[i] = clean(a)
		}
	}
	return out
}

// clean makes what somebody else wrote fit for a terminal and a page: no control characters, not endless.
func clean(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i >= 200 {
			b.WriteString("...")
			break
		}
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x200b && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			fmt.Fprintf(&b, "<U+%04X>", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (p *printer) topics(s *Sheet) {
	p.title("rehearse.list")
	for _, t := range s.Topics {
		line := "  [x] " + p.say.Say("rehearse.topic."+t.Name)
		if t.Open > 0 {
			line = "  [ ] " + p.say.Say("rehearse.topic."+t.Name) + ": " + p.say.Say("rehearse.openhere", "n", t.Open)
		}
		p.line(line)
	}
}

// parties lists for each party what it has to do.
func (p *printer) parties(s *Sheet) {
	if s.Ready() {
		return
	}
	p.title("rehearse.who")
	for _, party := range []Party{Tenant, KDN, SID, TSystems} {
		var numbers []string
		for i, f := range s.Faults {
			if f.Owner == party && !f.Note {
				numbers = append(numbers, strconv.Itoa(i+1))
			}
		}
		if len(numbers) > 0 {
			p.paragraph("  ", p.say.Say("rehearse.party."+string(party))+": "+p.say.Say("rehearse.number", "numbers", strings.Join(numbers, ", ")))
		}
	}
}
