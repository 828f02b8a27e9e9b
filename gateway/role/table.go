package role

import "slices"

// Operation is something that can be done at the gateway, "noun.verb". The names are the contract's where it has
// one.
type Operation string

// Operations.
const (
	SessionShow    Operation = "session.show"
	SessionClose   Operation = "session.close"
	PasswordChange Operation = "password.change"

	TenantList         Operation = "tenant.list"
	TenantShow         Operation = "tenant.show"
	TenantEnrol        Operation = "tenant.enrol"
	TenantSuspend      Operation = "tenant.suspend"
	TenantResume       Operation = "tenant.resume"
	TenantOffboard     Operation = "tenant.offboard"
	TenantCommissioned Operation = "tenant.commissioned"
	MailDomainsSet     Operation = "mail-domains.set"

	InboundShow   Operation = "smtp-inbound.show"
	InboundSet    Operation = "smtp-inbound.set"
	CatchAllSet   Operation = "catchall.set"
	CatchAllClear Operation = "catchall.clear"
	BounceSet     Operation = "bounceall.set"
	BounceClear   Operation = "bounceall.clear"

	DomainList      Operation = "domain.list"
	DomainBind      Operation = "domain.bind"
	DomainUnbind    Operation = "domain.unbind"
	DomainDirection Operation = "domain.direction"

	MappingList   Operation = "mapping.list"
	MappingPut    Operation = "mapping.put"
	MappingChange Operation = "mapping.change"
	MappingDelete Operation = "mapping.delete"
	MappingImport Operation = "mapping.import"

	UserList   Operation = "user.list"
	UserCreate Operation = "user.create"
	UserRoles  Operation = "user.roles"
	UserRevoke Operation = "user.revoke"

	PowerList   Operation = "power-of-attorney.list"
	PowerGrant  Operation = "power-of-attorney.grant"
	PowerRevoke Operation = "power-of-attorney.revoke"

	ChangeList  Operation = "change-request.list"
	ChangeShow  Operation = "change-request.show"
	ChangeFile  Operation = "change-request.file"
	ChangeClose Operation = "change-request.close"
	OrderList   Operation = "written-order.list"
	OrderFile   Operation = "written-order.file"

	AccountChange Operation = "account.change"

	AuditQuery Operation = "audit.query"
	QueueQuery Operation = "queue.query"

	MaintenancePlan   Operation = "maintenance.plan"
	MaintenanceChange Operation = "maintenance.change"
	MaintenanceStart  Operation = "maintenance.start"
	MaintenanceEnd    Operation = "maintenance.end"
	MaintenanceCancel Operation = "maintenance.cancel"
	MaintenanceList   Operation = "maintenance.list"
	MaintenanceProof  Operation = "maintenance.notices"

	IncidentOpen       Operation = "incident.open"
	IncidentClose      Operation = "incident.close"
	IncidentClassify   Operation = "incident.classify"
	IncidentList       Operation = "incident.list"
	AvailabilityReport Operation = "availability.report"

	BackupCreate Operation = "backup.create"
)

// Ground is what the operator's people need besides their role.
type Ground string

const (
	// NoGround: the role is enough.
	NoGround Ground = ""
	// OnChangeRequest: a change request that names tenant and object (D10b).
	OnChangeRequest Ground = "change-request"
	// OnOrder: a written order of the tenant and a change request (D10a), or a registered administrator access
	// of the account (D10c).
	OnOrder Ground = "written-order"
)

// Row says who may do some operations. What no row allows is refused.
type Row struct {
	Operations []Operation
	// Tenant are the roles with which a tenant's own people may, in their tenant.
	Tenant []Role
	// Attorney says that others may in one of these roles by a power of attorney (D9).
	Attorney bool
	// Operator are the roles with which the operator's people may, on the ground Ground. Others says that it is
	// in no tenant's area, so that KDN GmbH's people may without power of attorney.
	Operator []Role
	Ground   Ground
	Others   bool
	// Kind is what a change request for it is about.
	Kind Kind
	// Rule is what a wrong role breaks; Requirements are all statements that the row follows.
	Rule         string
	Requirements []string
}

var (
	everyTenantRole = []Role{UserAdmin, TechnischerAdmin, AccountAdmin}
	everyOperator   = []Role{Administrator, SupportAdministrator}
	administrator   = []Role{Administrator}
	userAdmin       = []Role{UserAdmin}
	technischer     = []Role{TechnischerAdmin}
	accountAdmin    = []Role{AccountAdmin}
)

