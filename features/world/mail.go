package world

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"demailbench/features/check"
	"demailbench/features/world/letter"
	"demailbench/sim/demail"
	"demailbench/sim/lab"
	"demailbench/sim/wire"
)

// Citizen is the De-Mail address of the person outside: a pseudonym (TR-01201-2.1 2.1), as the bench
// invents no names.
const Citizen = "pn_buergerin@t-systems.de-mail.de"

// TenantSide is the gateway's listener for tenants, when a step does not name an address.
const TenantSide = ""

// Letter is what a clerk sends.
type Letter struct {
	// Tenant is the tenant's id, Clerk the e-mail address of the person.
	Tenant, Clerk string
	// From is the address in the From field; empty means Clerk. To is the recipient; empty means the citizen.
	From, To string
	// Body is the kind of body, Options the De-Mail options asked for.
	Body    string
	Options []string
	// PrivateID is the number of characters of its private-id, 0 for none.
	PrivateID int
	// Tag stands in brackets at the beginning of the subject; empty for none.
	Tag string
	// Fields are further lines of the header.
	Fields []string
	// Bcc gets a blind copy; empty for nobody.
	Bcc string
}

// recipients are who a mail goes to.
func (l Letter) recipients(m *letter.Mail) []string {
	if l.Bcc == "" {
		return []string{m.To}
	}
	return []string{m.To, l.Bcc}
}

// It returns the mail that was sent last.
func (w *World) It() *letter.Mail {
	if w.it == nil {
		panic("this step needs a mail, and none was sent before it")
	}
	return w.it
}

func (w *World) tenant(id string) (*lab.Tenant, error) {
	if t := w.o.Profile.Tenant(id); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("no tenant %q in profile %s", id, w.o.Profile.Name)
}

// ClerkSends sends a letter to the citizen the ordinary way: from the desk to the tenant's own mail server,
// which passes it on.
func (w *World) ClerkSends(l Letter) error {
	t, err := w.tenant(l.Tenant)
	if err != nil {
		return err
	}
	from := l.From
	if from == "" {
		from = l.Clerk
	}
	to := l.To
	if to == "" {
		to = Citizen
	}
	m, err := w.desk.Compose(letter.Draft{Envelope: l.Clerk, From: from, To: to, Body: l.Body, Options: l.Options, PrivateID: l.PrivateID, Tag: l.Tag, Fields: l.Fields})
	if err != nil {
		return err
	}
	m.Who, m.Server = t.Desk, t.MailServer
	w.it = m
	server := w.o.Profile.Topology.Host(t.MailServer).Address.Addr
	out := w.lab.Client(t.Desk).Send(context.Background(), netip.AddrPortFrom(server, 25).String(), wire.Envelope{From: m.From, To: l.recipients(m)}, m.Message)
	if err := out.Err(); err != nil {
		return fmt.Errorf("the clerk's own mail server does not take the mail: %w", err)
	}
	return w.Assume(check.Expectation{Kind: check.Submitted, Nonce: m.Nonce, Who: m.Who})
}

// ServerSubmits lets the tenant's mail server submit a mail straight to the gateway, under any sender.
func (w *World) ServerSubmits(tenant, envelope, from string) error {
	return w.straight(tenant, letter.Draft{Envelope: envelope, From: from, To: Citizen})
}

// ServerSubmitsTo lets the tenant's mail server submit a clerk's mail to any recipient by the gateway.
func (w *World) ServerSubmitsTo(tenant, clerk, to string) error {
	return w.straight(tenant, letter.Draft{Envelope: clerk, From: clerk, To: to})
}

func (w *World) straight(tenant string, d letter.Draft) error {
	t, err := w.tenant(tenant)
	if err != nil {
		return err
	}
	return w.submit(t.MailServer, d, w.gatewayAddress(25), true)
}

