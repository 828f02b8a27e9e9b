// Package dialog is what both ends of an SMTP dialog of the simulated world share: envelopes, replies and
// their codes, the addresses and line ends that may cross, and deadlines on the world's clock. It leaves
// out the ends themselves: package wire receives, package sender sends.
package dialog

import (
	"fmt"
	"strconv"
	"strings"
)

// Envelope is who a message is from and for at one hop, as opposed to what its header says.
type Envelope struct {
	// From is the reverse path without brackets; empty for notifications (RFC 5321 4.5.5).
	From string
	// To are the forward paths without brackets, in the order of the RCPT commands.
	To []string
}

// Reply is a reply that refuses (4xx, 5xx), or, from Policy.Data, a 250 with a text of its own. It is the
// one error type of the SMTP edge: Text goes to the peer, Cause stays in the bench.
type Reply struct {
	// Code is the reply code, 250 or 400 to 599 (RFC 5321 4.2).
	Code int
	// Enhanced is the enhanced status code, "5.7.1"; empty for the class's x.0.0 (RFC 3463).
	Enhanced string
	// Text is what the peer reads: one line of printable ASCII.
	Text string
	// Cause is why, for whoever reads the bench's error; it is never sent.
	Cause error
}

// Refuse makes a Reply without a private cause.
func Refuse(code int, enhanced, text string) *Reply {
	return &Reply{Code: code, Enhanced: enhanced, Text: text}
}

// Error is the reply line, with the cause behind it.
func (r *Reply) Error() string {
	line := strings.TrimSpace(fmt.Sprintf("%d %s", r.Code, strings.TrimSpace(r.Enhanced+" "+r.Text)))
	if r.Cause != nil {
		return line + ": " + r.Cause.Error()
	}
	return line
}

// Unwrap is the private cause.
func (r *Reply) Unwrap() error { return r.Cause }

// Temporary reports whether the sender shall try again (4xx).
func (r *Reply) Temporary() bool { return r.Code/100 == 4 }

// SplitEnhanced takes the enhanced status code off the front of a reply text, when there is one of the
// class of code (RFC 2034 4).
func SplitEnhanced(code int, text string) (enhanced, rest string) {
	head, rest, _ := strings.Cut(text, " ")
	parts := strings.Split(head, ".")
	if len(parts) != 3 || parts[0] != strconv.Itoa(code/100) {
		return "", text
	}
	for _, p := range parts[1:] {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n > 999 {
			return "", text
		}
	}
	return head, rest
}

// OneLine makes one line of printable ASCII of a text that is to cross the wire.
func OneLine(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text)
}
