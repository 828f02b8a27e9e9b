package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/store"
)

// problem is an answer that says no (RFC 9457).
type problem struct {
	status       int
	title        string
	kind         string
	rule, detail string
	fix, who     string
	field        string
	requirements []string
}

func malformed(field, format string, args ...any) *problem {
	return &problem{status: http.StatusBadRequest, title: "Malformed", kind: "malformed", rule: "openapi.yaml", detail: fmt.Sprintf(format, args...),
		fix: "compare with /openapi.yaml", field: field}
}

func tooLarge(err error, limit int64) *problem {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &problem{status: http.StatusRequestEntityTooLarge, title: "Too large", kind: "too-large", rule: "RFC 9110 15.5.14",
			detail: fmt.Sprintf("the body has more than %d octets", limit), fix: "send less at a time"}
	}
	return malformed("", "the body ends early")
}

// kinds say how a refusal looks in HTTP.
var kinds = map[register.Kind]struct {
	status int
	title  string
}{
	register.Unknown:   {http.StatusUnauthorized, "Not signed in"},
	register.Forbidden: {http.StatusForbidden, "Not allowed"},
	register.Missing:   {http.StatusNotFound, "Not found"},
	register.Conflict:  {http.StatusConflict, "Contradicts what is there"},
	register.Invalid:   {http.StatusUnprocessableEntity, "Against a rule"},
	register.TooMany:   {http.StatusTooManyRequests, "Too many tries"},
}

// grounds are the headers in which the ground is named whose lack a rule is about.
var grounds = map[string]string{"D10b": "Change-Request", "S0-064": "Change-Request", "S0-062": "Written-Order", "D9": "Power-Of-Attorney"}

// problemOf turns an error of clerk and signin into an answer.
func (h *handler) problemOf(err error) *problem {
	var r *register.Refusal
	switch {
	case errors.As(err, &r):
		k, fix := kinds[r.Kind], r.Fix
		if header := grounds[r.Rule]; header != "" {
			fix += "; name its number in the header " + header
		}
		return &problem{status: k.status, title: k.title, kind: string(r.Kind), rule: r.Rule, detail: r.Reason, fix: fix, who: r.WhoFixes,
			field: strings.TrimPrefix(r.Field, "."), requirements: r.Requirements}
	case errors.Is(err, clerk.ErrStopping), errors.Is(err, store.ErrClosed):
		return &problem{status: http.StatusServiceUnavailable, title: "Stopping", kind: "stopping", rule: "S0-053",
			detail: "the gateway is stopping; nothing was changed", fix: "try again later", who: "operator"}
	}
	h.Log.Error("administration failed", "cause", err.Error())
	return &problem{status: http.StatusInternalServerError, title: "Failed", kind: "failed", rule: "S0-053",
		detail: "the gateway could not do this; its log says why", fix: "ask the operator", who: "operator"}
}

// problem answers with p.
func (h *handler) problem(w http.ResponseWriter, p *problem) {
	if p.kind == "" {
		p.kind = strings.ReplaceAll(strings.ToLower(p.title), " ", "-")
	}
	if p.who == "" {
		p.who = "tenant"
	}
	switch p.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusTooManyRequests:
		w.Header().Set("Retry-After", "60")
	}
	requirements := p.requirements
	if requirements == nil {
		requirements = []string{}
	}
	h.write(w, p.status, "application/problem+json", api.Problem{Type: "urn:demail-gateway:" + p.kind, Title: p.title, Status: p.status, Detail: p.detail,
		Rule: p.rule, Requirements: requirements, Fix: p.fix, WhoFixes: api.ProblemWhoFixes(p.who), Field: p.field})
}

// write answers with v in JSON.
func (h *handler) write(w http.ResponseWriter, status int, contentType string, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		h.Log.Error("administration: encode an answer", "cause", err.Error())
		status, text = http.StatusInternalServerError, []byte(`{}`)
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(append(text, '\n')) // who has gone needs no answer
}
