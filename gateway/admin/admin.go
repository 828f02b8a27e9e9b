// Package admin is the administration's HTTP API, the Gateway Connector-Frontend for programs: the operations of
// openapi.yaml over packages clerk and signin, with requests judged by that file, sessions in the header
// Authorization, and problems after RFC 9457.
//
// It leaves out who may do what (package role) and everything that it changes (package clerk).
package admin

import (
	_ "embed" // for Contract
	"io"
	"log/slog"
	"net/http"
	"time"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/availability"
	"demailbench/gateway/clerk"
	"demailbench/gateway/door"
	"demailbench/gateway/incident"
	"demailbench/gateway/maintenance"
	"demailbench/gateway/signin"
)

// Contract is the OpenAPI file of the API, as GET /openapi.yaml serves it.
//
//go:embed openapi.yaml
var Contract []byte

// Options are what the API works with. All but Log are required.
type Options struct {
	Clerk *clerk.Clerk
	Gate  *signin.Gate
	Clock door.Clock
	// Hostname is the name under which the API may be reached, besides addresses: a request for another name
	// comes from a page that somebody was lured to.
	Hostname string
	// Queue lists what waits for the tenants in ids, the oldest first.
	Queue func(ids []string) []Waiting
	// Maintenance and Incidents keep what their operations do; Account computes an availability report.
	Maintenance *maintenance.Desk
	Incidents   *incident.Desk
	Account     func(c clerk.Caller, from, until time.Time, tenant string) (availability.Report, error)
	// Backup backs everything durable up.
	Backup func(c clerk.Caller, label string) (Backup, error)
	// Log is told about failures that are the gateway's own.
	Log *slog.Logger
}

// Waiting is one delivery that waits.
type Waiting struct {
	ID, MessageID, Tenant string
	// Direction is "outbound", "inbound" or "notice".
	Direction, From, To string
	Tries               int
	Due                 time.Time
	Answer              string
}

// Backup is a backup that was made.
type Backup struct {
	Number string    `json:"number"`
	At     time.Time `json:"at"`
	Label  string    `json:"label,omitempty"`
	// Octets is the size of database and contents, SHA256 that of the database; Directory is inside the data directory.
	Octets    int64  `json:"octets"`
	SHA256    string `json:"sha256"`
	Directory string `json:"directory"`
}

// NewHandler returns the API.
func NewHandler(o Options) (http.Handler, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c, err := contractOnce()
	if err != nil {
		return nil, err
	}
	h := &handler{Options: o, contract: c}
	mux := http.NewServeMux()
	api.HandlerWithOptions(h, api.StdHTTPServerOptions{BaseRouter: mux, Middlewares: []api.MiddlewareFunc{h.judge},
		ErrorHandlerFunc: func(w http.ResponseWriter, _ *http.Request, err error) {
			h.problem(w, malformed("", "%v", err))
		}})
	return h.outside(mux), nil
}

// handler implements api.ServerInterface.
type handler struct {
	Options
	contract *contract
}

// outside does what every answer needs, those of the router too.
func (h *handler) outside(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Date", h.Clock.Now().UTC().Format(http.TimeFormat))
		head.Set("Cache-Control", "no-store")
		head.Set("X-Content-Type-Options", "nosniff")
		if p := h.checkHost(r); p != nil {
			h.problem(w, p)
			return
		}
		if _, pattern := mux.Handler(r); pattern == "" {
			h.problem(w, &problem{status: http.StatusNotFound, title: "Not found", rule: "RFC 9110 15.5.5",
				detail: "there is no such path or method", fix: "see /openapi.yaml"})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// GetContract serves the OpenAPI file.
func (h *handler) GetContract(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(Contract) // who has gone needs no answer
}

// maxBody is the largest body in octets, maxCSV that of an import.
const (
	maxBody = 64 << 10
	maxCSV  = 2 << 20
)

// body reads a request's body of at most limit octets.
func body(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, *problem) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		return nil, tooLarge(err, limit)
	}
	return b, nil
}
