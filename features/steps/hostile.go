package steps

import "demailbench/features/world"

// misuses are the steps of a gateway in wrong hands, with the operator's card.
func misuses(w *world.World) []binding {
	return []binding{
		{`^a gateway in wrong hands sends the citizen a De-Mail as "([^"]+)"$`, func(as string) error { return w.Hostile().Misuse(as, as) }},
		{`^a gateway in wrong hands sends the citizen a De-Mail as "([^"]+)" with From "([^"]+)"$`, func(as, from string) error {
			return w.Hostile().Misuse(as, from)
		}},
		{`^a gateway in wrong hands sends the citizen a De-Mail as "([^"]+)" with the field "([^"]+)"$`, func(as, field string) error {
			return w.Hostile().Misuse(as, as, field)
		}},
		{`^a gateway in wrong hands speaks as "([^"]+)" before the DMDA has greeted$`, func(as string) error { return w.Hostile().SpeaksEarly(as) }},
		{`^a gateway in wrong hands sends as "([^"]+)" and the line is cut at (.+)$`, func(as, stage string) error { return w.Hostile().Cuts(stage, as) }},
		{`^a gateway in wrong hands opens (\d+) connections at once$`, func(n int) error { return w.Hostile().Floods(n) }},
		{`^the DMDA's link refuses with "([^"]+)" at (CONNECT|AUTH|MAIL|RCPT|DATA|END)$`, func(code, verb string) error { return w.Hostile().LinkRefuses(verb, code) }},
	}
}
