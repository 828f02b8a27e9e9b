package maintenance

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/journal"
	"demailbench/gateway/notice"
	"demailbench/gateway/ops"
	"demailbench/gateway/queue"
	"demailbench/gateway/register"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// recipients are who must be told of a window: of every affected tenant its technical contact (S0-044, S0-074) and
// its named responsible persons, the process owner and the administrators that it has named (S0-050, S0-018, S0-073).
func recipients(s *register.State, w Window) (l []ops.Recipient) {
	for _, id := range s.Order {
		t := s.Tenants[id]
		if t.State == tenant.Offboarded || !w.affects(id) {
			continue
		}
		l = append(l, ops.Recipient{Tenant: id, Address: t.TechnicalContact.Mail, Role: ops.TechnicalContact})
		responsible := []string{t.ProcessOwner.Mail}
		for _, name := range []string{t.TechnicalAdministrator, t.AccountAdministrator} {
			if p, ok := s.Person(id, name); ok && !p.Revoked {
				responsible = append(responsible, p.Mail)
			}
		}
		for _, mail := range responsible {
			r := ops.Recipient{Tenant: id, Address: mail, Role: ops.Responsible}
			if mail != "" && !slices.Contains(l, r) {
				l = append(l, r)
			}
		}
	}
	return l
}

// proofsFor are the notices of an occasion, one for each address, in the order of the addresses. Of what only those
// who were told before need to know, nobody else is told.
func (d *Desk) proofsFor(w Window, o notice.Occasion, at time.Time) (l []Proof) {
	if o == "" {
		return nil
	}
	by := map[string][]ops.Recipient{}
	for _, r := range recipients(d.o.Clerk.Now(), w) {
		by[r.Address] = append(by[r.Address], r)
	}
	for address, to := range by {
		p := Proof{Window: w.Plan.ID, Revision: w.Revision, Occasion: o, Address: address, For: to, Announced: w.Plan.Window, Queued: at}
		sum := sha256.Sum256(fmt.Appendf(nil, "%s|%d|%s|%s", p.Window, p.Revision, o, address))
		p.Token = fmt.Sprintf("%s.%d.%s.%s", strings.ToLower(p.Window), p.Revision, o, hex.EncodeToString(sum[:8]))
		if address == "" {
			p.Failed, p.Answer = at, "no e-mail address is known"
		}
		l = append(l, p)
	}
	slices.SortFunc(l, func(a, b Proof) int { return cmp.Compare(a.Address, b.Address) })
	return l
}

// tell queues the notices that are on no way yet. A notice goes out once, however often it is asked for.
func (d *Desk) tell(ctx context.Context, w Window, proofs []Proof) {
	var letters []queue.Letter
	var told []Proof
	for _, p := range proofs {
		if p.Address == "" {
			d.unreachable(ctx, p)
			continue
		}
		_, domain, _ := strings.Cut(p.Address, "@")
		letters = append(letters, queue.Letter{Text: d.text(w, p), Once: []byte("maintenance\x00" + p.Token), Envelope: queue.Envelope{Kind: queue.Notice,
			To: []queue.Recipient{{Address: p.Address, Original: p.Address, Route: queue.RouteMail(domain)}}}})
		told = append(told, p)
	}
	if len(letters) == 0 {
		return
	}
	res, err := d.o.Queue.Tell(ctx, letters)
	if err != nil {
		return // the proofs say that nobody was told: Run tries again
	}
	for i, r := range res.Letters {
		for range r.Queued {
			d.o.Trail.Told("maintenance "+string(told[i].Occasion), audit.Mail{ID: r.ID, MessageID: r.MessageID, Kind: string(queue.Notice), To: told[i].Address}, w.Plan.ID)
		}
	}
}

func (d *Desk) text(w Window, p Proof) []byte {
	a := notice.Announcement{Letter: notice.Letter{Hostname: d.o.Hostname, Token: p.Token, To: p.Address, Now: p.Queued.In(ops.Berlin())},
		Occasion: p.Occasion, Number: p.Window, Revision: p.Revision, Start: p.Announced.Begin(), End: p.Announced.Finish(),
		Effects: w.Plan.Effects, Reason: w.Reason, Contact: d.o.Operator}
	for _, s := range w.Plan.Services {
		a.Services = append(a.Services, names[Service(s)])
	}
	return a.Text()
}

