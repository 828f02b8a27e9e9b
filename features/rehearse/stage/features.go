package stage

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"demailbench/features/rehearse"
)

//go:embed rehearsal.tmpl enrolment.tmpl
var templates embed.FS

// most is how many addresses of each kind are tried: a rehearsal is to end within a minute.
const most = 20

// pair is one way through the gateway.
type pair struct{ Mail, DeMail string }

// copies are the De-Mail addresses that lead to the same number of mailboxes.
type copies struct {
	// Name distinguishes the scenarios.
	Name    string
	Columns []string
	Rows    [][]string
}

// Title is the scenario's name in English; package steps has the German.
func (c copies) Title() string {
	if len(c.Columns) == 1 {
		return "A citizen's De-Mail reaches the mailbox"
	}
	return fmt.Sprintf("A citizen's De-Mail reaches its %d mailboxes", len(c.Columns))
}

// play is what the feature is made of.
type play struct {
	ID, Name, Server, Seen, Zone string
	// Direction is that of the main domain.
	Direction              string
	Send, Silent, SendOnly []pair
	Receive                []copies
	Unmapped               []string
	CatchAll               []catchAll
	Secured, State         bool
	// First sends; Waits receives in one mailbox.
	First, Waits pair
}

// catchAll is a domain whose De-Mails to unmapped addresses go to a mailbox.
type catchAll struct{ Domain, Mailbox, DeMail string }

// features writes what the town's data must do.
func (b *builder) features() error {
	f := b.form
	p := play{ID: b.stage.Tenant, Name: strings.Join(strings.Fields(f.Name), " "), Server: b.host("mail"), Seen: f.Mail.Server.SeenAs.String(),
		Zone: b.zone(), Secured: f.Mail.Transport == "starttls", State: f.Network == "svn", Direction: f.Domains[0].Direction}
	byBox := b.receivers()
	for _, r := range b.docs[b.tenantFile()].list("mapping") {
		row := pair{r.text("mail"), r.text("demail")}
		switch d := domainOf(f, row.DeMail); d.Direction {
		case "receive-only":
			p.Silent = append(p.Silent, row)
		case "send-only":
			p.SendOnly = append(p.SendOnly, row)
			fallthrough
		default:
			p.Send = append(p.Send, row)
		}
	}
	if len(p.Send) > 0 {
		p.First = p.Send[0]
	}
	p.Receive = b.groups(byBox)
	if len(p.Receive) > 0 && len(p.Receive[0].Columns) == 1 {
		p.Waits = pair{DeMail: p.Receive[0].Rows[0][0], Mail: p.Receive[0].Rows[0][1]}
	}
	for _, u := range f.Unmapped {
		p.Unmapped = append(p.Unmapped, strings.ToLower(u))
	}
	p.CatchAll = b.catchAlls(byBox)
	b.shorten(&p)
	for name, file := range map[string]string{"rehearsal.tmpl": "rehearsal/own-data.feature", "enrolment.tmpl": "rehearsal/enrolment.feature"} {
		t, err := template.ParseFS(templates, name)
		if err != nil {
			return fmt.Errorf("the rehearsal's feature: %w", err)
		}
		var text bytes.Buffer
		if err := t.Execute(&text, p); err != nil {
			return fmt.Errorf("the rehearsal's feature: %w", err)
		}
		b.stage.Features[file] = text.Bytes()
	}
	return nil
}

// shorten leaves out what is more of the same.
func (b *builder) shorten(p *play) {
	cut := false
	for _, l := range []*[]pair{&p.Send, &p.Silent, &p.SendOnly} {
		if len(*l) > most {
			*l, cut = (*l)[:most], true
		}
	}
	if len(p.Unmapped) > most {
		p.Unmapped, cut = p.Unmapped[:most], true
	}
	for i := range p.Receive {
		if len(p.Receive[i].Rows) > most {
			p.Receive[i].Rows, cut = p.Receive[i].Rows[:most], true
		}
	}
	if cut {
		b.stage.Notes = append(b.stage.Notes, "rehearse.stage.short")
	}
}

func domainOf(f *rehearse.Form, address string) rehearse.Domain {
	i := slices.IndexFunc(f.Domains, func(d rehearse.Domain) bool { return strings.HasSuffix(address, "@"+strings.ToLower(d.Name)) })
	if i < 0 {
		return rehearse.Domain{}
	}
	return f.Domains[i]
}

// zone is the town's zone in the network.
func (b *builder) zone() string {
	t := b.docs[topologyFile]
	for _, h := range t.list("hosts") {
		for _, s := range t.list("segments") {
			if h.text("name") == b.host("mail") && s.text("name") == h.text("segment") {
				return s.text("zone")
			}
		}
	}
	return ""
}

// receivers are the mailboxes of each De-Mail address that receives, in the order of the table.
func (b *builder) receivers() (list [][]string) {
	for _, r := range b.docs[b.tenantFile()].list("mapping") {
		demail := r.text("demail")
		if domainOf(b.form, demail).Direction == "send-only" {
			continue
		}
		i := slices.IndexFunc(list, func(l []string) bool { return l[0] == demail })
		if i < 0 {
			list, i = append(list, []string{demail}), len(list)
		}
		list[i] = append(list[i], r.text("mail"))
	}
	return list
}

// groups parts De-Mail addresses by the number of their mailboxes.
func (b *builder) groups(byBox [][]string) (out []copies) {
	for n := 1; n <= 4; n++ {
		var c copies
		for i := range n {
			c.Columns = append(c.Columns, fmt.Sprintf("mailbox%d", i+1))
		}
		for _, l := range byBox {
			if len(l) == n+1 {
				c.Rows = append(c.Rows, l)
			}
		}
		if len(c.Rows) > 0 {
			out = append(out, c)
		}
	}
	return out
}

// catchAlls are the domains with CatchAll, each with an address that will not be mapped.
func (b *builder) catchAlls(byBox [][]string) (out []catchAll) {
	for _, d := range b.form.Domains {
		box := strings.ToLower(d.CatchAll)
		i := slices.IndexFunc(byBox, func(l []string) bool {
			return strings.HasSuffix(l[0], "@"+strings.ToLower(d.Name)) && !slices.Contains(l, box)
		})
		if box != "" && i >= 0 && d.Direction != "send-only" {
			out = append(out, catchAll{strings.ToLower(d.Name), box, byBox[i][0]})
		}
	}
	return out
}
