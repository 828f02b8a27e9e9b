// Package message is a De-Mail with its metadata, as a provider makes it from a draft or writes it itself, and
// as its dispatch service carries it (TR-01201-3.1 step 29, TR-01201-3.4 3.1).
//
// It leaves out where messages go (sim/dmda) and what the provider's own messages say (package confirm).
package message

import (
	"fmt"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// Message is a De-Mail with all its metadata.
type Message struct {
	// ID is the X-de-mail-message-id without brackets.
	ID   string
	Kind demail.Kind
	// Type is the X-de-mail-message-type.
	Type string
	// Sender is the X-de-mail-sender, system addresses in the guideline's spelling.
	Sender string
	Header demail.Header
	// Body is the hash of the body in the world's bodies, Size its octets.
	Body string
	Size int64
	Sent time.Time

	// Forwarded: a copy by automatic forwarding, sent on by Forwarder. Redirected: sent on after a
	// contract's end.
	Forwarded, Redirected bool
	Forwarder             demail.Address
}

// Outgoing is a message and those to whom it goes.
type Outgoing struct {
	*Message
	To []demail.Address
}

// Record is the message with its header as raw octets.
func (m *Message) Record(h demail.Header) record.Message {
	raw := h.String()
	return record.Message{Header: raw, Body: m.Body, Size: int64(len(raw)) + m.Size}
}

// Get is the value of a field, empty for none.
func (m *Message) Get(name string) string {
	v, _ := m.Header.Get(name)
	return v
}

// Answers is where confirmations and notifications about the message go: to Reply-To or the sender, for a
// forwarded copy to who forwarded it (TR-01201-3.1 steps 38, 45, 69).
func (m *Message) Answers() (demail.Address, error) {
	if m.Forwarded {
		return m.Forwarder, nil
	}
	if v, ok := m.Header.Get("Reply-To"); ok {
		if boxes, err := demail.ParseAddressList(v); err == nil && len(boxes) == 1 {
			return boxes[0].Address, nil
		}
	}
	return demail.ParseAddress(m.Sender)
}

// Readdressed is a copy with another actual recipient; nothing else changes and nothing is sealed anew
// (TR-01201-3.4 3.2, 3.3).
func (m *Message) Readdressed(to demail.Address) *Message {
	next := *m
	next.Header = nil
	actual := demail.NewField(demail.FieldActual, demail.Recipients{To: []demail.Mailbox{{Address: to}}}.String())
	for _, f := range m.Header {
		if f.Is(demail.FieldActual) {
			f = actual
		}
		next.Header = append(next.Header, f)
	}
	return &next
}

// Changed is a copy as somebody on the way has made it.
func (m *Message) Changed(f func(record.Message) record.Message) (*Message, error) {
	msg := f(m.Record(m.Header))
	h, err := demail.ScanHeader(msg.Header)
	if err != nil {
		return nil, fmt.Errorf("dmda: tampered message: %w", err)
	}
	next := *m
	next.Header, next.Body, next.Size = h, msg.Body, msg.Size-int64(len(msg.Header))
	return &next, nil
}
