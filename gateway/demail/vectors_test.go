package demail_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/fixtures"
	"demailbench/gateway/demail"
)

// The vectors are read by two readings of the rules that know nothing of each other; see their README.

func load(t testing.TB, name string, v any) {
	t.Helper()
	b, err := fixtures.FS.ReadFile("vectors/demail/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

type addressVectors struct {
	Valid, Invalid []struct{ In, Canonical, Why string }
}

type headerVectors struct {
	Valid, Invalid []struct {
		Name, Raw, Why string
		Fields         []scanned
	}
}

type scanned struct {
	Name, Value string
	Blank       bool
}

func TestAddressVectors(t *testing.T) {
	var v addressVectors
	load(t, "addresses.json", &v)
	for _, c := range v.Valid {
		got, err := demail.CanonicalDeMail(c.In)
		if err != nil || got != c.Canonical {
			t.Errorf("%q (%s): got %q, %v; want %q", c.In, c.Why, got, err, c.Canonical)
		}
	}
	for _, c := range v.Invalid {
		if got, err := demail.CanonicalDeMail(c.In); err == nil {
			t.Errorf("%q (%s): got %q, want an error", c.In, c.Why, got)
		}
	}
	if len(v.Valid) < 10 || len(v.Invalid) < 10 {
		t.Errorf("only %d valid and %d invalid addresses read", len(v.Valid), len(v.Invalid))
	}
}

func TestHeaderVectors(t *testing.T) {
	var v headerVectors
	load(t, "headers.json", &v)
	for _, c := range v.Valid {
		h, err := demail.ScanHeader([]byte(c.Raw))
		if err != nil {
			t.Errorf("%s (%s): %v", c.Name, c.Why, err)
			continue
		}
		got := []scanned{}
		for _, f := range h.Fields {
			got = append(got, scanned{f.Name, f.Text(), f.Spaced()})
		}
		if d := cmp.Diff(c.Fields, got); d != "" {
			t.Errorf("%s (%s):\n%s", c.Name, c.Why, d)
		}
		if string(h.Bytes()) != c.Raw {
			t.Errorf("%s: octets changed: %q", c.Name, h.Bytes())
		}
	}
	for _, c := range v.Invalid {
		if _, err := demail.ScanHeader([]byte(c.Raw)); err == nil {
			t.Errorf("%s (%s): no error", c.Name, c.Why)
		}
	}
	if len(v.Valid) < 10 || len(v.Invalid) < 10 {
		t.Errorf("only %d valid and %d invalid headers read", len(v.Valid), len(v.Invalid))
	}
}

// TestHeaderTable holds the gateway's list of X-de-mail fields against the guideline's table.
func TestHeaderTable(t *testing.T) {
	var v struct{ Fields []struct{ Name string } }
	load(t, "header-table.json", &v)
	n := 0
	for _, f := range v.Fields {
		field := demail.Field{Name: f.Name}
		if !field.IsDeMail() {
			continue
		}
		n++
		h, err := demail.ScanHeader([]byte(f.Name + ": yes\r\n"))
		if err != nil {
			t.Fatal(err)
		}
		if err := demail.CheckSubmitted(h); err != nil && err.(*demail.FieldError).Problem == "no such De-Mail field" {
			t.Errorf("%s is unknown", f.Name)
		}
	}
	if n < 19 {
		t.Errorf("only %d X-de-mail fields in the table", n)
	}
}
