// Package wire is SMTP as the parties of the simulated world speak it: a strict server and a strict
// client, both over go-smtp, both on the world's clock and both writing what they saw to the record.
//
// go-smtp alone is too lenient for a bench, because a lenient simulator hides the faults of the gateway
// under test. So a guard of ours stands between the connection and the library: it hands over one checked
// command at a time, finds the end of data itself, refuses bare CR and LF, owns STARTTLS and the
// deadlines, and runs the faults that a scenario asks for (RFC 5321, 3207, 4954, 2034).
//
// A message is a record.Message: raw header and the hash of its body. It is never decoded, repaired or
// held in memory as a whole. The package leaves out what a party does with a message (sim/mta, sim/dmda),
// name resolution, and the extensions CHUNKING, SMTPUTF8 and DSN, which no party of the sources needs.
package wire

import (
	"demailbench/sim/wire/dialog"
	"demailbench/sim/wire/sender"
)

// The vocabulary that servers and clients share, under the name that parties know it by.
type (
	// Envelope is dialog.Envelope.
	Envelope = dialog.Envelope
	// Reply is dialog.Reply.
	Reply = dialog.Reply
	// Client is sender.Client.
	Client = sender.Client
	// Outcome is sender.Outcome.
	Outcome = sender.Outcome
	// Result is sender.Result.
	Result = sender.Result
	// STARTTLS is sender.STARTTLS.
	STARTTLS = sender.STARTTLS
)

// How a client treats STARTTLS; see package sender.
const (
	Opportunistic = sender.Opportunistic
	Never         = sender.Never
	Required      = sender.Required
)

// Errors of the client's own judgement; see package sender.
var (
	ErrNoSTARTTLS = sender.ErrNoSTARTTLS
	ErrBareLine   = sender.ErrBareLine
)

// Refuse makes a Reply without a private cause.
func Refuse(code int, enhanced, text string) *Reply { return dialog.Refuse(code, enhanced, text) }
