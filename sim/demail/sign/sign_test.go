package sign_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
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
	"demailbench/sim/demail/sign"
)

const vectors = "../../../fixtures/vectors/demail/signed/"

type vector struct {
	Name, Why, Header, Body, Algorithm, Reason string
	At                                         time.Time
	Valid                                      bool
}

func load(t testing.TB) ([]vector, *x509.CertPool) {
	t.Helper()
	files, err := filepath.Glob(vectors + "*.json")
	if err != nil || len(files) < 28 {
		t.Fatalf("signed vectors: %d files, %v", len(files), err)
	}
	var out []vector
	for _, f := range files {
		octets, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(octets, &v); err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out = append(out, v)
	}
	roots := x509.NewCertPool()
	octets, err := os.ReadFile(vectors + "roots.pem")
	if err != nil || !roots.AppendCertsFromPEM(octets) {
		t.Fatalf("roots.pem: %v", err)
	}
	return out, roots
}

func scan(t testing.TB, header string) demail.Header {
	t.Helper()
	h, err := demail.ScanHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func reason(err error) string {
	var bad *demail.IntegrityError
	if errors.As(err, &bad) {
		return string(bad.Reason)
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestVectors(t *testing.T) {
	cases, roots := load(t)
	for _, v := range cases {
		p, err := sign.Verify(scan(t, v.Header), strings.NewReader(v.Body), sign.Trust{Roots: roots, At: v.At})
		if reason(err) != v.Reason || (err == nil) != v.Valid {
			t.Errorf("%s (%s): reason %q, want %q: %v", v.Name, v.Why, reason(err), v.Reason, err)
		}
		if v.Valid && (p.Certificate == nil || p.Hash+"/"+p.Algorithm != v.Algorithm) {
			t.Errorf("%s: proof %+v, want %s with a certificate", v.Name, p, v.Algorithm)
		}
	}
}

func TestRevokedAndNobodyTrusted(t *testing.T) {
	cases, roots := load(t)
	for _, v := range cases {
		if v.Name != "ecdsa" {
			continue
		}
		for name, trust := range map[string]sign.Trust{
			"revoked":    {Roots: roots, At: v.At, Revoked: func(*x509.Certificate) bool { return true }},
			"no issuers": {At: v.At},
		} {
			if _, err := sign.Verify(scan(t, v.Header), strings.NewReader(v.Body), trust); reason(err) != "untrusted" {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

var (
	from  = time.Date(2014, 8, 15, 0, 0, 0, 0, time.UTC)
	until = time.Date(2017, 4, 30, 23, 59, 59, 0, time.UTC)
)

func selfSigned(t testing.TB, key crypto.Signer) []byte {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "t-systems.de-mail.de"}, NotBefore: from, NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.New(rand.NewSource(1)), c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func signers(t testing.TB) map[string]*sign.Signer {
	t.Helper()
	source := rand.New(rand.NewSource(1))
	rsaKey, err := rsa.GenerateKey(source, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), source)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*sign.Signer{}
	for algorithm, key := range map[string]crypto.Signer{sign.RSA: rsaKey, sign.PSS: rsaKey, sign.ECDSA: ecKey} {
		if out[algorithm], err = sign.New(key, selfSigned(t, key), algorithm, source); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

const head = "From: a@b.de-mail.de\r\nDate: Mon, 02 Nov 2015 08:15:30 +0100\r\nSubject: Bescheid\r\nX-de-mail-authoritative: yes\r\n"

func sealed(t testing.TB, s *sign.Signer) demail.Header {
	t.Helper()
	sum, err := demail.HashBody("sha256", strings.NewReader("body\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	h := scan(t, head)
	fields, err := s.Seal(demail.Seal{Hash: "sha256", Domain: "t-systems.de-mail.de", Selector: "demail"}, h, sum)
	if err != nil {
		t.Fatal(err)
	}
	return append(fields, h...)
}

// TestSealIsProven seals with every algorithm, proves it, and asks openssl about the same octets.
func TestSealIsProven(t *testing.T) {
	for algorithm, s := range signers(t) {
		h := sealed(t, s)
		root, err := x509.ParseCertificate(s.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(root)
		p, err := sign.Verify(h, strings.NewReader("body\r\n"), sign.Trust{Roots: roots, At: from.AddDate(1, 0, 0)})
		if err != nil || p.Algorithm != algorithm {
			t.Errorf("%s: %+v, %v", algorithm, p, err)
		}
		for _, f := range h {
			for _, line := range strings.Split(strings.TrimSuffix(f.Raw, "\r\n"), "\r\n") {
				if len(line) > 78 {
					t.Errorf("%s: a line of %d characters: %s", algorithm, len(line), line)
				}
			}
		}
		openssl(t, algorithm, s, h)
	}
}

// openssl checks the signature of a header with the command of the vectors' README.
func openssl(t *testing.T, algorithm string, s *sign.Signer, h demail.Header) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("needs openssl to check the signature from outside")
	}
	dir := t.TempDir()
	in, _, err := demail.HeaderHash(h)
	if err != nil {
		t.Fatal(err)
	}
	canonical := ""
	for _, name := range in.Fields {
		if f, ok := h.Field(name); ok {
			canonical += f.Raw
		}
	}
	f, _ := h.Field(demail.FieldIntegrity)
	canonical += f.Raw[:strings.LastIndex(f.Raw, " b=")+3]
	cert, err := x509.ParseCertificate(s.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(cert.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, octets := range map[string][]byte{"header": []byte(canonical), "signature": in.Value, "key": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: public})} {
		if err := os.WriteFile(filepath.Join(dir, name), octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"dgst", "-sha256", "-verify", "key", "-signature", "signature"}
	if algorithm == sign.PSS {
		args = append(args, "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32")
	}
	cmd := exec.Command("openssl", append(args, "header")...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: openssl: %v: %s", algorithm, err, out)
	}
}

func TestNewRefusesWhatDoesNotBelongTogether(t *testing.T) {
	s := signers(t)
	rsaKey, ecKey := s[sign.RSA], s[sign.ECDSA]
	for name, c := range map[string]struct {
		key         crypto.Signer
		certificate []byte
		algorithm   string
	}{
		"certificate of another key": {ecKey.Key, rsaKey.Certificate, sign.ECDSA},
		"algorithm of another key":   {ecKey.Key, ecKey.Certificate, sign.RSA},
		"unknown algorithm":          {ecKey.Key, ecKey.Certificate, "ed25519"},
		"no certificate":             {ecKey.Key, nil, sign.ECDSA},
		"PSS without salts":          {rsaKey.Key, rsaKey.Certificate, sign.PSS},
	} {
		if _, err := sign.New(c.key, c.certificate, c.algorithm, nil); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestEqualMessagesHaveEqualSignatures(t *testing.T) {
	s := signers(t)[sign.ECDSA]
	if a, b := sealed(t, s), sealed(t, s); a.String() != b.String() {
		t.Error("two seals of one message differ: a record would not repeat")
	}
}

func FuzzVerify(f *testing.F) {
	cases, roots := load(f)
	for _, v := range cases {
		f.Add(v.Header, v.Body)
	}
	at := time.Date(2015, 11, 2, 8, 16, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header, body string) {
		h, err := demail.ScanHeader(header)
		if err != nil {
			return
		}
		p, err := sign.Verify(h, strings.NewReader(body), sign.Trust{Roots: roots, At: at})
		if err == nil && p.Certificate == nil && sign.MustSign(h) {
			t.Error("proven without the signature that it must have")
		}
	})
}

func BenchmarkVerifyAuthoritative(b *testing.B) {
	cases, roots := load(b)
	for _, v := range cases {
		if v.Name != "ecdsa" && v.Name != "rsa" && v.Name != "pss" {
			continue
		}
		b.Run(v.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := sign.Verify(scan(b, v.Header), strings.NewReader(v.Body), sign.Trust{Roots: roots, At: v.At}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkSeal(b *testing.B) {
	for algorithm, s := range signers(b) {
		b.Run(algorithm, func(b *testing.B) {
			for b.Loop() {
				sealed(b, s)
			}
		})
	}
}

func TestCertificateFieldIsTheCertificate(t *testing.T) {
	s := signers(t)[sign.ECDSA]
	value, _ := sealed(t, s).Get(demail.FieldCertificate)
	der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(value, " ", ""))
	if err != nil || string(der) != string(s.Certificate) {
		t.Errorf("the field does not hold the certificate: %v", err)
	}
}
