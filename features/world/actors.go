package world

import (
	"demailbench/features/check/deed"
	"demailbench/features/world/browser"
	"demailbench/features/world/cast"
)

// Cast are the people of the sources' processes: authorities, KDN GmbH, SID, the provider's order desk.
func (w *World) Cast() *cast.Company {
	if w.cast == nil {
		b := w.Browser()
		w.cast = cast.New(cast.Options{Administer: w.Administer, Done: func() error { return w.Office().Ended(deed.Done, "") }, Tenant: w.tenant,
			Portal: b.Portal, Staff: b.Config.Staff, StaffKey: b.StaffKey, Code: func(account, person string) string { return b.Code(browser.Person{Account: account, ID: person}) },
			Clock: w.clock, Record: w.rec})
	}
	return w.cast
}
