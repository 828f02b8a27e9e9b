package mta

import (
	"fmt"
	"io"
	"strings"
	"time"

	"demailbench/sim/record"
	"demailbench/sim/wire"
)

// notice is what a sender is told about some recipients of a message.
type notice struct {
	action  string // "failed" or "delayed" (RFC 3464 2.3.3)
	results []wire.Result
	until   time.Time // of the last try, when delayed
}

// notify sends a delivery status notification to the sender, never to the null sender (RFC 5321 6.1).
func (s *Server) notify(it *item, n notice) {
	if it.from == "" {
		return
	}
	msg, err := s.notification(it, n)
	if err != nil {
		panic(fmt.Sprintf("mta: %s: keep a notification: %v", s.cfg.Who, err))
	}
	s.forward(wire.Envelope{To: []string{it.from}}, msg)
}

// notification makes the message of RFC 3464: a text for the user, the status for programs, and the header
// of what it is about.
func (s *Server) notification(it *item, n notice) (record.Message, error) {
	boundary := "dsn-" + s.token()
	header := strings.Join([]string{
		"From: Mail Delivery System <MAILER-DAEMON@" + s.cfg.Hostname + ">",
		"To: <" + it.from + ">",
		"Subject: " + map[string]string{"failed": "Undelivered mail", "delayed": "Delayed mail"}[n.action],
		"Date: " + s.now().Format(time.RFC1123Z),
		"Message-ID: <" + s.token() + "@" + s.cfg.Hostname + ">",
		"Auto-Submitted: auto-replied",
		"MIME-Version: 1.0",
		"Content-Type: multipart/report; report-type=delivery-status;",
		"\tboundary=\"" + boundary + "\"",
		"", "",
	}, "\r\n")
	w := s.cfg.Bodies.Writer()
	parts := []struct{ kind, text string }{
		{"text/plain; charset=us-ascii", s.explanation(n)},
		{"message/delivery-status", s.status(it, n)},
		{"text/rfc822-headers\r\nContent-Transfer-Encoding: 8bit", strings.TrimSuffix(it.msg.Header, "\r\n")},
	}
	var err error
	for _, p := range parts {
		if err == nil {
			_, err = fmt.Fprintf(w, "--%s\r\nContent-Type: %s\r\n\r\n%s\r\n", boundary, p.kind, p.text)
		}
	}
	if err == nil {
		_, err = io.WriteString(w, "--"+boundary+"--\r\n")
	}
	if err != nil {
		w.Abort()
		return record.Message{}, err
	}
	sum, size, err := w.Close()
	return record.Message{Header: header, Body: sum, Size: size + int64(len(header))}, err
}

func (s *Server) explanation(n notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "This is the mail server %s.\r\n\r\n", s.cfg.Hostname)
	if n.action == "failed" {
		b.WriteString("Your message could not be delivered to:\r\n\r\n")
	} else {
		fmt.Fprintf(&b, "Your message is delayed. It will be tried until %s for:\r\n\r\n", n.until.Format(time.RFC1123Z))
	}
	for _, r := range n.results {
		fmt.Fprintf(&b, "<%s>: %s\r\n", r.To, diagnostic(r))
	}
	return b.String()
}

func (s *Server) status(it *item, n notice) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Reporting-MTA: dns; %s\r\nArrival-Date: %s\r\n", s.cfg.Hostname, it.arrived.Format(time.RFC1123Z))
	for _, r := range n.results {
		fmt.Fprintf(&b, "\r\nFinal-Recipient: rfc822; %s\r\nAction: %s\r\nStatus: %s\r\n", r.To, n.action, status(n.action, r))
		if r.Code != 0 {
			fmt.Fprintf(&b, "Diagnostic-Code: smtp; %s\r\n", diagnostic(r))
		}
		fmt.Fprintf(&b, "Last-Attempt-Date: %s\r\n", s.now().Format(time.RFC1123Z))
		if n.action == "delayed" {
			fmt.Fprintf(&b, "Will-Retry-Until: %s\r\n", n.until.Format(time.RFC1123Z))
		}
	}
	return b.String()
}

// status is the enhanced status code of a recipient. A failure without a 5xx is one of patience: 5.4.7,
// delivery time expired (RFC 3463 3.5).
func status(action string, r wire.Result) string {
	switch {
	case action == "failed" && r.Code < 500:
		return "5.4.7"
	case r.Enhanced != "":
		return r.Enhanced
	case r.Code >= 400:
		return fmt.Sprintf("%d.0.0", r.Code/100)
	}
	return "4.4.1"
}

// diagnostic is one line of ASCII about a failure, without the ports that chance draws.
func diagnostic(r wire.Result) string {
	text := "no answer from the next mail server"
	if r.Code != 0 {
		text = strings.Join(strings.Fields(fmt.Sprintf("%d %s %s", r.Code, r.Enhanced, r.Text)), " ")
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' {
			return '?'
		}
		return c
	}, text)
}
