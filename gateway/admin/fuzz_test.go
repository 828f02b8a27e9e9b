package admin

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// FuzzOperations sends bodies and parameters to every operation of the contract, first those that its own schemas
// give, as somebody who may do everything in a tenant. Whatever comes, the answer is one of the contract, never
// another tenant's data, and never a failure of the gateway's own.
func FuzzOperations(f *testing.F) {
	o := newOffice(f)
	all := o.user("annaberg", "annaberg-all", "user-admin", "technischer-admin", "account-admin")
	o.user("annaberg", "annaberg-users", "user-admin")
	token := o.token(all[0])
	type target struct {
		method, path string
		op           *openapi3.Operation
	}
	var targets []target
	for path, item := range o.doc.Paths.Map() {
		for method, op := range item.Operations() {
			// What would end the session or the person is left out.
			if !slices.Contains([]string{"closeSession", "changePassword", "revokeUser", "setRoles"}, op.OperationID) {
				targets = append(targets, target{method, path, op})
			}
		}
	}
	slices.SortFunc(targets, func(a, b target) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	for i, to := range targets {
		if to.op.RequestBody == nil {
			f.Add(i, "annaberg", "annaberg.de-mail.de", "poststelle@annaberg.test", "", "")
			continue
		}
		for n := range 6 {
			body := "mail;demail\n"
			if m := to.op.RequestBody.Value.Content["application/json"]; m != nil {
				b, err := json.Marshal(sample(m.Schema.Value, n))
				if err != nil {
					f.Fatal(err)
				}
				body = string(b)
			}
			f.Add(i, "annaberg", "annaberg.de-mail.de", "poststelle@annaberg.test", "", body)
		}
	}
	f.Fuzz(func(t *testing.T, n int, id, domain, mail, query, body string) {
		o.t = t
		to := targets[(n%len(targets)+len(targets))%len(targets)]
		path := strings.NewReplacer("{tenant}", id, "{organisation}", id, "{domain}", domain, "{mail}", mail, "{person}", id, "{number}", domain).Replace(to.path)
		r, err := http.NewRequest(to.method, "https://gateway.example/", strings.NewReader(body))
		if err != nil {
			t.Skip("needs a request that can be built")
		}
		r.URL.Path, r.URL.RawQuery, r.RequestURI, r.RemoteAddr = path, query, "", "10.2.12.1:40000"
		if body == "" {
			r.Body, r.ContentLength = http.NoBody, 0
		}
		r.Header.Set("Authorization", "Bearer "+token)
		if to.op.RequestBody != nil {
			for name := range to.op.RequestBody.Value.Content {
				r.Header.Set("Content-Type", name)
			}
		}
		w := httptest.NewRecorder()
		o.h.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code == 0 {
			t.Errorf("%s %s: %d %s", to.method, path, w.Code, w.Body)
		}
		if strings.Contains(w.Body.String(), "geheim") && !strings.Contains(path+query+body, "geheim") {
			t.Errorf("%s %s: another tenant's data: %s", to.method, path, w.Body)
		}
		if w.Code >= 400 && w.Code != http.StatusMovedPermanently {
			o.checkAnswer(r, w)
		}
	})
}

// FuzzParse: what the strict parser takes, the library takes too, and finds the same in it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":[1,"x",null,true]}`, `{"a":1,"a":2}`, "\ufeff{}", `[[[[]]]]`, `"\ud800"`, `{"a":1}x`, ``, `1e999`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := parse(text)
		if err != nil {
			return
		}
		var want any
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatalf("taken, but no JSON: %v", err)
		}
		a, _ := json.Marshal(v)
		b, _ := json.Marshal(want)
		if string(a) != string(b) {
			t.Errorf("%s is read as %s", b, a)
		}
	})
}
