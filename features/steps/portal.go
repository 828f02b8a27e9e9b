package steps

import "demailbench/features/world"

// can is how sentences say that something works or is refused.
const can = `(can|cannot)`

// atPortal are the steps of people at the DMDA's own access.
func atPortal(w *world.World) []binding {
	return []binding{
		{`^the (\w+) of (\w+) ` + can + ` sign in at the portal at level (normal|high)$`, func(person, account, how, level string) error {
			return w.Browser().SignsIn(person, account, level, how == "can")
		}},
		{`^the account holder of (\w+) signs in at level high$`, func(account string) error {
			return w.Browser().SignsIn("account holder", account, "high", true)
		}},
		{`^the (\w+) of (\w+) mistypes the password (\d+) times$`, func(person, account string, n int) error {
			return w.Browser().Mistypes(person, account, n)
		}},
		{`^the (\w+) of (\w+) ` + can + ` send "([^"]+)" a De-Mail by the portal$`, func(person, account, how, to string) error {
			return w.Browser().Sends(person, account, to, how == "can")
		}},
		{`^the (\w+) of (\w+) ` + can + ` read "([^"]+)" in the portal$`, func(person, account, how, mailbox string) error {
			return w.Browser().Reads(person, account, mailbox, how == "can")
		}},
		{`^the (\w+|account holder) of (\w+) finds it in the portal in "([^"]+)"$`, func(person, account, mailbox string) error {
			return w.Browser().Finds(person, account, mailbox, false)
		}},
		{`^the account holder of (\w+) finds it in the portal among what "([^"]+)" sent$`, func(account, mailbox string) error {
			return w.Browser().Finds("account holder", account, mailbox, true)
		}},
		{`^the (\w+) of (\w+) exports it from "([^"]+)", and it proves itself$`, func(person, account, mailbox string) error {
			return w.Browser().Exports(person, account, mailbox)
		}},
		{`^in the account of (\w+) the (\w+) ` + can + ` ([a-z][a-z -]+)$`, func(account, person, how, what string) error {
			return w.Browser().Changes(person, account, what, how == "can")
		}},
		{`^the (\w+) of (\w+) ` + can + ` activate the account$`, func(person, account, how string) error {
			return w.Browser().Activates(person, account, how == "can")
		}},
	}
}

// lives are the steps of an account's life by the words that features have for them.
var lives = map[string]string{"registers": "register", "blocks": "block", "unblocks": "unblock", "restricts": "restrict", "dissolves": "dissolve"}

// staff are the steps of the DMDA's own people.
func staff(w *world.World) []binding {
	return []binding{
		{`^(\w+) hands in its order sheet$`, func(id string) error { return w.Browser().Orders(id, "nothing", true) }},
		{`^the order sheet of (\w+) is (taken|sent back) without (.+)$`, func(id, how, missing string) error {
			return w.Browser().Orders(id, missing, how == "taken")
		}},
		{`^the DMDA (registers|blocks|unblocks|restricts|dissolves) the account of (\w+)$`, func(does, id string) error {
			return w.Browser().Step(id, lives[does], "", true)
		}},
		{`^the DMDA cannot (register|enable|dissolve) the account of (\w+) yet$`, func(step, id string) error { return w.Browser().Step(id, step, "", false) }},
		{`^the DMDA enables the account of (\w+)$`, func(id string) error { return w.Browser().Enable(id) }},
		{`^these letters and no others go out by post: "([^"]*)"$`, func(letters string) error { return w.Browser().SentByPost(letters) }},
		{`^an agent of the DMDA identifies the (\w+) of (\w+) in person$`, func(person, id string) error {
			return w.Browser().Step(id, "identify", person, true)
		}},
		{`^the (\w+) of (\w+) has lost the token$`, func(person, id string) error { return w.Browser().Step(id, "lose-token", person, true) }},
		{`^the contract of (\w+) ends$`, func(id string) error { return w.Browser().Ends(id, false) }},
		{`^the contract of (\w+) ends and its domains are released$`, func(id string) error { return w.Browser().Ends(id, true) }},
		{`^the holder of (\w+) is told that the account will be dissolved$`, func(id string) error { return w.Browser().Step(id, "announce", "", true) }},
		{`^the DMDA ` + can + ` bind the account of (\w+) to ITSP "(\d+)"$`, func(how, id, number string) error {
			return w.Browser().Binds(id, number, how == "can")
		}},
		{`^the DMDA switches the gateway access of (\w+) (on|off)$`, func(id, how string) error { return w.Browser().SwitchesGateway(id, how == "on") }},
		{`^the account of (\w+) has storage for (\d+) kB$`, func(id string, kB int) error { return w.Browser().Stores(id, int64(kB)*1000) }},
		{`^on the bill of (\w+) stand (\d+) of "([^"]+)", (\d+) of them at a price$`, func(account string, n int, item string, cost int) error {
			return w.Browser().Bills("representative", account, item, n, cost)
		}},
		{`^the hotline (serves|sends away) the (\w+) of (\w+)$`, func(how, person, id string) error {
			return w.Browser().Step(id, "support", person, how == "serves")
		}},
		{`^the DMDA has documented "([^"]+)" about the account of (\w+)$`, func(words, id string) error { return w.Browser().Logs(id, words) }},
		{`^the DMDA announces maintenance to all participants$`, func() error { return w.Browser().AnnouncesMaintenance() }},
		{`^the DMDA has on record that the sign-in of "([^"]+)" was refused$`, func(person string) error {
			return w.Browser().Notes("dmda.sign-in refused", person)
		}},
		{`^the DMDA raises an alarm about "([^"]+)"$`, func(words string) error { return w.Browser().Notes("dmda.alarm", words) }},
	}
}
