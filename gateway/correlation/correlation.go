// Package correlation finds the message that a confirmation or notification of a DMDA is about, so that the
// trail can say of a De-Mail what became of it.
//
// The guideline leaves three places that name it: the sender's private-id, which the DMDA copies (TR-01201-3.4
// 3.1.17); the metadata of the original in the XML part of a confirmation, Message-ID among them (TR-01201-3.4
// 3.5.1); and In-Reply-To or References, if a provider sets them. Whoever could write these could point at
// anything, so the result is for the trail only, and a key never matches another tenant's message. The package
// leaves out storage and everything that confirmations prove.
package correlation

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/emersion/go-message"

	"demailbench/gateway/demail"
)

// Key is one name of a message inside one tenant.
type Key struct {
	// By is "message-id" or "private-id".
	By  string
	Sum []byte
}

// Sent returns the keys by which a message that the tenant sends with the header h can be found.
func Sent(tenant string, h demail.Header) []Key {
	return keys(tenant, first(h, "Message-ID"), first(h, "X-de-mail-private-id"))
}

// Received returns the key of a message that the tenant receives: the confirmation of its receipt comes to the
// recipient too (TR-01201-3.1 38). The private-id is its sender's and names nothing of the tenant's.
func Received(tenant string, h demail.Header) []Key { return keys(tenant, first(h, "Message-ID"), "") }

// About is what a confirmation or notification says of the message that it is about.
type About struct {
	// Kind is its X-de-mail-message-type.
	Kind       string
	MessageIDs []string
	PrivateID  string
}

// Keys returns the keys under which to look for the message, the surest first.
func (a About) Keys(tenant string) (l []Key) {
	for _, id := range a.MessageIDs {
		l = append(l, keys(tenant, id, "")...)
	}
	return append(l, keys(tenant, "", a.PrivateID)...)
}

func keys(tenant, messageID, privateID string) (l []Key) {
	for _, k := range [][2]string{{"message-id", messageID}, {"private-id", privateID}} {
		if k[1] == "" {
			continue
		}
		h := sha256.New()
		for _, f := range []string{"sent", tenant, k[0], k[1]} {
			var n [8]byte
			binary.BigEndian.PutUint64(n[:], uint64(len(f)))
			h.Write(n[:])
			h.Write([]byte(f))
		}
		l = append(l, Key{k[0], h.Sum(nil)})
	}
	return l
}

// idsMax bounds how many Message-IDs one confirmation may name.
const idsMax = 10

// Read reads a confirmation or notification as far as it can be read.
func Read(text []byte) About {
	end := bytes.Index(text, []byte("\r\n\r\n"))
	if end < 0 {
		return About{}
	}
	h, err := demail.ScanHeader(text[:end+4])
	if err != nil {
		return About{}
	}
	a := About{Kind: first(h, "X-de-mail-message-type"), PrivateID: first(h, "X-de-mail-private-id")}
	if e, err := message.Read(bytes.NewReader(text)); err == nil || message.IsUnknownCharset(err) {
		a.walk(e, 0)
	}
	for _, name := range []string{"In-Reply-To", "References"} {
		a.add(strings.Fields(first(h, name))...)
	}
	return a
}

func (a *About) add(ids ...string) {
	for _, id := range ids {
		if len(a.MessageIDs) < idsMax && !slices.Contains(a.MessageIDs, id) {
			a.MessageIDs = append(a.MessageIDs, id)
		}
	}
}

// depthMax is the number of nested multiparts that are looked into.
const depthMax = 5

// walk looks for XML parts.
func (a *About) walk(e *message.Entity, depth int) {
	kind, _, _ := e.Header.ContentType()
	if parts := e.MultipartReader(); parts != nil && depth < depthMax {
		for {
			p, err := parts.NextPart()
			if err != nil && !message.IsUnknownCharset(err) {
				return
			}
			a.walk(p, depth+1)
		}
	}
	if strings.HasSuffix(kind, "/xml") || strings.HasSuffix(kind, "+xml") {
		a.readXML(e.Body)
	}
}

// metadate is one header field of the original.
type metadate struct {
	Name  string
	Value string
}

// readXML looks for the Message-ID among the metadata, whatever encloses them.
func (a *About) readXML(r io.Reader) {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	for {
		t, err := d.Token()
		if err != nil {
			return
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "Metadate" {
			continue
		}
		var m metadate
		if err := d.DecodeElement(&m, &start); err != nil {
			return
		}
		if strings.EqualFold(strings.TrimSpace(m.Name), "Message-ID") {
			a.add(strings.TrimSpace(m.Value))
		}
	}
}

// first is the value of the topmost field of the name (TR-01201-3.4 3.1).
func first(h demail.Header, name string) string {
	if fs := h.All(name); len(fs) > 0 {
		return fs[0].Text()
	}
	return ""
}
