package demail_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"demailbench/sim/demail"

	"github.com/google/go-cmp/cmp"
)

func TestKindOf(t *testing.T) {
	for value, want := range map[string]demail.Kind{
		"normal": demail.Normal, "confirmation of dispatch": demail.Confirmation, "confirmation of receipt": demail.Confirmation,
		"confirmation of retrieve": demail.Confirmation, "malware-acknowledge": demail.Confirmation,
		"malware-notification": demail.Notification, "notification": demail.Notification, "identification": demail.Ident,
	} {
		if k, ok := demail.KindOf(value); !ok || k != want {
			t.Errorf("KindOf(%q) = %v, %v, want %v", value, k, ok, want)
		}
	}
	for _, value := range []string{"", "Normal", "confirmation-of-dispatch", "confirmation  of dispatch", "normal "} {
		if k, ok := demail.KindOf(value); ok {
			t.Errorf("KindOf(%q) = %v, want unknown", value, k)
		}
	}
	if got := demail.NotificationType("unheard-of"); got != demail.NoteOther {
		t.Errorf("an invalid notification type reads as %q, want other (TR-01201-3.1 step 41)", got)
	}
}

func TestSystemAddresses(t *testing.T) {
	const provider = "t-systems.de-mail.de"
	for text, want := range map[string]demail.System{
		"Versandbestaetigung@t-systems.de-mail.de":   demail.SystemDispatch,
		"EINGANGSBESTAETIGUNG@T-Systems.De-Mail.De":  demail.SystemReceipt,
		"Schadsoftware-Warnung@t-systems.de-mail.de": demail.SystemMalware,
		"meldung@t-systems.de-mail.de":               demail.SystemNotification,
		"meldung@gemeinde.de-mail.de":                "",
		"meldungen@t-systems.de-mail.de":             "",
	} {
		s, ok := demail.SystemOf(demail.MustAddress(text), provider)
		if s != want || ok != (want != "") {
			t.Errorf("SystemOf(%s) = %q, %v, want %q", text, s, ok, want)
		}
	}
	if s, _ := demail.SystemFor(demail.TypeReceipt); s.At(provider) != "Eingangsbestaetigung@t-systems.de-mail.de" {
		t.Errorf("receipts come from %s", s.At(provider))
	}
	if _, ok := demail.SystemFor(demail.TypeNormal); ok {
		t.Error("a normal message has no system sender")
	}
}

func TestNewFieldFolds(t *testing.T) {
	long := strings.Repeat("to=poststelle@annaberg-buchholz.de-mail.de, ", 5) + "x@y.de-mail.de"
	for _, c := range []struct{ value, want string }{
		{"", "Subject:\r\n"},
		{"x", "Subject: x\r\n"},
		{"  a  b  ", "Subject: a  b\r\n"},
		{"x\r\nBcc: y\u00e4\x00", "Subject: x??Bcc: y??\r\n"},
		{strings.Repeat("x", 70), "Subject: " + strings.Repeat("x", 70) + "\r\n"},
		{strings.Repeat("x", 200), "Subject: " + strings.Repeat("x", 200) + "\r\n"},
		{strings.Repeat("x", 60) + " " + strings.Repeat("y", 60), "Subject: " + strings.Repeat("x", 60) + "\r\n " + strings.Repeat("y", 60) + "\r\n"},
	} {
		if got := demail.NewField("Subject", c.value).Raw; got != c.want {
			t.Errorf("NewField(%q) = %q, want %q", c.value, got, c.want)
		}
	}
	f := demail.NewField(demail.FieldChosen, long)
	for _, line := range strings.Split(strings.TrimSuffix(f.Raw, "\r\n"), "\r\n") {
		if len(line) > 78 {
			t.Errorf("line of %d characters: %q", len(line), line)
		}
	}
	h, err := demail.ScanHeader(f.Raw)
	if err != nil || h[0].Value() != long {
		t.Errorf("folded and read again: %q, %v", h, err)
	}
}

