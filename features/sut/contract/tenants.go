package contract

// Tenant is a tenant as the gateway shows it.
type Tenant struct {
	Tenant string `json:"tenant"`
	// The authority's name.
	Name  string `json:"name"`
	State string `json:"state"`
}

// Contact has the fields of the terms of use (S0-073, S0-074).
type Contact struct {
	// Behörde.
	Authority string `json:"authority"`
	// Abteilung.
	Department string `json:"department,omitempty"`
	// Fachbereich.
	Unit string `json:"unit,omitempty"`
	// Ansprechpartner, by role title.
	Person string `json:"person"`
	// Street, postal code, town.
	Postal string `json:"postal,omitempty"`
	// Tel.
	Telephone string `json:"telephone,omitempty"`
	// Fax.
	Fax   string `json:"fax,omitempty"`
	Email string `json:"email"`
}

// TenantEnrol are the arguments of tenant.enrol; the result is Tenant.
type TenantEnrol struct {
	Tenant string `json:"tenant"`
	// The authority's name.
	Name string `json:"name"`
	// Municipality (order goes to KDN GmbH) or state authority (order goes to SID), S1-137: municipal, state.
	Kind string `json:"kind"`
	// Networks from which the tenant's mail servers come.
	Networks []string `json:"networks"`
	// IPSEC line, or STARTTLS in both directions (D18): ipsec, starttls.
	Transport string `json:"transport"`
	// The tenant's own e-mail domains, routed over SVN/KDN (S0-037).
	MailDomains []string `json:"mail_domains"`
	// Verfahrensverantwortlicher (S0-073).
	ProcessOwner *Contact `json:"process_owner,omitempty"`
	// Technischer Ansprechpartner (S0-074).
	TechnicalContact *Contact `json:"technical_contact,omitempty"`
	// The named technical customer administrator (S0-018).
	TechnicalAdministrator string `json:"technical_administrator,omitempty"`
	// The named account administrator (S0-018).
	AccountAdministrator string `json:"account_administrator,omitempty"`
}

// Operation implements Args.
func (TenantEnrol) Operation() string { return "tenant.enrol" }

// TenantSuspend are the arguments of tenant.suspend; the result is Tenant.
type TenantSuspend struct {
	Tenant string `json:"tenant"`
	Reason string `json:"reason"`
}

// Operation implements Args.
func (TenantSuspend) Operation() string { return "tenant.suspend" }

// TenantResume are the arguments of tenant.resume; the result is Tenant.
type TenantResume struct {
	Tenant string `json:"tenant"`
	Reason string `json:"reason"`
}

// Operation implements Args.
func (TenantResume) Operation() string { return "tenant.resume" }

// TenantOffboard are the arguments of tenant.offboard; the result is Tenant.
type TenantOffboard struct {
	Tenant string `json:"tenant"`
	Reason string `json:"reason"`
}

// Operation implements Args.
func (TenantOffboard) Operation() string { return "tenant.offboard" }

// TenantCommissioned are the arguments of tenant.commissioned; the result is Tenant.
type TenantCommissioned struct {
	Tenant string `json:"tenant"`
}

// Operation implements Args.
func (TenantCommissioned) Operation() string { return "tenant.commissioned" }

// TenantList are the arguments of tenant.list; the result is TenantListResult.
type TenantList struct{}

// Operation implements Args.
func (TenantList) Operation() string { return "tenant.list" }

// TenantListResult is the result of tenant.list.
type TenantListResult struct {
	Tenants []Tenant `json:"tenants"`
}
