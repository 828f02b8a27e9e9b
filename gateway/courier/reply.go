package courier

import (
	"errors"
	"fmt"
	"net"

	"github.com/emersion/go-smtp"

	"demailbench/gateway/notice"
	"demailbench/gateway/queue"
)

// trouble is why an attempt, or one recipient of it, did not succeed.
type trouble struct {
	// verb is where: "DNS", "CONNECT", "TLS", "CARD", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "END",
	// "CONTENT".
	verb string
	// permanent is true only for a 5xx about the message and for an authoritative denial of its domain.
	permanent bool
	// insecure means that the server offers no TLS that we may trust (D18).
	insecure bool
	// card means that there is no certificate to show, banned that the DMDA does not take the one shown: both
	// last until somebody acts.
	card, banned bool
	// answer is one printable line: the server's reply, or what happened instead.
	answer string
	cause  error
}

// Error names the place and the answer.
func (t *trouble) Error() string { return t.verb + ": " + t.answer }

// Unwrap returns the cause.
func (t *trouble) Unwrap() error { return t.cause }

// outcome is what the trouble means for a recipient.
func (t *trouble) outcome() queue.Outcome {
	if t.permanent {
		return queue.Outcome{Verdict: queue.Failed, Answer: t.answer}
	}
	return queue.Outcome{Verdict: queue.Deferred, Answer: t.answer}
}

// problem is a temporary trouble that no SMTP reply describes.
func problem(verb, what string, cause error) *trouble {
	answer := what
	if cause != nil {
		answer += ": " + cause.Error()
	}
	return &trouble{verb: verb, answer: notice.Line(answer), cause: cause}
}

// refused judges an error of the SMTP client. Only MAIL, RCPT, DATA and the end of data are about the message:
// a 5xx to a greeting, EHLO or AUTH says that this session is unwelcome, and the message waits.
func refused(verb string, err error) *trouble {
	var e *smtp.SMTPError
	if !errors.As(err, &e) {
		t := problem(verb, "connection failed", err)
		t.banned = isAlert(err) // in TLS 1.3 a client learns of its refused certificate after the handshake
		return t
	}
	t := &trouble{verb: verb, answer: answer(e), cause: err}
	switch verb {
	case "MAIL", "RCPT", "DATA", "END":
		t.permanent = e.Code/100 == 5
	default:
		t.banned = e.Code/100 == 5
	}
	if verb == "RCPT" && e.Code == 552 { // "too many recipients" of old servers: RFC 5321 4.5.3.1.10
		t.permanent = false
	}
	return t
}

// isAlert reports a TLS alert of the other side.
func isAlert(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}

// answer writes a reply as "550 5.7.1 text" in one line.
func answer(e *smtp.SMTPError) string {
	if e.EnhancedCode == (smtp.EnhancedCode{}) || e.EnhancedCode == smtp.NoEnhancedCode {
		return notice.Line(fmt.Sprintf("%d %s", e.Code, e.Message))
	}
	return notice.Line(fmt.Sprintf("%d %d.%d.%d %s", e.Code, e.EnhancedCode[0], e.EnhancedCode[1], e.EnhancedCode[2], e.Message))
}

// denied reports an authoritative answer that there is nothing of the kind; any other failure of the name
// system is temporary (RFC 5321 5.1).
func denied(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}
