package admin

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/admin/api"
)

func (o *office) signIn(organisation, person, password, from string) int {
	r := o.request("POST", "/v1/sessions", api.Credentials{Organisation: organisation, Person: person, Password: password}, nil)
	r.RemoteAddr = from + ":40000"
	return o.do(r).Code
}

// API-009: three wrong passwords lock a person for a growing time, the right one included; nobody is locked for good.
func TestBruteForce(t *testing.T) {
	o := newOffice(t)
	o.user("annaberg", "annaberg-users", "user-admin")
	try := func(password string) int { return o.signIn("annaberg", "annaberg-users", password, "10.2.12.1") }
	for range 3 {
		if s := try("wrong password"); s != http.StatusUnauthorized {
			t.Fatalf("a wrong password: %d", s)
		}
	}
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 15 * time.Minute} {
		o.clock.Advance(wait - time.Second)
		if s := try(secret); s != http.StatusTooManyRequests {
			t.Fatalf("after %v: %d", wait-time.Second, s)
		}
		o.restart() // which does not help
		o.clock.Advance(time.Second)
		if s := try("wrong password"); s != http.StatusUnauthorized {
			t.Fatalf("after %v: %d", wait, s)
		}
	}
	o.clock.Advance(15 * time.Minute)
	if s := try(secret); s != http.StatusCreated {
		t.Fatalf("the right one at last: %d", s)
	}
	if s := try("wrong password"); s != http.StatusUnauthorized {
		t.Fatalf("the count begins again: %d", s)
	}
	if s := try(secret); s != http.StatusCreated {
		t.Fatalf("the count begins again: %d", s)
	}
	// Tries while locked do not lengthen the lock.
	for range 3 {
		try("wrong password")
	}
	for range 50 {
		try("wrong password")
	}
	o.clock.Advance(time.Minute)
	if s := try(secret); s != http.StatusCreated {
		t.Fatalf("an outsider locks somebody out: %d", s)
	}
}

// One guess at each of many names, from one host.
func TestSpraying(t *testing.T) {
	o := newOffice(t)
	for i := range 30 {
		name := "p" + strings.Repeat("x", i)
		if s := o.signIn("annaberg", name, "wrong password", "203.0.113.66"); s != http.StatusUnauthorized {
			t.Fatalf("try %d: %d", i, s)
		}
	}
	if s := o.signIn("operator", "operator-admin", secret, "203.0.113.66"); s != http.StatusTooManyRequests {
		t.Errorf("after 30 wrong passwords from one host: %d", s)
	}
	if s := o.signIn("operator", "operator-admin", secret, "10.2.12.1"); s != http.StatusCreated {
		t.Errorf("from another host: %d", s)
	}
	o.clock.Advance(15 * time.Minute)
	if s := o.signIn("operator", "operator-admin", secret, "203.0.113.66"); s != http.StatusCreated {
		t.Errorf("a quarter of an hour later: %d", s)
	}
	if n := o.state().Heads["annaberg"].Number; n != 1 {
		t.Errorf("invented names fill the audit log: %d entries", n)
	}
}

// An unknown person and a wrong password answer in the same words.
func TestNoOracle(t *testing.T) {
	o := newOffice(t)
	body := func(person string) string {
		return o.do(o.request("POST", "/v1/sessions", api.Credentials{Organisation: "operator", Person: person, Password: "wrong password"}, nil)).Body.String()
	}
	if a, b := body("operator-admin"), body("operator-nobody"); a != b {
		t.Errorf("%s differs from %s", a, b)
	}
}

// Sessions end by sign-out, by time, unused, with the person, with the password; a copied token goes with them.
func TestSessions(t *testing.T) {
	o := newOffice(t)
	users := o.user("annaberg", "annaberg-users", "user-admin")
	alive := func(want bool) {
		t.Helper()
		w := o.do(o.request("GET", "/v1/sessions/current", nil, users))
		if (w.Code == http.StatusOK) != want {
			t.Errorf("alive: %d, want %v", w.Code, want)
		}
	}
	again := func() { delete(o.tokens, users[0]); alive(true) }
	again()
	var s api.Session
	o.call(http.StatusOK, "GET", "/v1/sessions/current", nil, &s, users)
	if s.Person != "annaberg-users" || s.Organisation != "annaberg" || len(s.Roles) != 1 || len(s.Tenants) != 1 || !s.Expires.Equal(start.Add(12*time.Hour)) {
		t.Errorf("%+v", s)
	}
	o.call(http.StatusNoContent, "DELETE", "/v1/sessions/current", nil, nil, users)
	alive(false) // the token was replayed
	again()
	o.clock.Advance(30*time.Minute - 1)
	alive(true)
	o.clock.Advance(30 * time.Minute)
	alive(false)
	again()
	for range 24 {
		o.clock.Advance(29 * time.Minute)
		alive(true)
	}
	o.clock.Advance(24 * time.Minute)
	alive(false)
	again()
	o.restart()
	alive(true)
	other := o.tokens[users[0]]
	again()
	o.refused(401, "S0-019", "PUT", "/v1/sessions/current/password", api.PasswordChange{Old: "wrong password", New: "another example"}, users)
	o.refused(400, "openapi.yaml", "PUT", "/v1/sessions/current/password", api.PasswordChange{Old: secret, New: "short"}, users)
	o.call(http.StatusNoContent, "PUT", "/v1/sessions/current/password", api.PasswordChange{Old: secret, New: "another example"}, nil, users)
	alive(true)
	r := o.request("GET", "/v1/sessions/current", nil, nil)
	r.Header.Set("Authorization", "Bearer "+other)
	if w := o.do(r); w.Code != http.StatusUnauthorized {
		t.Errorf("a session outlived the password: %d", w.Code)
	}
	o.restart()
	if s := o.signIn("annaberg", "annaberg-users", secret, "10.2.12.1"); s != http.StatusUnauthorized {
		t.Errorf("the old password: %d", s)
	}
	if s := o.signIn("annaberg", "annaberg-users", "another example", "10.2.12.1"); s != http.StatusCreated {
		t.Errorf("the new password: %d", s)
	}
	for _, r := range must(o.store.Records("session", "person", "wrong-password")) {
		if strings.Contains(string(r.Body), secret) || strings.Contains(string(r.Body), o.tokens[users[0]]) || strings.Contains(r.Key, o.tokens[users[0]]) {
			t.Errorf("a secret is in the database: %s", r.Body)
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
