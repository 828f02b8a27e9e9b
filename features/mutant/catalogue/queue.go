package catalogue

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
)

// brief is too short a life for mail that waits.
const brief = 30 * time.Minute

// outward are the ways on which the gateway delivers.
var outward = []inpath.Side{inpath.ToProvider, inpath.ToTenant}

// inward are the ways on which it takes mail.
var inward = []inpath.Side{inpath.Submission, inpath.FromProvider}

// wiped empties the gateway's disk before a start.
func wiped(d sut.Doors, again bool) {
	if !again {
		return
	}
	d.Clock.IO(func() {
		list, _ := os.ReadDir(d.Data) // what cannot be read cannot be removed
		for _, e := range list {
			_ = os.RemoveAll(filepath.Join(d.Data, e.Name()))
		}
	})
}

// code turns replies that begin with from into a reply with another first digit, after the verbs.
func code(from, to byte, verbs string) func(*inpath.Session, string, string) string {
	return func(_ *inpath.Session, verb, reply string) string {
		if len(reply) < 9 || reply[0] != from || !strings.Contains(verbs, verb) {
			return reply
		}
		b := []byte(reply)
		b[0] = to
		if b[4] == from {
			b[4] = to
		}
		return string(b)
	}
}

var queue = []Entry{
	{mutant.Mutant{ID: "queue-early-answer", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Process,
		Text: "answers 250 before the mail is on the disk", Requirements: of("S0-053")},
		fault.Peer(inpath.Peer{On: inward, Early: true})},
	{mutant.Mutant{ID: "queue-memory-only", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Process,
		Text: "forgets its queue at the end of the process", Requirements: of("S0-053")}, fault.Fault{Before: wiped}},
	{mutant.Mutant{ID: "queue-twice-after-restart", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Process,
		Text: "delivers again after a restart what it has delivered", Requirements: of("S0-053")},
		func() fault.Fault {
			again := &fault.Once{}
			return fault.Fault{Before: func(_ sut.Doors, a bool) {
				again.Set(a)
			}, Peer: func(sut.Setup) inpath.Peer {
				return inpath.Peer{On: outward, Taken: func(s *inpath.Session, m []byte) {
					if again.Happened() {
						s.Send(s.From, s.To, m)
					}
				}}
			}}
		}()},
	{mutant.Mutant{ID: "queue-twice", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers everything inbound twice", Requirements: of("S0-053", "S1-128")},
		fault.Peer(inpath.Peer{On: toTenant, Taken: func(s *inpath.Session, m []byte) { s.Send(s.From, s.To, m) }})},
	{mutant.Mutant{ID: "queue-temporary-is-final", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Wire,
		Text: "gives up at the first 4xx", Requirements: of("S0-053")},
		fault.Peer(inpath.Peer{On: outward, Reply: code('4', '5', "MAIL RCPT DATA .")})},
	{mutant.Mutant{ID: "queue-dns-failure-is-final", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Net,
		Text: "takes SERVFAIL for the answer that a domain does not exist", Requirements: of("S0-053")},
		fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) { d.Resolver = fault.Hasty(d.Resolver) }}},
	{mutant.Mutant{ID: "queue-short-life", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Time,
		Text: "gives mail up after half an hour", Requirements: of("S0-053")},
		fault.Config(func(c *gateway.Config) { c.Retry.GiveUp, c.Retry.DelayNotice = brief, brief })},
	{mutant.Mutant{ID: "queue-two-days", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Time,
		Text: "gives mail up after two days", Requirements: of("S0-053")},
		fault.Config(func(c *gateway.Config) { c.Retry.GiveUp = 48 * time.Hour })},
	{mutant.Mutant{ID: "queue-one-try", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Time,
		Text: "tries once and waits for a restart", Requirements: of("S0-053")},
		fault.Config(func(c *gateway.Config) { c.Retry.After = []time.Duration{119 * time.Hour} })},
	{mutant.Mutant{ID: "queue-slow-retry", Family: mutant.Queue, Severity: mutant.M, Class: mutant.Time,
		Text: "tries again every two hours only", Requirements: of("S0-053"),
		Tolerated: "no source says how often to try; RFC 5321 4.5.4.1 asks for 30 minutes at least between tries"},
		fault.Config(func(c *gateway.Config) { c.Retry.After = []time.Duration{2 * time.Hour} })},
	{mutant.Mutant{ID: "queue-lost-reply-is-failure", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Wire,
		Text: "tells the clerk that a mail failed when the reply was lost", Requirements: of("S0-053")},
		fault.Fault{Peer: func(sut.Setup) inpath.Peer {
			return inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Lost: "554 5.0.0 connection lost\r\n"}
		}}},
	{mutant.Mutant{ID: "queue-new-id-each-try", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Wire,
		Text: "gives a mail another Message-ID with each try", Requirements: of("S0-053", "S1-012")},
		fault.Fault{Peer: func(sut.Setup) inpath.Peer {
			n := fault.NewMemory()
			return inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Message: func(_ *inpath.Session, m []byte) []byte {
				id := fault.Value(m, "Message-ID")
				tries, _ := n.Get(id)
				n.Put(id, tries+"x")
				if tries == "" {
					return m
				}
				return fault.With("Message-ID: <" + tries + strings.TrimPrefix(id, "<"))(fault.Without("Message-ID")(m))
			}}
		}}},
	{mutant.Mutant{ID: "queue-cut-line-is-final", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Net,
		Text: "drops mail for a server that it cannot reach", Requirements: of("S0-053")},
		fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) { d.Resolver = fault.Unreachable(d) }}},
	{mutant.Mutant{ID: "queue-permanent-is-retried", Family: mutant.Queue, Severity: mutant.M, Class: mutant.Wire,
		Text: "tries again for days what was refused for good", Requirements: of("S1-129", "S1-009", "S0-016")},
		fault.Peer(inpath.Peer{On: outward, Reply: code('5', '4', "MAIL RCPT DATA .")})},
	{mutant.Mutant{ID: "queue-failure-untold", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Wire,
		Text: "tells the clerk nothing of a mail that failed", Requirements: of("S1-129", "S1-009", "S0-016")},
		fault.Swallow(func(_ *inpath.Session, m []byte) bool {
			return strings.Contains(fault.Value(m, "Content-Type"), "report")
		}, inpath.ToTenant)},
	{mutant.Mutant{ID: "queue-all-recipients-fail", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Wire,
		Text: "refuses all recipients when one is refused", Requirements: of("S1-153")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Swallow: func(*inpath.Session, []byte) bool { return false },
			Reply: func(s *inpath.Session, verb, reply string) string {
				if verb == "RCPT" && strings.HasPrefix(reply, "5") {
					s.Spoilt = true
				}
				return reply
			}, Command: func(s *inpath.Session, line string) (string, string) {
				if s.Spoilt && line == "DATA" {
					return "", "554 5.1.1 a recipient was refused\r\n"
				}
				return line, ""
			}})},
	{mutant.Mutant{ID: "queue-smuggling", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes a line with a dot for the end of a message whatever ends it", Requirements: of("S1-154", "S1-153", "S0-053")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, LooseEnd: true, Message: func(_ *inpath.Session, m []byte) []byte { return fault.CRLF(m) }})},
	{mutant.Mutant{ID: "queue-second-message-lost", Family: mutant.Queue, Severity: mutant.C, Class: mutant.Wire,
		Text: "loses every second mail", Requirements: of("S0-053", "S0-001", "S1-009")},
		func() fault.Fault {
			n := 0
			return fault.Swallow(func(*inpath.Session, []byte) bool { n++; return n%2 == 0 }, inpath.Submission)
		}()},
	{mutant.Mutant{ID: "queue-single-file", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers one mail after the other over all tenants", Requirements: of("S1-009"),
		Tolerated: "no source says how fast a gateway delivers"},
		fault.Config(func(c *gateway.Config) { c.Limits.Deliveries, c.Limits.PerRoute = 1, 1 })},
}
