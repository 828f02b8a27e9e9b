package reference

import (
	"context"
	"strings"
	"testing"
	"time"

	"demailbench/features/sut/contract"
)

// at is a time of the clock on the wall in Berlin.
func at(t *testing.T, text string) time.Time {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	x, err := time.ParseInLocation("2006-01-02 15:04", text, berlin)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestMaintenance walks the life of a window and what is refused, over a death of the gateway.
func TestMaintenance(t *testing.T) {
	inWorld(t, func(w *world) {
		plan := contract.MaintenancePlan{Start: at(t, "2015-11-19 18:00"), End: at(t, "2015-11-19 22:00").Add(time.Second), Impact: "No De-Mail is carried."}
		var m contract.MaintenanceWindow
		w.done(operator, plan, &m)
		if m.Maintenance != "W-1" || m.State != "planned" || !m.NoticeDue.Equal(at(t, "2015-11-13 14:00")) || len(m.Services) != 2 {
			t.Errorf("%+v", m)
		}
		tech := contract.As{Person: "operator-support", Role: contract.SupportAdministrator, Org: contract.Operator}
		w.refused("S0-035", tech, plan)
		for rule, change := range map[string]func(*contract.MaintenancePlan){
			"S0-045": func(p *contract.MaintenancePlan) { p.Impact = " " },
			"S0-044": func(p *contract.MaintenancePlan) { p.End = p.Start },
			"S0-047": func(*contract.MaintenancePlan) {},
			"S0-004": func(p *contract.MaintenancePlan) { p.Tenants = []string{"nobody"} },
		} {
			p := plan
			change(&p)
			w.refused(rule, operator, p)
		}
		past, year := plan, plan
		past.Start, year.End = epoch.Add(-time.Hour), plan.Start.AddDate(1, 0, 0)
		w.refused("S0-044", operator, past)
		w.refused("S0-044", operator, year)
		w.done(operator, contract.MaintenanceChange{Maintenance: "W-1", Start: plan.Start, End: at(t, "2015-11-19 22:00"), Impact: plan.Impact}, &m)
		if !m.NoticeDue.Equal(at(t, "2015-11-17 16:00")) { // one working day before; the 18th is Buß- und Bettag
			t.Errorf("%+v", m)
		}
		w.refused("S0-047", operator, contract.MaintenanceStart{Maintenance: "W-9"})
		_ = w.clock.Sleep(context.Background(), plan.Start.Sub(w.clock.Now()))
		for range 2 {
			w.done(operator, contract.MaintenanceStart{Maintenance: "W-1"}, &m)
		}
		w.refused("S0-047", operator, contract.MaintenanceCancel{Maintenance: "W-1", Reason: "x"})
		w.g.Kill()
		w.start()
		var l contract.MaintenanceListResult
		w.done(operator, contract.MaintenanceList{From: plan.Start, Until: plan.End}, &l)
		if len(l.Windows) != 1 || l.Windows[0].State != "running" {
			t.Errorf("%+v", l)
		}
		_ = w.clock.Sleep(context.Background(), 5*time.Hour)
		for range 2 {
			w.done(operator, contract.MaintenanceEnd{Maintenance: "W-1"}, &m)
		}
		var n contract.MaintenanceNoticesResult
		w.done(operator, contract.MaintenanceNotices{Maintenance: "W-1"}, &n)
		if len(n.Notices) != 4 || n.Notices[0].Failed.IsZero() { // planned, changed, overrun, over: pirna has no contact
			t.Errorf("%+v", n)
		}
		w.done(operator, contract.MaintenancePlan{Start: w.clock.Now().Add(time.Hour), End: w.clock.Now().Add(2 * time.Hour), Impact: "x", Services: []string{"administration"}}, &m)
		w.done(operator, contract.MaintenanceCancel{Maintenance: m.Maintenance, Reason: "x"}, &m)
		if m.State != "cancelled" {
			t.Errorf("%+v", m)
		}
		var r contract.AvailabilityReportResult
		w.done(operator, contract.AvailabilityReport{From: at(t, "2015-11-16 00:00"), Until: w.clock.Now(), Document: "html"}, &r)
		if len(r.Interruptions) != 1 || !r.Interruptions[0].Counted || r.Interruptions[0].Class != "own" || r.Weeks[0].Holds || !strings.Contains(r.Document, "<svg") {
			t.Errorf("%+v", r)
		}
	})
}

// TestIncidents: tickets, how they count, and who says so; the gateway's own death is one.
func TestIncidents(t *testing.T) {
	inWorld(t, func(w *world) {
		var i contract.Incident
		_ = w.clock.Sleep(context.Background(), 10*time.Hour)
		open := contract.IncidentOpen{Start: w.clock.Now().Add(-5 * time.Hour), Impact: "No De-Mail is carried.", Kind: "signature"}
		w.done(operator, open, &i)
		if i.Channel != "BaK ESV <esv@sid.sachsen.de>" || !i.Attended.Equal(at(t, "2015-11-03 08:00")) || !i.Counted {
			t.Errorf("%+v", i)
		}
		w.refused("S0-054", operator, contract.IncidentClose{Incident: i.Incident, End: open.Start.Add(-time.Second)})
		w.refused("S0-054", operator, contract.IncidentClose{Incident: i.Incident, End: w.clock.Now().Add(time.Hour)})
		w.done(operator, contract.IncidentClose{Incident: i.Incident, End: open.Start.Add(4*time.Hour + time.Second)}, nil)
		w.refused("S0-054", operator, contract.IncidentClose{Incident: i.Incident, End: open.Start.Add(time.Hour)})
		proof := []contract.IncidentEvidence{{What: "Report of the DMDA", Reference: "Ticket 4711"}}
		w.refused("D10b", operator, contract.IncidentClassify{Incident: i.Incident, Cause: "dmda", Evidence: proof})
		var q contract.ChangeRequest
		w.done(operator, contract.ChangeRequestFile{Service: "Land- De-Mail Gateway", Object: i.Incident, Kind: "platform", Description: "x"}, &q)
		as := operator
		as.CR = q.CR
		w.refused("D4", as, contract.IncidentClassify{Incident: i.Incident, Cause: "dmda"})
		w.done(as, contract.IncidentClassify{Incident: i.Incident, Cause: "dmda", Evidence: proof}, &i)
		if i.Counted {
			t.Errorf("%+v", i)
		}
		w.g.Kill()
		_ = w.clock.Sleep(context.Background(), 3*time.Hour)
		w.start()
		var r contract.AvailabilityReportResult
		w.done(operator, contract.AvailabilityReport{From: epoch, Until: w.clock.Now().Add(time.Hour), Document: "csv"}, &r)
		if len(r.Interruptions) != 2 || r.Interruptions[0].Class != "excluded" || r.Interruptions[1].Source != "I-2" || !r.Weeks[0].Holds || len(r.Findings) == 0 {
			t.Errorf("%+v", r)
		}
		if d := r.Interruptions[1].End.Sub(r.Interruptions[1].Start); d < 3*time.Hour || d > 3*time.Hour+2*time.Minute {
			t.Errorf("the gateway was away for %v", d)
		}
		w.refused("S0-054", operator, contract.AvailabilityReport{From: w.clock.Now(), Until: w.clock.Now().Add(time.Hour)})
	})
}
