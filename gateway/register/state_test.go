package register

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"demailbench/gateway/role"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

var at = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

// load reads records into a state.
func load(t *testing.T, kind string, values ...any) *State {
	t.Helper()
	s := New()
	for _, v := range values {
		body, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Load(store.Record{Kind: kind, Body: body}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func TestLoadRefuses(t *testing.T) {
	for _, r := range []store.Record{{Kind: "ghost", Body: []byte("{}")}, {Kind: TenantRecord, Body: []byte("{")}, {Kind: PowerRecord, Body: []byte(`"x"`)}} {
		if err := New().Load(r); err == nil || !strings.Contains(err.Error(), r.Kind) {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
}

// A copy may be changed without changing what was shown.
func TestCopy(t *testing.T) {
	s := load(t, TenantRecord, Tenant{ID: "a"}, Tenant{ID: "b"})
	c := s.Copy()
	c.Tenants["c"] = Tenant{ID: "c"}
	c.Mapping["a"] = []tenant.Pair{{Mail: "x"}}
	delete(c.Tenants, "a")
	if len(s.Tenants) != 2 || len(s.Mapping) != 0 || !slices.Equal(s.Order, []string{"a", "b"}) {
		t.Errorf("%+v", s)
	}
}

// Who sees which tenants: the operator all, a tenant itself, others by a power of attorney in force.
func TestSees(t *testing.T) {
	s := load(t, TenantRecord, Tenant{ID: "a"}, Tenant{ID: "b"}, Tenant{ID: "c", State: tenant.Offboarded}, Tenant{ID: "d", Commissioned: at})
	give := func(id string, purpose role.Purpose, from, until time.Time) {
		s.Powers = append(s.Powers, role.PowerOfAttorney{Tenant: id, Holder: role.KDNGmbH, Purpose: purpose, From: from, Until: until})
	}
	give("a", role.Administration, at, time.Time{})
	give("b", role.Administration, at.Add(-time.Hour), at)
	give("c", role.Administration, at, time.Time{})
	give("d", role.Commissioning, at, at.Add(time.Hour))
	for organisation, want := range map[string][]string{role.Operator: {"a", "b", "c", "d"}, "b": {"b"}, "nowhere": nil, role.KDNGmbH: {"a"}} {
		if got := s.Sees(organisation, at); !slices.Equal(got, want) {
			t.Errorf("%s sees %v, want %v", organisation, got, want)
		}
	}
	give("d", role.Administration, at, time.Time{})
	if got := s.Sees(role.KDNGmbH, at); !slices.Equal(got, []string{"a", "d"}) {
		t.Errorf("an unlimited power ended with the commissioning: %v", got)
	}
}

func TestPlace(t *testing.T) {
	for num, want := range map[string]int{"CR-1": 0, "CR-3": 2, "CR-4": -1, "CR-0": -1, "CR--1": -1, "V-1": -1, "1": -1, "": -1, "CR-1x": -1, "CR-99999999999999999999": -1} {
		if got := Place(ChangeFile, num, 3); got != want {
			t.Errorf("%q: %d, want %d", num, got, want)
		}
	}
	if n := Number(PowerFile, 17); n != "V-17" {
		t.Error(n)
	}
}
