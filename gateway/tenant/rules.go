package tenant

import "net/netip"

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
	// Inbound finds the mailboxes for De-Mail address to. confirmation says that the sender is a system
	// address of a DMDA, whose messages pass for send-only domains (D11, D12, D14).
	Inbound(to string, confirmation bool) (Delivery, *Refusal)
}

// Delivery is where an inbound De-Mail goes.
type Delivery struct {
	// Tenant is the tenant's id.
	Tenant string
	// Mailboxes are its e-mail addresses, at least one; each gets a copy.
	Mailboxes []string
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

func (r bookRules) Inbound(to string, confirmation bool) (Delivery, *Refusal) {
	at, ok := r.book.domains[domainOf(to)]
	switch {
	case !ok || at.Unbound:
		return Delivery{}, policy("the recipient's domain is not bound to this gateway", to, "S0-008", "S0-016")
	case at.Direction == SendOnly && !confirmation:
		return Delivery{}, policy("the recipient's domain is send-only", to, "S1-166", "D14")
	case r.book.tenants[at.owner].State == Suspended:
		return Delivery{}, Refuse(450, [3]int{4, 7, 1}, "the recipient's tenant is suspended", "S0-004").With(to)
	}
	boxes := r.book.boxes[to]
	if len(boxes) == 0 {
		return r.unmapped(to, at)
	}
	return Delivery{r.book.tenants[at.owner].ID, append([]string(nil), boxes...)}, nil
}

// unmapped is what happens to a De-Mail for an address without a row (D11).
func (r bookRules) unmapped(to string, at place) (Delivery, *Refusal) {
	switch {
	case at.CatchAll != "":
		return Delivery{r.book.tenants[at.owner].ID, []string{at.CatchAll}}, nil
	case at.BounceAll != "":
		return Delivery{}, Refuse(550, [3]int{5, 1, 1}, "the recipient does not exist", "S1-156", "D11").With(to)
	}
	return Delivery{}, Refuse(550, [3]int{5, 1, 1}, "no mailbox is mapped to the recipient", "S1-149", "D11").With(to)
}
