package contract

import "reflect"

// pair is an operation's Go types.
type pair struct {
	name         string
	args, result reflect.Type
}

func typesOf[A Args, R any]() pair {
	var a A
	return pair{a.Operation(), reflect.TypeFor[A](), reflect.TypeFor[R]()}
}

// types are the Go types of all operations.
var types = []pair{
	typesOf[TenantEnrol, Tenant](),
	typesOf[TenantSuspend, Tenant](),
	typesOf[TenantResume, Tenant](),
	typesOf[TenantOffboard, Tenant](),
	typesOf[TenantCommissioned, Tenant](),
	typesOf[TenantList, TenantListResult](),
	typesOf[DomainBind, Domain](),
	typesOf[DomainDirection, Domain](),
	typesOf[DomainUnbind, Domain](),
	typesOf[DomainList, DomainListResult](),
	typesOf[SMTPInboundSet, InboundSettings](),
	typesOf[SMTPInboundShow, InboundSettings](),
	typesOf[CatchallSet, Unmapped](),
	typesOf[CatchallClear, Unmapped](),
	typesOf[BounceallSet, Unmapped](),
	typesOf[BounceallClear, Unmapped](),
	typesOf[MappingPut, MappingRow](),
	typesOf[MappingDelete, Nothing](),
	typesOf[MappingList, MappingListResult](),
	typesOf[MappingImport, MappingImportResult](),
	typesOf[MappingTableImport, MappingTableImportResult](),
	typesOf[MappingTableExport, MappingTableExportResult](),
	typesOf[UserCreate, User](),
	typesOf[UserRoles, User](),
	typesOf[UserRevoke, User](),
	typesOf[UserList, UserListResult](),
	typesOf[PowerOfAttorneyGrant, PowerOfAttorney](),
	typesOf[PowerOfAttorneyRevoke, PowerOfAttorney](),
	typesOf[PowerOfAttorneyList, PowerOfAttorneyListResult](),
	typesOf[SessionOpen, SessionOpenResult](),
	typesOf[SessionClose, Nothing](),
	typesOf[InstanceAssign, Instance](),
	typesOf[InstanceList, InstanceListResult](),
	typesOf[CardInsert, Card](),
	typesOf[CardPin, Card](),
	typesOf[CardBlock, Card](),
	typesOf[CardStatus, Card](),
	typesOf[MaintenancePlan, MaintenanceWindow](),
	typesOf[MaintenanceChange, MaintenanceWindow](),
	typesOf[MaintenanceStart, MaintenanceWindow](),
	typesOf[MaintenanceEnd, MaintenanceWindow](),
	typesOf[MaintenanceCancel, MaintenanceWindow](),
	typesOf[MaintenanceList, MaintenanceListResult](),
	typesOf[MaintenanceNotices, MaintenanceNoticesResult](),
	typesOf[IncidentOpen, Incident](),
	typesOf[IncidentClose, Incident](),
	typesOf[IncidentClassify, Incident](),
	typesOf[AvailabilityReport, AvailabilityReportResult](),
	typesOf[ChangeRequestFile, ChangeRequest](),
	typesOf[ChangeRequestShow, ChangeRequest](),
	typesOf[ChangeRequestClose, ChangeRequest](),
	typesOf[WrittenOrderFile, WrittenOrder](),
	typesOf[AccountChange, AccountChangeResult](),
	typesOf[AuditQuery, AuditQueryResult](),
	typesOf[QueueQuery, QueueQueryResult](),
	typesOf[BackupCreate, BackupCreateResult](),
	typesOf[BackupRestore, Nothing](),
	typesOf[NodeRestart, NodeRestartResult](),
	typesOf[NodeKill, NodeKillResult](),
	typesOf[ClockSet, ClockSetResult](),
	typesOf[Reset, Nothing](),
}
