// Package portal is a De-Mail provider's web access as an HTTP API in JSON: sign-in with sessions and levels,
// reading, sending, and the administration of an account by its persons (S1-086, S1-112, S0-009). A second
// handler, for another listener, is what the provider's own staff uses: orders, states, history.
//
// It is a thin shell around sim/dmda, which decides everything. It leaves out pages for people and the
// transport: listeners come from outside, with TLS already around them.
package portal

import (
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"demailbench/sim/clock"
	"demailbench/sim/demail"
	"demailbench/sim/dmda"
	"demailbench/sim/dmda/account"
	"demailbench/sim/dmda/draft"
)

// Idle is how long a session lives without a request.
const Idle = 15 * time.Minute

// maxBody limits a request in octets: a message of 20 MiB in Base64 and its fields.
const maxBody = 45 << 20

// Config is what a portal needs. All but StaffKey are required.
type Config struct {
	Provider *dmda.Server
	Clock    clock.Clock
	// Rand is the source of session tokens.
	Rand io.Reader
	// StaffKey is the bearer token of the staff's handler; empty: nobody is let in.
	StaffKey string
}

// Portal serves sessions. Its methods may be called by any goroutine.
type Portal struct {
	cfg Config

	mu       sync.Mutex
	sessions map[string]*session
	servers  []*http.Server
}

type session struct {
	holder *dmda.Holder
	used   time.Time
}

// New makes a portal without listeners.
func New(cfg Config) (*Portal, error) {
	if cfg.Provider == nil || cfg.Clock == nil || cfg.Rand == nil {
		return nil, errors.New("portal: Provider, Clock and Rand must be there")
	}
	return &Portal{cfg: cfg, sessions: map[string]*session{}}, nil
}

// Serve answers account holders on l until Close.
func (p *Portal) Serve(l net.Listener) error { return p.serve(l, p.Handler()) }

// ServeStaff answers the provider's own staff on l until Close.
func (p *Portal) ServeStaff(l net.Listener) error { return p.serve(l, p.StaffHandler()) }

func (p *Portal) serve(l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ErrorLog: log.New(io.Discard, "", 0)} // broken connections are in the record
	p.mu.Lock()
	closed := p.sessions == nil
	p.servers = append(p.servers, s)
	p.mu.Unlock()
	if closed {
		return l.Close()
	}
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("portal: %w", err)
	}
	return nil
}

// Close ends all listeners, connections and sessions.
func (p *Portal) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.servers {
		errs = append(errs, s.Close())
	}
	p.servers, p.sessions = nil, nil
	return errors.Join(errs...)
}

// route is one method and path; answer's value is written as JSON, nil as 204.
type route struct {
	pattern string
	answer  func(r *http.Request) (any, error)
}

// mux makes a handler of routes; guard may refuse a request.
func (p *Portal) mux(routes []route, guard func(r *http.Request) error) http.Handler {
	m := http.NewServeMux()
	for _, e := range routes {
		m.HandleFunc(e.pattern, func(w http.ResponseWriter, r *http.Request) {
			// net/http would write the wall clock's date.
			w.Header().Set("Date", p.cfg.Clock.Now().UTC().Format(http.TimeFormat))
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			err := guard(r)
			var v any
			if err == nil {
				v, err = e.answer(r)
			}
			write(w, v, err)
		})
	}
	return m
}

// Problem is an error as the API writes it.
type Problem struct {
	// Status is the HTTP status, Error what is wrong, Rule the clause behind it, if there is one.
	Status int    `json:"status"`
	Error  string `json:"error"`
	Rule   string `json:"rule,omitempty"`
	// Warning must be confirmed by the sender before the draft is sent (De-Mail-G 5(5)).
	Warning string `json:"warning,omitempty"`
}

// failure is an error with its status.
type failure struct {
	status  int
	text    string
	warning string
}

func (f *failure) Error() string { return f.text }

