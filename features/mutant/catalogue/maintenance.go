package catalogue

import (
	"bytes"
	"strings"
	"time"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/ops"
)

// noEnd is an end that does not come.
var noEnd time.Time

// promises is a fault of what the operator has promised.
func promises(do func(*gateway.Promises)) fault.Fault {
	return fault.Fault{Deps: func(d *gateway.Deps, _ sut.Setup) {
		d.Promises = func(p gateway.Promises) gateway.Promises {
			do(&p)
			return p
		}
	}}
}

// announcement reports whether a message tells of work.
func announcement(m []byte) bool {
	return strings.Contains(fault.Value(m, "Subject"), "Wartung") || bytes.Contains(m, []byte("Wartung"))
}

var maintenance = []Entry{
	{mutant.Mutant{ID: "maintenance-two-days", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Time,
		Text: "says that two working days of notice are enough for long work", Requirements: of("S0-044")},
		promises(func(p *gateway.Promises) { p.Notice.LongDays = 2 })},
	{mutant.Mutant{ID: "maintenance-from-240", Family: mutant.Maintenance, Severity: mutant.M, Class: mutant.Time,
		Text: "asks for the long notice from 240 minutes on, not above", Requirements: of("S0-044", "S0-046")},
		promises(func(p *gateway.Promises) { p.Notice.Threshold = 240*time.Minute - time.Second })},
	{mutant.Mutant{ID: "maintenance-no-short-notice", Family: mutant.Maintenance, Severity: mutant.M, Class: mutant.Time,
		Text: "asks for no notice of short work", Requirements: of("S0-046", "S0-050", "S0-044")},
		promises(func(p *gateway.Promises) { p.Notice.Threshold = 1000 * time.Hour; p.Notice.ShortDays = 0 })},
	{mutant.Mutant{ID: "maintenance-other-state", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Time,
		Text: "counts the holidays of another state and forgets Repentance Day", Requirements: of("S0-044")},
		fault.Config(func(c *gateway.Config) { c.Service.State = string(ops.SaxonyAnhalt) })},
	{mutant.Mutant{ID: "maintenance-christmas-eve", Family: mutant.Maintenance, Severity: mutant.L, Class: mutant.Time,
		Text: "works on Christmas Eve", Requirements: of("S0-044"), Tolerated: "no source says whether offices are open (decision D5)"},
		fault.Config(func(c *gateway.Config) { c.Service.ChristmasEve = true })},
	{mutant.Mutant{ID: "maintenance-contact-only", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Wire,
		Text: "tells technical contacts and nobody else of the responsible persons", Requirements: of("S0-050")},
		fault.Swallow(func(s *inpath.Session, m []byte) bool {
			return announcement(m) && !strings.Contains(s.Recipients(), "technik@")
		}, inpath.ToTenant)},
	{mutant.Mutant{ID: "maintenance-nobody-told", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Wire,
		Text: "tells nobody of work", Requirements: of("S0-044", "S0-050")},
		fault.Swallow(func(_ *inpath.Session, m []byte) bool { return announcement(m) }, inpath.ToTenant)},
	{mutant.Mutant{ID: "maintenance-without-effects", Family: mutant.Maintenance, Severity: mutant.M, Class: mutant.Wire,
		Text: "tells of work without saying what it does", Requirements: of("S0-045")},
		fault.Message(fault.Body(func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte("bleiben"), []byte("b......"))
		}), inpath.ToTenant)},
	{mutant.Mutant{ID: "maintenance-refuses", Family: mutant.Maintenance, Severity: mutant.C, Class: mutant.Wire,
		Text: "refuses mail for good while work goes on", Requirements: of("S0-047", "S0-053")},
		fault.Peer(inpath.Peer{On: inward, Reply: func(s *inpath.Session, verb, reply string) string {
			if verb == "" && strings.HasPrefix(reply, "4") {
				return "554 5.3.2 out of service\r\n"
			}
			return code('4', '5', "MAIL RCPT DATA")(s, verb, reply)
		}})},
	{mutant.Mutant{ID: "maintenance-drops", Family: mutant.Maintenance, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes mail while work goes on, and drops it", Requirements: of("S0-047", "S0-053")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.FromProvider}, Reply: func(s *inpath.Session, verb, reply string) string {
			if verb == "" && strings.HasPrefix(reply, "4") {
				s.Spoilt = true
				return "220 gateway.central.example ESMTP\r\n"
			}
			return reply
		}, Command: func(s *inpath.Session, line string) (string, string) {
			switch {
			case !s.Spoilt || line == "DATA":
				return line, ""
			case strings.HasPrefix(line, "EHLO"):
				return "", "250-gateway.central.example\r\n250 AUTH EXTERNAL\r\n"
			case strings.HasPrefix(line, "AUTH"):
				return "", "235 2.7.0 ok\r\n"
			}
			return "", "250 2.1.0 ok\r\n"
		}, Swallow: func(s *inpath.Session, _ []byte) bool { return s.Spoilt }})},
	{mutant.Mutant{ID: "maintenance-98-percent", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Time,
		Text: "holds the service to 98 % of a month", Requirements: of("S0-054", "S0-056")},
		promises(func(p *gateway.Promises) { p.Account.Target = ops.Ratio{Up: 98, Total: 100} })},
	{mutant.Mutant{ID: "maintenance-week-sum", Family: mutant.Maintenance, Severity: mutant.M, Class: mutant.Time,
		Text: "allows two hours at a stretch in a week", Requirements: of("S0-056")},
		promises(func(p *gateway.Promises) { p.Account.WeeklyMax = 2 * time.Hour })},
	{mutant.Mutant{ID: "maintenance-week-241", Family: mutant.Maintenance, Severity: mutant.M, Class: mutant.Time,
		Text: "allows 241 minutes at a stretch in a week", Requirements: of("S0-056")},
		promises(func(p *gateway.Promises) { p.Account.WeeklyMax = 241 * time.Minute })},
	{mutant.Mutant{ID: "maintenance-never-counted", Family: mutant.Maintenance, Severity: mutant.H, Class: mutant.Time,
		Text: "does not count announced work as unavailable", Requirements: of("S0-054", "S0-047"),
		Tolerated: "how announced work counts is a decision (D3)"},
		promises(func(p *gateway.Promises) { p.Account.AnnouncedForAvailability = false })},
}
