package actors

import (
	"bytes"
	"io"
	"net/http"
)

// Counter asks a provider's handler without a network between: people stand at its counter.
func Counter(h http.Handler) http.RoundTripper { return counter{h} }

type counter struct{ h http.Handler }

// RoundTrip implements http.RoundTripper.
func (c counter) RoundTrip(r *http.Request) (*http.Response, error) {
	a := &reply{header: http.Header{}, status: http.StatusOK}
	c.h.ServeHTTP(a, r)
	return &http.Response{StatusCode: a.status, Header: a.header, Body: io.NopCloser(&a.body), Request: r}, nil
}

// reply takes what a handler writes.
type reply struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header, WriteHeader and Write implement http.ResponseWriter.
func (r *reply) Header() http.Header         { return r.header }
func (r *reply) WriteHeader(status int)      { r.status = status }
func (r *reply) Write(p []byte) (int, error) { return r.body.Write(p) }
