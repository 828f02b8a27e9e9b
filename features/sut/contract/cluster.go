package contract

// Instance is one gateway connector.
type Instance struct {
	Instance string `json:"instance"`
	// Whether it works: ready, draining, down.
	State string `json:"state"`
	// Tenants assigned to it.
	Tenants []string `json:"tenants"`
}

// Card is an ITSP certificate card in the gateway.
type Card struct {
	Card string `json:"card"`
	// Whether the gateway can use it: absent, locked, ready, blocked.
	State string `json:"state"`
	// Wrong PINs until it blocks itself.
	TriesLeft int `json:"tries_left"`
}

// InstanceAssign are the arguments of instance.assign; the result is Instance.
type InstanceAssign struct {
	Tenant   string `json:"tenant"`
	Instance string `json:"instance"`
}

// Operation implements Args.
func (InstanceAssign) Operation() string { return "instance.assign" }

// InstanceList are the arguments of instance.list; the result is InstanceListResult.
type InstanceList struct{}

// Operation implements Args.
func (InstanceList) Operation() string { return "instance.list" }

// InstanceListResult is the result of instance.list.
type InstanceListResult struct {
	Instances []Instance `json:"instances"`
}

// CardInsert are the arguments of card.insert; the result is Card.
type CardInsert struct {
	Card string `json:"card"`
}

// Operation implements Args.
func (CardInsert) Operation() string { return "card.insert" }

// CardPin are the arguments of card.pin; the result is Card.
type CardPin struct {
	Card string `json:"card"`
	Pin  string `json:"pin"`
}

// Operation implements Args.
func (CardPin) Operation() string { return "card.pin" }

// CardBlock are the arguments of card.block; the result is Card.
type CardBlock struct {
	Card   string `json:"card"`
	Reason string `json:"reason"`
}

// Operation implements Args.
func (CardBlock) Operation() string { return "card.block" }

// CardStatus are the arguments of card.status; the result is Card.
type CardStatus struct {
	Card string `json:"card"`
}

// Operation implements Args.
func (CardStatus) Operation() string { return "card.status" }
