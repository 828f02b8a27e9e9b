package check

import (
	"bytes"
	"encoding/pem"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"demailbench/fixtures"
	"demailbench/sim/pki"
	"demailbench/sim/record"
)

// TestProvenNeedsAProof holds what must not pass; that a real message passes, the features show.
func TestProvenNeedsAProof(t *testing.T) {
	keys, err := fs.Sub(fixtures.FS, "pki")
	if err != nil {
		t.Fatal(err)
	}
	ca, err := pki.New(keys, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	var root bytes.Buffer
	if err := pem.Encode(&root, &pem.Block{Type: "CERTIFICATE", Bytes: ca.Root().Raw}); err != nil {
		t.Fatal(err)
	}
	const wrong = "X-de-mail-integrity: a=sha256; c=simple/simple; bh=AAAA; h=From; b=AAAA\r\n"
	for _, tt := range []struct {
		name, fields, authority string
		want                    Verdict
	}{
		{"no integrity header", "", root.String(), Fail},
		{"wrong hash", wrong, root.String(), Fail},
		{"not a header", "no colon\r\n", root.String(), Fail},
		{"nobody to trust", wrong, "", Inconclusive},
	} {
		s := new(story)
		s.add(record.Event{Who: "tenant-mail", Kind: record.Stored, To: []string{mine}, Msg: s.message("Antrag n1", "body", tt.fields)})
		c := s.dossier()
		c.Scene.Authority = tt.authority
		c.Body = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("body")), nil }
		if f := c.One(Expectation{Kind: Proven, Nonce: "n1", Mailbox: mine}); f.Verdict != tt.want {
			t.Errorf("%s: %s (%s), want %s", tt.name, f.Verdict, f.Observed, tt.want)
		}
	}
}
