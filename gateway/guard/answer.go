package guard

import (
	"fmt"
	"io"
	"strings"

	"demailbench/gateway/tenant"
)

// Write passes go-smtp's replies to the peer, line by line. It completes the greeting by TLS and by the
// judgement of the peer's address, offers only what this server does, and learns from the replies where the
// session stands. It never fails: go-smtp ignores errors of replies and finds the end at its next read.
func (g *Conn) Write(b []byte) (int, error) {
	for l := range strings.Lines(string(b)) {
		if g.end != nil {
			break
		}
		g.answer(l)
	}
	return len(b), nil
}

// answer handles one reply line. go-smtp flushes after each line, so lines are never cut.
func (g *Conn) answer(l string) {
	if !g.greeted {
		g.greet()
		return
	}
	last := len(l) > 3 && l[3] == ' '
	if g.mute {
		g.mute = !last
		return
	}
	if g.last.verb == "EHLO" || g.last.verb == "HELO" {
		l = g.capability(l)
		if last && strings.HasPrefix(l, "250") {
			g.begun()
		}
	}
	// go-smtp says 502 (not implemented) to commands out of order; RFC 5321 4.2.4 has 503 for that.
	if rest, ok := strings.CutPrefix(l, "502"); ok && g.last.verb != "EXPN" && g.last.verb != "HELP" {
		l = "503" + rest
	}
	if strings.HasPrefix(l, "354") {
		g.data, g.spoiled = true, false
		g.octets = newOctetScanner(g.policy.MaxLine)
	}
	g.sasl = strings.HasPrefix(l, "334")
	if strings.HasPrefix(l, "50") {
		g.errors++
	}
	if l != "" {
		g.say(l)
	}
}

// greet completes the handshake of implicit TLS and says 220, or turns the peer away.
func (g *Conn) greet() {
	g.greeted = true
	if g.policy.Implicit {
		if err := g.handshake(); err != nil {
			g.end = io.EOF
			return
		}
	}
	if r := g.policy.Admit(g); r != nil {
		g.say(replyLine(r))
		g.end = io.EOF
		return
	}
	g.say("220 " + g.policy.Hostname + " ESMTP\r\n")
}

// capability corrects one line of the reply to EHLO: no CHUNKING, STARTTLS when it is offered, the true size.
func (g *Conn) capability(l string) string {
	word := ""
	if len(l) > 4 && strings.HasPrefix(l, "250") {
		word, _, _ = strings.Cut(strings.TrimRight(l[4:], "\r\n"), " ")
	}
	switch word {
	case "CHUNKING":
		if !g.Secure() && g.policy.offersTLS() {
			return "250-STARTTLS\r\n"
		}
		return ""
	case "SIZE":
		return fmt.Sprintf("%sSIZE %d\r\n", l[:4], g.policy.MaxMessage)
	}
	return l
}

// replyLine is a refusal as the guard writes it itself.
func replyLine(r *tenant.Refusal) string {
	return fmt.Sprintf("%d %s %s\r\n", r.Code, r.Status(), r.Public())
}
