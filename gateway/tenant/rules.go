package tenant

import (
	"net/netip"
	"slices"
)

// Rules are the decisions that the gateway takes about a connection and the addresses of a message. All
// addresses are canonical (gateway/demail); nil means allowed. NewRules is the implementation; a faulty
// gateway for the bench embeds it and replaces single methods.
type Rules interface {
	// Connect finds the tenant to whose networks src belongs (S0-003, S0-004).
	Connect(src netip.Addr) (Tenant, *Refusal)
	// Transport judges whether mail of t may travel on this session (S0-038..040, D18).
	Transport(t Tenant, src netip.Addr, tls bool) *Refusal
	// Sender returns the De-Mail address under which the mailbox envelope of t sends; envelope "" is the
	// null sender (S1-152..154, D13, D14).
	Sender(t Tenant, envelope string) (demail string, r *Refusal)
	// HeaderFrom judges the address of the From field against the De-Mail address that Sender gave: both
	// must be the same account's (TR-01201-6.1 10.1.2, D13).
	HeaderFrom(t Tenant, demail, from string) *Refusal
	// Recipient returns the De-Mail address to which a submission goes (D13, TR-01201-6.1 10.1.3).
	Recipient(t Tenant, to string) (demail string, r *Refusal)
	// Public returns what the De-Mail world may read in place of an address in a message of t: the mapped
	// De-Mail address of a mailbox, a De-Mail address as it is; false when it may read nothing (S1-152).
	Public(t Tenant, address string) (string, bool)
	// Options gathers what a tenant's option rules say about a message that speaks for the mailboxes (S1-080,
	// D15).
	Options(t Tenant, mailboxes ...string) Wishes
	// Inbound finds the mailboxes for De-Mail address to, or what else happens to the De-Mail (D11, D12, D14).
	// With a refusal the Delivery names the tenant if there is one.
	Inbound(to string, from Author) (Delivery, *Refusal)
}

// Author is who wrote an inbound De-Mail.
type Author struct {
	// Address is the sender, "" the null sender.
	Address string
	// System tells that it is a DMDA's own address: its messages are confirmations and notifications, which
	// pass for send-only domains and are never answered (TR-01201-3.1 45, RFC 3834 2).
	System bool
}

// Delivery is where an inbound De-Mail goes.
type Delivery struct {
	// Tenant is the tenant's id.
	Tenant string
	// Mailboxes are its e-mail addresses; each gets a copy. There is one at least unless Answer is set.
	Mailboxes []string
	// CatchAll tells that the recipient is mapped to nothing: the De-Mail must show for whom it was (S1-155).
	CatchAll bool
	// Answer is the De-Mail address that returns the De-Mail to its sender, in place of a delivery (S1-156).
	Answer string
	// Receipt is when the DMDA has confirmed the receipt; the answer says so.
	Receipt ReceiptMode
}

// NewRules returns the gateway's rules over a book.
func NewRules(b *Book) Rules { return bookRules{b} }

// bookRules reads every answer from the book; what the book does not know is refused.
type bookRules struct{ book *Book }

// policy is a refusal by the delivery policy: 550 5.7.1 (RFC 3463, "delivery not authorized").
func policy(text, detail string, requirements ...string) *Refusal {
	return Refuse(550, [3]int{5, 7, 1}, text, requirements...).With(detail)
}

func (r bookRules) Connect(src netip.Addr) (Tenant, *Refusal) {
	i, ok := r.book.ownerOf(src)
	if !ok {
		return Tenant{}, Refuse(554, [3]int{5, 7, 1}, "host is not in the network of an enrolled tenant",
			"S0-003", "S0-004").With(src.String())
	}
	return r.book.tenants[i], nil
}

func (r bookRules) Transport(t Tenant, src netip.Addr, tls bool) *Refusal {
	if tls {
		return nil
	}
	// The tunnel protects only what comes from the network behind it, not whoever names the tenant.
	if owner, ok := r.book.ownerOf(src); t.Transport == IPSEC && ok && r.book.tenants[owner].ID == t.ID {
		return nil
	}
	return Refuse(530, [3]int{5, 7, 0}, "must issue a STARTTLS command first", "S0-038", "S0-040", "D18").
		With("clear session of tenant " + t.ID)
}

func (r bookRules) Sender(t Tenant, envelope string) (string, *Refusal) {
	if r.book.over {
		return "", policy("the pilot operation of the service has ended", t.ID, "D23", "S0-057")
	}
	if envelope == "" {
		return "", policy("the null sender has no De-Mail account", "", "S1-153", "TR-01201-3.1 12")
	}
	at, mapped := r.book.sender[envelope]
	if !mapped || r.book.tenants[at.owner].ID != t.ID {
		return "", r.foreignSender(t, envelope)
	}
	domain := r.book.domains[domainOf(at.demail)]
	switch {
	case r.book.tenants[at.owner].State == Suspended:
		return "", policy("the tenant is suspended", t.ID, "S0-004")
	case domain.Unbound:
		return "", policy("the sender's De-Mail domain is not bound to this gateway", at.demail, "S0-016", "S1-138")
	case domain.Direction == ReceiveOnly:
		return "", policy("the sender's De-Mail domain is receive-only", at.demail, "S1-165", "D14")
	}
	return at.demail, nil
}

