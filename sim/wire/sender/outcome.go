package sender

import "fmt"

// Outcome is what became of one Send.
type Outcome struct {
	// Local and Remote are the ends of the connection, "IP:port"; Local is empty when none came about.
	Local, Remote string
	// TLS is the TLS version in use, empty in clear.
	TLS string
	// Results are one for each recipient, in the order of Envelope.To.
	Results []Result
}

// Result is what became of one recipient.
type Result struct {
	To string
	// Verb is the step that decided: "CONNECT", "TLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA" or "END".
	Verb string
	// Code is the reply's code, 0 when there was no reply: connection failed, lost or timed out.
	Code int
	// Enhanced is the enhanced status code, empty when the server sent none.
	Enhanced string
	// Text is the reply's text without the codes.
	Text string
	// Err is nil when the server took the message for this recipient.
	Err error
}

// Accepted reports whether the server answered 250 after the dot and had accepted this recipient.
func (r Result) Accepted() bool { return r.Err == nil }

// Permanent reports whether another try is pointless: the server, or the client before it, said 5xx.
func (r Result) Permanent() bool { return r.Err != nil && r.Code >= 500 }

// Temporary reports whether another try makes sense: 4xx, or no reply.
func (r Result) Temporary() bool { return r.Err != nil && r.Code < 500 }

// Accepted lists the recipients for whom the server took the message.
func (o Outcome) Accepted() (to []string) {
	for _, r := range o.Results {
		if r.Accepted() {
			to = append(to, r.To)
		}
	}
	return to
}

// Err is nil when the message was taken for every recipient, else the first failure with its recipient.
func (o Outcome) Err() error {
	for _, r := range o.Results {
		if r.Err != nil {
			return fmt.Errorf("sender: send to %s at %s: %s: %w", r.To, o.Remote, r.Verb, r.Err)
		}
	}
	return nil
}
