package course

import (
	"fmt"
	"strings"
	"time"

	"demailbench/sim/record"
)

// Session is one SMTP dialog as far as the record has it. Simulated servers write down their sessions; of
// what a simulated client did at a server that writes nothing, like the gateway, the outcome is there.
type Session struct {
	// Name is the server's name for the session, or "<client>-client-<n>".
	Name           string
	Client, Server string
	// Local and Remote are "IP:port" as the one who wrote it down sees them.
	Local, Remote string
	Lines         []Line
}

// Line is one line of a dialog.
type Line struct {
	Event int
	At    time.Time
	// Said is the client's part, Reply the server's; Said is empty where the server ended it.
	Said, Reply string
	// Msg is the message that crossed with this line.
	Msg *record.Message
}

// Sessions returns all dialogs in the order of their beginning.
func (c *Course) Sessions() []Session {
	var order []*Session
	known := map[string]*Session{}
	clients := map[string]int{}
	get := func(key string, begin func() Session) *Session {
		s, ok := known[key]
		if !ok {
			n := begin()
			s = &n
			known[key] = s
			order = append(order, s)
		}
		return s
	}
	for _, e := range c.Events {
		var s *Session
		switch e.Kind {
		case record.Session, record.Refused, record.Accepted:
			s = get(e.Session, func() Session {
				return Session{Name: e.Session, Client: c.Host(e.Who, e.Remote), Server: e.Who, Local: e.Local, Remote: e.Remote}
			})
		case record.Sent, record.Rejected:
			if c.echoed(e) {
				continue
			}
			s = get(fmt.Sprint(e.Who, "|", e.Local, "|", e.Remote, "|", apart(e)), func() Session {
				clients[e.Who]++
				return Session{Name: fmt.Sprintf("%s-client-%d", e.Who, clients[e.Who]), Client: e.Who, Server: c.Host(e.Who, e.Remote), Local: e.Local, Remote: e.Remote}
			})
		default:
			continue
		}
		s.Lines = append(s.Lines, lines(e)...)
	}
	out := make([]Session, len(order))
	for i, s := range order {
		out[i] = *s
	}
	return out
}

// apart keeps connections that never came about apart: they have no local port.
func apart(e record.Event) int {
	if e.Local == "" {
		return e.Seq
	}
	return 0
}

// lines are what one event says of a dialog.
func lines(e record.Event) []Line {
	l := Line{Event: e.Seq, At: e.At}
	switch e.Kind {
	case record.Session:
		l.Said, l.Reply = state(e), e.Error
	case record.Refused:
		l.Said, l.Reply = command(e), reply(e)
	case record.Rejected:
		l.Said, l.Reply = command(e), strings.TrimSpace(reply(e)+" "+e.Error)
		l.Msg = e.Msg
	case record.Accepted, record.Sent:
		out := []Line{{Event: e.Seq, At: e.At, Said: "MAIL FROM:<" + e.From + ">", Reply: "250"}}
		for _, to := range e.To {
			out = append(out, Line{Event: e.Seq, At: e.At, Said: "RCPT TO:<" + to + ">", Reply: "250"})
		}
		l.Said, l.Reply, l.Msg = "DATA", strings.TrimSpace("250 "+strings.TrimPrefix(reply(e), "250 ")), e.Msg
		return append(out, l)
	}
	return []Line{l}
}

func state(e record.Event) string {
	switch e.Text {
	case "open":
		s := fmt.Sprintf("connect %s > %s", e.Remote, e.Local)
		if e.TLS != "" {
			s += ", TLS " + e.TLS
		}
		if e.Cert != "" {
			s += ", certificate " + e.Cert
		}
		return s
	case "ehlo":
		return "EHLO " + e.Detail
	case "starttls":
		return "STARTTLS, TLS " + e.TLS
	case "auth":
		return "AUTH EXTERNAL " + e.Identity
	}
	return e.Text
}

func command(e record.Event) string {
	switch e.Verb {
	case "MAIL":
		return "MAIL FROM:<" + e.From + ">"
	case "RCPT":
		return "RCPT TO:<" + strings.Join(e.To, ">, <") + ">"
	case "END":
		return "DATA"
	}
	return e.Verb
}

// Question is one DNS query with its answer, and how often it was asked again in the same way.
type Question struct {
	Event         int
	At, Until     time.Time
	Asker, Server string
	View          string
	Question      string
	Rcode, Answer string
	Times         int
}

// Queries returns the DNS queries, equal ones joined when joined is set.
func (c *Course) Queries(joined bool) []Question {
	var out []Question
	index := map[Question]int{}
	for _, e := range c.Events {
		if e.Kind != record.Query {
			continue
		}
		q := Question{Asker: c.Host(e.Who, e.Remote), Server: e.Who, View: e.View, Question: e.Type + " " + e.Name, Rcode: e.Rcode, Answer: e.Detail}
		if i, ok := index[q]; ok && joined {
			out[i].Times++
			out[i].Until = e.At
			continue
		}
		index[q] = len(out)
		q.Event, q.At, q.Until, q.Times = e.Seq, e.At, e.At, 1
		out = append(out, q)
	}
	return out
}
