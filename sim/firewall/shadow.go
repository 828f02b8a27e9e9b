package firewall

// Shadow is an entry that can never decide.
type Shadow struct {
	// Entry is the row's id.
	Entry string
	// By are the ids of the earlier rows that together take everything it names, in their order.
	By []string
}

// Shadowed finds the entries that earlier ones cover completely, alone or together, at all times of their
// validity. Entries that do not count (requested, suspended ...) neither shadow nor are shadowed.
func (m *Matrix) Shadowed() []Shadow { return nil }
