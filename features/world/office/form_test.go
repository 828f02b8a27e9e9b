package office

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
)

type fixed struct{}

func (fixed) Now() time.Time { return time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC) }
func (fixed) WithTimeout(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

func TestForm(t *testing.T) {
	f := New(Options{Clock: fixed{}, Secret: []byte("x")})
	if err := f.File("Vollmacht", "poa-7"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		operation string
		rows      [][2]string
		want      string
	}{
		{"tenant.list", nil, `{}`},
		{"mapping.import", [][2]string{{"tenant", "annaberg"}, {"rows[].mail", "a@x, b@x"}, {"rows[].demail", "a@y, b@y"}, {"dry_run", "true"}},
			`{"tenant":"annaberg","rows":[{"mail":"a@x","demail":"a@y"},{"mail":"b@x","demail":"b@y"}],"dry_run":true}`},
		{"power-of-attorney.revoke", [][2]string{{"power_of_attorney", "{Vollmacht}"}, {"reason", "(empty)"}}, `{"power_of_attorney":"poa-7","reason":""}`},
		{"audit.query", [][2]string{{"from", "now-1h"}, {"until", "now+28d"}, {"limit", "5"}}, `{"from":"2015-11-02T07:00:00Z","until":"2015-11-30T08:00:00Z","limit":5}`},
		{"user.create", [][2]string{{"roles", "user-admin, account-admin"}, {"password", "password of annaberg/p"}},
			`{"roles":["user-admin","account-admin"],"password":"` + contract.Password([]byte("x"), "annaberg", "p") + `"}`},
		{"tenant.enrol", [][2]string{{"process_owner.person", "Amtsleitung"}, {"networks", "(empty)"}}, `{"process_owner":{"person":"Amtsleitung"},"networks":[]}`},
	} {
		got, err := f.Form(c.operation, c.rows)
		if err != nil {
			t.Errorf("%s: %v", c.operation, err)
			continue
		}
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(c.want), &b) != nil {
			t.Fatal(string(got))
		}
		if diff := cmp.Diff(b, a); diff != "" {
			t.Errorf("%s: %s", c.operation, diff)
		}
	}
	for _, c := range []struct {
		operation string
		rows      [][2]string
		want      string
	}{
		{"mapping.putt", nil, `no operation "mapping.putt"`},
		{"mapping.put", [][2]string{{"post", "x"}}, `no argument "post"; it has tenant, mail, demail`},
		{"audit.query", [][2]string{{"from", "tomorrow"}}, `"tomorrow" is no time`},
		{"change-request.show", [][2]string{{"cr", "{CR}"}}, `no paper "CR"`},
	} {
		if _, err := f.Form(c.operation, c.rows); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: %v, want %s", c.operation, c.rows, err, c.want)
		}
	}
}
