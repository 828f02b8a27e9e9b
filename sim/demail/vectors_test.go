package demail_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"demailbench/sim/demail"

	"github.com/google/go-cmp/cmp"
)

const vectors = "../../fixtures/vectors/demail/"

func load(t testing.TB, name string, into any) {
	t.Helper()
	octets, err := os.ReadFile(vectors + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(octets, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

type addressVectors struct {
	Domains []string
	Valid   []struct {
		In, Canonical, Why string
		Demail             bool
	}
	Invalid []struct{ In, Why string }
}

func TestAddressVectors(t *testing.T) {
	var v addressVectors
	load(t, "addresses.json", &v)
	for _, c := range v.Valid {
		a, err := demail.ParseAddress(c.In)
		if err != nil {
			t.Errorf("%s: %v", c.Why, err)
			continue
		}
		if a.String() != c.Canonical {
			t.Errorf("%q: canonical %q, want %q", c.In, a, c.Canonical)
		}
		if got := a.Below(v.Domains...); got != c.Demail {
			t.Errorf("%q: De-Mail address %v, want %v (%s)", c.In, got, c.Demail, c.Why)
		}
	}
	for _, c := range v.Invalid {
		a, err := demail.ParseAddress(c.In)
		var bad *demail.AddressError
		if !errors.As(err, &bad) {
			t.Errorf("%q read as %q, want refused: %s", c.In, a, c.Why)
		}
	}
}

type field struct {
	Name, Value string
	Blank       bool
}

type headerVectors struct {
	Valid []struct {
		Name, Raw, Why string
		Fields         []field
	}
	Invalid []struct{ Name, Raw, Why string }
}

func TestHeaderVectors(t *testing.T) {
	var v headerVectors
	load(t, "headers.json", &v)
	for _, c := range v.Valid {
		h, err := demail.ScanHeader(c.Raw)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		got := []field{}
		for _, f := range h {
			got = append(got, field{f.Name, f.Value(), f.Blank})
		}
		if d := cmp.Diff(c.Fields, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.Name, d)
		}
		if want := strings.TrimSuffix(c.Raw, "\r\n\r\n") + "\r\n\r\n"; strings.HasSuffix(c.Raw, "\r\n\r\n") && h.String() != want {
			t.Errorf("%s: printed %q, want the octets read: %q", c.Name, h.String(), want)
		}
	}
	for _, c := range v.Invalid {
		if h, err := demail.ScanHeader(c.Raw); err == nil {
			t.Errorf("%s: scanned as %q, want refused %s", c.Name, h, c.Why)
		}
	}
}

type box struct{ Name, Address string }

type recipientVectors struct {
	Valid []struct {
		In, Printed, Why string
		To, Cc, Bcc      []box
	}
	Invalid []struct{ In, Why string }
}

func boxes(list []demail.Mailbox) []box {
	out := []box{}
	for _, m := range list {
		out = append(out, box{m.Name, m.Address.String()})
	}
	return out
}

func TestRecipientVectors(t *testing.T) {
	var v recipientVectors
	load(t, "recipients.json", &v)
	for _, c := range v.Valid {
		r, err := demail.ParseRecipients(strings.ReplaceAll(c.In, "\r\n", ""))
		if err != nil {
			t.Errorf("%s: %v", c.Why, err)
			continue
		}
		want := [][]box{c.To, c.Cc, c.Bcc}
		if d := cmp.Diff(want, [][]box{boxes(r.To), boxes(r.Cc), boxes(r.Bcc)}); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.Why, d)
		}
		if r.String() != c.Printed {
			t.Errorf("%s: printed %q, want %q", c.Why, r, c.Printed)
		}
	}
	for _, c := range v.Invalid {
		if r, err := demail.ParseRecipients(c.In); err == nil {
			t.Errorf("%q read as %q, want refused: %s", c.In, r, c.Why)
		}
	}
}

func TestHeaderTableVectors(t *testing.T) {
	type row struct {
		Nr                                        int
		Name                                      string
		Normal, Confirmation, Notification, Ident string
	}
	var v struct {
		Fields []row
		Order  []string
	}
	load(t, "header-table.json", &v)
	marks := map[demail.Presence]string{demail.Never: "-", demail.May: "X", demail.Must: "XX", demail.Original: "original"}
	var got []row
	for _, e := range demail.Table() {
		got = append(got, row{e.Nr, e.Name, marks[e.In[demail.Normal]], marks[e.In[demail.Confirmation]], marks[e.In[demail.Notification]], marks[e.In[demail.Ident]]})
		hashed := false
		for _, name := range v.Order {
			hashed = hashed || name == e.Name
		}
		if hashed != e.Hashed {
			t.Errorf("%s: hashed %v, want %v", e.Name, e.Hashed, hashed)
		}
	}
	if d := cmp.Diff(v.Fields, got); d != "" {
		t.Errorf("header table (-want +got)\n%s", d)
	}
	if d := cmp.Diff(v.Order, demail.HashedFields); d != "" {
		t.Errorf("order of h= (-want +got)\n%s", d)
	}
}

type integrityVector struct {
	Name, Why, Header, Body, Reason string
	BodyBase64                      string `json:"body_base64"`
	Valid                           bool
	BodyHash                        string `json:"body_hash"`
	HeaderHash                      string `json:"header_hash"`
}

func (c integrityVector) body(t testing.TB) string {
	if c.BodyBase64 == "" {
		return c.Body
	}
	b, err := base64.StdEncoding.DecodeString(c.BodyBase64)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func integrityCases(t testing.TB) []integrityVector {
	t.Helper()
	files, err := filepath.Glob(vectors + "integrity/*.json")
	if err != nil || len(files) < 30 {
		t.Fatalf("integrity vectors: %d files, %v", len(files), err)
	}
	var out []integrityVector
	for _, f := range files {
		var c integrityVector
		load(t, "integrity/"+filepath.Base(f), &c)
		out = append(out, c)
	}
	return out
}

func TestIntegrityVectors(t *testing.T) {
	for _, c := range integrityCases(t) {
		h, err := demail.ScanHeader(c.Header)
		if err != nil {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		err = demail.Verify(h, strings.NewReader(c.body(t)))
		reason := demail.Reason("")
		var bad *demail.IntegrityError
		if errors.As(err, &bad) {
			reason = bad.Reason
		}
		if string(reason) != c.Reason || (err == nil) != c.Valid {
			t.Errorf("%s (%s): reason %q, want %q: %v", c.Name, c.Why, reason, c.Reason, err)
		}
		if c.Valid {
			checkHashes(t, c, h)
		}
	}
}

// checkHashes compares what a valid message carries with what the outside tool computed, so that an error
// made twice, in Seal and in Verify, would show.
func checkHashes(t *testing.T, c integrityVector, h demail.Header) {
	t.Helper()
	value, _ := h.Get(demail.FieldIntegrity)
	in, err := demail.ParseIntegrity(value)
	if err != nil {
		t.Fatal(err)
	}
	if got := base64.StdEncoding.EncodeToString(in.Value); got != c.HeaderHash {
		t.Errorf("%s: header hash %s, openssl says %s", c.Name, got, c.HeaderHash)
	}
	sum, err := demail.HashBody(in.Hash, strings.NewReader(c.body(t)))
	if err != nil {
		t.Fatal(err)
	}
	if got := base64.StdEncoding.EncodeToString(sum); got != c.BodyHash {
		t.Errorf("%s: body hash %s, openssl says %s", c.Name, got, c.BodyHash)
	}
}
