package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/admin/api"
)

var operator = as{"operator/operator-admin"}

// TestPlansThatAreRefused: what is no window is refused with the field, the value and what to do.
func TestPlansThatAreRefused(t *testing.T) {
	o := newOffice(t)
	good := api.WindowPlan{Start: "2015-11-19 18:00", Seconds: 18000, Effects: "De-Mails bleiben liegen"}
	for name, c := range map[string]struct {
		rule, field, text string
		change            func(*api.WindowPlan)
	}{
		"in the past":                {"S0-044", "start", "is in the past", func(p *api.WindowPlan) { p.Start = "2015-11-01 18:00" }},
		"no time at all":             {"S0-044", "expected", "is nothing", func(p *api.WindowPlan) { p.Seconds = 0 }},
		"negative":                   {"S0-044", "expected", "is negative", func(p *api.WindowPlan) { p.Seconds = -1 }},
		"a year":                     {"S0-044", "expected", "is longer than 168h0m0s", func(p *api.WindowPlan) { p.Seconds = 366 * 86400 }},
		"longer than a duration":     {"S0-044", "expected", "is longer than 168h0m0s", func(p *api.WindowPlan) { p.Seconds = 1 << 62 }},
		"a time that does not exist": {"S0-044", "time", "does not exist in Europe/Berlin", func(p *api.WindowPlan) { p.Start = "2016-03-27 02:30" }},
		"a time that comes twice":    {"S0-044", "time", "2016-10-30T02:30:00+02:00 or 2016-10-30T02:30:00+01:00", func(p *api.WindowPlan) { p.Start = "2016-10-30 02:30" }},
		"a zone that is none":        {"S0-044", "zone", "is not a known time zone", func(p *api.WindowPlan) { p.Zone = "Europe/Dresden" }},
		"the zone of some machine":   {"S0-044", "zone", "is not a known time zone", func(p *api.WindowPlan) { p.Zone = "Local" }},
		"a file of the machine":      {"S0-044", "zone", "is not a known time zone", func(p *api.WindowPlan) { p.Zone = "../../../etc/passwd" }},
		"without effects":            {"S0-045", "effects", "is missing", func(p *api.WindowPlan) { p.Effects = "  " }},
		"a tenant that is not there": {"S0-004", "tenants", "there is no tenant", func(p *api.WindowPlan) { p.Tenants = []string{"nobody"} }},
	} {
		p := good
		c.change(&p)
		w := o.do(o.request("POST", "/v1/maintenance", p, operator))
		body := w.Body.String()
		if w.Code < 400 || w.Code >= 500 || !strings.Contains(body, `"rule":"`+c.rule+`"`) || !strings.Contains(body, `"field":"`+c.field+`"`) || !strings.Contains(body, c.text) {
			t.Errorf("%s: %d %s", name, w.Code, body)
		}
	}
	if w := o.do(o.request("POST", "/v1/maintenance", good, operator)); w.Code != http.StatusCreated {
		t.Fatal(w.Code, w.Body)
	}
	good.Start = "2015-11-19 22:59"
	o.refused(409, "S0-047", "POST", "/v1/maintenance", good, operator)
	good.Start = "2015-11-19 23:00"
	if w := o.do(o.request("POST", "/v1/maintenance", good, operator)); w.Code != http.StatusCreated {
		t.Error("a window that meets another is refused", w.Code, w.Body)
	}
}

// TestClockSetBack: a clock that is set back while work goes on does not make it end before it began, and the account
// says that the clock was set back.
func TestClockSetBack(t *testing.T) {
	o := newOffice(t)
	plan := api.WindowPlan{Start: "2015-11-02 18:00", Seconds: 3600, Effects: "De-Mails bleiben liegen"}
	for _, r := range []*http.Request{o.request("POST", "/v1/maintenance", plan, operator), o.request("POST", "/v1/maintenance/W-1/work", nil, operator)} {
		if w := o.do(r); w.Code >= 300 {
			t.Fatal(w.Code, w.Body)
		}
	}
	o.clock.Advance(-time.Hour)
	o.refused(422, "S0-044", "DELETE", "/v1/maintenance/W-1/work", nil, operator)
	o.restart()
	w := o.do(o.request("GET", "/v1/availability?from=2015-11-01T00:00:00Z", nil, operator))
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "the clock was set back") {
		t.Error(w.Code, w.Body)
	}
}

// TestDocuments: the table and the page have what the answer has, and nothing of the operator's page reaches a tenant.
func TestDocuments(t *testing.T) {
	o := newOffice(t)
	open := api.NewIncident{Start: start.Add(-3 * time.Hour), Impact: "<script>alert(1)</script>"}
	if w := o.do(o.request("POST", "/v1/incidents", open, operator)); w.Code != http.StatusCreated {
		t.Fatal(w.Code, w.Body)
	}
	for path, words := range map[string][]string{
		"/v1/availability.csv?from=2015-11-01T00:00:00Z":  {"kind,name,start", "interruption,I-1,", "finding,S0-054"},
		"/v1/availability.html?from=2015-11-01T00:00:00Z": {"<svg", "I-1", "wurde", "The promise was"},
	} {
		w := o.do(o.request("GET", path, nil, operator))
		for _, word := range words {
			if !strings.Contains(w.Body.String(), word) {
				t.Errorf("%s: %q is not in %d %s", path, word, w.Code, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s has a script", path)
		}
	}
	o.refused(403, "S1-154", "GET", "/v1/availability", nil, o.user("annaberg", "annaberg-tech", "technischer-admin"))
}
