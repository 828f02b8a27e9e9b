package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
)

// provider are the steps about the DMDA: its own access, what it finds, what it blocks, what it says.
func provider(w *world.World) []binding {
	notified := func(note, mailbox string) error {
		return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: w.It().Nonce, Mailbox: mailbox, Type: "notification", Text: note})
	}
	malware := func(kind, mailbox string) error {
		return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: w.It().Nonce, Mailbox: mailbox, Type: kind})
	}
	return []binding{
		{`^the account holder of (\w+) sends "([^"]+)" an authoritative De-Mail from "([^"]+)"$`, func(account, to, from string) error {
			return w.HolderSends(account, from, to, "authoritative")
		}},
		{`^the DMDA looks for malware at the recipient's side only$`, func() error { return w.DMDA().ScanLate() }},
		{`^the ITSP card is removed$`, func() error { return w.Reader().Remove() }},
		{`^the ITSP card is blocked$`, func() error { return w.Reader().Block() }},
		{`^the ITSP card is replaced by a new one$`, func() error { return w.Reader().Replace(0) }},
		{`^the ITSP card is replaced by one that ends in (\d+) days$`, func(days int) error { return w.Reader().Replace(days) }},
		{`^the gateway has proven itself by the new card$`, func() error { return w.Reader().Used() }},
		{`^the gateway is given (a wrong|the right) PIN and started again$`, func(which string) error { return w.Reader().GivePIN(which == "the right") }},
		{`^the gateway is killed and started again$`, func() error { return w.Reader().KillGateway() }},
		{`^the ITSP card allows (\d+) more wrong PINs$`, func(n int) error { return w.Reader().TriesLeft(n) }},
		{`^the gateway's own certificate is replaced by a new one$`, func() error { return w.Reader().ReplaceCertificate(0) }},
		{`^the gateway's own certificate is replaced by one that ends in (\d+) days$`, func(days int) error { return w.Reader().ReplaceCertificate(days) }},
		{`^somebody changes De-Mails on their way to the mailbox$`, func() error { return w.DMDA().Tamper() }},
		{`^the ITSP card is put back$`, func() error { return w.Reader().Insert() }},
		{`^the DMDA has (blocked|released) the ITSP$`, func(how string) error { return w.DMDA().BlockOperator(how == "blocked") }},
		{`^the DMDA has blocked the account of (\w+)$`, func(account string) error { return w.DMDA().BlockAccount(account) }},
		{`^a notification of ([\w-]+) arrives in mailbox "([^"]+)"$`, notified},
		{`^a notification of ([\w-]+) arrives in the citizen's mailbox$`, func(note string) error { return notified(note, world.Citizen) }},
		{`^an answer of the gateway about it arrives in the citizen's mailbox from "([^"]+)" and says "([^"]+)"$`, func(from, words string) error {
			return w.Expect(check.Expectation{Kind: check.Answer, Nonce: w.It().Nonce, Mailbox: world.Citizen, From: from, Contains: []string{words, w.It().To}})
		}},
		{`^a (malware-notification|malware-acknowledge) arrives in mailbox "([^"]+)"$`, malware},
		{`^a malware-notification arrives in the citizen's mailbox$`, func() error { return malware("malware-notification", world.Citizen) }},
		{`^the proof of it in mailbox "([^"]+)" does not hold$`, func(mailbox string) error {
			return w.Expect(check.Expectation{Kind: check.Proven, Nonce: w.It().Nonce, Mailbox: mailbox, Type: check.Broken})
		}},
		{`^the proof of it in mailbox "([^"]+)" holds$`, func(mailbox string) error {
			return w.Expect(check.Expectation{Kind: check.Proven, Nonce: w.It().Nonce, Mailbox: mailbox})
		}},
	}
}
