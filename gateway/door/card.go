package door

import "crypto/tls"

// Card is the operator's card: the key with which the gateway signs in at the DMDA for every account that
// is bound to it, possession plus knowledge as TR-01201-6.1 10 asks. The key never leaves it.
type Card interface {
	// Unlock presents the PIN. It fails on a wrong PIN and for good once the card has blocked itself;
	// neither the PIN nor a hint to it is in the error. An error that is a PINError says whether the PIN
	// was the cause; of any other it is assumed, so that no try is wasted.
	Unlock(pin string) error
	// Certificate returns the card's certificate with a signer that works only while the card is inserted,
	// unlocked and not blocked. The error says which of these fails.
	Certificate() (tls.Certificate, error)
}

// PINError is an error of Card.Unlock that knows its cause.
type PINError interface {
	error
	// WrongPIN is false when the PIN was not even compared: no card, or a blocked one.
	WrongPIN() bool
}