func problem(err error) Problem {
	var f *failure
	var refused *draft.Refusal
	var denied *account.Denied
	switch {
	case errors.As(err, &f):
		return Problem{Status: f.status, Error: f.text, Warning: f.warning}
	case errors.As(err, &refused):
		return Problem{Status: http.StatusUnprocessableEntity, Error: refused.Text, Rule: refused.Clause}
	case errors.As(err, &denied):
		return Problem{Status: http.StatusForbidden, Error: err.Error(), Rule: denied.Source}
	case errors.Is(err, dmda.ErrCredentials):
		return Problem{Status: http.StatusUnauthorized, Error: dmda.ErrCredentials.Error()}
	case errors.Is(err, dmda.ErrAccess):
		return Problem{Status: http.StatusForbidden, Error: dmda.ErrAccess.Error(), Rule: "TR-01201-2.1 3.6.2"}
	case errors.Is(err, dmda.ErrState):
		return Problem{Status: http.StatusConflict, Error: err.Error(), Rule: "TR-01201-2.1 3.2"}
	}
	return Problem{Status: http.StatusBadRequest, Error: err.Error()}
}

func write(w http.ResponseWriter, v any, err error) {
	status := http.StatusOK
	switch octets := v.(type) {
	case nil:
		status = http.StatusNoContent
	case io.ReadCloser:
		if err == nil {
			defer octets.Close()
			w.Header().Set("Content-Type", "message/rfc822")
			if _, all := v.(mbox); all {
				w.Header().Set("Content-Type", "application/mbox")
			}
			_, _ = io.Copy(w, octets) // the reader is gone
			return
		}
	}
	if err != nil {
		p := problem(err)
		status, v = p.Status, p
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if v != nil {
		_ = json.NewEncoder(w).Encode(v) // the reader is gone
	}
}

// read decodes a request strictly.
func read[T any](r *http.Request) (T, error) {
	var v T
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return v, &failure{status: http.StatusBadRequest, text: "the request is not the JSON that is expected: " + err.Error()}
	}
	return v, nil
}

// SignIn is the request that opens a session.
type SignIn struct {
	Account  string       `json:"account"`
	Person   string       `json:"person"`
	Level    demail.Level `json:"level"`
	Password string       `json:"password"`
	Code     string       `json:"code"`
}

// Session is a session that was opened; Token goes into the field Authorization, after "Bearer ".
type Session struct {
	Token   string       `json:"token"`
	Account string       `json:"account"`
	Person  string       `json:"person"`
	Level   demail.Level `json:"level"`
}

func (p *Portal) signIn(r *http.Request) (any, error) {
	in, err := read[SignIn](r)
	if err != nil {
		return nil, err
	}
	h, err := p.cfg.Provider.Authenticate(in.Account, in.Person, in.Level, in.Password, in.Code)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var b [24]byte
	if _, err := io.ReadFull(p.cfg.Rand, b[:]); err != nil {
		return nil, &failure{status: http.StatusInternalServerError, text: "no session can be made"}
	}
	if p.sessions == nil {
		return nil, &failure{status: http.StatusServiceUnavailable, text: "the portal is closing"}
	}
	token := hex.EncodeToString(b[:])
	p.sessions[token] = &session{h, p.cfg.Clock.Now()}
	return Session{Token: token, Account: in.Account, Person: in.Person, Level: in.Level}, nil
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// holder is who a request's session belongs to.
func (p *Portal) holder(r *http.Request) (*dmda.Holder, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.cfg.Clock.Now()
	s := p.sessions[bearer(r)]
	if s == nil || now.Sub(s.used) > Idle {
		delete(p.sessions, bearer(r))
		return nil, &failure{status: http.StatusUnauthorized, text: "sign in first"}
	}
	s.used = now
	return s.holder, nil
}

func (p *Portal) signOff(r *http.Request) (any, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, bearer(r))
	return nil, nil
}

// staff lets in who knows the staff's key.
func (p *Portal) staff(r *http.Request) error {
	if p.cfg.StaffKey == "" || subtle.ConstantTimeCompare([]byte(bearer(r)), []byte(p.cfg.StaffKey)) != 1 {
		return &failure{status: http.StatusUnauthorized, text: "this is for the provider's staff"}
	}
	return nil
}
