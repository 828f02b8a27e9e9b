package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/alarm"
	"demailbench/gateway/audit"
	"demailbench/gateway/availability"
	"demailbench/gateway/clerk"
	"demailbench/gateway/door/doortest"
	"demailbench/gateway/incident"
	"demailbench/gateway/journal"
	"demailbench/gateway/maintenance"
	"demailbench/gateway/ops"
	"demailbench/gateway/password"
	"demailbench/gateway/queue"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/signin"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// office is an administration with two tenants, over a store of its own.
type office struct {
	t     testing.TB
	dir   string
	clock *doortest.Clock
	store *store.Store
	clerk *clerk.Clerk
	h     http.Handler
	// doc is the contract, to hold answers against.
	doc *openapi3.T
	// books counts what Changed was told.
	books   int
	noted   []journal.Entry
	waiting []Waiting

	maintenance *maintenance.Desk
	incidents   *incident.Desk
	queue       *queue.Queue

	tokens map[string]string
}

const secret = "example-only-1"

// tenants are two that the configuration has brought along.
func tenants() []tenant.Tenant {
	return []tenant.Tenant{
		{ID: "annaberg", Name: "Stadt Annaberg-Buchholz", Networks: []netip.Prefix{netip.MustParsePrefix("10.2.12.0/24")}, MailDomains: []string{"annaberg.test"},
			Domains: []tenant.Domain{{Name: "annaberg.de-mail.de"}}, Mapping: []tenant.Pair{{Mail: "poststelle@annaberg.test", DeMail: "poststelle@annaberg.de-mail.de"}},
			TechnicalContact: "technik@annaberg.test"},
		{ID: "pirna", Name: "Stadt Pirna", Networks: []netip.Prefix{netip.MustParsePrefix("10.3.14.0/24")}, MailDomains: []string{"pirna.test"},
			Domains: []tenant.Domain{{Name: "pirna.de-mail.de"}}, Mapping: []tenant.Pair{{Mail: "geheim@pirna.test", DeMail: "geheim@pirna.de-mail.de"}}},
	}
}

func newOffice(t testing.TB) *office {
	o := &office{t: t, clock: doortest.NewClock(start), dir: t.TempDir(), tokens: map[string]string{}}
	var err error
	if o.doc, err = openapi3.NewLoader().LoadFromData(Contract); err != nil {
		t.Fatal(err)
	}
	o.open()
	if err := o.clerk.Import(tenants()); err != nil {
		t.Fatal(err)
	}
	if err := o.clerk.Bootstrap("operator-admin", secret); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.store.Close() })
	return o
}

