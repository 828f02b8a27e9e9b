package smtpd

import "time"

// Limits bound what a peer may ask for; a zero field takes the default.
type Limits struct {
	// Message is the largest message in octets: 47,185,920 (45 MiB gross, D20).
	Message int64
	// Net is the largest net size of a submitted message, as package measure weighs it: 20,971,520 octets (20
	// MiB, TR-01201-3.1 4.1, D20). What the DMDA has taken in is not weighed again.
	Net int64
	// Header is the largest header in octets: 1,048,576.
	Header int
	// Line is the longest line in octets without its CRLF: 998 (RFC 5322 2.1.1); a header's lines are never
	// longer.
	Line int
	// Recipients per message: 1000 (RFC 5321 4.5.3.1.8 asks for 100).
	Recipients int
	// Received is the number of trace fields above which a message is a loop: 50 (RFC 5321 6.3).
	Received int
	// Connections at a time: 500.
	Connections int
	// Idle is the longest silence of the peer: 5 min (RFC 5321 4.5.3.2.7).
	Idle time.Duration
	// Greeting is how long a peer may take until its EHLO, TLS handshake included: 1 min.
	Greeting time.Duration
	// Write is the longest time that the peer may leave a reply unread: 1 min.
	Write time.Duration
	// Session is the longest session: 2 h.
	Session time.Duration
}

// withDefaults fills in the zero fields.
func (l Limits) withDefaults() Limits {
	d := Limits{Message: 45 << 20, Net: 20 << 20, Header: 1 << 20, Line: 998, Recipients: 1000, Received: 50, Connections: 500,
		Idle: 5 * time.Minute, Greeting: time.Minute, Write: time.Minute, Session: 2 * time.Hour}
	keep(&d.Message, l.Message)
	keep(&d.Net, l.Net)
	keep(&d.Header, l.Header)
	keep(&d.Line, l.Line)
	keep(&d.Recipients, l.Recipients)
	keep(&d.Received, l.Received)
	keep(&d.Connections, l.Connections)
	keep(&d.Idle, l.Idle)
	keep(&d.Greeting, l.Greeting)
	keep(&d.Write, l.Write)
	keep(&d.Session, l.Session)
	return d
}

func keep[T int | int64 | time.Duration](to *T, given T) {
	if given != 0 {
		*to = given
	}
}
