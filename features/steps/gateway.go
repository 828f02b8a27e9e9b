package steps

import (
	"demailbench/features/check"
	"demailbench/features/world"
)

// gateway are the steps about the gateway as a process and about its DMDA.
func gateway(w *world.World) []binding {
	return []binding{
		{`^the gateway will be killed in the instant in which ([\w-]+) reads its 250$`, func(host string) error { return w.ArmKill(host) }},
		{`^the gateway has been killed$`, func() error { return w.Killed() }},
		{`^the gateway is stopped$`, func() error { return w.StopGateway() }},
		{`^the gateway is started again$`, func() error { return w.Restart() }},
		{`^the DMDA answers (\d{3}) to (MAIL|RCPT|DATA) for (\d+) (minute|hour)s?$`, func(code int, verb string, n int, unit string) error {
			d, err := span(n, unit)
			if err != nil {
				return err
			}
			return w.FailDMDA(verb, code, d)
		}},
		{`^the DMDA's reply to the end of data is lost once$`, func() error { return w.LoseReply() }},
		{`^the account of (\w+) is (bound|not bound) to the ITSP$`, func(account, how string) error { return w.DMDA().Bind(account, how == "bound") }},
		{`^the gateway has tried host ([\w-]+) at least (\d+) times in vain$`, func(host string, n int) error {
			return w.Expect(check.Expectation{Kind: check.Tries, Nonce: w.It().Nonce, Who: host, Times: n})
		}},
	}
}
