package fault

import (
	"net/netip"
	"strings"

	"demailbench/features/sut"
	"demailbench/gateway"
	"demailbench/gateway/tenant"
)

// Altered are the gateway's rules with some replaced; what is nil is as it was.
type Altered struct {
	tenant.Rules
	// Setup is what the gateway is told to serve.
	Setup sut.Setup

	// The functions that stand in the place of the rules of the same name.
	OnConnect    func(src netip.Addr) (tenant.Tenant, *tenant.Refusal)
	OnTransport  func(t tenant.Tenant, src netip.Addr, tls bool) *tenant.Refusal
	OnSender     func(t tenant.Tenant, envelope string) (string, *tenant.Refusal)
	OnHeaderFrom func(t tenant.Tenant, demail, from string) *tenant.Refusal
	OnRecipient  func(t tenant.Tenant, to string) (string, *tenant.Refusal)
	OnPublic     func(t tenant.Tenant, address string) (string, bool)
	OnOptions    func(t tenant.Tenant, mailboxes ...string) tenant.Wishes
	OnInbound    func(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal)
}

// Rules is a fault that replaces rules; do sets them.
func Rules(do func(*Altered)) Fault {
	return Fault{Deps: func(d *gateway.Deps, s sut.Setup) {
		d.Rules = func(r tenant.Rules) tenant.Rules {
			a := &Altered{Rules: r, Setup: s}
			do(a)
			return a
		}
	}}
}

// Connect implements tenant.Rules.
func (a *Altered) Connect(src netip.Addr) (tenant.Tenant, *tenant.Refusal) {
	if a.OnConnect != nil {
		return a.OnConnect(src)
	}
	return a.Rules.Connect(src)
}

// Transport implements tenant.Rules.
func (a *Altered) Transport(t tenant.Tenant, src netip.Addr, tls bool) *tenant.Refusal {
	if a.OnTransport != nil {
		return a.OnTransport(t, src, tls)
	}
	return a.Rules.Transport(t, src, tls)
}

// Sender implements tenant.Rules.
func (a *Altered) Sender(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
	if a.OnSender != nil {
		return a.OnSender(t, envelope)
	}
	return a.Rules.Sender(t, envelope)
}

// HeaderFrom implements tenant.Rules.
func (a *Altered) HeaderFrom(t tenant.Tenant, demail, from string) *tenant.Refusal {
	if a.OnHeaderFrom != nil {
		return a.OnHeaderFrom(t, demail, from)
	}
	return a.Rules.HeaderFrom(t, demail, from)
}

// Recipient implements tenant.Rules.
func (a *Altered) Recipient(t tenant.Tenant, to string) (string, *tenant.Refusal) {
	if a.OnRecipient != nil {
		return a.OnRecipient(t, to)
	}
	return a.Rules.Recipient(t, to)
}

// Public implements tenant.Rules.
func (a *Altered) Public(t tenant.Tenant, address string) (string, bool) {
	if a.OnPublic != nil {
		return a.OnPublic(t, address)
	}
	return a.Rules.Public(t, address)
}

// Options implements tenant.Rules.
func (a *Altered) Options(t tenant.Tenant, mailboxes ...string) tenant.Wishes {
	if a.OnOptions != nil {
		return a.OnOptions(t, mailboxes...)
	}
	return a.Rules.Options(t, mailboxes...)
}

// Inbound implements tenant.Rules.
func (a *Altered) Inbound(to string, from tenant.Author) (tenant.Delivery, *tenant.Refusal) {
	if a.OnInbound != nil {
		return a.OnInbound(to, from)
	}
	return a.Rules.Inbound(to, from)
}

// Row is the De-Mail address that a mailbox is mapped to, with its tenant; "" when it is in no row.
func (a *Altered) Row(mail string) (demail string, t sut.Tenant) {
	for _, t := range a.Setup.Tenants {
		for _, p := range t.Mapping {
			if strings.EqualFold(p.Mail, mail) {
				return strings.ToLower(p.DeMail), t
			}
		}
	}
	return "", sut.Tenant{}
}

// Boxes are the mailboxes that a De-Mail address is mapped to, with their tenant.
func (a *Altered) Boxes(demail string) (boxes []string, t sut.Tenant) {
	for _, x := range a.Setup.Tenants {
		for _, p := range x.Mapping {
			if strings.EqualFold(p.DeMail, demail) {
				boxes, t = append(boxes, strings.ToLower(p.Mail)), x
			}
		}
	}
	return boxes, t
}

// Domain is a De-Mail domain of the set-up with its tenant.
func (a *Altered) Domain(name string) (sut.Domain, sut.Tenant) {
	for _, t := range a.Setup.Tenants {
		for _, d := range t.Domains {
			if strings.EqualFold(d.Name, name) {
				return d, t
			}
		}
	}
	return sut.Domain{}, sut.Tenant{}
}

// Foreign is the first mailbox of the first tenant that is not t.
func (a *Altered) Foreign(t string) (mailbox, tenant string) {
	for _, x := range a.Setup.Tenants {
		if x.ID != t && len(x.Mapping) > 0 {
			return strings.ToLower(x.Mapping[0].Mail), x.ID
		}
	}
	return "", ""
}

// DomainOf is the part of an address behind the @.
func DomainOf(address string) string {
	_, d, _ := strings.Cut(address, "@")
	return d
}

// Refused is a refusal by policy.
func Refused(code int, text string) *tenant.Refusal {
	return tenant.Refuse(code, [3]int{code / 100, 7, 1}, text)
}

// Anyone finds a sender in the whole book, whoever's host it is.
func (a *Altered) Anyone(t tenant.Tenant, envelope string) (string, *tenant.Refusal) {
	if demail, _ := a.Row(envelope); demail != "" {
		return demail, nil
	}
	return a.Rules.Sender(t, envelope)
}
