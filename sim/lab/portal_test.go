package lab_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"demailbench/sim/dmda/account"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// TestPortal reaches the provider's two web listeners over the network: the holders' from the Internet, the staff's from
// the provider's own office only.
func TestPortal(t *testing.T) {
	events := in(t, load(t, "saxony"), 1, func(w *place) {
		ask := func(host string, port uint16, method, path, key, body string) int {
			r, err := http.NewRequest(method, "https://portal"+path, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+key)
			a, err := w.Web(host, port).RoundTrip(r)
			if err != nil {
				return 0
			}
			defer a.Body.Close()
			if _, err := io.Copy(io.Discard, a.Body); err != nil {
				t.Error(err)
			}
			return a.StatusCode
		}
		code := account.Code(account.SampleSecret("annaberg", "representative"), 0)
		for _, c := range []struct {
			name, host              string
			port                    uint16
			method, path, key, body string
			want                    int
		}{
			{"a holder", "browser", lab.PortalPort, "POST", "/session", "", `{"account":"annaberg","person":"representative","level":"high","password":"annaberg-representative","code":"` + code + `"}`, 200},
			{"nobody", "browser", lab.PortalPort, "GET", "/account", "", "", 401},
			{"the staff", "dmda-office", lab.StaffPort, "GET", "/accounts", w.StaffKey(), "", 200},
			{"a stranger in the office", "dmda-office", lab.StaffPort, "GET", "/accounts", "guess", "", 401},
			{"the staff's side from outside", "browser", lab.StaffPort, "GET", "/accounts", w.StaffKey(), "", 0},
			{"the gateway's host", "gateway", lab.PortalPort, "GET", "/account", "", "", 0},
		} {
			if got := ask(c.host, c.port, c.method, c.path, c.key, c.body); got != c.want {
				t.Errorf("%s: status %d, want %d", c.name, got, c.want)
			}
		}
	})
	dropped := 0
	for _, e := range events {
		if e.Kind == record.Drop && e.Detail == "rule" {
			dropped++
		}
	}
	if dropped < 2 {
		t.Errorf("the matrix stopped %d packets; two ways are closed", dropped)
	}
}
