package correlation_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/gateway/correlation"
	"demailbench/gateway/demail"
)

const receipt = `<?xml version="1.0" encoding="UTF-8"?><Acknowledge-Message xmlns="urn:de-mail"><Sender>Eingangsbestaetigung@x.de-mail.de</Sender>` +
	`<Metadata><Metadate><Name>Subject</Name><Value>&lt;no@id&gt;</Value><OriginalHeader>Subject: x</OriginalHeader></Metadate>` +
	`<Metadate><Name>message-id</Name><Value>&lt;1@a.test&gt;</Value><OriginalHeader>Message-ID: &lt;1@a.test&gt;</OriginalHeader></Metadate></Metadata></Acknowledge-Message>`

func confirmation(header, xml string) string {
	return header + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHiermit\r\n--b\r\n" +
		"Content-Type: application/xml; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte(xml)) +
		"\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n"
}

func TestRead(t *testing.T) {
	const kind = "X-de-mail-message-type: confirmation of receipt\r\n"
	for _, c := range []struct {
		name, text string
		want       correlation.About
	}{
		{"metadata", confirmation(kind, receipt), correlation.About{Kind: "confirmation of receipt", MessageIDs: []string{"<1@a.test>"}}},
		{"private-id, and the topmost counts", confirmation(kind+"X-de-mail-private-id: 4711\r\nX-de-mail-private-id: 4712\r\n", receipt),
			correlation.About{Kind: "confirmation of receipt", MessageIDs: []string{"<1@a.test>"}, PrivateID: "4711"}},
		{"references", "X-de-mail-message-type: notification\r\nIn-Reply-To: <1@a.test>\r\nReferences: <0@a.test>\r\n <1@a.test>\r\n\r\nMeldung\r\n",
			correlation.About{Kind: "notification", MessageIDs: []string{"<1@a.test>", "<0@a.test>"}}},
		{"broken XML", confirmation(kind, "<Metadate><Name>Message-ID"), correlation.About{Kind: "confirmation of receipt"}},
		{"no XML", confirmation(kind, "\xff\x00"), correlation.About{Kind: "confirmation of receipt"}},
		{"no header", "\r\nx", correlation.About{}},
	} {
		if diff := cmp.Diff(c.want, correlation.Read([]byte(c.text))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestKeys: the same message under both names, and never another tenant's.
func TestKeys(t *testing.T) {
	h, err := demail.ScanHeader([]byte("Message-ID: <1@a.test>\r\nX-de-mail-private-id: 4711\r\n\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	about := correlation.Read([]byte(confirmation("X-de-mail-private-id: 4711\r\n", receipt)))
	if diff := cmp.Diff(correlation.Sent("a", h), about.Keys("a")); diff != "" {
		t.Error(diff)
	}
	for i, k := range about.Keys("b") {
		if string(k.Sum) == string(correlation.Sent("a", h)[i].Sum) {
			t.Errorf("tenant b finds tenant a's message by %s", k.By)
		}
	}
}

// FuzzRead: whatever a provider sends, reading ends, and names are few.
func FuzzRead(f *testing.F) {
	f.Add(confirmation("X-de-mail-message-type: confirmation of receipt\r\n", receipt))
	f.Add("Content-Type: text/xml\r\n\r\n" + receipt)
	f.Add("Content-Type: application/xml\r\n\r\n<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>")
	f.Add("References: " + strings.Repeat("<a@b> ", 100) + "\r\n\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		if a := correlation.Read([]byte(s)); len(a.MessageIDs) > 10 {
			t.Fatalf("%d names", len(a.MessageIDs))
		}
	})
}
