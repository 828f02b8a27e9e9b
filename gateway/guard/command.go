package guard

import (
	"strconv"
	"strings"

	"demailbench/gateway/tenant"
)

// command is one line of the peer, checked and ready for go-smtp.
type command struct {
	verb string
	// arg is what follows the verb.
	arg string
	// line is what go-smtp reads: without parameters, which have been judged here.
	line string
}

// Longest lines without CRLF: RFC 5321 4.5.3.1.4 asks for 512 with room for extensions, RFC 4954 4 for 12288
// in AUTH.
const (
	maxCommand = 1024
	maxAuth    = 12288
)

var unknownCommand = tenant.Refuse(500, [3]int{5, 5, 1}, "unknown command", "RFC 5321 4.2.4")

// parseCommand checks one line without its CRLF against RFC 5321 4.1. It is stricter than go-smtp, which
// executes lines with NUL, reads on after the path, and unquotes what it later cannot tell apart.
func parseCommand(text string, maxBytes int64) (command, *tenant.Refusal) {
	verb, arg, _ := strings.Cut(text, " ")
	verb = strings.ToUpper(verb)
	if r := checkOctets(verb, text); r != nil {
		return command{}, r
	}
	c := command{verb: verb, arg: arg, line: text}
	switch verb {
	case "EHLO", "HELO":
		return c, checkHello(arg)
	case "MAIL":
		return parsePath(c, arg, "FROM:", maxBytes)
	case "RCPT":
		return parsePath(c, arg, "TO:", maxBytes)
	case "DATA", "RSET", "QUIT", "STARTTLS":
		if strings.Trim(arg, " ") != "" {
			return command{}, tenant.Refuse(501, [3]int{5, 5, 4}, verb+" takes no argument", "RFC 5321 4.1.1")
		}
		c.line = verb
		return c, nil
	case "AUTH", "NOOP", "VRFY", "EXPN", "HELP":
		return c, nil
	case "BDAT":
		return c, tenant.Refuse(502, [3]int{5, 5, 1}, "BDAT is not offered", "RFC 3030")
	}
	return command{}, unknownCommand
}

func checkOctets(verb, text string) *tenant.Refusal {
	if len(text) > maxCommand && (verb != "AUTH" || len(text) > maxAuth) {
		return tenant.Refuse(500, [3]int{5, 5, 2}, "line too long", "RFC 5321 4.5.3.1.4")
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c > '~' && (verb == "MAIL" || verb == "RCPT"):
			return tenant.Refuse(553, [3]int{5, 6, 7}, "non-ASCII address not permitted", "RFC 6531 3.5")
		case c < ' ' || c > '~':
			return tenant.Refuse(501, [3]int{5, 5, 2}, "control or non-ASCII octet in command", "RFC 5321 2.4")
		}
	}
	return nil
}

// checkHello accepts a domain name or an address literal; what else a peer calls itself would stand in the
// trace line.
func checkHello(arg string) *tenant.Refusal {
	bad := arg == "" || len(arg) > 255
	for i := 0; i < len(arg); i++ {
		c := arg[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		bad = bad || !letter && strings.IndexByte(".-_[]:", c) < 0
	}
	if bad {
		return tenant.Refuse(501, [3]int{5, 5, 4}, "EHLO needs one domain name or address literal", "RFC 5321 4.1.1.1")
	}
	return nil
}

// parsePath checks "FROM:<path> parameters". Blanks after the colon are tolerated, missing brackets and
// parameters glued to the path are not.
func parsePath(c command, arg, keyword string, maxBytes int64) (command, *tenant.Refusal) {
	syntax := tenant.Refuse(501, [3]int{5, 5, 4}, c.verb+" needs "+keyword+"<address>", "RFC 5321 4.1.1.2")
	if len(arg) < len(keyword) || !strings.EqualFold(arg[:len(keyword)], keyword) {
		return command{}, syntax
	}
	rest := strings.TrimLeft(arg[len(keyword):], " ")
	end := closeAngle(rest)
	if end < 0 {
		return command{}, syntax
	}
	path, params := rest[:end], rest[end:]
	if params != "" && params[0] != ' ' {
		return command{}, syntax
	}
	if r := checkParameters(c.verb, strings.Fields(params), maxBytes); r != nil {
		return command{}, r
	}
	c.line = c.verb + " " + keyword + path
	return c, nil
}

// closeAngle returns where the path that begins s ends, or -1; brackets in quotes do not count.
func closeAngle(s string) int {
	if s == "" || s[0] != '<' {
		return -1
	}
	quoted := false
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			if quoted {
				i++
			}
		case '"':
			quoted = !quoted
		case '>':
			if !quoted {
				return i + 1
			}
		}
	}
	return -1
}

// checkParameters accepts what the server has announced: SIZE and BODY, and AUTH= without effect. RCPT has no
// parameters here. Nothing of them is passed on, so nothing of them can reach a later hop.
func checkParameters(verb string, params []string, maxBytes int64) *tenant.Refusal {
	seen := map[string]bool{}
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		key = strings.ToUpper(key)
		if seen[key] {
			return tenant.Refuse(501, [3]int{5, 5, 4}, "parameter given twice", "RFC 5321 4.1.1.11")
		}
		seen[key] = true
		r := tenant.Refuse(555, [3]int{5, 5, 4}, "parameter not recognized", "RFC 5321 4.1.1.11")
		if verb == "MAIL" {
			r = checkMailParameter(key, value, maxBytes, r)
		}
		if r != nil {
			return r
		}
	}
	return nil
}

func checkMailParameter(key, value string, maxBytes int64, unknown *tenant.Refusal) *tenant.Refusal {
	syntax := tenant.Refuse(501, [3]int{5, 5, 4}, "bad "+key+" value", "RFC 5321 4.1.1.11")
	switch key {
	case "SIZE":
		if value == "" || len(value) > 20 || strings.Trim(value, "0123456789") != "" {
			return syntax
		}
		// A number of 20 digits can exceed 64 bits: that is too large as well.
		if n, err := strconv.ParseUint(value, 10, 64); err != nil || n > uint64(maxBytes) {
			return TooLarge()
		}
		return nil
	case "BODY":
		if b := strings.ToUpper(value); b != "7BIT" && b != "8BITMIME" {
			return syntax
		}
		return nil
	case "AUTH":
		if value == "" || strings.Contains(value, "+0") || strings.Contains(value, "+1") || strings.Contains(value, "+7F") {
			return syntax
		}
		return nil
	}
	return unknown
}

// TooLarge is the answer to a message, or the announcement of one, beyond the limit.
func TooLarge() *tenant.Refusal {
	return tenant.Refuse(552, [3]int{5, 3, 4}, "message larger than the announced size", "D20", "RFC 1870 6.3")
}