// table is D8 with the statements from which it was drawn. Each operation stands in one row.
var table = []Row{
	{[]Operation{SessionShow, SessionClose, PasswordChange, TenantList}, everyTenantRole, false, everyOperator, NoGround, true, "",
		"S0-019", []string{"S0-019", "S1-186"}},
	{[]Operation{TenantShow}, everyTenantRole, true, everyOperator, NoGround, false, "", "S0-019", []string{"S0-019", "S1-154"}},

	// The operator's own: the platform and who is on it.
	{[]Operation{TenantEnrol, TenantSuspend, TenantResume, TenantOffboard}, nil, false, everyOperator, OnChangeRequest, false, Platform,
		"S0-015", []string{"S0-004", "S0-015", "S0-065", "S1-014", "D10b"}},
	{[]Operation{MailDomainsSet}, nil, false, everyOperator, OnChangeRequest, false, Domains,
		"S0-037", []string{"S0-037", "S1-041", "D10b"}},
	{[]Operation{TenantCommissioned}, userAdmin, false, everyOperator, OnChangeRequest, false, Platform,
		"S1-159", []string{"S1-147", "S1-159", "D9"}},

	// Technical configuration.
	{[]Operation{InboundSet}, technischer, true, everyOperator, OnChangeRequest, false, SMTP,
		"S1-151", []string{"S0-032", "S1-041", "S1-141", "S1-151", "D10b"}},
	{[]Operation{CatchAllSet, CatchAllClear, BounceSet, BounceClear}, technischer, true, everyOperator, OnChangeRequest, false, SMTP,
		"S1-151", []string{"S1-142", "S1-151", "D11", "D10b"}},
	{[]Operation{InboundShow}, technischer, true, everyOperator, NoGround, false, "", "S1-151", []string{"S1-141", "S1-151"}},
	{[]Operation{DomainBind, DomainUnbind, DomainDirection}, technischer, true, everyOperator, OnChangeRequest, false, Domains,
		"D8", []string{"S1-041", "S1-138", "S1-164", "S1-176", "S1-178", "S1-180", "D8", "D10b", "D14"}},
	{[]Operation{DomainList}, everyTenantRole, true, everyOperator, NoGround, false, "", "S1-154", []string{"S1-141", "S1-142", "S1-154"}},

	// Address mapping.
	{[]Operation{MappingPut, MappingChange, MappingDelete, MappingImport}, accountAdmin, true, everyOperator, OnChangeRequest, false, Mapping,
		"S1-149", []string{"S0-032", "S1-041", "S1-143", "S1-149", "S1-169", "S1-173", "D10b"}},
	{[]Operation{MappingList}, []Role{TechnischerAdmin, AccountAdmin}, true, everyOperator, NoGround, false, "", "S1-149", []string{"S1-149"}},

	// The tenant's administrators and whom it lets act.
	{[]Operation{UserCreate, UserRoles, UserRevoke}, userAdmin, true, everyOperator, OnChangeRequest, false, Users,
		"S1-150", []string{"S0-017", "S1-041", "S1-139", "S1-140", "S1-150", "S1-185", "S1-187", "D10b"}},
	{[]Operation{UserList}, userAdmin, true, everyOperator, NoGround, false, "", "S1-150", []string{"S1-150", "S1-186"}},
	{[]Operation{PowerGrant, PowerRevoke}, userAdmin, false, everyOperator, OnChangeRequest, false, Users,
		"D8", []string{"S1-048", "S1-159", "S1-167", "D8", "D9", "D10b"}},
	{[]Operation{PowerList}, userAdmin, false, everyOperator, NoGround, false, "", "S1-048", []string{"S1-048", "D9"}},

	// The operator's grounds.
	{[]Operation{ChangeFile, ChangeShow, ChangeList}, everyTenantRole, false, everyOperator, NoGround, false, "",
		"S1-041", []string{"S0-064", "S0-065", "S1-041"}},
	{[]Operation{ChangeClose}, nil, false, everyOperator, NoGround, false, "", "S0-065", []string{"S0-064", "S0-065"}},
	{[]Operation{OrderFile}, nil, false, everyOperator, NoGround, false, "", "S0-063", []string{"S0-062", "S0-063", "D10a"}},
	{[]Operation{OrderList}, userAdmin, false, everyOperator, NoGround, false, "", "S0-063", []string{"S0-063", "D10a"}},
	{[]Operation{AccountChange}, accountAdmin, false, everyOperator, OnOrder, false, Account,
		"S0-062", []string{"S0-061", "S0-062", "S0-063", "S0-064", "S1-042", "S1-162", "D10a", "D10c"}},

	{[]Operation{AuditQuery}, userAdmin, true, everyOperator, NoGround, false, "", "D8", []string{"S0-032", "S0-064", "S0-065", "D8"}},
	{[]Operation{QueueQuery}, technischer, true, everyOperator, NoGround, false, "", "D8", []string{"S0-053", "D8"}},

	// Operation. Maintenance takes nobody's consent (S0-051) and so no ground; how an interruption counts takes one.
	{[]Operation{MaintenancePlan, MaintenanceChange, MaintenanceStart, MaintenanceEnd, MaintenanceCancel, MaintenanceProof}, nil, false, administrator, NoGround, false, "",
		"S0-035", []string{"S0-035", "S0-044", "S0-050", "S0-051"}},
	{[]Operation{MaintenanceList}, everyTenantRole, false, everyOperator, NoGround, true, "", "S0-050", []string{"S0-045", "S0-050"}},
	{[]Operation{IncidentOpen, IncidentClose, IncidentList}, nil, false, everyOperator, NoGround, false, "", "S0-042", []string{"S0-042", "S0-043", "S0-066"}},
	{[]Operation{IncidentClassify}, nil, false, administrator, OnChangeRequest, false, Platform, "S0-055", []string{"S0-055", "D4", "D10b"}},
	{[]Operation{AvailabilityReport}, nil, false, everyOperator, NoGround, false, "", "S0-054", []string{"S0-054", "S0-055", "S0-056"}},
	{[]Operation{BackupCreate}, nil, false, administrator, NoGround, false, "", "S0-035", []string{"S0-035", "S1-030"}},
}

// rows finds the row of an operation.
var rows = func() map[Operation]*Row {
	m := map[Operation]*Row{}
	for i := range table {
		for _, o := range table[i].Operations {
			m[o] = &table[i]
		}
	}
	return m
}()

// Table returns the rows, for reports and tests.
func Table() []Row { return slices.Clone(table) }

// KindOf is what a change request for the operation is about; empty when it needs none.
func KindOf(o Operation) Kind {
	if r, ok := rows[o]; ok {
		return r.Kind
	}
	return ""
}
