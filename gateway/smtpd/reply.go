package smtpd

import (
	"errors"
	"fmt"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// refuse makes a refusal of the SMTP edge's own, outside the tenants' rules.
func refuse(code int, enhanced [3]int, text string, requirements ...string) *tenant.Refusal {
	return &tenant.Refusal{Code: code, Enhanced: enhanced, Text: text, Requirements: requirements}
}

// storeFailed is the answer when the intake could not make the message durable: the peer keeps it.
func storeFailed(cause error) *tenant.Refusal {
	r := refuse(451, [3]int{4, 3, 0}, "message could not be stored, try again", "S0-053")
	r.Detail = cause.Error()
	return r
}

// malformed is the answer to a message that parsers would read in different ways.
func malformed(text string) *tenant.Refusal {
	return refuse(550, [3]int{5, 6, 0}, text, "RFC 5322 3.6")
}

// badAddress turns an address error into a reply. subject is 7 for a sender, 3 for a recipient (RFC 3463).
func badAddress(err error, subject int) *tenant.Refusal {
	var r *tenant.Refusal
	switch {
	case errors.Is(err, demail.ErrNotASCII):
		r = refuse(553, [3]int{5, 6, 7}, "non-ASCII address not permitted", "RFC 6531 3.5")
	case errors.Is(err, demail.ErrLiteral):
		r = refuse(550, [3]int{5, 7, 1}, "address literals are not served", "RFC 5321 4.1.3")
	case errors.Is(err, demail.ErrTooLong):
		r = refuse(501, [3]int{5, 1, subject}, "address too long", "RFC 5321 4.5.3.1")
	default:
		r = refuse(501, [3]int{5, 1, subject}, "bad address syntax", "RFC 5321 4.1.2")
	}
	r.Detail = err.Error()
	return r
}

// smtpError is a refusal as go-smtp writes it. The text is cut to one line of printable ASCII: it may name a
// field that the peer has chosen.
func smtpError(r *tenant.Refusal) error {
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.EnhancedCode(r.Enhanced), Message: printable(r.Text)}
}

// accepted is the reply after a commit; go-smtp takes the text of a success from an error with code 250.
func accepted(id string) error {
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: printable("queued as " + id)}
}

// line is a refusal as the guard writes it itself.
func line(r *tenant.Refusal) string {
	return fmt.Sprintf("%d %s %s\r\n", r.Code, r.Status(), printable(r.Text))
}

// printable keeps a reply inside 512 octets (RFC 5321 4.5.3.1.5) and on one line.
func printable(s string) string {
	b := []byte(s)
	if len(b) > 400 {
		b = b[:400]
	}
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}