// unreachable tells the operator of somebody who must be told in another way.
func (d *Desk) unreachable(ctx context.Context, p Proof) {
	var whom []string
	for _, r := range p.For {
		whom = append(whom, string(r.Role)+" "+r.Tenant)
	}
	list := strings.Join(whom, ", ")
	d.o.Alarm.Raise(ctx, alarm.Trouble{Name: "notice/" + p.Token, Reason: fmt.Sprintf("the notice of %s did not reach %s (%s): %s", p.Window, p.Address, list, p.Answer),
		Subject: "De-Mail-Gateway: Wartungsankündigung " + p.Window + " nicht zugestellt (notice not delivered)",
		Words: "Die Ankündigung der Wartung " + p.Window + " hat nicht erreicht:\r\n\r\n  " + p.Address + " (" + list + ")\r\n  " + p.Answer + "\r\n\r\n" +
			"Bitte auf anderem Weg informieren. Please tell them in another way.\r\n"})
}

// Settled notes what became of a notice: taken by the recipient's mail server, or given up. Message-IDs of other
// mail are left alone. It must not be called while the clerk is at work.
func (d *Desk) Settled(messageID, answer string, taken bool) {
	token, _, _ := strings.Cut(strings.Trim(messageID, "<>"), "@")
	d.mu.Lock()
	i, ok := d.byToken[token]
	var p Proof
	if ok {
		p = d.proofs[i]
	}
	d.mu.Unlock()
	if !ok {
		return
	}
	now := d.o.Clock.Now()
	p.Answer = answer
	if taken {
		p.Accepted = now
	} else {
		p.Failed = now
	}
	r, err := p.record()
	if err != nil {
		return
	}
	e := journal.Entry{Operation: "maintenance.notice", Object: p.Window + " " + p.Address, Allowed: taken, Rule: "S0-050", Reason: answer}
	if err := d.o.Clerk.Note(e, []store.Record{r}, nil); err != nil {
		return // the trail has it; the proof is missing, and the window counts as not announced
	}
	d.mu.Lock()
	d.proofs[i] = p
	d.mu.Unlock()
	if !taken {
		d.unreachable(context.Background(), p)
	}
}

// Run tells again what a death of the gateway kept from being told, and tells of overruns, until ctx ends.
func (d *Desk) Run(ctx context.Context) {
	for _, w := range d.list() {
		d.tell(ctx, w, d.pending(w))
	}
	for ctx.Err() == nil {
		wait := d.overruns(ctx)
		stop := func() bool { return true }
		if wait > 0 {
			stop = d.o.Clock.AfterFunc(wait, d.wake)
		}
		select {
		case <-d.news:
		case <-ctx.Done():
		}
		stop()
	}
}

// pending are the newest notices of a window that neither arrived nor failed.
func (d *Desk) pending(w Window) (l []Proof) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.proofs {
		if p.Window == w.Plan.ID && p.Revision == w.Revision && p.Accepted.IsZero() && p.Failed.IsZero() {
			l = append(l, p)
		}
	}
	return l
}

// overruns tells of work that goes on after its announced end (D3), and returns how long until the next may; 0: for
// ever.
func (d *Desk) overruns(ctx context.Context) time.Duration {
	d.changing.Lock()
	defer d.changing.Unlock()
	now, next := d.o.Clock.Now(), time.Duration(0)
	for i, w := range d.list() {
		if w.Phase != ops.Running || w.Overran {
			continue
		}
		if wait := w.Plan.Window.Finish().Sub(now); wait > 0 {
			if next == 0 || wait < next {
				next = wait
			}
			continue
		}
		w.Overran = true
		told := d.proofsFor(w, notice.Overrun, now)
		puts, err := records(w, told)
		if err == nil {
			err = d.o.Clerk.Note(journal.Entry{Operation: "maintenance.overrun", Object: w.Plan.ID, Allowed: true, Rule: "D3"}, puts, nil)
		}
		if err != nil {
			return time.Minute // the disk refuses: people are told later
		}
		d.publish(w, i, told)
		d.tell(ctx, w, told)
	}
	return next
}
