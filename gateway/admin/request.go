package admin

import (
	"context"
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"demailbench/gateway/clerk"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/signin"
)

// request is what the handlers know about a request, in its context.
type request struct {
	session signin.Session
	caller  clerk.Caller
	source  netip.Addr
	// text is the body.
	text []byte
}

type requestKey struct{}

func of(r *http.Request) *request {
	q, _ := r.Context().Value(requestKey{}).(*request)
	return q
}

// judge stands before every operation: who is it, is the request what the contract says.
func (h *handler) judge(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := h.contract.byPattern[r.Pattern]
		q := &request{source: source(r)}
		if !o.open {
			var err error
			if q.session, err = h.session(r); err != nil {
				h.problem(w, h.problemOf(err))
				return
			}
		}
		p := o.checkParameters(r)
		if p == nil {
			q.text, p = o.readBody(w, r)
		}
		if p != nil {
			h.problem(w, p)
			return
		}
		q.caller = o.caller(r, q.session)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, q)))
	})
}

// session finds the session of a request by its token.
func (h *handler) session(r *http.Request) (signin.Session, error) {
	values := r.Header.Values("Authorization")
	if len(values) == 1 {
		if scheme, token, ok := strings.Cut(values[0], " "); ok && strings.EqualFold(scheme, "Bearer") {
			return h.Gate.Find(strings.TrimSpace(token))
		}
	}
	return signin.Session{}, register.Refuse(register.Unknown, "S0-019", "tenant", "sign in at /v1/sessions and send the header Authorization: Bearer <token>", "nobody is signed in")
}

// caller says who acts on which grounds. Headers that the operation does not know do not count.
func (o *operation) caller(r *http.Request, s signin.Session) clerk.Caller {
	ground := func(name string) string {
		if _, ok := o.header[name]; ok {
			return r.Header.Get(name)
		}
		return ""
	}
	return clerk.Caller{Organisation: s.Person.Organisation, Name: s.Person.Name, Role: role.Role(ground("Acting-Role")),
		Power: ground("Power-Of-Attorney"), ChangeRequest: ground("Change-Request"), Order: ground("Written-Order")}
}

// readBody reads a body and judges it by the contract; an operation without one gets none.
func (o *operation) readBody(w http.ResponseWriter, r *http.Request) ([]byte, *problem) {
	if o.content == "" {
		if r.ContentLength != 0 {
			return nil, malformed("", "the operation takes no body")
		}
		return nil, nil
	}
	contentType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	charset := parameters["charset"]
	named := charset == "" || strings.EqualFold(charset, "utf-8") || o.content == "text/csv" // the table finds out by itself
	if err != nil || contentType != o.content || len(r.Header.Values("Content-Type")) != 1 || !named {
		form := o.content
		if form == "application/json" {
			form += " in UTF-8"
		}
		return nil, &problem{status: http.StatusUnsupportedMediaType, title: "Wrong content type", rule: "RFC 9110 15.5.16",
			detail: "the body must be " + form, fix: "send the header Content-Type: " + o.content}
	}
	limit := int64(maxBody)
	if o.content != "application/json" {
		limit = maxCSV
	}
	text, p := body(w, r, limit)
	if p != nil || o.content != "application/json" {
		return text, p
	}
	v, err := parse(text)
	if err != nil {
		return nil, malformed("", "%v", err)
	}
	if err := o.json.VisitJSON(v, openapi3.EnableFormatValidation(), openapi3.VisitAsRequest()); err != nil {
		return nil, malformed("", "%v", plainError(err))
	}
	return text, nil
}

// source is the address of the host that asks.
func source(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr().Unmap()
}

// checkHost refuses names that are not the gateway's (DNS rebinding), and pages of another origin.
func (h *handler) checkHost(r *http.Request) *problem {
	name := r.Host
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	_, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if err != nil && !strings.EqualFold(name, h.Hostname) && name != "localhost" {
		return &problem{status: http.StatusMisdirectedRequest, title: "Wrong host", rule: "RFC 9110 15.5.20",
			detail: "this gateway has another name", fix: "use the gateway's own name or its address", who: "operator"}
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || u.Host != r.Host {
			return &problem{status: http.StatusForbidden, title: "Wrong origin", rule: "RFC 6454 7",
				detail: "a page of another origin may not use this API", fix: "call it from a program", who: "operator"}
		}
	}
	return nil
}

// read decodes the body, which the contract has judged.
func read[T any](r *http.Request) (v T, p *problem) {
	if err := json.Unmarshal(of(r).text, &v); err != nil {
		return v, malformed("", "the body does not fit: %v", err)
	}
	return v, nil
}

// answer runs f with the body and answers with its result, or with the problem. A nil result answers with the
// status alone.
func answer[T any](h *handler, w http.ResponseWriter, r *http.Request, status int, f func(clerk.Caller, T) (any, error)) {
	v, p := read[T](r)
	if p != nil {
		h.problem(w, p)
		return
	}
	show(h, w, r, status, func(c clerk.Caller) (any, error) { return f(c, v) })
}

// show is answer for operations without a body.
func show(h *handler, w http.ResponseWriter, r *http.Request, status int, f func(clerk.Caller) (any, error)) {
	result, err := f(of(r).caller)
	switch {
	case err != nil:
		h.problem(w, h.problemOf(err))
	case result == nil:
		w.WriteHeader(status)
	default:
		h.write(w, status, "application/json", result)
	}
}
