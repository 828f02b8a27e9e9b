// Package balance keeps the gateway's ledger over a record: what it took over must come out again (S0-053, RFC 5321
// 6.1). It leaves out what the judge makes of a difference.
package balance

import (
	"slices"
	"strings"

	"demailbench/features/check/header"
	"demailbench/sim/record"
)

// Book says how to read a record.
type Book struct {
	// Gateway reports whether an address is the gateway's; Provider is the host of the DMDA.
	Gateway  func(address string) bool
	Provider string
	// About reports whether a message has a word in its header, or in its text.
	About func(m *record.Message, word string) bool
}

// Debt is a mail that the gateway took and that never came out for a recipient.
type Debt struct {
	Taken record.Event
	To    string
}

// Debts lists what the gateway answered with 250 and what neither came out of it for a recipient nor was told of in
// an answer or a report to somebody. What has no Message-ID cannot be followed.
func (b Book) Debts(events []record.Event) (debts []Debt) {
	for _, e := range events {
		if e.Kind != record.Sent || e.Msg == nil || !b.Gateway(e.Remote) {
			continue
		}
		ids := header.Values(e.Msg.Header, "Message-ID")
		if len(ids) != 1 {
			continue
		}
		var came []record.Event
		for _, x := range events {
			if x.Kind == record.Accepted && b.Gateway(x.Remote) && b.About(x.Msg, ids[0]) {
				came = append(came, x)
			}
		}
		for _, to := range e.To {
			if !slices.ContainsFunc(came, func(x record.Event) bool { return b.serves(x, ids[0], to) }) {
				debts = append(debts, Debt{e, to})
			}
		}
	}
	return debts
}

// serves tells whether what came out is for a recipient: the mail itself where it belongs, or the gateway's words
// about it. What the DMDA says about a mail does not show where the mail is.
func (b Book) serves(came record.Event, id, to string) bool {
	raw := came.Msg.Header
	if !slices.Contains(header.Values(raw, "Message-ID"), id) {
		return len(header.Values(raw, "X-de-mail-message-type")) == 0
	}
	return came.Who != b.Provider || slices.ContainsFunc(came.To, func(a string) bool { return strings.EqualFold(a, to) })
}
