package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
)

// arriving are the steps that say what must arrive, and where.
func arriving(w *world.World) []binding {
	confirmed := func(kind, mailbox string) error {
		return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: w.It().Nonce, Mailbox: mailbox, Type: "confirmation of " + kind})
	}
	return []binding{
		{`^it arrives in the citizen's mailbox from "([^"]+)"$`, func(from string) error {
			return w.Expect(check.Expectation{Kind: check.Delivered, Nonce: w.It().Nonce, Mailbox: world.Citizen, From: from})
		}},
		{`^it arrives in the citizen's mailbox from "([^"]+)", a second copy only with the same Message-ID$`, func(from string) error {
			return w.Expect(check.Expectation{Kind: check.Delivered, Nonce: w.It().Nonce, Mailbox: world.Citizen, From: from, AtMost: 2})
		}},
		{`^each of them arrives once in the citizen's mailbox from "([^"]+)"$`, func(from string) error {
			return w.Expect(check.Expectation{Kind: check.Series, Nonce: w.It().Nonce, Who: w.It().Who, Times: w.It().Times, Mailbox: world.Citizen, From: from})
		}},
		{`^it arrives in the citizen's mailbox from "([^"]+)" within (\d+) minutes$`, func(from string, n int) error { return w.Soon(from, n) }},
		{`^it arrives unchanged in mailbox "([^"]+)"$`, func(mailbox string) error {
			if err := w.Expect(check.Expectation{Kind: check.Delivered, Nonce: w.It().Nonce, Mailbox: mailbox}); err != nil {
				return err
			}
			return w.Expect(check.Expectation{Kind: check.Unchanged, Nonce: w.It().Nonce, Mailbox: mailbox, Original: w.It().To})
		}},
		{`^what arrived in mailbox "([^"]+)" does not name "([^"]+)"$`, func(mailbox, other string) error {
			return w.Expect(check.Expectation{Kind: check.Discreet, Nonce: w.It().Nonce, Mailbox: mailbox, Address: other})
		}},
		{`^a copy of it arrives in mailbox "([^"]+)"$`, func(mailbox string) error {
			return w.Expect(check.Expectation{Kind: check.Delivered, Nonce: w.It().Nonce, Mailbox: mailbox})
		}},
		{`^a confirmation of (dispatch|receipt) arrives in the citizen's mailbox$`, func(kind string) error {
			return confirmed(kind, world.Citizen)
		}},
		{`^a confirmation of (dispatch|receipt) arrives in mailbox "([^"]+)"$`, confirmed},
		{`^(\d+) confirmations of (dispatch|receipt) arrive in mailbox "([^"]+)"$`, func(n int, kind, mailbox string) error {
			return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: w.It().Nonce, Mailbox: mailbox, Type: "confirmation of " + kind, Times: n})
		}},
		{`^the DMDA's warning about "([^"]+)" arrives in mailbox "([^"]+)"$`, func(about, mailbox string) error {
			return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: about, Mailbox: mailbox, Type: "notification", Text: "other"})
		}},
		{`^the clerk gets a delivery status notification with status "([^"]+)"$`, func(status string) error {
			return w.Expect(check.Expectation{Kind: check.Report, Nonce: w.It().Nonce, Mailbox: w.It().From, Code: status})
		}},
		{`^"([^"]+)" is alerted about "([^"]+)"$`, func(mailbox, about string) error {
			return w.Expect(check.Expectation{Kind: check.Notice, Mailbox: mailbox, Contains: []string{about}})
		}},
	}
}
