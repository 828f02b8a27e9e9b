package clerk

import (
	"demailbench/gateway/journal"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/tenant"
)

// Tenants lists the tenants that somebody sees, in the order of their enrolment.
func (k *Clerk) Tenants(c Caller) ([]register.Tenant, error) {
	s, err := k.look(c, target{role.TenantList, areaOf(c.Organisation), nil})
	if err != nil {
		return nil, err
	}
	var l []register.Tenant
	for _, id := range s.Sees(c.Organisation, k.o.Clock.Now()) {
		l = append(l, s.Tenants[id])
	}
	return l, nil
}

// Tenant returns a tenant for one of the operations that show it or a part of it.
func (k *Clerk) Tenant(c Caller, o role.Operation, id string) (register.Tenant, error) {
	s, err := k.look(c, target{o, id, []string{id}})
	if err != nil {
		return register.Tenant{}, err
	}
	return s.Tenants[id], nil
}

// Inbound returns a tenant's SMTP inbound settings.
func (k *Clerk) Inbound(c Caller, id string) (Inbound, error) {
	t, err := k.Tenant(c, role.InboundShow, id)
	return inboundOf(t), err
}

// Mapping returns a tenant's mapping table.
func (k *Clerk) Mapping(c Caller, id string) ([]tenant.Pair, error) {
	s, err := k.look(c, target{role.MappingList, id, []string{"mapping"}})
	if err != nil {
		return nil, err
	}
	return s.Mapping[id], nil
}

// MayQuery decides whether somebody may see the queue of a tenant; an empty id stands for all that he sees, which
// are returned.
func (k *Clerk) MayQuery(c Caller, id string) (ids []string, err error) {
	if id != "" || role.IsTenant(c.Organisation) {
		if id == "" {
			id = c.Organisation
		}
		_, err := k.look(c, target{role.QueueQuery, id, []string{"queue"}})
		return []string{id}, err
	}
	if c.Organisation == role.Operator {
		s, err := k.look(c, target{role.QueueQuery, "", []string{"queue"}})
		if err != nil {
			return nil, err
		}
		return s.Order, nil
	}
	for _, id := range k.Now().Sees(c.Organisation, k.o.Clock.Now()) {
		if _, err := k.look(c, target{role.QueueQuery, id, []string{"queue"}}); err == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Audit reads a tenant's audit log, or the platform's for an empty id, after line number after: at most limit
// lines that fit. The chain of the whole log is checked. Somebody of a tenant reads his own by an empty id.
func (k *Clerk) Audit(c Caller, id string, after int64, limit int, fits func(journal.Entry) bool) (journal.Extract, error) {
	if id == "" {
		id = areaOf(c.Organisation)
	}
	s, err := k.look(c, target{role.AuditQuery, id, []string{"audit"}})
	if err != nil {
		return journal.Extract{}, err
	}
	return journal.Read(s.Heads[id], after, limit, fits, func(after int64) ([]journal.Line, error) {
		return k.o.Store.Lines(id, after, journal.Chunk)
	})
}
