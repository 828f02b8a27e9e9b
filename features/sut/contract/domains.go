package contract

// UnmappedRule is what a domain does with De-Mail for addresses without a mapping (D11).
type UnmappedRule struct {
	// What happens to De-Mail for addresses without a mapping (D11): none, catchall, bounceall.
	Rule string `json:"rule"`
	// CatchAll: where it goes.
	Address string `json:"address,omitempty"`
	// BounceAll: refused at the push, or answered by a new De-Mail: refuse, reply.
	Form string `json:"form,omitempty"`
}

// Domain is a De-Mail domain of a tenant.
type Domain struct {
	Tenant    string `json:"tenant"`
	Domain    string `json:"domain"`
	Direction string `json:"direction"`
	// It is assigned to the active cluster.
	Bound    bool         `json:"bound"`
	Unmapped UnmappedRule `json:"unmapped"`
}

// DomainBind are the arguments of domain.bind; the result is Domain.
type DomainBind struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
	// The order must state it; left out, the order is incomplete (S1-164).
	Direction string `json:"direction,omitempty"`
}

// Operation implements Args.
func (DomainBind) Operation() string { return "domain.bind" }

// DomainDirection are the arguments of domain.direction; the result is Domain.
type DomainDirection struct {
	Tenant    string `json:"tenant"`
	Domain    string `json:"domain"`
	Direction string `json:"direction"`
}

// Operation implements Args.
func (DomainDirection) Operation() string { return "domain.direction" }

// DomainUnbind are the arguments of domain.unbind; the result is Domain.
type DomainUnbind struct {
	Tenant string `json:"tenant"`
	Domain string `json:"domain"`
}

// Operation implements Args.
func (DomainUnbind) Operation() string { return "domain.unbind" }

// DomainList are the arguments of domain.list; the result is DomainListResult.
type DomainList struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (DomainList) Operation() string { return "domain.list" }

// DomainListResult is the result of domain.list.
type DomainListResult struct {
	Domains []Domain `json:"domains"`
}
