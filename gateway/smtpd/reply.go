package smtpd

import (
	"errors"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/demail"
	"demailbench/gateway/tenant"
)

// storeFailed is the answer when the intake could not make the message durable: the peer keeps it.
func storeFailed(cause error) *tenant.Refusal {
	return tenant.Refuse(451, [3]int{4, 3, 0}, "message could not be stored, try again", "S0-053").With(cause.Error())
}

// malformed is the answer to a message that parsers would read in different ways.
func malformed(text string) *tenant.Refusal {
	return tenant.Refuse(550, [3]int{5, 6, 0}, text, "RFC 5322 3.6")
}

// badAddress turns an address error into a reply. subject is 7 for a sender, 3 for a recipient (RFC 3463).
func badAddress(err error, subject int) *tenant.Refusal {
	var r *tenant.Refusal
	switch {
	case errors.Is(err, demail.ErrNotASCII):
		r = tenant.Refuse(553, [3]int{5, 6, 7}, "non-ASCII address not permitted", "RFC 6531 3.5")
	case errors.Is(err, demail.ErrLiteral):
		r = tenant.Refuse(550, [3]int{5, 7, 1}, "address literals are not served", "RFC 5321 4.1.3")
	case errors.Is(err, demail.ErrTooLong):
		r = tenant.Refuse(501, [3]int{5, 1, subject}, "address too long", "RFC 5321 4.5.3.1")
	default:
		r = tenant.Refuse(501, [3]int{5, 1, subject}, "bad address syntax", "RFC 5321 4.1.2")
	}
	return r.With(err.Error())
}

// smtpError is a refusal as go-smtp writes it.
func smtpError(r *tenant.Refusal) error {
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.EnhancedCode(r.Enhanced), Message: r.Public()}
}

// accepted is the reply after a commit; go-smtp takes the text of a success from an error with code 250.
func accepted(id string) error {
	return &smtp.SMTPError{Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "queued as " + id}
}
