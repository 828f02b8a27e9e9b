package contract

// InboundSettings are a tenant's SMTP inbound settings (S1-141).
type InboundSettings struct {
	Tenant string `json:"tenant"`
	// Networks from which the tenant may submit.
	Networks []string `json:"networks"`
	// Where De-Mail is delivered; left out: the MX of the mail domain.
	NextHop *NextHop `json:"next_hop,omitempty"`
	// IPSEC line or STARTTLS (D18): ipsec, starttls.
	Transport string `json:"transport"`
	// Who is told about disturbances and maintenance (S0-050).
	TechnicalContact string `json:"technical_contact,omitempty"`
}

// Unmapped is the rule that holds for a domain after a change.
type Unmapped struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
	// The rule that holds now: none, catchall, bounceall.
	Rule string `json:"rule"`
}

// NextHop is a tenant's mail server.
type NextHop struct {
	// Name or IPv4 address.
	Host string `json:"host"`
	// TCP port.
	Port int `json:"port"`
}

// SMTPInboundSet are the arguments of smtp-inbound.set; the result is InboundSettings.
type SMTPInboundSet InboundSettings

// Operation implements Args.
func (SMTPInboundSet) Operation() string { return "smtp-inbound.set" }

// SMTPInboundShow are the arguments of smtp-inbound.show; the result is InboundSettings.
type SMTPInboundShow struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (SMTPInboundShow) Operation() string { return "smtp-inbound.show" }

// CatchallSet are the arguments of catchall.set; the result is Unmapped.
type CatchallSet struct {
	Tenant  string `json:"tenant"`
	Domain  string `json:"domain"`
	Address string `json:"address"`
}

// Operation implements Args.
func (CatchallSet) Operation() string { return "catchall.set" }

// CatchallClear are the arguments of catchall.clear; the result is Unmapped.
type CatchallClear struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
}

// Operation implements Args.
func (CatchallClear) Operation() string { return "catchall.clear" }

// BounceallSet are the arguments of bounceall.set; the result is Unmapped.
type BounceallSet struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
	// Refused at the push, or answered: refuse, reply.
	Form string `json:"form"`
	// Form `reply`: the tenant's De-Mail address that answers.
	From string `json:"from,omitempty"`
}

// Operation implements Args.
func (BounceallSet) Operation() string { return "bounceall.set" }

// BounceallClear are the arguments of bounceall.clear; the result is Unmapped.
type BounceallClear struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
}

// Operation implements Args.
func (BounceallClear) Operation() string { return "bounceall.clear" }
