package demail

// Canonical returns the one form of an address by which the gateway maps, judges, stores and sends.
func Canonical(address string) (string, error) { panic("not yet") }
