package steps

import "demailbench/features/world"

// sending are the steps in which a person or a host sends something.
func sending(w *world.World) []binding {
	return []binding{
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail$`, func(clerk, tenant string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk})
		}},
		{`^clerk "([^"]+)" of (\w+) sends "([^"]+)" a De-Mail$`, func(clerk, tenant, to string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, To: to})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with From "([^"]+)"$`, func(clerk, tenant, from string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, From: from})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with (text with umlauts|base64 attachment|S/MIME message|20 MiB|20 MiB net|20 MiB and one octet net|the EICAR test file)$`, func(clerk, tenant, body string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, Body: body})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail and asks for confirmation of (dispatch|receipt)$`, func(clerk, tenant, kind string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, Options: []string{"confirmation-of-" + kind}})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail as "([^"]+)"$`, func(clerk, tenant, as string) error {
			return w.ServerSubmits(tenant, as, as)
		}},
		{`^clerk "([^"]+)" of (\w+) sends mail to "([^"]+)" by the gateway$`, func(clerk, tenant, to string) error {
			return w.ServerSubmitsTo(tenant, clerk, to)
		}},
		{`^clerk "([^"]+)" of (\w+) sends "([^"]+)" a De-Mail with a blind copy to "([^"]+)"$`, func(clerk, tenant, to, bcc string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, To: to, Bcc: bcc})
		}},
		{`^the account holder of (\w+) sends "([^"]+)" a De-Mail from "([^"]+)" with a blind copy to "([^"]+)"$`, func(account, to, from, bcc string) error {
			return w.HolderSendsLetter(world.Letter{Tenant: account, From: from, To: to, Bcc: bcc})
		}},
		{`^the citizen sends a De-Mail to "([^"]+)"$`, func(to string) error {
			return w.CitizenSends(to, "")
		}},
		{`^the citizen sends a De-Mail to "([^"]+)" with (text with umlauts|base64 attachment|S/MIME message|20 MiB|20 MiB net|20 MiB and one octet net|the EICAR test file)$`, w.CitizenSends},
		{`^host ([\w-]+) submits mail from "([^"]+)" to the gateway$`, func(host, from string) error {
			return w.HostSubmits(host, from, world.TenantSide, true)
		}},
		{`^the application on host ([\w-]+) submits (\d+) De-Mails from "([^"]+)" to the citizen$`, func(host string, n int, from string) error {
			return w.HostSubmitsMany(host, n, from)
		}},
		{`^host ([\w-]+) submits mail from "([^"]+)" to the gateway in clear$`, func(host, from string) error {
			return w.HostSubmits(host, from, world.TenantSide, false)
		}},
		{`^host ([\w-]+) submits mail from "([^"]+)" to (\d+\.\d+\.\d+\.\d+)$`, func(host, from, address string) error {
			return w.HostSubmits(host, from, address+":25", true)
		}},
		{`^host ([\w-]+) submits mail for "([^"]+)" to the gateway's provider side$`, w.HostPushes},
	}
}
