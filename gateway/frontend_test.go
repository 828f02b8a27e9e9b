package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"demailbench/gateway/clerk"
	"demailbench/gateway/password"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// office is somebody's way to the administration of a running gateway.
type office struct {
	t      *testing.T
	client *http.Client
	token  string
}

const administratorPassword = "example-only-1"

func (w *world) administered(data string) (*life, *office) {
	c := config(data)
	c.Listen.Admin, c.Admin.Password = ":443", password.Cost{Time: 1, Memory: 8, Threads: 1}
	d := w.deps()
	d.AdministratorPassword = administratorPassword
	g := w.gateway(c, d)
	o := &office{t: w.t, client: &http.Client{Transport: &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: w.ca.Pool(), Time: w.clock.Now, ServerName: "gateway.example"},
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return w.net.From("172.16.0.77")(ctx, "tcp", "172.16.0.25:443")
		}}}}
	w.t.Cleanup(o.client.CloseIdleConnections)
	var s struct{ Token string }
	o.call(http.StatusCreated, "POST", "/v1/sessions", `{"organisation":"operator","person":"operator-admin","password":"`+administratorPassword+`"}`, "", &s)
	o.token = s.Token
	return g, o
}

func (o *office) call(status int, method, path, body, cr string, result any) {
	o.t.Helper()
	r, err := http.NewRequest(method, "https://gateway.example"+path, bytes.NewReader([]byte(body)))
	if err != nil {
		o.t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if o.token != "" {
		r.Header.Set("Authorization", "Bearer "+o.token)
	}
	if cr != "" {
		r.Header.Set("Change-Request", cr)
	}
	a, err := o.client.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil || a.StatusCode != status {
		o.t.Fatalf("%s %s: %d %s %v", method, path, a.StatusCode, text, err)
	}
	if result != nil {
		if err := json.Unmarshal(text, result); err != nil {
			o.t.Fatal(err)
		}
	}
}

// file files a change request about the mapping of annaberg.
func (o *office) file() string {
	var q struct{ Number string }
	o.call(http.StatusCreated, "POST", "/v1/change-requests", `{"service":"Land- De-Mail Gateway","tenant":"annaberg","object":"annaberg","kind":"mapping","description":"x"}`, "", &q)
	return q.Number
}

// TestNextMessage is S1-149: what is administered counts for the next message in both directions, on the running
// gateway, in sessions that were open before, and after a crash.
func TestNextMessage(t *testing.T) {
	w := newWorld(t)
	data := t.TempDir()
	g, o := w.administered(data)
	text := "From: cz@x.de-mail.de\r\nX-de-mail-message-id: %@x.de-mail.de\r\nMessage-ID: <%@x>\r\n\r\nx\r\n"
	push := func(id string) error {
		return w.pushTo("bauamt@annaberg.de-mail.de", strings.ReplaceAll(text, "%", id))
	}
	if err := push("1"); err == nil {
		t.Fatal("an unmapped address was taken")
	}
	cr := o.file()
	o.call(http.StatusCreated, "POST", "/v1/tenants/annaberg/mapping", `{"mail":"bauamt@annaberg.example","demail":"bauamt@annaberg.de-mail.de"}`, cr, nil)
	if err := push("2"); err != nil {
		t.Fatalf("the next De-Mail: %v", err)
	}
	if err := w.submit("a", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	if m := w.dmda.wait(1)[0]; m.from != "poststelle@annaberg.de-mail.de" {
		t.Errorf("from %s", m.from)
	}
	o.call(http.StatusOK, "PUT", "/v1/tenants/annaberg/mapping/poststelle@annaberg.example", `{"demail":"info@annaberg.de-mail.de"}`, cr, nil)
	if err := w.submit("b", "x\r\n"); err != nil {
		t.Fatal(err)
	}
	if m := w.dmda.wait(2)[1]; m.from != "info@annaberg.de-mail.de" {
		t.Errorf("from %s", m.from)
	}
	o.call(http.StatusNoContent, "DELETE", "/v1/tenants/annaberg/mapping/poststelle@annaberg.example", "", cr, nil)
	if err := w.submit("c", "x\r\n"); err == nil || !strings.Contains(err.Error(), "550") {
		t.Errorf("from an address that is mapped no more: %v", err)
	}
	g.Kill()
	_, o = w.administered(data)
	if err := w.submit("d", "x\r\n"); err == nil {
		t.Error("after a crash the deleted row is back")
	}
	if err := push("3"); err != nil {
		t.Errorf("after a crash the added row is gone: %v", err)
	}
	var l struct {
		Items []struct{ Operation string }
		Chain string
	}
	o.call(http.StatusOK, "GET", "/v1/audit?tenant=annaberg", "", "", &l)
	var operations []string
	for _, e := range l.Items {
		operations = append(operations, e.Operation)
	}
	if got := strings.Join(operations, " "); got != "tenant.import change-request.file mapping.put mapping.change mapping.delete" || l.Chain != "intact" {
		t.Errorf("audit log: %s, %s", got, l.Chain)
	}
	if n := w.events.Count("administered"); n < 8 {
		t.Errorf("%d entries are in the trail", n)
	}
	if log := w.events.Text(); strings.Contains(log, administratorPassword) || strings.Contains(log, o.token) {
		t.Error("a secret is in the trail")
	}
}

// TestCrashWhileAdministering copies the data directory before every change of the disk: what was answered is there
// in every later copy, with its entry in the audit log.
func TestCrashWhileAdministering(t *testing.T) {
	w := newWorld(t)
	data, copies := t.TempDir(), t.TempDir()
	done := 0
	var points []int
	c := config(data)
	c.Listen.Admin, c.Admin.Password = ":443", password.Cost{Time: 1, Memory: 8, Threads: 1}
	d := w.deps()
	d.AdministratorPassword = administratorPassword
	d.Disk = func(op string) {
		if !w.clock.Held() {
			panic("disk " + op + " outside Clock.IO")
		}
		dir := copies + "/" + string(rune('a'+len(points)))
		if err := os.CopyFS(dir, os.DirFS(data)); err != nil {
			t.Error(err)
		}
		points = append(points, done)
	}
	g := w.gateway(c, d)
	add := func(i int) {
		p := Pair{Mail: "p" + string(rune('0'+i)) + "@annaberg.example", DeMail: "p@annaberg.de-mail.de"}
		if _, err := g.clerk.Add(operatorOn(g, p.Mail), "annaberg", pairOf(p)); err != nil {
			t.Fatal(err)
		}
		done = i
	}
	for i := 1; i <= 3; i++ {
		add(i)
	}
	g.Kill()
	d.Disk = nil
	for i, acknowledged := range points {
		c.Data = copies + "/" + string(rune('a'+i))
		again, err := New(c, d)
		if err != nil {
			t.Fatalf("point %d: %v", i, err)
		}
		if n := len(again.clerk.Now().Mapping["annaberg"]) - 1; n < acknowledged || n > acknowledged+1 {
			t.Errorf("point %d: %d rows, %d were answered", i, n, acknowledged)
		}
		again.Kill()
	}
	if len(points) < 6 {
		t.Errorf("only %d points", len(points))
	}
}

func TestAdminNeedsAPassword(t *testing.T) {
	w := newWorld(t)
	c := config(t.TempDir())
	c.Listen.Admin = ":443"
	if _, err := New(c, w.deps()); err == nil || !strings.Contains(err.Error(), "files.administrator") {
		t.Errorf("nobody could sign in: %v", err)
	}
}

// TestAdminDrains: the administration ends with the gateway.
func TestAdminDrains(t *testing.T) {
	w := newWorld(t)
	g, o := w.administered(t.TempDir())
	if g.Addrs().Admin == nil {
		t.Error("no address")
	}
	g.cancel()
	if err := <-g.done; err != nil {
		t.Errorf("drain: %v", err)
	}
	r, err := o.client.Get("https://gateway.example/openapi.yaml")
	if err == nil {
		r.Body.Close()
		t.Error("a gateway that has ended administers")
	}
}

// operatorOn is the operator's first person, acting on a change request about object.
func operatorOn(g *life, object string) clerk.Caller {
	c := clerk.Caller{Organisation: role.Operator, Name: "operator-admin"}
	q, err := g.clerk.FileChange(c, register.ChangeRequest{ChangeRequest: role.ChangeRequest{Service: role.Service, Tenant: "annaberg", Object: object, Kind: role.Mapping}})
	if err != nil {
		panic(err)
	}
	c.ChangeRequest = q.Number
	return c
}

func pairOf(p Pair) tenant.Pair { return tenant.Pair{Mail: p.Mail, DeMail: p.DeMail} }