func TestBodyHashInPieces(t *testing.T) {
	bodies := []string{"", "\r\n", "a", "a\r\n\r\n", "a\r\n\r\nb\r\n", "a\r", "\r\r\n\n\r\n\r", "\r\n\r\n \r\n\r\n", "a\n\n"}
	for _, body := range bodies {
		want, err := demail.HashBody("sha256", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		for cut := 0; cut <= len(body); cut++ {
			b, _ := demail.NewBodyHash("sha256")
			b.Write([]byte(body[:cut]))
			b.Write([]byte(body[cut:]))
			if got := b.Sum(); !bytes.Equal(got, want) {
				t.Errorf("body %q cut at %d: %x, want %x", body, cut, got, want)
			}
		}
	}
	if _, err := demail.NewBodyHash("sha1"); err == nil {
		t.Error("sha1 is taken")
	}
}

func normalHeader() demail.Header {
	var h demail.Header
	for _, f := range [][2]string{
		{"From", "poststelle@annaberg-buchholz.de-mail.de"}, {"Date", "Mon, 02 Nov 2015 08:15:30 +0100"}, {"Message-ID", "<1@annaberg-buchholz.example>"},
		{"Subject", "Bescheid"}, {demail.FieldDispatch, "yes"}, {demail.FieldReceipt, "no"}, {demail.FieldRetrieve, "no"},
		{demail.FieldAuthoritative, "no"}, {demail.FieldPrivate, "no"}, {demail.FieldSender, "poststelle@annaberg-buchholz.de-mail.de"},
		{demail.FieldChosen, "to=pn_buergerin@t-systems.de-mail.de"}, {demail.FieldActual, "to=pn_buergerin@t-systems.de-mail.de"},
		{demail.FieldAuthLevel, "high"}, {demail.FieldAuthMechanism, "X.509"}, {demail.FieldMessageID, "<2@itsp.t-systems.example>"},
		{demail.FieldProvider, "itsp.t-systems.example"}, {demail.FieldMessageType, "normal"}, {demail.FieldVersion, "1.8"},
		{demail.FieldAccountHolder, "Stadt Annaberg-Buchholz"},
	} {
		h = append(h, demail.NewField(f[0], f[1]))
	}
	return h
}

func seal(t testing.TB, hash string, h demail.Header, body string) demail.Header {
	t.Helper()
	sum, err := demail.HashBody(hash, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	f, err := demail.Seal{Hash: hash, Domain: "t-systems.de-mail.de", Selector: "demail"}.Integrity(h, sum)
	if err != nil {
		t.Fatal(err)
	}
	return append(demail.Header{f}, h...)
}

func TestSealedMessageVerifiesAndEveryChangeShows(t *testing.T) {
	const body = "Guten Tag\r\n"
	for _, hash := range []string{"sha256", "sha384", "sha512"} {
		h := seal(t, hash, normalHeader(), body)
		if err := demail.Verify(h, strings.NewReader(body)); err != nil {
			t.Fatalf("%s: %v", hash, err)
		}
		if v := demail.CheckHeader(h, demail.Normal); len(v) != 0 {
			t.Errorf("%s: sealed header breaks the table: %v", hash, v)
		}
		for i, f := range h {
			changed := append(demail.Header(nil), h...)
			changed[i].Raw = strings.TrimSuffix(f.Raw, "\r\n") + "x\r\n"
			err := demail.Verify(changed, strings.NewReader(body))
			e, listed := demail.Lookup(f.Name)
			if must := listed && (e.Hashed || f.Is(demail.FieldIntegrity)); (err != nil) != must {
				t.Errorf("%s: %s changed: %v", hash, f.Name, err)
			}
		}
	}
}

func TestCheckHeader(t *testing.T) {
	sealed := seal(t, "sha256", normalHeader(), "")
	for _, c := range []struct {
		name  string
		h     demail.Header
		kind  demail.Kind
		field string
		has   string
	}{
		{"option in capitals", replace(sealed, demail.FieldReceipt, "YES"), demail.Normal, demail.FieldReceipt, `"yes" or "no"`},
		{"missing type", sealed.Without(demail.FieldMessageType), demail.Normal, demail.FieldMessageType, "missing"},
		{"hyphenated type", replace(sealed, demail.FieldMessageType, "confirmation-of-receipt"), demail.Normal, demail.FieldMessageType, "one of"},
		{"foreign version", replace(sealed, demail.FieldVersion, "2.0"), demail.Normal, demail.FieldVersion, "one of"},
		{"field twice", with(sealed, demail.NewField(demail.FieldSender, "x@y.de-mail.de")), demail.Normal, demail.FieldSender, "2 times"},
		{"option on a confirmation", sealed, demail.Confirmation, demail.FieldDispatch, "must not"},
		{"confirmation without certificate", sealed, demail.Confirmation, demail.FieldCertificate, "missing"},
		{"notification type on a normal message", with(sealed, demail.NewField(demail.FieldNotificationType, "other")), demail.Normal, demail.FieldNotificationType, "must not"},
		{"long private-id", with(sealed, demail.NewField(demail.FieldPrivateID, strings.Repeat("x ", 513))), demail.Normal, demail.FieldPrivateID, "1024"},
		{"recipient twice", replace(sealed, demail.FieldActual, "to=a@b.de-mail.de; to=c@d.de-mail.de"), demail.Normal, demail.FieldActual, "twice"},
		{"broken integrity", replace(sealed, demail.FieldIntegrity, "v=1"), demail.Normal, demail.FieldIntegrity, "missing"},
	} {
		found := false
		for _, v := range demail.CheckHeader(c.h, c.kind) {
			found = found || v.Field == c.field && strings.Contains(v.Problem, c.has)
		}
		if !found {
			t.Errorf("%s: no violation of %s with %q in %v", c.name, c.field, c.has, demail.CheckHeader(c.h, c.kind))
		}
	}
}

func with(h demail.Header, f demail.Field) demail.Header {
	return append(append(demail.Header(nil), h...), f)
}

func replace(h demail.Header, name, value string) demail.Header {
	out := append(demail.Header(nil), h...)
	for i, f := range out {
		if f.Is(name) {
			out[i] = demail.NewField(f.Name, value)
		}
	}
	return out
}

func TestProviderOwned(t *testing.T) {
	for name, want := range map[string]bool{
		"X-de-mail-sender": true, "x-DE-mail-INTEGRITY": true, "X-de-mail-auth-level": true, "X-de-mail-account-holder": true,
		"X-de-mail-confirmation-of-receipt": false, "X-de-mail-private": false, "X-de-mail-private-id": false, "X-de-mail-privat-id": false,
		"Date": false, "From": false, "Subject": false,
	} {
		if got := demail.ProviderOwned(name); got != want {
			t.Errorf("ProviderOwned(%s) = %v", name, got)
		}
	}
}

func TestAddressAsText(t *testing.T) {
	var v struct{ A demail.Address }
	if err := json.Unmarshal([]byte(`{"A":"Info@SAKD.de-mail.de"}`), &v); err != nil || v.A != demail.MustAddress("info@sakd.de-mail.de") {
		t.Errorf("read %v, %v", v.A, err)
	}
	if out, err := json.Marshal(v); err != nil || string(out) != `{"A":"info@sakd.de-mail.de"}` {
		t.Errorf("written %s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"A":"no address"}`), &v); err == nil {
		t.Error("a text that is no address is taken")
	}
}

func FuzzParseAddress(f *testing.F) {
	var v addressVectors
	load(f, "addresses.json", &v)
	for _, c := range v.Valid {
		f.Add(c.In)
	}
	for _, c := range v.Invalid {
		f.Add(c.In)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := demail.ParseAddress(s)
		if err != nil {
			return
		}
		again, err := demail.ParseAddress(a.String())
		if err != nil || again != a {
			t.Errorf("%q: canonical %q reads as %q, %v", s, a, again, err)
		}
		if !strings.EqualFold(a.String(), s) {
			t.Errorf("%q: canonical form %q is another address", s, a)
		}
	})
}

func FuzzScanHeader(f *testing.F) {
	var v headerVectors
	load(f, "headers.json", &v)
	for _, c := range v.Valid {
		f.Add(c.Raw)
	}
	for _, c := range v.Invalid {
		f.Add(c.Raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		h, err := demail.ScanHeader(raw)
		if err != nil {
			return
		}
		if got := h.String(); got != raw && got != raw+"\r\n" {
			t.Errorf("%q printed as %q", raw, got)
		}
		for _, f := range h {
			if strings.ContainsAny(f.Value(), "\r\n\x00") || f.Name == "" {
				t.Errorf("field %q has value %q", f.Name, f.Value())
			}
		}
		demail.CheckHeader(h, demail.Normal)
	})
}

func FuzzParseRecipients(f *testing.F) {
	var v recipientVectors
	load(f, "recipients.json", &v)
	for _, c := range v.Valid {
		f.Add(c.In)
	}
	for _, c := range v.Invalid {
		f.Add(c.In)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := demail.ParseRecipients(s)
		if err != nil {
			return
		}
		again, err := demail.ParseRecipients(r.String())
		if err != nil {
			t.Fatalf("%q: printed %q does not read: %v", s, r, err)
		}
		if d := cmp.Diff(r.All(), again.All(), cmp.AllowUnexported(demail.Address{})); d != "" {
			t.Errorf("%q: printed and read again: %s", s, d)
		}
	})
}

func FuzzVerify(f *testing.F) {
	for _, c := range integrityCases(f) {
		f.Add(c.Header, c.body(f))
	}
	f.Fuzz(func(t *testing.T, header, body string) {
		h, err := demail.ScanHeader(header)
		if err != nil {
			return
		}
		err = demail.Verify(h, strings.NewReader(body))
		var bad *demail.IntegrityError
		if err != nil && !errors.As(err, &bad) {
			t.Errorf("error is no *IntegrityError: %v", err)
		}
		if err == nil && demail.Verify(h, strings.NewReader(body+"x")) == nil {
			t.Error("an octet behind the body is not noticed")
		}
	})
}
