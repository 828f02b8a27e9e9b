package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
)

// network are the steps that change lines, names and the communication matrix.
func network(w *world.World) []binding {
	return []binding{
		{`^(\d+) (second|minute|hour|day)s? pass$`, func(n int, unit string) error {
			d, err := span(n, unit)
			if err != nil {
				return err
			}
			return w.Pass(d)
		}},
		{`^the line of (\w+) is cut$`, func(tenant string) error { return w.CutLine(tenant) }},
		{`^the line of (\w+) is healed$`, func(tenant string) error { return w.HealLine(tenant) }},
		{`^matrix entry (\S+) is removed$`, func(id string) error { return w.RemoveEntry(id) }},
		{`^matrix entry (\S+) is added again$`, func(id string) error { return w.RestoreEntry(id) }},
		{`^the matrix also lets ([\w-]+) reach ([\w-]+) on port (\d+)$`, func(from, to, p string) error {
			n, err := port(p)
			if err != nil {
				return err
			}
			return w.AddEntry(from, to, n)
		}},
		{`^the (internal|internet) name server answers SERVFAIL for (\d+) (minute|hour)s?$`, func(view string, n int, unit string) error {
			d, err := span(n, unit)
			if err != nil {
				return err
			}
			return w.FailNames(view, d)
		}},
		{`^(\w+)'s mail server offers STARTTLS$`, func(tenant string) error { return w.OfferSTARTTLS(tenant, true) }},
		{`^(\w+)'s mail server does not offer STARTTLS$`, func(tenant string) error { return w.OfferSTARTTLS(tenant, false) }},
	}
}

// wires are the steps about what can be seen on the wire.
func wires(w *world.World) []binding {
	return []binding{
		{`^host ([\w-]+) is reached on port (\d+) from (\S+)$`, func(host, p, from string) error {
			n, err := port(p)
			if err != nil {
				return err
			}
			return w.Expect(check.Expectation{Kind: check.Source, Who: host, Port: n, Address: from})
		}},
		{`^router ([\w-]+) drops packets from (\S+) to port (\d+) by rule (\S+)$`, func(router, from, p, rule string) error {
			n, err := port(p)
			if err != nil {
				return err
			}
			return w.Expect(check.Expectation{Kind: check.Dropped, Who: router, Address: from, Port: n, Rule: rule})
		}},
		{`^between the gateway and ([\w-]+) nothing is sent in clear$`, func(host string) error {
			return w.Expect(check.Expectation{Kind: check.Encrypted, Nonce: w.It().Nonce, Who: host, Links: w.GatewayLinks()})
		}},
		{`^nothing of it is readable on the links of segment ([\w-]+)$`, func(segment string) error {
			links, err := w.LinksOf(segment)
			if err != nil {
				return err
			}
			return w.Expect(check.Expectation{Kind: check.Hidden, Nonce: w.It().Nonce, Links: links})
		}},
	}
}
