package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
)

// refusing are the steps that say what must not go on.
func refusing(w *world.World) []binding {
	rejected := func(host, code string) error {
		return w.Expect(check.Expectation{Kind: check.Rejected, Nonce: w.It().Nonce, Who: host, Code: code})
	}
	return []binding{
		{`^the clerk is told that it was refused with "([^"]+)"$`, func(code string) error {
			if err := rejected(w.It().Server, code); err != nil {
				return err
			}
			return w.Expect(check.Expectation{Kind: check.Report, Nonce: w.It().Nonce, Mailbox: w.It().From, Code: code})
		}},
		{`^host ([\w-]+) is refused with "([^"]+)"$`, rejected},
		{`^host ([\w-]+) is refused$`, func(host string) error { return rejected(host, "") }},
		{`^nothing of it is at host ([\w-]+)$`, func(host string) error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Who: host})
		}},
		{`^nothing of it is in mailbox "([^"]+)"$`, func(mailbox string) error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Mailbox: mailbox})
		}},
		{`^nothing of it is in the citizen's mailbox$`, func() error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Mailbox: world.Citizen})
		}},
		{`^nothing of it is in the citizen's mailbox yet$`, func() error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Mailbox: world.Citizen, Yet: true})
		}},
		{`^nothing of it is in zone ([\w-]+) yet$`, func(zone string) error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Zone: zone, Yet: true})
		}},
		{`^nothing of it is at host ([\w-]+) yet$`, func(host string) error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Who: host, Yet: true})
		}},
		{`^nothing of it is in zone ([\w-]+)$`, func(zone string) error {
			return w.ExpectNothing(check.Expectation{Kind: check.Nowhere, Nonce: w.It().Nonce, Zone: zone})
		}},
	}
}