// open builds clerk, gate and handler over the store's directory, as a start of the gateway does.
func (o *office) open() {
	random := &lockedRand{r: rand.NewChaCha8([32]byte{byte(o.books)})}
	var err error
	if o.store, err = store.Open(o.dir, store.Options{Clock: o.clock, Disk: func(op string) {
		if !o.clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
	}}); err != nil {
		o.t.Fatal(err)
	}
	o.clerk, err = clerk.Open(clerk.Options{Store: o.store, Clock: o.clock, Rand: random, Cost: password.Cost{Time: 1, Memory: 8, Threads: 1},
		Limits:  clerk.Limits{Tenants: 4, Mapping: 50},
		Changed: func(*tenant.Book) { o.books++ }, Noted: func(_ journal.Line, e journal.Entry) { o.noted = append(o.noted, e) }})
	if err != nil {
		o.t.Fatal(err)
	}
	gate, err := signin.Open(signin.Options{Clerk: o.clerk, Store: o.store, Clock: o.clock, Rand: random})
	if err != nil {
		o.t.Fatal(err)
	}
	o.openDesks(random)
	o.h, err = NewHandler(Options{Clerk: o.clerk, Gate: gate, Clock: o.clock, Hostname: "gateway.example", Queue: func([]string) []Waiting { return o.waiting },
		Maintenance: o.maintenance, Incidents: o.incidents, Account: o.account, Backup: o.backup, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		o.t.Fatal(err)
	}
}

// openDesks opens what keeps maintenance and incidents.
func (o *office) openDesks(random *lockedRand) {
	trail := audit.New(slog.New(slog.DiscardHandler), o.clock)
	q, _, err := queue.Open(o.store, queue.Options{Clock: o.clock, Rand: random, Schedule: queue.Schedule{After: []time.Duration{time.Minute}, Delay: time.Hour, GiveUp: time.Hour}, PerLane: 1})
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := alarm.New(alarm.Config{Hostname: "gateway.example", Operator: "esv@sid.test", Contact: o.clerk.Now().Book.Contact, Queue: q, Store: o.store, Trail: trail, Clock: o.clock, Rand: random})
	if err != nil {
		o.t.Fatal(err)
	}
	calendar, err := ops.NewCalendar(ops.CalendarConfig{State: ops.Saxony})
	if err != nil {
		o.t.Fatal(err)
	}
	if o.maintenance, err = maintenance.Open(maintenance.Options{Clerk: o.clerk, Store: o.store, Queue: q, Alarm: a, Trail: trail, Clock: o.clock, Calendar: calendar,
		Rule: ops.DefaultNoticeRule(), Hostname: "gateway.example", Operator: "esv@sid.test"}); err != nil {
		o.t.Fatal(err)
	}
	if o.incidents, err = incident.Open(incident.Options{Clerk: o.clerk, Store: o.store, Clock: o.clock, Calendar: calendar, AtWork: o.maintenance.AtWork}); err != nil {
		o.t.Fatal(err)
	}
	o.queue = q
}

// backup stands for the gateway's.
func (o *office) backup(c clerk.Caller, label string) (b Backup, err error) {
	err = o.clerk.Perform(c, clerk.Act{Operation: role.BackupCreate, Objects: []string{"B-1"}}, func(at time.Time) (clerk.Deed, *register.Refusal) {
		b = Backup{Number: "B-1", At: at, Label: label, Octets: 1, SHA256: "00", Directory: "backups/B-1"}
		return clerk.Deed{After: b}, nil
	})
	return b, err
}

// account is the report over what the desks know.
func (o *office) account(c clerk.Caller, from, until time.Time, id string) (availability.Report, error) {
	if _, err := o.clerk.May(c, clerk.Act{Operation: role.AvailabilityReport, Tenant: id}); err != nil {
		return availability.Report{}, err
	}
	now := o.clock.Now()
	work, told, findings, err := o.maintenance.Account(id, from, until, now)
	if err != nil {
		return availability.Report{}, err
	}
	broken, unmeasured, flaws := o.incidents.Interruptions(id, now)
	return availability.New(availability.Input{From: from, Until: until, Now: now, Tenant: id, Interruptions: append(work, broken...), Announcements: told,
		Unmeasured: unmeasured, Findings: append(findings, flaws...), Policy: ops.DefaultPolicy()})
}

// restart closes the store and opens everything again.
func (o *office) restart() {
	if err := o.store.Close(); err != nil {
		o.t.Fatal(err)
	}
	o.open()
}

type lockedRand struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (l *lockedRand) Read(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.r.Read(b)
}

// as says who asks, on which grounds: "annaberg/annaberg-tech" and then headers "Change-Request: CR-1".
type as []string

// request builds a request; body is a string as it is, or anything else as JSON.
func (o *office) request(method, path string, body any, by as) *http.Request {
	var text []byte
	contentType := "application/json"
	switch b := body.(type) {
	case nil:
		contentType = ""
	case string:
		text = []byte(b)
	default:
		var err error
		if text, err = json.Marshal(b); err != nil {
			o.t.Fatal(err)
		}
	}
	r := httptest.NewRequestWithContext(context.Background(), method, "https://gateway.example"+path, bytes.NewReader(text))
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	for i, h := range by {
		if i == 0 {
			if h != "" {
				r.Header.Set("Authorization", "Bearer "+o.token(h))
			}
			continue
		}
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// token signs somebody in.
func (o *office) token(who string) string {
	if t, ok := o.tokens[who]; ok {
		return t
	}
	organisation, person, _ := strings.Cut(who, "/")
	var s api.NewSession
	o.want(http.StatusCreated, o.do(o.request("POST", "/v1/sessions", api.Credentials{Organisation: organisation, Person: person, Password: secret}, nil)), &s)
	o.tokens[who] = s.Token
	return s.Token
}

// do performs a request and holds the answer against the contract.
func (o *office) do(r *http.Request) *httptest.ResponseRecorder {
	o.t.Helper()
	w := httptest.NewRecorder()
	o.h.ServeHTTP(w, r)
	o.checkAnswer(r, w)
	return w
}

func (o *office) checkAnswer(r *http.Request, w *httptest.ResponseRecorder) {
	o.t.Helper()
	text := w.Body.Bytes()
	if w.Header().Get("Date") != o.clock.Now().UTC().Format(http.TimeFormat) {
		o.t.Errorf("%s %s: Date %q is not the gateway's time", r.Method, r.URL, w.Header().Get("Date"))
	}
	if kind, _, _ := strings.Cut(w.Header().Get("Content-Type"), ";"); w.Code == http.StatusNoContent || kind == "application/yaml" || kind == "text/csv" || kind == "text/html" {
		return
	}
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		o.t.Errorf("%s %s: %d %s", r.Method, r.URL, w.Code, text)
		return
	}
	schema := o.doc.Components.Schemas["Problem"].Value
	if w.Code < 400 {
		schema = nil
		for path, item := range o.doc.Paths.Map() {
			if op := item.GetOperation(r.Method); op != nil && matches(path, r.URL.Path) {
				if media := op.Responses.Status(w.Code).Value.Content["application/json"]; media != nil {
					schema = media.Schema.Value
				}
			}
		}
	} else if w.Header().Get("Content-Type") != "application/problem+json" {
		o.t.Errorf("%s %s: %d with content type %q", r.Method, r.URL, w.Code, w.Header().Get("Content-Type"))
	}
	if schema == nil {
		o.t.Errorf("%s %s: the contract has no answer %d", r.Method, r.URL, w.Code)
		return
	}
	if err := schema.VisitJSON(v, openapi3.EnableFormatValidation(), openapi3.VisitAsResponse()); err != nil {
		o.t.Errorf("%s %s: answer %s: %v", r.Method, r.URL, text, err)
	}
}

// matches compares a path with a template; a literal beats a parameter, which here happens for "import" and "current".
func matches(template, path string) bool {
	a, b := strings.Split(template, "/"), strings.Split(path, "/")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if strings.HasPrefix(a[i], "{") && b[i] != "import" && b[i] != "current" {
			continue
		}
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// call performs an operation and wants a status; result may be nil.
func (o *office) call(status int, method, path string, body, result any, by as) {
	o.t.Helper()
	o.want(status, o.do(o.request(method, path, body, by)), result)
}

func (o *office) want(status int, w *httptest.ResponseRecorder, result any) {
	o.t.Helper()
	if w.Code != status {
		o.t.Fatalf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	if result != nil {
		if err := json.Unmarshal(w.Body.Bytes(), result); err != nil {
			o.t.Fatal(err)
		}
	}
}

// refused performs an operation and wants a refusal by a rule.
func (o *office) refused(status int, rule, method, path string, body any, by as) api.Problem {
	o.t.Helper()
	var p api.Problem
	o.call(status, method, path, body, &p, by)
	if p.Rule != rule || p.Status != status || p.Detail == "" || p.Fix == "" {
		o.t.Errorf("%s %s: %+v, want rule %s", method, path, p, rule)
	}
	return p
}

var operatorAdmin = as{"operator/operator-admin"}

// cr files a change request and returns the operator acting on it.
func (o *office) cr(tenantID, object, kind string) as {
	o.t.Helper()
	var q api.ChangeRequest
	o.call(http.StatusCreated, "POST", "/v1/change-requests", api.NewChangeRequest{Service: role.Service, Tenant: tenantID, Object: object, Kind: api.Kind(kind), Description: "x"}, &q, operatorAdmin)
	return as{operatorAdmin[0], "Change-Request: " + q.Number}
}

// user makes a person with the password secret.
func (o *office) user(organisation, name string, roles ...api.Role) as {
	o.t.Helper()
	tenantID := organisation
	if !role.IsTenant(organisation) {
		tenantID = ""
	}
	o.call(http.StatusCreated, "POST", "/v1/organisations/"+organisation+"/users", api.NewUser{Person: name, Name: name, Roles: append([]api.Role{}, roles...), Password: secret}, nil,
		o.cr(tenantID, name, "users"))
	return as{organisation + "/" + name}
}

// power puts a power of attorney of annaberg for KDN GmbH on file.
func (o *office) power(until time.Time, roles ...api.Role) string {
	o.t.Helper()
	var p api.PowerOfAttorney
	o.call(http.StatusCreated, "POST", "/v1/tenants/annaberg/powers-of-attorney", api.NewPowerOfAttorney{Holder: "kdn-gmbh", Roles: roles, Purpose: "administration",
		From: o.clock.Now(), Until: until, Document: "Vollmacht 3/2015"}, &p, o.cr("annaberg", "kdn-gmbh", "users"))
	return p.Number
}

func (o *office) book() *tenant.Book { return o.clerk.Now().Book }

func (o *office) state() *register.State { return o.clerk.Now() }
