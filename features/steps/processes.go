package steps

import (
	"time"

	"demailbench/features/world"
	"demailbench/features/world/cast"
)

// who are those who administer accounts, and the gateway for a tenant, as features name them.
const (
	accountant = `(the representative|KDN GmbH|SID)`
	clerks     = `(KDN GmbH|the municipality|the authority)`
)

func init() { families = append(families, accounts, commissioning, attorneys, changes, administrators) }

// acting calls f with the people of the world.
func acting(w *world.World, f func(c *cast.Company) error) error {
	return f(w.Cast())
}

// accounts are the steps about an authority's De-Mail account at the DMDA.
func accounts(w *world.World) []binding {
	return []binding{
		{`^(\w+) orders a De-Mail account$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.OrderAccount(id, "") })
		}},
		{`^(\w+) orders a De-Mail account and names (KDN GmbH|SID) as its administrator$`, func(id, who string) error {
			return acting(w, func(c *cast.Company) error { return c.OrderAccount(id, who) })
		}},
		{`^the DMDA identifies the representative of (\w+) and enables the account$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.Open(id) })
		}},
		{`^` + accountant + ` activates the account of (\w+)$`, func(who, id string) error {
			return acting(w, func(c *cast.Company) error { return c.Activate(id, who) })
		}},
		{`^the DMDA does not let ` + accountant + ` activate the account of (\w+)$`, func(who, id string) error {
			return acting(w, func(c *cast.Company) error { return c.CannotActivate(id, who) })
		}},
		{`^` + accountant + ` opens mailbox "([^"]+)" in the account of (\w+)$`, func(who, address, id string) error {
			return acting(w, func(c *cast.Company) error { return c.AddMailbox(id, who, address) })
		}},
		{`^the DMDA does not let ` + accountant + ` open mailbox "([^"]+)" in the account of (\w+)$`, func(who, address, id string) error {
			return acting(w, func(c *cast.Company) error { return c.CannotAddMailbox(id, who, address) })
		}},
		{`^` + accountant + ` opens subdomain (\S+) in the account of (\w+)$`, func(who, name, id string) error {
			return acting(w, func(c *cast.Company) error { return c.AddSubdomain(id, who, name) })
		}},
		{`^the DMDA does not let ` + accountant + ` open subdomain (\S+) in the account of (\w+)$`, func(who, name, id string) error {
			return acting(w, func(c *cast.Company) error { return c.CannotAddSubdomain(id, who, name) })
		}},
		{`^the account of (\w+) is activated, bound to SID and has mailbox "([^"]+)"$`, func(id, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.Shows(id, mailbox) })
		}},
		{`^the bill of (\w+) has (\d+) info mailbox(?:es)? to be paid$`, func(id string, n int) error {
			return acting(w, func(c *cast.Company) error { return c.Charges(id, n) })
		}},
		{`^the DMDA takes the account of (\w+) off the ITSP$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.Unbind(id) })
		}},
		{`^(\w+) leaves the DMDA at the end of the pilot, and its domains are released$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.Leave(id) })
		}},
	}
}

// commissioning are the steps by which a tenant comes to use the gateway.
func commissioning(w *world.World) []binding {
	return []binding{
		{`^(\w+) is ready to be commissioned for direction "(both|receive-only|send-only)?"$`, func(id, direction string) error {
			return acting(w, func(c *cast.Company) error { return c.Prepared(id, "", direction) })
		}},
		{`^(\w+) uses the gateway service$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.Established(id, "") })
		}},
		{`^(\w+) uses the gateway service, and (KDN GmbH|SID) is administrator of its account$`, func(id, who string) error {
			return acting(w, func(c *cast.Company) error { return c.Established(id, who) })
		}},
		{`^(\w+) accepts the terms of use and orders the commissioning for direction "(both|receive-only|send-only)"$`, func(id, direction string) error {
			return acting(w, func(c *cast.Company) error { return c.AcceptAndOrder(id, direction) })
		}},
		{`^SID enrols (\w+)$`, func(id string) error { return acting(w, func(c *cast.Company) error { return c.Enrol(id) }) }},
		{`^(\w+) is (among|not among) the tenants of the gateway$`, func(id, how string) error {
			if err := acting(w, func(c *cast.Company) error { return c.List() }); err != nil {
				return err
			}
			item := []string{`{"tenant":"` + id + `"}`}
			if how == "among" {
				return w.Office().AnswerLists(item, nil)
			}
			return w.Office().AnswerLists(nil, item)
		}},
		{`^SID tries to enrol (\w+)$`, func(id string) error { return acting(w, func(c *cast.Company) error { return c.TryEnrol(id) }) }},
		{`^SID tries to enrol (\w+) without its (named administrators|process owner|technical contact)$`, func(id, what string) error {
			return acting(w, func(c *cast.Company) error { return c.TryEnrolWithout(id, what) })
		}},
		{`^SID enrols (\d+) further municipalities$`, func(n int) error {
			return acting(w, func(c *cast.Company) error { return c.EnrolFurther(n) })
		}},
		{`^SID makes the administrators of (\w+)$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.GiveAdministrators(id) })
		}},
		{`^SID commissions the gateway for (\w+), each kind of change on its change request$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.CommissionByOperator(id) })
		}},
		{`^` + clerks + ` assigns domain (\S+) of (\w+) to the gateway$`, func(who, domain, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.Assign(who, tenant, domain) })
		}},
		{`^` + clerks + ` tries to assign domain (\S+) of (\w+) to the gateway$`, func(who, domain, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryAssign(who, tenant, domain) })
		}},
		{`^` + clerks + ` sets the connection and the initial mapping of (\w+)$`, func(who, id string) error {
			return acting(w, func(c *cast.Company) error { return c.SetUp(who, id) })
		}},
		{`^` + clerks + ` commissions the gateway for (\w+)$`, func(who, id string) error {
			return acting(w, func(c *cast.Company) error { return c.Commission(who, id) })
		}},
		{`^(\w+) ends the commissioning$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.EndCommissioning(id) })
		}},
		{`^(\w+) states direction "(both|receive-only|send-only)" for (?:sub)?domain (\S+)$`, func(id, direction, domain string) error {
			return acting(w, func(c *cast.Company) error { return c.StateDirection(id, "kdn-gmbh", domain, direction) })
		}},
	}
}

