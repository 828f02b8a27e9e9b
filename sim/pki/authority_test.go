package pki_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/pki"
)

var epoch = time.Date(2015, 11, 2, 7, 0, 0, 0, time.UTC)

// wall is a clock that the test sets.
type wall struct{ at time.Time }

func (w *wall) now() time.Time { return w.at }

func authority(t *testing.T, w *wall) *pki.Authority {
	t.Helper()
	a, err := pki.New(os.DirFS("../../fixtures/pki"), w.now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *pki.Authority, s pki.Spec) tls.Certificate {
	t.Helper()
	cert, err := a.Issue(s)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

var (
	server = pki.Spec{Name: "provider", Key: "provider", DNSNames: []string{"itsp.t-systems.example"}, Server: true}
	client = pki.Spec{Name: "itsp-card", Key: "itsp-card", Client: true}
)

// handshake lets both sides shake hands and the client read one octet, by which a TLS 1.3 client learns of
// a refusal. It returns the client's and the server's error.
func handshake(t *testing.T, s, c *tls.Config) (clientErr, serverErr error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") // buffered both ways, unlike net.Pipe
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	a, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() {
		defer b.Close()
		conn := tls.Server(b, s)
		err := conn.Handshake()
		if err == nil {
			_, err = conn.Write([]byte{1})
		}
		done <- err
		b.(*net.TCPConn).CloseWrite()
		io.Copy(io.Discard, b) // a reset would overtake the alert
	}()
	_, clientErr = tls.Client(a, c).Read(make([]byte, 1))
	a.Close()
	return clientErr, <-done
}

func TestHandshake(t *testing.T) {
	week := 7 * 24 * time.Hour
	dated := func(s pki.Spec, from, until time.Duration) pki.Spec {
		s.From, s.Until = epoch.Add(from), epoch.Add(until)
		return s
	}
	tests := []struct {
		name           string
		server, client pki.Spec
		serverName     string
		foreign        bool // the client's certificate is of the authority that nobody trusts
		version        uint16
		wantClient     string
		wantServer     string
	}{
		{name: "mutual", server: server, client: client},
		{name: "mutual with TLS 1.2", server: server, client: client, version: tls.VersionTLS12},
		{name: "TLS 1.1", server: server, client: client, version: tls.VersionTLS11, wantClient: "protocol version", wantServer: "unsupported versions"},
		{name: "server certificate expired", server: dated(server, -week, -time.Hour), client: client, wantClient: "expired", wantServer: "bad certificate"},
		{name: "server certificate not yet good", server: dated(server, time.Hour, week), client: client, wantClient: "not yet valid", wantServer: "bad certificate"},
		{name: "client certificate expired", server: server, client: dated(client, -week, -time.Hour), wantClient: "expired", wantServer: "expired"},
		{name: "other server name", server: server, client: client, serverName: "dmda.example", wantClient: "valid for itsp.t-systems.example, not dmda.example", wantServer: "bad certificate"},
		{name: "no client certificate", server: server, wantClient: "certificate required", wantServer: "didn't provide a certificate"},
		{name: "client certificate of another authority", server: server, client: client, foreign: true, wantClient: "unknown certificate authority", wantServer: "unknown authority"},
		{name: "server certificate as client", server: server, client: server, wantClient: "bad certificate", wantServer: "incompatible key usage"},
		{name: "client certificate as server", server: client, client: client, wantClient: "not valid for any names", wantServer: "bad certificate"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := authority(t, &wall{epoch})
			issuer := a
			if tt.foreign {
				var err error
				if issuer, err = a.Other(); err != nil {
					t.Fatal(err)
				}
			}
			if tt.serverName == "" {
				tt.serverName = "itsp.t-systems.example"
			}
			c := a.ClientConfig(tt.serverName)
			if tt.client.Name != "" {
				c = a.ClientConfig(tt.serverName, issue(t, issuer, tt.client))
			}
			if tt.version != 0 {
				c.MinVersion, c.MaxVersion = tls.VersionTLS10, tt.version
			}
			clientErr, serverErr := handshake(t, a.MutualConfig(issue(t, a, tt.server)), c)
			check(t, "client", clientErr, tt.wantClient)
			check(t, "server", serverErr, tt.wantServer)
		})
	}
}

func check(t *testing.T, side string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s: %v, want no error", side, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("%s: error %v, want one with %q", side, err, want)
	}
}

// The world's clock decides, on both sides and at each handshake anew.
func TestClockDecides(t *testing.T) {
	w := &wall{epoch}
	a := authority(t, w)
	s, c := a.MutualConfig(issue(t, a, server)), a.ClientConfig("itsp.t-systems.example", issue(t, a, client))
	if err, _ := handshake(t, s, c); err != nil {
		t.Fatal(err)
	}
	w.at = epoch.Add(pki.Validity)
	err, _ := handshake(t, s, c)
	check(t, "client after two years", err, "expired")
}

func TestPlainServerAsksForNothing(t *testing.T) {
	a := authority(t, &wall{epoch})
	spec := pki.Spec{Name: "gateway", Key: "gateway", IPs: []netip.Addr{netip.MustParseAddr("172.16.0.25")}, Server: true}
	if err, _ := handshake(t, a.ServerConfig(issue(t, a, spec)), a.ClientConfig("172.16.0.25")); err != nil {
		t.Error(err)
	}
}

