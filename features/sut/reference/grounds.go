package reference

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"demailbench/features/sut/contract"
)

// changeOut is a change request as the API shows it.
type changeOut struct {
	Number  string `json:"number"`
	Service string `json:"service"`
	Tenant  string `json:"tenant"`
	Object  string `json:"object"`
	Kind    string `json:"kind"`
	State   string `json:"state"`
}

func (q changeOut) contract() contract.ChangeRequest {
	return contract.ChangeRequest{CR: q.Number, Service: q.Service, Tenant: q.Tenant, Object: q.Object, Kind: q.Kind, State: q.State}
}

func (c *Client) fileChange(ctx context.Context, as contract.As, a contract.ChangeRequestFile) (contract.ChangeRequest, error) {
	body := map[string]string{"service": a.Service, "object": a.Object, "kind": a.Kind, "description": a.Description}
	if a.Tenant != "" {
		body["tenant"] = a.Tenant
	}
	var q changeOut
	err := c.do(ctx, as, http.MethodPost, path("change-requests"), body, &q)
	return q.contract(), err
}

func (c *Client) showChange(ctx context.Context, as contract.As, a contract.ChangeRequestShow) (contract.ChangeRequest, error) {
	var q changeOut
	err := c.do(ctx, as, http.MethodGet, path("change-requests", a.CR), nil, &q)
	return q.contract(), err
}

func (c *Client) closeChange(ctx context.Context, as contract.As, a contract.ChangeRequestClose) (contract.ChangeRequest, error) {
	var q changeOut
	err := c.do(ctx, as, http.MethodPut, path("change-requests", a.CR, "state"), map[string]string{"state": a.State}, &q)
	return q.contract(), err
}

func (c *Client) fileOrder(ctx context.Context, as contract.As, a contract.WrittenOrderFile) (contract.WrittenOrder, error) {
	body := map[string]string{"object": a.Object, "from": instant(a.From), "until": instant(a.Until), "reason": a.Reason}
	for key, value := range map[string]string{"signed_by": a.SignedBy, "document": a.Document} {
		if value != "" {
			body[key] = value
		}
	}
	var o struct {
		Number, Tenant, Object string
		From, Until            time.Time
	}
	err := c.do(ctx, as, http.MethodPost, path("tenants", a.Tenant, "orders"), body, &o)
	return contract.WrittenOrder{Order: o.Number, Tenant: o.Tenant, Object: o.Object, From: o.From, Until: o.Until}, err
}

func (c *Client) changeAccount(ctx context.Context, as contract.As, a contract.AccountChange) (contract.AccountChangeResult, error) {
	err := c.do(ctx, as, http.MethodPost, path("tenants", a.Tenant, "interventions"), map[string]string{"object": a.Object, "change": a.Change}, nil)
	return contract.AccountChangeResult{Tenant: a.Tenant, Object: a.Object, Change: a.Change}, err
}

// logOut is an audit log as the API shows it.
type logOut struct {
	Items []struct {
		At              time.Time `json:"at"`
		Tenant          string    `json:"tenant"`
		Person          string    `json:"person"`
		Organisation    string    `json:"organisation"`
		PowerOfAttorney string    `json:"power_of_attorney"`
		ChangeRequest   string    `json:"change_request"`
		Order           string    `json:"order"`
		Operation       string    `json:"operation"`
		Object          string    `json:"object"`
		Allowed         bool      `json:"allowed"`
		Rule            string    `json:"rule"`
		Reason          string    `json:"reason"`
	} `json:"items"`
	Chain string `json:"chain"`
	Next  int64  `json:"next"`
}

func (c *Client) queryAudit(ctx context.Context, as contract.As, a contract.AuditQuery) (contract.AuditQueryResult, error) {
	result := contract.AuditQueryResult{Entries: []contract.AuditEntry{}, Complete: true, Chain: "intact"}
	logs := []string{a.Tenant}
	if a.Tenant == "" && as.Org == contract.Operator { // who sees all tenants asks for all their logs
		l, err := c.listTenants(ctx, as, contract.TenantList{})
		if err != nil {
			return result, err
		}
		for _, t := range l.Tenants {
			logs = append(logs, t.Tenant)
		}
	}
	limit := a.Limit
	if limit == 0 {
		limit = 1000
	}
	for _, log := range logs {
		if err := c.readLog(ctx, as, log, a, limit, &result); err != nil {
			return result, err
		}
	}
	slices.SortStableFunc(result.Entries, func(a, b contract.AuditEntry) int { return a.At.Compare(b.At) })
	if len(result.Entries) > limit {
		result.Entries, result.Complete = result.Entries[:limit], false
	}
	return result, nil
}

// readLog appends what fits of one log, at most limit entries and one more.
func (c *Client) readLog(ctx context.Context, as contract.As, log string, a contract.AuditQuery, limit int, result *contract.AuditQueryResult) error {
	n := 0
	return pages(func(after string) (string, error) {
		var l logOut
		err := c.do(ctx, as, http.MethodGet, path("audit")+query("tenant", log, "after", after, "limit", "1000", "from", instant(a.From), "until", instant(a.Until),
			"person", a.Person, "operation", a.OperationName), nil, &l)
		if err != nil {
			return "", err
		}
		if l.Chain != "intact" {
			result.Chain = "broken"
		}
		for _, e := range l.Items {
			entry := contract.AuditEntry{At: e.At, Person: e.Person, Org: e.Organisation, Tenant: e.Tenant, Operation: e.Operation, Outcome: "done",
				PowerOfAttorney: e.PowerOfAttorney, Order: e.Order, CR: e.ChangeRequest, Text: e.Object}
			if !e.Allowed {
				entry.Outcome, entry.Rule, entry.Text = "refused", e.Rule, e.Reason
			}
			result.Entries = append(result.Entries, entry)
		}
		if n += len(l.Items); l.Next == 0 || n > limit {
			return "", nil
		}
		return strconv.FormatInt(l.Next, 10), nil
	})
}

func (c *Client) queryQueue(ctx context.Context, as contract.As, a contract.QueueQuery) (contract.QueueQueryResult, error) {
	var l struct {
		Waiting int `json:"waiting"`
		Items   []struct {
			MessageID string    `json:"message_id"`
			Tenant    string    `json:"tenant"`
			Direction string    `json:"direction"`
			From      string    `json:"from"`
			To        string    `json:"to"`
			Tries     int       `json:"tries"`
			Due       time.Time `json:"due"`
			Answer    string    `json:"answer"`
		} `json:"items"`
	}
	err := c.do(ctx, as, http.MethodGet, path("queue")+query("tenant", a.Tenant, "limit", "1000"), nil, &l)
	out := contract.QueueQueryResult{Waiting: l.Waiting, Deliveries: []contract.QueuedDelivery{}}
	for _, q := range l.Items {
		out.Deliveries = append(out.Deliveries, contract.QueuedDelivery{MessageID: q.MessageID, Tenant: q.Tenant, Sender: q.From, Recipient: q.To, Direction: q.Direction,
			Attempts: q.Tries, Next: q.Due, LastError: q.Answer})
	}
	return out, err
}
