package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
	"demailbench/features/world/plan"
)

// settings are the steps about how a tenant's domains and addresses are set at the gateway.
func settings(w *world.World) []binding {
	return []binding{
		{`^domain (\S+) of (\w+) is (receive-only|send-only)$`, func(domain, tenant, direction string) error {
			return w.Change(plan.Direction(tenant, domain, direction))
		}},
		{`^CatchAll of domain (\S+) of (\w+) is mailbox "([^"]+)"$`, func(domain, tenant, mailbox string) error {
			return w.Change(plan.CatchAll(tenant, domain, mailbox))
		}},
		{`^BounceAll of domain (\S+) of (\w+) is refuse$`, func(domain, tenant string) error {
			return w.Change(plan.BounceAll(tenant, domain, "refuse", ""))
		}},
		{`^BounceAll of domain (\S+) of (\w+) is reply from "([^"]+)"$`, func(domain, tenant, from string) error {
			return w.Change(plan.BounceAll(tenant, domain, "reply", from))
		}},
		{`^the gateway knows that the account of (\w+) confirms every receipt$`, func(tenant string) error { return w.Change(plan.ReceiptMode(tenant, "always")) }},
		{`^tenant (\w+) lets the tag "\[([\w-]+)\]" ask for (dispatch|receipt|retrieval|personal|authoritative)$`, func(tenant, tag, option string) error {
			return w.Change(plan.Tag(tenant, tag, optionWords[option]))
		}},
		{`^mailbox "([^"]+)" of (\w+) (presets|may not ask for) (dispatch|receipt|retrieval|personal|authoritative)$`, func(mailbox, tenant, how, option string) error {
			return w.Change(plan.Policy(tenant, mailbox, optionWords[option], how != "presets"))
		}},
		{`^the last day of the pilot operation is (\d{4}-\d{2}-\d{2})$`, func(day string) error { return w.Change(plan.PilotUntil(day)) }},
		{`^De-Mail address "([^"]+)" of (\w+) is not mapped$`, func(demail, tenant string) error { return w.Change(plan.Unmap(tenant, demail)) }},
		{`^a confirmation of (dispatch|receipt) stays in "([^"]+)"$`, func(kind, address string) error {
			return w.Expect(check.Expectation{Kind: check.Confirmation, Nonce: w.It().Nonce, Mailbox: address, Type: "confirmation of " + kind})
		}},
	}
}
