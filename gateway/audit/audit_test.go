package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/door/doortest"
)

var start = time.Date(2015, 11, 2, 8, 0, 0, 0, time.UTC)

func record(t *testing.T, event func(*Trail)) map[string]any {
	t.Helper()
	var b bytes.Buffer
	event(New(slog.New(slog.NewJSONHandler(&b, nil)), doortest.NewClock(start)))
	if n := strings.Count(b.String(), "\n"); n != 1 {
		t.Fatalf("%d lines: %s", n, b.String())
	}
	got := map[string]any{}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestDelivered(t *testing.T) {
	m := Mail{ID: "q1", MessageID: "<1@x>", Kind: "outbound", Tenant: "annaberg", From: "a@b.de-mail.de", To: "c@d.de-mail.de", Try: 2}
	got := record(t, func(l *Trail) { l.Delivered(m, "itsp.example", "1.3", "250 OK") })
	want := map[string]any{"time": "2015-11-02T08:00:00Z", "level": "INFO", "msg": "delivered", "id": "q1", "message_id": "<1@x>", "kind": "outbound",
		"tenant": "annaberg", "from": "a@b.de-mail.de", "to": "c@d.de-mail.de", "try": 2.0, "host": "itsp.example", "tls": "1.3", "answer": "250 OK"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestEveryEvent calls every method with zero and made-up arguments: each writes one record, with the
// gateway's time and a message of its own.
func TestEveryEvent(t *testing.T) {
	seen := map[string]string{}
	typ := reflect.TypeFor[*Trail]()
	for i := range typ.NumMethod() {
		m := typ.Method(i)
		if m.Name == "Complaints" {
			continue
		}
		got := record(t, func(l *Trail) {
			args := []reflect.Value{reflect.ValueOf(l)}
			for j := 1; j < m.Type.NumIn(); j++ {
				args = append(args, argument(m.Type.In(j)))
			}
			m.Func.Call(args)
		})
		msg := got["msg"].(string)
		if other, ok := seen[msg]; ok {
			t.Errorf("%s and %s both write %q", m.Name, other, msg)
		}
		seen[msg] = m.Name
		if got["time"] != "2015-11-02T08:00:00Z" {
			t.Errorf("%s: time %v", m.Name, got["time"])
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %d events", len(seen))
	}
}

func argument(t reflect.Type) reflect.Value {
	switch t {
	case reflect.TypeFor[error]():
		return reflect.ValueOf(errors.New("cause"))
	case reflect.TypeFor[Peer]():
		return reflect.ValueOf(Peer{Addr: netip.MustParseAddrPort("10.2.12.25:40000")})
	}
	return reflect.Zero(t)
}

// TestComplaints: parts that know only slog get the gateway's time, and only their warnings pass.
func TestComplaints(t *testing.T) {
	got := record(t, func(l *Trail) {
		log := l.Complaints().With("part", "smtpd").WithGroup("peer")
		log.Info("accepted")
		log.Warn("accept failed", "error", "EMFILE")
	})
	if got["time"] != "2015-11-02T08:00:00Z" || got["msg"] != "accept failed" || got["part"] != "smtpd" {
		t.Errorf("%v", got)
	}
}

// TestNobodyListens: a handler that wants no warnings gets none.
func TestNobodyListens(t *testing.T) {
	l := New(slog.New(slog.DiscardHandler), doortest.NewClock(start))
	l.CardUnlocked()
	l.Complaints().Error("x")
}
