package check

import (
	"demailbench/features/check/promise"
	"demailbench/sim/record"
)

// promised is the evidence as package promise reads it.
func (c *Case) promised() *promise.Case {
	return &promise.Case{Events: c.Events, Contacts: c.Scene.Contacts, ClearDays: c.Scene.ClearDays, Text: c.text,
		FromGateway: func(e record.Event) bool { return c.isGateway(e.Remote) }}
}

func (c *Case) told(x Expectation) Finding      { return found(c.promised().Told(x.Name, x.Text)) }
func (c *Case) due(x Expectation) Finding       { return found(c.promised().Due(x.Name)) }
func (c *Case) accounted(x Expectation) Finding { return found(c.promised().Accounted(x.Name)) }
func (c *Case) probed(x Expectation) Finding    { return found(c.promised().Probed(x.Name)) }
