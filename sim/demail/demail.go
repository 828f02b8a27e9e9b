// Package demail is the vocabulary of De-Mail as the simulated provider and the judge read it: addresses
// after TR-01201-2.1, the octets of a message header, the header table of TR-01201-3.4 3.1 with what each
// kind of message must carry, the recipient fields, and the integrity header with its hashes.
//
// It is written apart from the gateway's package of the same purpose: a provider that parses with the
// gateway's code would agree with the gateway's mistakes. Truth for both comes from fixtures/vectors/demail.
// It leaves out accounts and transport (sim/dmda), certificates and signatures (package sign below it), and
// message bodies beyond their hash.
package demail

import "fmt"

// Kind is one of the four kinds of message that TR-01201-3.4 3.1.1 tells apart.
type Kind int

// The kinds of TR-01201-3.4 table 1, in the order of its columns.
const (
	// Normal is a message from one account holder to others (column N).
	Normal Kind = iota
	// Confirmation is a confirmation of dispatch, receipt or retrieve, or of found malware (column B).
	Confirmation
	// Notification is a Meldung of the provider (column M).
	Notification
	// Ident is an identity confirmation (column I).
	Ident
)

// String is the kind in English, for reports.
func (k Kind) String() string {
	switch k {
	case Normal:
		return "normal"
	case Confirmation:
		return "confirmation"
	case Notification:
		return "notification"
	case Ident:
		return "ident"
	}
	return fmt.Sprintf("kind %d", int(k))
}

// The values of X-de-mail-message-type (TR-01201-3.4 3.1.12): with blanks, without hyphens.
const (
	TypeNormal       = "normal"
	TypeDispatch     = "confirmation of dispatch"
	TypeReceipt      = "confirmation of receipt"
	TypeRetrieve     = "confirmation of retrieve"
	TypeMalwareAck   = "malware-acknowledge"
	TypeMalwareNote  = "malware-notification"
	TypeNotification = "notification"
	TypeIdent        = "identification"
)

// KindOf returns the kind of message that a value of X-de-mail-message-type stands for; ok is false for a
// value that the table does not have. Values are compared exactly: the TR gives no other spelling.
func KindOf(messageType string) (k Kind, ok bool) {
	switch messageType {
	case TypeNormal:
		return Normal, true
	case TypeDispatch, TypeReceipt, TypeRetrieve, TypeMalwareAck:
		return Confirmation, true
	case TypeMalwareNote, TypeNotification:
		return Notification, true
	case TypeIdent:
		return Ident, true
	}
	return 0, false
}

// The values of X-de-mail-notification-type (TR-01201-3.4 3.1.20).
const (
	NoteUnknownRecipient = "unknown-recipient"
	NoteClosedAccount    = "closed-account"
	NoteInvalidFormat    = "invalid-format"
	NoteOther            = "other"
)

// NotificationType reads a value of X-de-mail-notification-type: a missing or invalid one counts as
// "other" (TR-01201-3.1 step 41).
func NotificationType(value string) string {
	switch value {
	case NoteUnknownRecipient, NoteClosedAccount, NoteInvalidFormat, NoteOther:
		return value
	}
	return NoteOther
}

// Level is the authentication level of a sign-in (Authentisierungsniveau, TR-01201-3.4 3.1.9).
type Level string

// The two levels, as X-de-mail-auth-level writes them.
const (
	LevelNormal Level = "normal"
	LevelHigh   Level = "high"
)
