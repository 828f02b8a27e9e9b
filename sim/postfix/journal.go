package postfix

import (
	"regexp"
	"strconv"
	"strings"
)

// entry is one line of Postfix's log.
type entry struct {
	// service is the program ("smtpd"), pid its process, queue the queue id or "".
	service, pid, queue string
	// what is one of connect, disconnect, tls, client, id, from, delivery, reject, started; "" is of no interest.
	what string
	// remote is "IP:port" of the peer.
	remote string
	// tls is the version, "1.3".
	tls string
	// value is a message id, a client or a sender.
	value string
	// to is the recipient, status and said how a delivery or command ended.
	to, status, said string
	// code and enhanced are the reply's, verb is the command it answered.
	code           int
	enhanced, verb string
}

var (
	head      = regexp.MustCompile(`^\S+ +\d+ [\d:.]+ \S+ postfix/(?:[a-z-]+/)?([a-z-]+)\[(\d+)\]: (.*)$`)
	queued    = regexp.MustCompile(`^([0-9A-F]{6,}|[0-9A-Za-z]{12,}): (.*)$`)
	peer      = regexp.MustCompile(`[\w.-]+\[([\d.]+)\]:(\d+)`)
	secured   = regexp.MustCompile(`TLS connection established (?:from|to) [\w.-]+\[([\d.]+)\]:(\d+): TLSv([\d.]+)`)
	delivery  = regexp.MustCompile(`^to=<([^>]*)>,.* relay=([^,]*),.* dsn=([\d.]+), status=(\w+) \((.*)\)$`)
	reject    = regexp.MustCompile(`reject: (\w+) from [\w.-]+\[([\d.]+)\]:(\d+): (\d{3}) ([\d.]+) (.*?); from=<([^>]*)>(?: to=<([^>]*)>)?`)
	reply     = regexp.MustCompile(`(?:said: |^)(\d{3})[ -]`)
	inReplyTo = regexp.MustCompile(`\(in reply to (end of DATA|\w+)`)
)

// read reads one line; a line of no interest has an empty what.
func read(line string) (e entry) {
	m := head.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if m == nil {
		return e
	}
	text := m[3]
	e.service, e.pid = m[1], m[2]
	if q := queued.FindStringSubmatch(text); q != nil && e.service != "master" {
		e.queue, text = q[1], q[2]
	}
	switch e.service {
	case "master", "postfix-script":
		if strings.HasPrefix(text, "daemon started") || strings.HasPrefix(text, "starting the Postfix") && e.service == "master" {
			e.what = "started"
		}
	case "smtpd":
		e.session(text)
	case "cleanup":
		if id, ok := strings.CutPrefix(text, "message-id="); ok {
			e.what, e.value = "id", id
		}
	case "qmgr":
		if from, ok := strings.CutPrefix(text, "from=<"); ok {
			e.what = "from"
			e.value, _, _ = strings.Cut(from, ">")
		}
	case "smtp", "relay", "error":
		e.outward(text)
	}
	return e
}

// session reads a line of the receiving side.
func (e *entry) session(text string) {
	if r := reject.FindStringSubmatch(text); r != nil {
		e.what, e.verb, e.remote, e.enhanced, e.said, e.value, e.to = "reject", r[1], r[2]+":"+r[3], r[5], r[6], r[7], r[8]
		e.code, _ = strconv.Atoi(r[4])
		return
	}
	if s := secured.FindStringSubmatch(text); s != nil {
		e.what, e.remote, e.tls = "tls", s[1]+":"+s[2], s[3]
		return
	}
	p := peer.FindStringSubmatch(text)
	if p == nil {
		return
	}
	e.remote = p[1] + ":" + p[2]
	switch {
	case strings.HasPrefix(text, "connect from "):
		e.what = "connect"
	case strings.HasPrefix(text, "disconnect from "):
		e.what = "disconnect"
	case strings.HasPrefix(text, "client=") && e.queue != "":
		e.what = "client"
	}
}

// outward reads a line of the sending side.
func (e *entry) outward(text string) {
	if s := secured.FindStringSubmatch(text); s != nil {
		e.what, e.remote, e.tls = "tls", s[1]+":"+s[2], s[3]
		return
	}
	d := delivery.FindStringSubmatch(text)
	if d == nil {
		return
	}
	e.what, e.to, e.enhanced, e.status, e.said = "delivery", d[1], d[3], d[4], d[5]
	if p := peer.FindStringSubmatch(d[2]); p != nil {
		e.remote = p[1] + ":" + p[2]
	}
	if r := reply.FindStringSubmatch(e.said); r != nil {
		e.code, _ = strconv.Atoi(r[1])
	}
	if v := inReplyTo.FindStringSubmatch(e.said); v != nil {
		e.verb = v[1]
		if e.verb == "end of DATA" {
			e.verb = "END"
		}
	}
}
