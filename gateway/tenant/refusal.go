package tenant

import "fmt"

// Refusal is why the gateway did not take a connection, a command or a message. It is the one typed error of
// the gateway's SMTP edges; nil means allowed.
type Refusal struct {
	// Code is the reply code of RFC 5321 4.2, 400-599.
	Code int
	// Enhanced is the status code of RFC 3463.
	Enhanced [3]int
	// Text is what the peer reads: ASCII, one line, no data of another tenant.
	Text string
	// Requirements are the statements that the refusal fulfils ("S1-153", "TR-01201-6.1 10.1.2", "D13").
	Requirements []string
	// Detail is for the operator's log and never leaves the gateway.
	Detail string
	// Alert tells that the tenant's technical contact is to learn of it, once.
	Alert bool
}

// Refuse makes a refusal. The enhanced code's first digit is that of code.
func Refuse(code int, enhanced [3]int, text string, requirements ...string) *Refusal {
	return &Refusal{Code: code, Enhanced: enhanced, Text: text, Requirements: requirements}
}

// With returns the refusal with a detail for the operator's log.
func (r *Refusal) With(detail string) *Refusal {
	r.Detail = detail
	return r
}

// Error has code, text and detail; it is for logs, not for the wire.
func (r *Refusal) Error() string {
	s := fmt.Sprintf("%d %s %s", r.Code, r.Status(), r.Text)
	if r.Detail != "" {
		s += " (" + r.Detail + ")"
	}
	return s
}

// Status is the enhanced code in the form "5.7.1".
func (r *Refusal) Status() string {
	return fmt.Sprintf("%d.%d.%d", r.Enhanced[0], r.Enhanced[1], r.Enhanced[2])
}

// Temporary reports a 4xx refusal: the peer may try the same again.
func (r *Refusal) Temporary() bool { return r.Code/100 == 4 }

// maxPublic keeps a reply inside the 512 octets of RFC 5321 4.5.3.1.5.
const maxPublic = 400

// Public is Text made safe for a reply: one line of printable ASCII. A text may name a field that the peer
// has chosen.
func (r *Refusal) Public() string {
	b := []byte(r.Text)
	if len(b) > maxPublic {
		b = b[:maxPublic]
	}
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '?'
		}
	}
	return string(b)
}
