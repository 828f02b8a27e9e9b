package catalogue

import (
	"bytes"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
)

// fresh are the mutants that were written after the scenarios, to see whether these generalise: what a hurried vendor
// gets wrong. They are in no family's file, so that what became of them can be told apart.
var fresh = []Entry{
	{mutant.Mutant{ID: "fresh-date-rewritten", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "writes its own date into what goes out", Requirements: of("S1-152", "S1-012")},
		fault.Message(func(m []byte) []byte {
			return fault.With("Date: Mon, 02 Nov 2015 00:00:00 +0000")(fault.Without("Date")(m))
		}, inpath.ToProvider)},
	{mutant.Mutant{ID: "fresh-field-names", Family: mutant.Options, Severity: mutant.H, Class: mutant.Wire,
		Text: "writes the names of header fields in another case inbound", Requirements: of("S1-128", "S4-017")},
		fault.Message(func(m []byte) []byte {
			return bytes.ReplaceAll(m, []byte("X-de-mail-"), []byte("X-De-Mail-"))
		}, inpath.FromProvider)},
	{mutant.Mutant{ID: "fresh-crash-on-malware", Family: mutant.Queue, Severity: mutant.H, Class: mutant.Process,
		Text: "crashes on a message with malware", Requirements: of("S1-129")},
		fault.Message(func(m []byte) []byte {
			if bytes.Contains(m, []byte("EICAR-STANDARD")) {
				panic("this gateway crashes on purpose")
			}
			return m
		}, inward...)},
	{mutant.Mutant{ID: "fresh-alert-to-operator", Family: mutant.Mapping, Severity: mutant.M, Class: mutant.Wire,
		Text: "tells the operator what the technical contact should know", Requirements: of("S1-174", "S0-040")},
		fault.Peer(inpath.Peer{On: toTenant, Command: func(_ *inpath.Session, line string) (string, string) {
			return strings.Replace(line, "technik@kdn-gmbh.de", "kdn@kdn-gmbh.de", 1), ""
		}})},
	{mutant.Mutant{ID: "fresh-references-dropped", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "drops In-Reply-To and References of what goes out", Requirements: of("S1-152", "S1-012")},
		fault.Message(fault.Without("In-Reply-To|References"), inpath.ToProvider)},
	{mutant.Mutant{ID: "fresh-return-path-null", Family: mutant.Mapping, Severity: mutant.H, Class: mutant.Wire,
		Text: "delivers De-Mail to tenants with the null sender", Requirements: of("S1-128", "S1-129")},
		fault.Peer(inpath.Peer{On: toTenant, Command: func(_ *inpath.Session, line string) (string, string) {
			if strings.HasPrefix(line, "MAIL FROM:<") {
				return "MAIL FROM:<>", ""
			}
			return line, ""
		}})},
	{mutant.Mutant{ID: "fresh-blank-lines", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "removes blanks at the ends of lines in what goes out", Requirements: of("S3-009")},
		fault.Message(fault.Body(func(b []byte) []byte {
			return bytes.ReplaceAll(b, []byte(" \r\n"), []byte("\r\n"))
		}), inpath.ToProvider)},
	{mutant.Mutant{ID: "fresh-three-a-session", Family: mutant.Queue, Severity: mutant.M, Class: mutant.Wire,
		Text: "refuses the second mail of a session for good", Requirements: of("S0-053", "S1-009")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Command: func(s *inpath.Session, line string) (string, string) {
			if s.Count > 0 && strings.HasPrefix(line, "MAIL") {
				return "", "550 5.7.0 one mail a session\r\n"
			}
			return line, ""
		}})},
	{mutant.Mutant{ID: "fresh-sender-by-local-part", Family: mutant.Isolation, Severity: mutant.C, Class: mutant.Wire,
		Text: "sends as the De-Mail address of the tenant's first row when the sender is one of several", Requirements: of("S1-152")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.ToProvider}, Command: func(_ *inpath.Session, line string) (string, string) {
			return strings.Replace(line, "<standesamt@annaberg", "<poststelle@annaberg", 1), ""
		}, Message: func(_ *inpath.Session, m []byte) []byte {
			return bytes.Replace(m, []byte("<standesamt@annaberg"), []byte("<poststelle@annaberg"), 1)
		}})},
	{mutant.Mutant{ID: "fresh-receipt-always", Family: mutant.Options, Severity: mutant.M, Class: mutant.Wire,
		Text: "asks for a confirmation of receipt with every De-Mail", Requirements: of("S1-012", "S1-080")},
		fault.Message(func(m []byte) []byte {
			if fault.Value(m, "X-de-mail-confirmation-of-receipt") != "" {
				return m
			}
			return fault.With("X-de-mail-confirmation-of-receipt: yes")(m)
		}, inpath.ToProvider)},
}
