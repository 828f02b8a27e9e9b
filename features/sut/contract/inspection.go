package contract

import "time"

// AuditEntry is one line of the gateway's audit trail.
type AuditEntry struct {
	At time.Time `json:"at"`
	// Who acted; empty: the gateway itself.
	Person string `json:"person"`
	Org    string `json:"org"`
	Tenant string `json:"tenant,omitempty"`
	// What was done, by the contract's name where it has one.
	Operation string `json:"operation"`
	// Whether it was done: done, refused.
	Outcome string `json:"outcome"`
	// By which rule it was refused.
	Rule            string `json:"rule,omitempty"`
	PowerOfAttorney string `json:"power_of_attorney,omitempty"`
	Order           string `json:"order,omitempty"`
	CR              string `json:"cr,omitempty"`
	Text            string `json:"text,omitempty"`
}

// QueuedDelivery is one message that waits for one recipient.
type QueuedDelivery struct {
	// Message-ID.
	MessageID string `json:"message_id"`
	Tenant    string `json:"tenant"`
	Sender    string `json:"sender"`
	Recipient string `json:"recipient"`
	// To the DMDA, to the tenant, or a notice of the gateway's own: outbound, inbound, notice.
	Direction string `json:"direction"`
	// Tries so far.
	Attempts int `json:"attempts"`
	// Next try.
	Next      time.Time `json:"next,omitzero"`
	LastError string    `json:"last_error,omitempty"`
}

// AuditQuery are the arguments of audit.query; the result is AuditQueryResult.
type AuditQuery struct {
	Tenant string    `json:"tenant,omitempty"`
	From   time.Time `json:"from,omitzero"`
	Until  time.Time `json:"until,omitzero"`
	// Only this person's.
	Person string `json:"person,omitempty"`
	// Only this operation's.
	OperationName string `json:"operation,omitempty"`
	// At most so many entries; default 1000.
	Limit int `json:"limit,omitempty"`
}

// Operation implements Args.
func (AuditQuery) Operation() string { return "audit.query" }

// AuditQueryResult is the result of audit.query.
type AuditQueryResult struct {
	Entries []AuditEntry `json:"entries"`
	// No entry was left off.
	Complete bool `json:"complete"`
	// Whether the trail proves that nothing was changed or removed: intact, broken, none.
	Chain string `json:"chain"`
}

// QueueQuery are the arguments of queue.query; the result is QueueQueryResult.
type QueueQuery struct {
	Tenant string `json:"tenant,omitempty"`
}

// Operation implements Args.
func (QueueQuery) Operation() string { return "queue.query" }

// QueueQueryResult is the result of queue.query.
type QueueQueryResult struct {
	// Number of deliveries that wait.
	Waiting    int              `json:"waiting"`
	Deliveries []QueuedDelivery `json:"deliveries"`
}