// attorneys are the steps about powers of attorney, and what is done by them or without.
func attorneys(w *world.World) []binding {
	return []binding{
		{`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) days$`, func(id, roles string, days int) error {
			return acting(w, func(c *cast.Company) error { return c.GivePower(id, roles, days) })
		}},
		{`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) seconds$`, func(id, roles string, n int) error {
			return acting(w, func(c *cast.Company) error { return c.GivePowerFor(id, roles, time.Duration(n)*time.Second) })
		}},
		{`^(\w+) gives KDN GmbH a power of attorney as "([a-z, -]+)" without end$`, func(id, roles string) error {
			return acting(w, func(c *cast.Company) error { return c.GivePower(id, roles, 0) })
		}},
		{`^(\w+) tries to give KDN GmbH a power of attorney as "([a-z, -]+)" for (\d+) days$`, func(id, roles string, days int) error {
			return acting(w, func(c *cast.Company) error { return c.TryPower(id, roles, days, true) })
		}},
		{`^(\w+) tries to give KDN GmbH a power of attorney as "([a-z, -]+)" without the signed paper$`, func(id, roles string) error {
			return acting(w, func(c *cast.Company) error { return c.TryPower(id, roles, 0, false) })
		}},
		{`^(\w+) revokes the power of attorney$`, func(id string) error {
			return acting(w, func(c *cast.Company) error { return c.RevokePower(id) })
		}},
	}
}