// HostSubmits lets any host submit a mail to the citizen to address, or to the gateway, with or without
// STARTTLS.
func (w *World) HostSubmits(host, from, address string, secure bool) error {
	if address == TenantSide {
		address = w.gatewayAddress(25)
	}
	return w.submit(host, letter.Draft{Envelope: from, From: from, To: Citizen}, address, secure)
}

// submit hands a mail over and leaves it to the record what became of it.
func (w *World) submit(host string, d letter.Draft, address string, secure bool) error {
	m, err := w.desk.Compose(d)
	if err != nil {
		return err
	}
	m.Who, m.Server = host, host
	w.it = m
	c := w.client(host)
	c.STARTTLS = wire.Never
	if secure {
		c.STARTTLS = wire.Required
	}
	c.Send(context.Background(), address, wire.Envelope{From: m.From, To: []string{m.To}}, m.Message)
	return nil
}

// HostSubmitsMany lets an application on a host submit n mails to the citizen, one after the other. What they have in
// common is the first one's nonce.
func (w *World) HostSubmitsMany(host string, n int, from string) error {
	var prefix string
	for i := range n {
		d := letter.Draft{Envelope: from, From: from, To: Citizen}
		if i > 0 {
			d.Nonce = fmt.Sprintf("%s-%04d", prefix, i)
		}
		if err := w.submit(host, d, w.gatewayAddress(25), true); err != nil {
			return err
		}
		if i == 0 {
			prefix = w.it.Nonce
		}
	}
	w.it.Nonce, w.it.Times = prefix, n
	return nil
}

// client is the mail client of a host that a step lets submit straight to the gateway.
func (w *World) client(host string) *wire.Client {
	c := w.lab.Client(host)
	if dial := c.Dial; w.waits.Dial > 0 {
		c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			ctx, cancel := w.clock.WithTimeout(ctx, w.waits.Dial)
			defer cancel()
			return dial(ctx, network, address)
		}
	}
	return c
}

// HostPushes lets a host that is not the DMDA deliver to the gateway's provider side, by TLS but without
// the DMDA's certificate.
func (w *World) HostPushes(host, to string) error {
	m, err := w.desk.Compose(letter.Draft{Envelope: Citizen, From: Citizen, To: to})
	if err != nil {
		return err
	}
	m.Who, m.Server = host, host
	w.it = m
	c := w.client(host)
	c.ImplicitTLS = true
	c.Send(context.Background(), w.outside(465), wire.Envelope{From: m.From, To: []string{m.To}}, m.Message)
	return nil
}

// CitizenSends sends a De-Mail from the citizen's account at the DMDA.
func (w *World) CitizenSends(to, body string) error {
	m, err := w.desk.Compose(letter.Draft{Envelope: Citizen, From: Citizen, To: to, Body: body})
	if err != nil {
		return err
	}
	m.Who, m.Server = w.scene.Provider, w.scene.Provider
	w.it = m
	holder, err := w.lab.DMDA().SignIn("buergerin", demail.LevelHigh)
	if err == nil {
		err = holder.SendMessage(m.From, []string{to}, m.Message)
	}
	if err != nil {
		return fmt.Errorf("the DMDA does not take the citizen's De-Mail: %w", err)
	}
	return w.Assume(check.Expectation{Kind: check.Submitted, Nonce: m.Nonce, Who: m.Who})
}

// gatewayAddress is where hosts in SVN and KDN reach the gateway.
func (w *World) gatewayAddress(port uint16) string {
	return netip.AddrPortFrom(w.o.Profile.Topology.Host(w.scene.Gateway).Address.Addr, port).String()
}

// outside is where hosts outside reach the gateway: its last translated address.
func (w *World) outside(port uint16) string {
	a := w.scene.GatewayAddresses
	return netip.AddrPortFrom(netip.MustParseAddr(a[len(a)-1]), port).String()
}

// isGateway tells whether "IP:port" is the gateway's.
func (w *World) isGateway(addr string) bool {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return false
	}
	for _, a := range w.scene.GatewayAddresses {
		if a == ap.Addr().String() {
			return true
		}
	}
	return false
}
