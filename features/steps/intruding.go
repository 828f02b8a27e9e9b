package steps

import "demailbench/features/world"

// intruding are the steps in which somebody submits what no mail program would, or as somebody else.
func intruding(w *world.World) []binding {
	return []binding{
		{`^host ([\w-]+) submits in one session mail from "([^"]+)", then mail from "([^"]+)"$`, func(host, first, second string) error { return w.Strangers().InOneSession(host, first, second) }},
		{`^host ([\w-]+) submits mail from "([^"]+)" with, behind (LF dot LF|LF dot CR LF|CR LF dot LF|CR dot CR), another from "([^"]+)"$`, func(host, from, end, hidden string) error { return w.Strangers().Hides(host, from, end, hidden) }},
		{`^host ([\w-]+) claims by (XCLIENT|PROXY) to be (\d+\.\d+\.\d+\.\d+) and submits mail from "([^"]+)"$`, func(host, way, address, from string) error { return w.Strangers().Claims(host, way, address, from) }},
		{`^host ([\w-]+) sends "([^"]+)" to the gateway before the TLS handshake$`, func(host, command string) error { return w.Strangers().Injects(host, command) }},
		{`^host ([\w-]+) has got no answer to it$`, func(host string) error { return w.Strangers().NotAnswered(host) }},
		{`^clerk "([^"]+)" of (\w+) sends mail to the citizen and to "([^"]+)" by the gateway$`, func(clerk, tenant, other string) error {
			return w.SubmitsToBoth(tenant, clerk, other)
		}},
		{`^host ([\w-]+) is refused with "([^"]+)" for "([^"]+)"$`, func(host, code, recipient string) error { return w.RefusedFor(host, recipient, code) }},
		{`^host ([\w-]+) submits mail with the null sender and From "([^"]+)" to the gateway$`, w.NullSenderSubmits},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail as "([^"]+)" with From "([^"]+)"$`, func(_, tenant, as, from string) error {
			return w.ServerSubmits(tenant, as, from)
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with the field "([^"]+)"$`, func(clerk, tenant, field string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, Fields: []string{field}})
		}},
		{`^somebody of (\w+) who is in no mapping sends the citizen a De-Mail$`, w.NobodySubmits},
		{`^the DMDA shows a certificate of (another|its own) authority$`, func(whose string) error { return w.ShowCertificate(whose == "another") }},
		{`^(\w+)'s mail server shows a certificate of (another|its own) authority$`, func(tenant, whose string) error { return w.ShowTenantCertificate(tenant, whose == "another") }},
		{`^it shows the citizen nothing of (\w+)$`, w.ShowsNothingOf},
	}
}