func TestSameOrderSameCertificates(t *testing.T) {
	first, second := authority(t, &wall{epoch}), authority(t, &wall{epoch})
	a, b := issue(t, first, server), issue(t, second, server)
	if !bytes.Equal(a.Certificate[0], b.Certificate[0]) {
		t.Error("two authorities issued different octets for one spec")
	}
	if next := issue(t, first, server); next.Leaf.SerialNumber.Cmp(a.Leaf.SerialNumber) == 0 {
		t.Error("two certificates of one authority have one serial number")
	}
	if diff := cmp.Diff([]string{pki.Organization}, a.Leaf.Subject.Organization); diff != "" {
		t.Errorf("organisation (-want +got):\n%s", diff)
	}
}

func TestIssueRefuses(t *testing.T) {
	tests := []struct {
		name string
		edit func(*pki.Spec)
		want string
	}{
		{"unknown key", func(s *pki.Spec) { s.Key = "dresden" }, `no key "dresden"; there are annaberg, ca,`},
		{"no name", func(s *pki.Spec) { s.Name = "" }, "Name is empty"},
		{"no purpose", func(s *pki.Spec) { s.Server = false }, "neither Client nor Server"},
		{"server without names", func(s *pki.Spec) { s.DNSNames = nil }, "Server without DNSNames or IPs"},
		{"ends before it begins", func(s *pki.Spec) { s.Until = epoch.AddDate(-1, 0, 0) }, "lies before From"},
		{"name that no certificate can hold", func(s *pki.Spec) { s.DNSNames = []string{"kärnten.example"} }, "IA5String"},
	}
	a := authority(t, &wall{epoch})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := server
			tt.edit(&s)
			_, err := a.Issue(s)
			check(t, "issue", err, tt.want)
		})
	}
}

func TestKeyFilesRefused(t *testing.T) {
	ca, err := os.ReadFile("../../fixtures/pki/ca.pem")
	if err != nil {
		t.Fatal(err)
	}
	p384 := "-----BEGIN PRIVATE KEY-----\nMIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDArM4OLn98KVPY9pL+t\n-----END PRIVATE KEY-----\n"
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no files", nil, "pass the directory fixtures/pki itself"},
		{"no root key", map[string]string{"sid.pem": string(ca)}, `no key "ca"; there are sid`},
		{"not PEM", map[string]string{"ca.pem": "hello"}, "ca.pem: holds no PEM block"},
		{"empty file", map[string]string{"ca.pem": ""}, "ca.pem: holds no PEM block"},
		{"other block", map[string]string{"ca.pem": strings.ReplaceAll(string(ca), "PRIVATE KEY", "EC PRIVATE KEY")}, "holds no PEM block"},
		{"cut key", map[string]string{"ca.pem": p384}, "ca.pem: not a PKCS #8 key"},
		{"other kind of key", map[string]string{"ca.pem": ed25519Key}, "is a ed25519.PrivateKey; the bench uses ECDSA P-256 only"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{}
			for name, text := range tt.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			_, err := pki.New(fsys, (&wall{epoch}).now)
			check(t, "new", err, tt.want)
		})
	}
}

// ed25519Key is the example of RFC 8410, section 10.3.
const ed25519Key = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
`

// Every stored key is P-256, differs from all others, says that it is public, and stands in the README.
func TestFixtureKeys(t *testing.T) {
	readme, err := os.ReadFile("../../fixtures/pki/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("../../fixtures/pki")
	if err != nil {
		t.Fatal(err)
	}
	a := authority(t, &wall{epoch})
	seen := map[string]string{}
	for _, e := range entries {
		name, isKey := strings.CutSuffix(e.Name(), ".pem")
		if !isKey {
			continue
		}
		text, _ := os.ReadFile("../../fixtures/pki/" + e.Name())
		if !strings.HasPrefix(string(text), "Public test key of demailbench ("+name+")") {
			t.Errorf("%s does not begin by saying that it is a public test key", e.Name())
		}
		if !strings.HasPrefix(name, "spare-") && !strings.Contains(string(readme), "`"+e.Name()+"`") {
			t.Errorf("%s is not in the README", e.Name())
		}
		key := issue(t, a, pki.Spec{Name: name, Key: name, Client: true}).PrivateKey.(*ecdsa.PrivateKey)
		if key.Curve != elliptic.P256() {
			t.Errorf("%s is not P-256", e.Name())
		}
		if public, _ := x509.MarshalPKIXPublicKey(key.Public()); seen[string(public)] != "" {
			t.Errorf("%s and %s hold one key", e.Name(), seen[string(public)])
		} else {
			seen[string(public)] = e.Name()
		}
	}
}

func FuzzKeyFile(f *testing.F) {
	ca, err := os.ReadFile("../../fixtures/pki/ca.pem")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{ca, ca[:200], []byte(ed25519Key), nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := pki.New(fstest.MapFS{"ca.pem": {Data: data}}, (&wall{epoch}).now)
		if err != nil {
			return
		}
		cert, err := a.Issue(pki.Spec{Name: "x", Key: "ca", Client: true})
		if err != nil {
			t.Fatalf("a key that was accepted does not sign: %v", err)
		}
		if err := cert.Leaf.CheckSignatureFrom(cert.Leaf); err == nil {
			t.Fatal("a client certificate passes for an authority")
		}
	})
}
