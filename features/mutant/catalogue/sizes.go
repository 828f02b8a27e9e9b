package catalogue

import (
	"bytes"
	"regexp"
	"strings"

	"demailbench/features/mutant"
	"demailbench/features/mutant/fault"
	"demailbench/features/mutant/inpath"
	"demailbench/gateway"
)

var sizeKeyword = regexp.MustCompile(`SIZE [0-9]+`)

var sizes = []Entry{
	{mutant.Mutant{ID: "sizes-13-mb-for-all", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "limits all mail to 13 MB", Requirements: of("S1-012")},
		fault.Config(func(c *gateway.Config) { c.Limits.Message, c.Limits.Net = 13_000_000, 13_000_000 })},
	{mutant.Mutant{ID: "sizes-gross-for-net", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "weighs the encoding in the limit of 20 MiB", Requirements: of("S1-012")},
		fault.Config(func(c *gateway.Config) { c.Limits.Message, c.Limits.Net = 21<<20, 21<<20 })},
	{mutant.Mutant{ID: "sizes-20-mb", Family: mutant.Sizes, Severity: mutant.M, Class: mutant.Wire,
		Text: "takes 20 MiB for 20,000,000 octets", Requirements: of("S1-012")},
		fault.Config(func(c *gateway.Config) { c.Limits.Net = 20_000_000 })},
	{mutant.Mutant{ID: "sizes-no-net-limit", Family: mutant.Sizes, Severity: mutant.M, Class: mutant.Wire,
		Text: "has no limit but the one of SIZE", Requirements: of("S1-012")},
		fault.Config(func(c *gateway.Config) { c.Limits.Net = c.Limits.Message; c.Limits.Net = 45 << 20 })},
	{mutant.Mutant{ID: "sizes-announced-is-not-enforced", Family: mutant.Sizes, Severity: mutant.M, Class: mutant.Wire,
		Text: "announces a SIZE below what a De-Mail may have", Requirements: of("S1-012")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Reply: func(_ *inpath.Session, verb, reply string) string {
			if verb == "EHLO" {
				return sizeKeyword.ReplaceAllString(reply, "SIZE 10485760")
			}
			return reply
		}})},
	{mutant.Mutant{ID: "sizes-truncates", Family: mutant.Sizes, Severity: mutant.C, Class: mutant.Wire,
		Text: "cuts a message at 1 MiB", Requirements: of("S3-009", "S1-012")},
		fault.Message(func(m []byte) []byte {
			if len(m) <= 1<<20 {
				return m
			}
			return append(bytes.TrimRight(m[:1<<20], "\r\n"), "\r\n"...)
		}, inpath.ToProvider, inpath.ToTenant)},
	{mutant.Mutant{ID: "sizes-drops-large", Family: mutant.Sizes, Severity: mutant.C, Class: mutant.Wire,
		Text: "takes a large message with 250 and drops it", Requirements: of("S3-009", "S1-012")},
		fault.Swallow(func(_ *inpath.Session, m []byte) bool { return len(m) > 10<<20 }, inpath.Submission)},
	{mutant.Mutant{ID: "sizes-private-id-too-long", Family: mutant.Sizes, Severity: mutant.M, Class: mutant.Wire,
		Text: "cuts a private-id that is too long instead of refusing it", Requirements: of("S1-012")},
		fault.Message(func(m []byte) []byte {
			id := fault.Value(m, "X-de-mail-private-id")
			if len(id) <= 1024 {
				return m
			}
			return fault.With("X-de-mail-private-id: " + id[:500] + "\r\n " + id[500:900])(fault.Without("X-de-mail-private-id")(m))
		}, inpath.Submission)},
	{mutant.Mutant{ID: "sizes-private-id-512", Family: mutant.Sizes, Severity: mutant.M, Class: mutant.Wire,
		Text: "refuses a private-id of more than 512 characters", Requirements: of("S1-012")},
		fault.Peer(inpath.Peer{On: []inpath.Side{inpath.Submission}, Message: func(_ *inpath.Session, m []byte) []byte {
			if len(fault.Value(m, "X-de-mail-private-id")) > 512 {
				return fault.With("X-de-mail-private-id: twice")(m)
			}
			return m
		}})},
	{mutant.Mutant{ID: "sizes-encrypted-refused", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "refuses S/MIME content because it cannot look inside", Requirements: of("S3-009")},
		fault.Message(func(m []byte) []byte {
			if strings.Contains(fault.Value(m, "Content-Type"), "signed") {
				return fault.With("From: <nobody@example.org>")(m)
			}
			return m
		}, inpath.Submission)},
	{mutant.Mutant{ID: "sizes-signature-stripped", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "removes a signature that it cannot check", Requirements: of("S3-009", "S1-128")},
		fault.Message(fault.Body(func(b []byte) []byte {
			i := bytes.Index(b, []byte("application/pkcs7-signature"))
			if i < 0 {
				return b
			}
			return append(bytes.Clone(b[:i]), "text/plain\r\n\r\nSignatur entfernt\r\n"...)
		}), inpath.ToProvider, inpath.ToTenant)},
	{mutant.Mutant{ID: "sizes-seven-bit", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "cuts the eighth bit of a text", Requirements: of("S3-009", "S1-128")},
		fault.Message(fault.Body(func(b []byte) []byte {
			out := bytes.Clone(b)
			for i := range out {
				out[i] &= 0x7f
			}
			return out
		}), inpath.ToProvider, inpath.ToTenant)},
	{mutant.Mutant{ID: "sizes-attachment-stripped", Family: mutant.Sizes, Severity: mutant.C, Class: mutant.Wire,
		Text: "removes attachments of a type that it does not know", Requirements: of("S3-009", "S1-128")},
		fault.Message(fault.Body(func(b []byte) []byte {
			i := bytes.Index(b, []byte("Content-Type: application/octet-stream"))
			if i < 0 {
				return b
			}
			return append(bytes.Clone(b[:i]), "\r\nAnlage entfernt\r\n"...)
		}), inpath.ToProvider, inpath.ToTenant)},
	{mutant.Mutant{ID: "sizes-dots-lost", Family: mutant.Sizes, Severity: mutant.H, Class: mutant.Wire,
		Text: "removes dots at the beginning of lines", Requirements: of("S3-009", "S1-152", "S0-001")},
		fault.Message(fault.Body(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\r\n."), []byte("\r\n")) }), inpath.ToProvider)},
}
