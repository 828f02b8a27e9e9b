package demail

import (
	"fmt"
	"strings"
)

// MaxPrivateID is the longest X-de-mail-private-id in characters (TR-01201-3.4 3.1.17).
const MaxPrivateID = 1024

// Versions are the values of X-de-mail-version: table 17 of TR-01201-3.4 and 1.8, which that table forgot.
var Versions = []string{"1.0", "1.1", "1.2", "1.7", "1.8"}

// Violation is one way in which a header differs from the header table.
type Violation struct {
	// Nr and Field name the row of TR-01201-3.4 table 1.
	Nr    int
	Field string
	// Problem says what is wrong, with the value where there is one.
	Problem string
}

// String is one line for reports.
func (v Violation) String() string { return fmt.Sprintf("%s (nr %d): %s", v.Field, v.Nr, v.Problem) }

// CheckHeader compares a header with the header table for messages of kind k: presence, doubled De-Mail
// fields, syntax of the values. It follows the 1.8 header set and does not recompute the integrity header
// (Verify does).
func CheckHeader(h Header, k Kind) []Violation {
	var out []Violation
	for _, e := range table {
		fields := h.All(e.Name)
		report := func(format string, a ...any) {
			out = append(out, Violation{e.Nr, e.Name, fmt.Sprintf(format, a...)})
		}
		switch {
		case len(fields) == 0 && e.In[k] == Must:
			report("missing in a message of kind %s", k)
			continue
		case len(fields) == 0:
			continue
		case e.In[k] == Never:
			report("must not stand in a message of kind %s", k)
			continue
		case len(fields) > 1 && e.Owner != Transport:
			report("stands %d times", len(fields))
		}
		if problem := valueProblem(e.Name, fields[0].Value()); problem != "" {
			report("value %+.100q: %s", fields[0].Value(), problem)
		}
	}
	return out
}

// valueProblem checks one value against the field's definition in TR-01201-3.4 3.1.2 to 3.1.20; it is ""
// for a good one.
func valueProblem(name, value string) string {
	switch name {
	case FieldDispatch, FieldReceipt, FieldRetrieve, FieldAuthoritative, FieldPrivate:
		_, err := Option(value)
		return text(err)
	case FieldSender:
		_, err := ParseAddress(value)
		return text(err)
	case FieldChosen, FieldActual:
		_, err := ParseRecipients(value)
		return text(err)
	case FieldPrivateID:
		if len(value) > MaxPrivateID {
			return fmt.Sprintf("longer than %d characters", MaxPrivateID)
		}
	case FieldAuthLevel:
		return oneOf(value, string(LevelNormal), string(LevelHigh))
	case FieldVersion:
		return oneOf(value, Versions...)
	case FieldMessageType:
		return oneOf(value, TypeNormal, TypeDispatch, TypeReceipt, TypeRetrieve, TypeMalwareAck, TypeMalwareNote, TypeNotification, TypeIdent)
	case FieldNotificationType:
		return oneOf(value, NoteUnknownRecipient, NoteClosedAccount, NoteInvalidFormat, NoteOther)
	case FieldProvider:
		return domainProblem(value)
	case FieldIntegrity:
		_, err := ParseIntegrity(value)
		return text(err)
	case FieldMessageID, "Message-ID", FieldAccountHolder, FieldAuthMechanism:
		if value == "" {
			return "empty"
		}
	}
	return ""
}

// Option reads the value of an option field: "yes" or "no", case sensitive (TR-01201-3.4 3.1.2 to 3.1.6).
// A missing field is "no"; ask Header.Get first.
func Option(value string) (bool, error) {
	switch value {
	case "yes":
		return true, nil
	case "no":
		return false, nil
	}
	return false, fmt.Errorf("demail: option must be \"yes\" or \"no\", in lower case, and is %+q", value)
}

func oneOf(value string, allowed ...string) string {
	for _, a := range allowed {
		if value == a {
			return ""
		}
	}
	return "must be one of: " + strings.Join(allowed, ", ")
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
