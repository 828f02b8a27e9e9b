package steps

import (
	"fmt"
	"strings"

	"demailbench/features/check"
	"demailbench/features/world"
	"demailbench/features/world/letter"
)

// optionWords are the options as features name them, and the ends of their header fields (TR-01201-3.4
// 3.1.2-3.1.6).
var optionWords = map[string]string{"dispatch": "confirmation-of-dispatch", "receipt": "confirmation-of-receipt",
	"retrieval": "confirmation-of-retrieve", "personal": "private", "authoritative": "authoritative"}

// shortID is the length of a private-id about which nothing is said, in characters.
const shortID = 40

// confirming are the steps about options and the confirmations that they bring, as one set.
func confirming(w *world.World) []binding {
	confirmed := func(list, mailbox string) error {
		kinds := listed(list)
		address := w.It().To
		return w.Expect(check.Expectation{Kind: check.Confirmed, Nonce: w.It().Nonce, Mailbox: mailbox, Contains: kinds, Address: address})
	}
	titled := func(tag string) error {
		return w.Expect(check.Expectation{Kind: check.Titled, Nonce: w.It().Nonce, Mailbox: world.Citizen, Text: tag + letter.Subject(w.It().Nonce)})
	}
	return []binding{
		{`^clerk "([^"]+)" of (\w+) sends "([^"]+)" a De-Mail with options "([^"]*)"$`, func(clerk, tenant, to, list string) error {
			o, err := options(list)
			if err != nil {
				return err
			}
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, To: to, Options: o, PrivateID: shortID})
		}},
		{`^the account holder of (\w+) sends "([^"]+)" the EICAR test file from "([^"]+)" with options "([^"]*)"$`, func(account, to, from, list string) error {
			o, err := options(list)
			if err != nil {
				return err
			}
			return w.HolderSendsLetter(world.Letter{Tenant: account, From: from, To: to, Body: "the EICAR test file", Options: o})
		}},
		{`^the account holder of (\w+) sends "([^"]+)" a De-Mail from "([^"]+)" with options "([^"]*)"$`, func(account, to, from, list string) error {
			o, err := options(list)
			if err != nil {
				return err
			}
			return w.HolderSendsLetter(world.Letter{Tenant: account, From: from, To: to, Options: o, PrivateID: shortID})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with tag "\[([\w-]+)\]" in its subject$`, func(clerk, tenant, tag string) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, Tag: tag})
		}},
		{`^clerk "([^"]+)" of (\w+) sends the citizen a De-Mail with a private-id of (\d+) characters and asks for dispatch$`, func(clerk, tenant string, n int) error {
			return w.ClerkSends(world.Letter{Tenant: tenant, Clerk: clerk, PrivateID: n, Options: []string{optionWords["dispatch"]}})
		}},
		{`^its subject in the citizen's mailbox has no tag$`, func() error { return titled("") }},
		{`^its subject in the citizen's mailbox still has the tag "\[([\w-]+)\]"$`, func(tag string) error { return titled("[" + tag + "] ") }},
		{`^exactly the confirmations "([^"]*)" of it arrive in mailbox "([^"]+)"$`, confirmed},
	}
}

// listed parts "dispatch, receipt"; "none" is nothing.
func listed(list string) []string {
	if list == "none" {
		return nil
	}
	return strings.Split(list, ", ")
}

// options reads a list of option words.
func options(list string) ([]string, error) {
	var out []string
	for _, word := range listed(list) {
		o, ok := optionWords[word]
		if !ok {
			return nil, fmt.Errorf("no option %q; use dispatch, receipt, retrieval, personal, authoritative or none", word)
		}
		out = append(out, o)
	}
	return out, nil
}
