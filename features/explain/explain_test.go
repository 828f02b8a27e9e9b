package explain_test

import (
	"crypto/x509"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/features/explain"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/dmda/confirm"
)

const vectors = "../../fixtures/vectors/demail/"

type vector struct {
	Name, Header, Body string
	BodyBase64         string `json:"body_base64"`
	At                 time.Time
	Valid              bool
}

func load(t testing.TB, dir string) []vector {
	t.Helper()
	files, err := filepath.Glob(vectors + dir + "/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var out []vector
	for _, f := range files {
		octets, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(octets, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func roots(t testing.TB) *x509.CertPool {
	t.Helper()
	pool := x509.NewCertPool()
	octets, err := os.ReadFile(vectors + "signed/roots.pem")
	if err != nil || !pool.AppendCertsFromPEM(octets) {
		t.Fatal(err)
	}
	return pool
}

func TestProofsOfVectors(t *testing.T) {
	for _, dir := range []string{"signed", "integrity"} {
		for _, v := range load(t, dir) {
			if v.BodyBase64 != "" {
				continue
			}
			r, err := explain.Message([]byte(v.Header+v.Body), explain.Options{Roots: roots(t), At: v.At})
			if err != nil {
				t.Errorf("%s: %v", v.Name, err)
				continue
			}
			if r.Proof.Holds != v.Valid {
				t.Errorf("%s: proof %+v, want %v", v.Name, r.Proof, v.Valid)
			}
			if len(r.Proof.Lines) == 0 || strings.Contains(r.String(), "%!") {
				t.Errorf("%s: report\n%s", v.Name, r)
			}
		}
	}
}

func TestBothLanguages(t *testing.T) {
	for _, v := range load(t, "signed") {
		if v.Name != "ecdsa" {
			continue
		}
		for german, want := range map[bool][]string{
			false: {"A De-Mail from one account holder", "Bescheid über die Gebühr", "confirms by its signature", "Proof of integrity: holds", "Signed by CN=t-systems.de-mail.de", "as it must be"},
			true:  {"Eine De-Mail eines Kontoinhabers", "bestätigt mit seiner Signatur", "Integritätsnachweis: hält", "Signiert von CN=t-systems.de-mail.de", "wie vorgeschrieben"},
		} {
			r, err := explain.Message([]byte(v.Header+v.Body), explain.Options{German: german, Roots: roots(t), At: v.At})
			if err != nil || !r.Holds() {
				t.Fatalf("%v, %v", r, err)
			}
			for _, text := range want {
				if !strings.Contains(r.String(), text) {
					t.Errorf("lacks %q:\n%s", text, r)
				}
			}
		}
		r, err := explain.Message([]byte(v.Header+v.Body), explain.Options{})
		if err != nil || r.Proof.Holds || !r.Proof.Open || !r.Holds() {
			t.Errorf("without trusted issuers: %+v, %v", r.Proof, err)
		}
	}
}

func TestDocumentOfANotification(t *testing.T) {
	m := acknowledge.Message{Notification: true, Sender: "T-Systems", Subject: "*Meldung* x", Text: "y", Time: time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)}
	body, err := confirm.Assemble("_b", "y", m.Unsigned(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := explain.Message([]byte("X-de-mail-message-type: notification\r\nContent-Type: "+body.ContentType+"\r\n\r\n"+string(body.Octets)), explain.Options{})
	if err != nil || !r.Document.Holds || !strings.Contains(r.String(), "Issued by T-Systems at 2015-11-02T08:00:00Z") {
		t.Errorf("%v\n%s", err, r)
	}
	if r.Holds() || len(r.Violations) == 0 {
		t.Error("a notification without metadata is taken for good")
	}
}

func TestRefused(t *testing.T) {
	for name, octets := range map[string]string{
		"bare LF":   "From: a@b.de\n\nx\n",
		"no header": "\r\n\r\n",
		"NUL":       "From: a\x00b\r\n\r\nx",
	} {
		if r, err := explain.Message([]byte(octets), explain.Options{}); err == nil && name != "no header" {
			t.Errorf("%s: explained as\n%s", name, r)
		}
	}
	r, err := explain.Message([]byte("From : a@b.de\r\nSubject: x\r\n\r\nx"), explain.Options{})
	if err != nil || !strings.Contains(r.String(), "blank stands before the colon") || !strings.Contains(r.Kind, "No De-Mail") || r.Holds() {
		t.Errorf("%v\n%s", err, r)
	}
}

func FuzzMessage(f *testing.F) {
	for _, v := range load(f, "signed") {
		f.Add([]byte(v.Header + v.Body))
	}
	pool := roots(f)
	f.Fuzz(func(t *testing.T, octets []byte) {
		if r, err := explain.Message(octets, explain.Options{Roots: pool, At: time.Unix(1446448560, 0)}); err == nil {
			_ = r.String()
		}
	})
}
