package demail

// System is the designation of a system address, "<designation>@<DMDA>", in the spelling of the guideline
// (TR-01201-3.1 4.3, TR-01201-4.1). Accounts cannot have them at a provider's domain.
type System string

// The reserved designations.
const (
	SystemDispatch     System = "Versandbestaetigung"
	SystemReceipt      System = "Eingangsbestaetigung"
	SystemRetrieve     System = "Abholbestaetigung"
	SystemMalware      System = "Schadsoftware-Warnung"
	SystemNotification System = "Meldung"
	SystemIdent        System = "Ident-Bestaetigung"
	SystemIdentNote    System = "Ident-Meldung"
)

var systems = []System{SystemDispatch, SystemReceipt, SystemRetrieve, SystemMalware, SystemNotification, SystemIdent, SystemIdentNote}

// At is the system address at a provider's domain.
func (s System) At(domain string) string { return string(s) + "@" + domain }

// SystemOf returns the designation that a carries at the provider's domain; ok is false for every other
// address. The same local part in an institution's own domain is free (TR-01201-2.1 2.1.1).
func SystemOf(a Address, provider string) (s System, ok bool) {
	if a.domain != lower(provider) {
		return "", false
	}
	for _, s := range systems {
		if a.local == lower(string(s)) {
			return s, true
		}
	}
	return "", false
}

// SystemFor is the designation that sends messages of the given X-de-mail-message-type; ok is false for
// normal messages and unknown types.
func SystemFor(messageType string) (s System, ok bool) {
	switch messageType {
	case TypeDispatch:
		return SystemDispatch, true
	case TypeReceipt:
		return SystemReceipt, true
	case TypeRetrieve:
		return SystemRetrieve, true
	case TypeMalwareAck, TypeMalwareNote:
		return SystemMalware, true
	case TypeNotification:
		return SystemNotification, true
	case TypeIdent:
		return SystemIdent, true
	}
	return "", false
}
