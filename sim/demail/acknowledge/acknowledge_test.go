package acknowledge_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/acknowledge"
	"demailbench/sim/demail/sign"

	"github.com/google/go-cmp/cmp"
)

var now = time.Date(2015, 11, 2, 8, 15, 31, 0, time.FixedZone("", 3600))

func signer(t testing.TB, algorithm string) *sign.Signer {
	t.Helper()
	source := rand.New(rand.NewSource(1))
	var key crypto.Signer
	var err error
	if algorithm == sign.ECDSA {
		key, err = ecdsa.GenerateKey(elliptic.P256(), source)
	} else {
		key, err = rsa.GenerateKey(source, 2048)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "t-systems.de-mail.de"}, NotBefore: now.AddDate(-1, 0, 0), NotAfter: now.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(source, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sign.New(key, der, algorithm, source)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func trust(t testing.TB, s *sign.Signer) sign.Trust {
	t.Helper()
	c, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(c)
	return sign.Trust{Roots: roots, At: now}
}

func retrieve() acknowledge.Message {
	h, err := demail.ScanHeader("X-de-mail-integrity: v=1; a=sha256;\r\n b=AA==\r\nFrom: \"A & B <c>\" <a@b.de-mail.de>\r\nSubject: =?utf-8?q?Bescheid_=C3=BCber?=\r\n\t=?utf-8?q?x?=\r\n" +
		"X-de-mail-private: yes\r\nX-other: x\r\nSubject: second\r\n")
	if err != nil {
		panic(err)
	}
	return acknowledge.Message{Sender: "Abholbestaetigung@t-systems.de-mail.de", Metadata: acknowledge.Metadata(h), Subject: "*Abholbestätigung* Bescheid <über> \"x\" & 'y'",
		Text: "Zeile 1\nZeile 2 €", Hash: "v=1; a=sha256; b=AA==", Time: now, Delivery: now.Add(-time.Hour)}
}

func TestMetadata(t *testing.T) {
	m := retrieve().Metadata
	if len(m) != 4 || m[2].Value != "=?utf-8?q?Bescheid_=C3=BCber?=\t=?utf-8?q?x?=" || !strings.HasSuffix(m[2].OriginalHeader, "\r\n\t=?utf-8?q?x?=\r\n") {
		t.Errorf("metadata %q", m)
	}
}

func TestSignedIsProven(t *testing.T) {
	for _, algorithm := range []string{sign.ECDSA, sign.RSA, sign.PSS} {
		s := signer(t, algorithm)
		octets, err := retrieve().Sign(s)
		if err != nil {
			t.Fatal(err)
		}
		m, cert, err := acknowledge.Verify(octets, trust(t, s))
		if err != nil || cert == nil {
			t.Fatalf("%s: %v", algorithm, err)
		}
		if d := cmp.Diff(retrieve(), m, cmp.Comparer(time.Time.Equal)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", algorithm, d)
		}
		if again, err := retrieve().Sign(s); algorithm != sign.PSS && (err != nil || !bytes.Equal(again, octets)) {
			t.Errorf("%s: signed twice, two documents: a record would not repeat", algorithm)
		}
	}
}

// tampered are changes that must not pass unnoticed.
var tampered = map[string][2]string{
	"subject":         {"Bescheid &lt;", "Hinweis &lt;"},
	"time":            {"08:15:31", "08:15:30"},
	"delivery":        {"07:15:31", "06:15:31"},
	"original header": {"&#xD;\n\t", "&#xD;\n "},
	"hash":            {"<Hash>v=1", "<Hash>v=2"},
	"digest":          {"<ds:DigestValue>", "<ds:DigestValue>A"},
	"signature":       {"<ds:SignatureValue>", "<ds:SignatureValue>AAAA"},
	"metadata gone":   {"<Metadate><Name>X-de-mail-private</Name><Value>yes</Value><OriginalHeader>X-de-mail-private: yes&#xD;\n</OriginalHeader></Metadate>", ""},
}

func TestTamperedIsRefused(t *testing.T) {
	s := signer(t, sign.ECDSA)
	octets, err := retrieve().Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range tampered {
		other := strings.Replace(string(octets), change[0], change[1], 1)
		if other == string(octets) {
			t.Errorf("%s: nothing to change in\n%s", name, octets)
		}
		if _, _, err := acknowledge.Verify([]byte(other), trust(t, s)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, _, err := acknowledge.Verify(retrieve().Unsigned(), trust(t, s)); !errors.Is(err, acknowledge.ErrUnsigned) {
		t.Errorf("unsigned: %v", err)
	}
	later := trust(t, s)
	later.At = now.AddDate(2, 0, 0)
	var bad *demail.IntegrityError
	if _, _, err := acknowledge.Verify(octets, later); !errors.As(err, &bad) || bad.Reason != demail.ReasonExpired {
		t.Errorf("expired certificate: %v", err)
	}
}

// TestXMLSec asks another implementation of XML-DSig about our documents, good and tampered.
func TestXMLSec(t *testing.T) {
	if _, err := exec.LookPath("xmlsec1"); err != nil {
		t.Skip("needs xmlsec1 (Debian package xmlsec1) to check the XML signature from outside")
	}
	for _, algorithm := range []string{sign.ECDSA, sign.RSA} {
		s := signer(t, algorithm)
		octets, err := retrieve().Sign(s)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := xmlsec(t, s, octets); err != nil {
			t.Errorf("%s: xmlsec1 refuses ours: %v\n%s", algorithm, err, out)
		}
		for name, change := range tampered {
			if out, err := xmlsec(t, s, []byte(strings.Replace(string(octets), change[0], change[1], 1))); err == nil {
				t.Errorf("%s: xmlsec1 accepts a document with another %s:\n%s", algorithm, name, out)
			}
		}
	}
}

func xmlsec(t *testing.T, s *sign.Signer, document []byte) (string, error) {
	t.Helper()
	dir := t.TempDir()
	root := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate})
	for name, octets := range map[string][]byte{"document.xml": document, "root.pem": root} {
		if err := os.WriteFile(filepath.Join(dir, name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("xmlsec1", "--verify", "--trusted-pem", "root.pem", "--verification-time", now.UTC().Format("2006-01-02 15:04:05"), "document.xml")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestNotification(t *testing.T) {
	m := acknowledge.Message{Notification: true, Sender: "T-Systems International GmbH", Subject: "*Meldung* x", Text: "unbekannt", Time: now}
	got, err := acknowledge.Read(m.Unsigned())
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(m, got, cmp.Comparer(time.Time.Equal)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, document := range map[string]string{
		"no XML":          "Guten Tag",
		"other root":      `<Other xmlns="urn:de-mail"></Other>`,
		"other namespace": `<Acknowledge-Message xmlns="urn:other"><Time>2015-11-02T08:15:31+01:00</Time></Acknowledge-Message>`,
		"no time":         `<Acknowledge-Message xmlns="urn:de-mail"></Acknowledge-Message>`,
		"cut":             `<Acknowledge-Message xmlns="urn:de-mail"><Sender>`,
		"too large":       strings.Repeat(" ", acknowledge.MaxDocument+1),
	} {
		if m, err := acknowledge.Read([]byte(document)); err == nil {
			t.Errorf("%s: read as %+v", name, m)
		}
	}
}

func FuzzRead(f *testing.F) {
	s := signer(f, sign.ECDSA)
	octets, err := retrieve().Sign(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(octets)
	f.Add(retrieve().Unsigned())
	original := string(octets)
	tr := trust(f, s)
	f.Fuzz(func(t *testing.T, document []byte) {
		m, err := acknowledge.Read(document)
		if err != nil {
			return
		}
		if _, _, err := acknowledge.Verify(document, tr); err == nil && string(document) != original {
			t.Errorf("proven, but not what was signed:\n%s", document)
		}
		// What we write from what we read reads the same.
		if _, err := acknowledge.Read(m.Unsigned()); err != nil {
			t.Errorf("cannot read what was written: %v", err)
		}
	})
}

// BenchmarkSign is the cost of a confirmation's XML (issue: at least 300 a second without PDF).
func BenchmarkSign(b *testing.B) {
	s := signer(b, sign.ECDSA)
	for b.Loop() {
		if _, err := retrieve().Sign(s); err != nil {
			b.Fatal(err)
		}
	}
}