// foreignSender says why an address is none of t's senders. The text is the same for another tenant's address
// and for nobody's, so that a tenant cannot find out who else is enrolled.
func (r bookRules) foreignSender(t Tenant, address string) *Refusal {
	owner, known := r.book.mail[domainOf(address)]
	switch {
	case known && r.book.tenants[owner].ID == t.ID:
		return policy("the sender has no De-Mail address", address, "S1-153", "D13")
	case known:
		return policy("the sender's domain is not enrolled for this host", address+" is of tenant "+r.book.tenants[owner].ID,
			"S1-154", "TR-01201-6.1 10.1.2")
	}
	return policy("the sender's domain is not enrolled for this host", address, "S0-004", "S1-153")
}

func (r bookRules) HeaderFrom(t Tenant, demail, from string) *Refusal {
	at, mapped := r.book.sender[from]
	switch {
	case !mapped || r.book.tenants[at.owner].ID != t.ID:
		refusal := r.foreignSender(t, from)
		refusal.Text = "From: " + refusal.Text
		return refusal
	case at.demail != demail:
		return policy("From: address has another De-Mail address than the envelope sender", from+" sends as "+at.demail+", envelope as "+demail,
			"TR-01201-6.1 10.1.2", "D13")
	}
	return nil
}

func (r bookRules) Recipient(_ Tenant, to string) (string, *Refusal) {
	if !r.book.IsDeMail(to) {
		return "", policy("the recipient is no De-Mail address", to, "D13", "S1-153", "TR-01201-6.1 10.1.3")
	}
	return to, nil
}

func (r bookRules) Public(t Tenant, address string) (string, bool) {
	if at, ok := r.book.sender[address]; ok && r.book.tenants[at.owner].ID == t.ID {
		return at.demail, true
	}
	return address, r.book.IsDeMail(address)
}

func (r bookRules) Inbound(to string, from Author) (Delivery, *Refusal) {
	at, ok := r.book.domains[domainOf(to)]
	if !ok {
		return Delivery{}, unbound(to)
	}
	t := r.book.tenants[at.owner]
	d := Delivery{Tenant: t.ID, Receipt: t.ReceiptMode}
	switch {
	case at.Unbound || r.book.over:
		return d, unbound(to)
	case at.Direction == SendOnly && !from.System:
		return d, policy("the recipient's domain is send-only", to, "S1-166", "D14")
	case t.State == Suspended:
		return d, Refuse(450, [3]int{4, 7, 1}, "the recipient's tenant is suspended", "S0-004").With(to)
	}
	if d.Mailboxes = slices.Clone(r.book.boxes[to]); len(d.Mailboxes) > 0 {
		return d, nil
	}
	return r.unmapped(d, at, to, from)
}

func unbound(to string) *Refusal {
	return policy("the recipient's domain is not bound to this gateway", to, "S0-008", "S0-016")
}

// unmapped is what happens to a De-Mail for an address without a row (D11). A subdomain has its own setting: the
// main domain's takes nothing of it.
func (r bookRules) unmapped(d Delivery, at place, to string, from Author) (Delivery, *Refusal) {
	switch {
	case at.CatchAll != "":
		d.Mailboxes, d.CatchAll = []string{at.CatchAll}, true
		return d, nil
	case at.BounceAll == BounceReply && from.System:
		// The receipt of what was returned is confirmed to its recipient too: no reason to alert anybody.
		return d, policy("messages of providers to unmapped addresses stay in the account", to, "S1-156", "D11", "TR-01201-3.1 45")
	case at.BounceAll == BounceReply && r.book.IsDeMail(from.Address):
		d.Answer = at.BounceSender
		return d, nil
	case at.BounceAll == BounceRefuse:
		return d, Refuse(550, [3]int{5, 1, 1}, "the recipient does not exist", "S1-156", "D11").With(to)
	}
	return d, Unmapped(to)
}

// Unmapped leaves a De-Mail at the DMDA and has the technical contact told (D11). It is temporary, so that
// nobody tells the sender that it failed and it comes as soon as somebody maps the address.
func Unmapped(to string) *Refusal {
	r := Refuse(450, [3]int{4, 2, 1}, "no mailbox is mapped to the recipient; the De-Mail stays where it is", "S1-149", "S1-155", "S1-156", "D11").With(to)
	r.Alert = true
	return r
}
