package clerk

import (
	"time"

	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/store"
)

// Act is something that another package keeps on record: the clerk decides it, and commits it with its entry in the
// audit log.
type Act struct {
	Operation role.Operation
	// Tenant is whose area it is, empty for the platform; Objects are the names by which a change request may call
	// what is changed, the usual one first.
	Tenant  string
	Objects []string
}

// Deed is what came of an act: the records to store, and the object before and after for the audit log.
type Deed struct {
	Puts          []store.Record
	Before, After any
}

// Perform decides an act and, when it is allowed, lets f do it at the instant that the log will name. What f returns
// is committed together with the entry; a refused attempt is logged too. f must not call the clerk. The error is a
// *register.Refusal, or the store's.
func (k *Clerk) Perform(c Caller, a Act, f func(at time.Time) (Deed, *register.Refusal)) error {
	return k.change(c, target{a.Operation, a.Tenant, a.Objects}, func(d *draft) *register.Refusal {
		deed, refusal := f(d.at)
		if refusal != nil {
			return refusal
		}
		d.puts = append(d.puts, deed.Puts...)
		d.before, d.after = deed.Before, deed.After
		return nil
	})
}

// May decides an act that changes nothing and returns the state to look at. Only a refusal is logged.
func (k *Clerk) May(c Caller, a Act) (*register.State, error) {
	return k.look(c, target{a.Operation, a.Tenant, a.Objects})
}
