package admin

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"

	"demailbench/gateway/admin/api"
	"demailbench/gateway/clerk"
	"demailbench/gateway/journal"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
)

// ListChangeRequests lists change requests.
func (h *handler) ListChangeRequests(w http.ResponseWriter, r *http.Request, p api.ListChangeRequestsParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Changes(c)
		limit := p.Limit
		if limit == 0 {
			limit = defaultLimit
		}
		from := min(p.After, int64(len(l)))
		to := min(from+int64(limit), int64(len(l)))
		out := api.ChangeRequests{Items: each(l[from:to], changeOut)}
		if to < int64(len(l)) {
			out.Next = to
		}
		return out, err
	})
}

// FileChangeRequest files a change request.
func (h *handler) FileChangeRequest(w http.ResponseWriter, r *http.Request) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewChangeRequest) (any, error) {
		q, err := h.Clerk.FileChange(c, register.ChangeRequest{Description: b.Description,
			ChangeRequest: role.ChangeRequest{Service: b.Service, Tenant: b.Tenant, Object: b.Object, Kind: role.Kind(b.Kind)}})
		return changeOut(q), err
	})
}

// GetChangeRequest shows one.
func (h *handler) GetChangeRequest(w http.ResponseWriter, r *http.Request, number string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		q, err := h.Clerk.ChangeRequest(c, number)
		return changeOut(q), err
	})
}

// CloseChangeRequest closes one.
func (h *handler) CloseChangeRequest(w http.ResponseWriter, r *http.Request, number string) {
	answer(h, w, r, http.StatusOK, func(c clerk.Caller, b api.Closing) (any, error) {
		q, err := h.Clerk.CloseChange(c, number, string(b.State))
		return changeOut(q), err
	})
}

func changeOut(q register.ChangeRequest) api.ChangeRequest {
	return api.ChangeRequest{Number: q.Number, Service: q.Service, Tenant: q.Tenant, Object: q.Object, Kind: api.Kind(q.Kind), Description: q.Description, State: api.ChangeRequestState(q.State)}
}

// ListOrders lists a tenant's written orders.
func (h *handler) ListOrders(w http.ResponseWriter, r *http.Request, id string) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		l, err := h.Clerk.Orders(c, id)
		return api.Orders{Items: each(l, orderOut)}, err
	})
}

// FileOrder puts a written order on file.
func (h *handler) FileOrder(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.NewOrder) (any, error) {
		o, err := h.Clerk.FileOrder(c, register.Order{Order: role.Order{Tenant: id, Object: b.Object, From: b.From, Until: b.Until},
			Reason: string(b.Reason), SignedBy: b.SignedBy, Document: b.Document})
		return orderOut(o), err
	})
}

func orderOut(o register.Order) api.Order {
	return api.Order{Number: o.Number, Tenant: o.Tenant, Object: o.Object, From: o.From.UTC(), Until: o.Until.UTC(), Reason: o.Reason, SignedBy: o.SignedBy, Document: o.Document}
}

// Intervene documents an intervention in account settings.
func (h *handler) Intervene(w http.ResponseWriter, r *http.Request, id string) {
	answer(h, w, r, http.StatusCreated, func(c clerk.Caller, b api.Intervention) (any, error) {
		return b, h.Clerk.Intervene(c, id, b.Object, b.Change)
	})
}

// ListAudit reads an audit log.
func (h *handler) ListAudit(w http.ResponseWriter, r *http.Request, p api.ListAuditParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		limit := p.Limit
		if limit == 0 {
			limit = defaultLimit
		}
		x, err := h.Clerk.Audit(c, p.Tenant, p.After, limit, func(e journal.Entry) bool {
			return (p.From.IsZero() || !e.At.Before(p.From)) && (p.Until.IsZero() || e.At.Before(p.Until)) &&
				(p.Person == "" || e.Person == p.Person) && (p.Operation == "" || e.Operation == p.Operation)
		})
		if err != nil {
			return nil, err
		}
		out := api.AuditLog{Items: []api.AuditEntry{}, Chain: api.Intact, Next: x.Next}
		if !x.Intact {
			out.Chain = api.Broken
		}
		for _, l := range x.Lines {
			e, err := entryOut(l)
			if err != nil {
				return nil, err
			}
			out.Items = append(out.Items, e)
		}
		return out, nil
	})
}

func entryOut(l journal.Line) (api.AuditEntry, error) {
	e, err := l.Entry()
	return api.AuditEntry{Number: l.Number, At: e.At.UTC().Truncate(time.Microsecond), Tenant: e.Tenant, Person: e.Person, Organisation: e.Organisation, Role: e.Role,
		PowerOfAttorney: e.PowerOfAttorney, ChangeRequest: e.ChangeRequest, Order: e.Order, Operation: e.Operation, Object: e.Object,
		Before: anyOf(e.Before), After: anyOf(e.After), Allowed: e.Allowed, Rule: e.Rule, Reason: e.Reason, Hash: hex.EncodeToString(l.Hash)}, err
}

// anyOf keeps an absent value absent.
func anyOf(m json.RawMessage) any {
	if len(m) == 0 {
		return nil
	}
	return m
}

// ListQueue lists deliveries that wait.
func (h *handler) ListQueue(w http.ResponseWriter, r *http.Request, p api.ListQueueParams) {
	show(h, w, r, http.StatusOK, func(c clerk.Caller) (any, error) {
		ids, err := h.Clerk.MayQuery(c, p.Tenant)
		if err != nil {
			return nil, err
		}
		limit := p.Limit
		if limit == 0 {
			limit = defaultLimit
		}
		l := h.Queue(ids)
		return api.Queue{Waiting: len(l), Items: each(l[:min(limit, len(l))], func(q Waiting) api.Waiting {
			return api.Waiting{Id: q.ID, MessageId: q.MessageID, Tenant: q.Tenant, Direction: api.WaitingDirection(q.Direction), From: q.From, To: q.To, Tries: q.Tries, Due: q.Due.UTC(), Answer: q.Answer}
		})}, nil
	})
}