// changes are the steps by which somebody changes a tenant's part of the gateway, or tries to.
func changes(w *world.World) []binding {
	return []binding{
		{`^` + clerks + ` maps "([^"]+)" to "([^"]+)" for (\w+)$`, func(who, mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.Map(who, tenant, mail, demail) })
		}},
		{`^` + clerks + ` tries to map "([^"]+)" to "([^"]+)" for (\w+)$`, func(who, mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryMap(who, tenant, mail, demail) })
		}},
		{`^KDN GmbH tries with the power of attorney of (\w+) to map "([^"]+)" to "([^"]+)" for (\w+)$`, func(giver, mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryMapBy(giver, tenant, mail, demail) })
		}},
		{`^KDN GmbH tries to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+) at the gateway$`, func(object, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryAccountChange(tenant, object) })
		}},
		{`^SID tries to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`, func(object, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryIntervene(tenant, object, false, false) })
		}},
		{`^SID tries on a change request only to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`, func(object, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryIntervene(tenant, object, false, true) })
		}},
		{`^SID tries on a written order only to have (?:mailbox|subdomain) "([^"]+)" opened in the account of (\w+)$`, func(object, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryIntervene(tenant, object, true, false) })
		}},
		{`^(\w+) orders in writing that SID opens subdomain (\S+), and SID documents it on a change request$`, func(tenant, object string) error {
			return acting(w, func(c *cast.Company) error { return c.Intervene(tenant, object) })
		}},
		{`^(\w+) gives SID a power of attorney as "([a-z, -]+)" without end$`, func(id, roles string) error {
			return acting(w, func(c *cast.Company) error { return c.GivePowerTo("SID", id, roles) })
		}},
		{`^SID maps by power of attorney "([^"]+)" to "([^"]+)" for (\w+)$`, func(mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.Map("SID", tenant, mail, demail) })
		}},
		{`^SID tries by power of attorney to set CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`, func(domain, tenant, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.TryCatchAll("SID", tenant, domain, mailbox) })
		}},
		{`^SID tries on a change request about "(users|smtp|domains)" to map "([^"]+)" to "([^"]+)" for (\w+)$`, func(kind, mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryMapOnChange(kind, tenant, mail, demail) })
		}},
		{`^SID off-boards (\w+)$`, func(tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.Offboard(tenant) })
		}},
		{`^the municipality takes "([^"]+)" off "([^"]+)" in the mapping of (\w+)$`, func(mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.Unmap(tenant, mail, demail) })
		}},
		{`^the municipality tries to set BounceAll of domain (\S+) of (\w+)$`, func(domain, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryBounceAll(tenant, domain) })
		}},
		{`^the municipality sets the next hop of (\w+) to (\S+) port (\d+)$`, func(tenant, host string, port int) error {
			return acting(w, func(c *cast.Company) error { return c.SetNextHop(tenant, host, port) })
		}},
		{`^` + clerks + ` sets CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`, func(who, domain, tenant, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.CatchAll(who, tenant, domain, mailbox) })
		}},
		{`^` + clerks + ` tries to set CatchAll of domain (\S+) of (\w+) to "([^"]+)"$`, func(who, domain, tenant, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.TryCatchAll(who, tenant, domain, mailbox) })
		}},
		{`^` + clerks + ` makes gateway administrator "([^"]+)" of (\w+) as "([a-z, -]+)"$`, func(who, person, tenant, roles string) error {
			return acting(w, func(c *cast.Company) error { return c.MakeUser(who, tenant, person, roles) })
		}},
		{`^` + clerks + ` tries to make gateway administrator "([^"]+)" of (\w+) as "([a-z, -]+)"$`, func(who, person, tenant, roles string) error {
			return acting(w, func(c *cast.Company) error { return c.TryUser(who, tenant, person, roles) })
		}},
	}
}

// administrators are the steps about what single persons who administer a tenant's part may do.
func administrators(w *world.World) []binding {
	return []binding{
		{`^administrator "([^"]+)" sees only tenant (\w+)$`, func(person, tenant string) error {
			if err := acting(w, func(c *cast.Company) error { return c.See(person, tenant) }); err != nil {
				return err
			}
			return w.Office().AnswerLists([]string{`{"tenant":"` + tenant + `"}`}, []string{`{"tenant":"radebeul"}`, `{"tenant":"annaberg"}`})
		}},
		{`^administrator "([^"]+)" of (\w+) maps "([^"]+)" to "([^"]+)"$`, func(person, tenant, mail, demail string) error {
			return acting(w, func(c *cast.Company) error { return c.PersonMaps(person, tenant, mail, demail) })
		}},
		{`^administrator "([^"]+)" of (\w+) tries to map "([^"]+)" to "([^"]+)"$`, func(person, tenant, mail, demail string) error {
			return acting(w, func(c *cast.Company) error { return c.PersonTriesMap(person, tenant, mail, demail) })
		}},
		{`^administrator "([^"]+)" of (\w+) sets CatchAll of domain (\S+) to "([^"]+)"$`, func(person, tenant, domain, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.PersonSetsCatchAll(person, tenant, domain, mailbox) })
		}},
		{`^administrator "([^"]+)" of (\w+) tries to set CatchAll of domain (\S+) to "([^"]+)"$`, func(person, tenant, domain, mailbox string) error {
			return acting(w, func(c *cast.Company) error { return c.PersonTriesCatchAll(person, tenant, domain, mailbox) })
		}},
		{`^administrator "([^"]+)" of (\w+) tries to make administrator "([^"]+)" as "([a-z-]+)"$`, func(person, tenant, other, role string) error {
			return acting(w, func(c *cast.Company) error { return c.PersonTriesUser(person, tenant, other, role) })
		}},
		{`^SID makes on a change request gateway administrator "([^"]+)" of (\w+)$`, func(person, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.MakeUserOnChange(tenant, person, "account-admin") })
		}},
		{`^SID tries without a change request to make gateway administrator "([^"]+)" of (\w+)$`, func(person, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryUserWithoutChange(tenant, person, "account-admin") })
		}},
		{`^the municipality tries to revoke its only User Admin of (\w+)$`, func(tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.TryRevokeUserAdmin(tenant) })
		}},
		{`^the Support Administrator of SID tries to enrol another municipality without a change request$`, func() error {
			return acting(w, func(c *cast.Company) error { return c.SupportTriesEnrol() })
		}},
		{`^the Support Administrator of SID tries to map "([^"]+)" to "([^"]+)" for (\w+) without a change request$`, func(mail, demail, tenant string) error {
			return acting(w, func(c *cast.Company) error { return c.SupportTriesMap(tenant, mail, demail) })
		}},
	}
}
