package demail

import (
	"fmt"
	"strings"
)

// Owner says who may write an X-de-mail field.
type Owner int

const (
	// Provider fields are metadata that only a DMDA sets (TR-01201-3.1 step 29).
	Provider Owner = iota
	// Option fields are wishes of the sender with the values yes and no (TR-01201-3.4 3.1.2-3.1.6).
	Option
	// Remark is the sender's private-id, which nobody changes (TR-01201-3.4 3.1.17).
	Remark
)

// maxRemark is the longest private-id in characters.
const maxRemark = 1024

// prefix is what all De-Mail fields begin with.
const prefix = "x-de-mail-"

// owners has every field of TR-01201-3.4 3.1 (version 1.8), in lower case.
var owners = map[string]Owner{
	"x-de-mail-confirmation-of-dispatch": Option,
	"x-de-mail-confirmation-of-receipt":  Option,
	"x-de-mail-confirmation-of-retrieve": Option,
	"x-de-mail-authoritative":            Option,
	"x-de-mail-private":                  Option,
	"x-de-mail-private-id":               Remark,
	"x-de-mail-sender":                   Provider,
	"x-de-mail-chosen-recipient":         Provider,
	"x-de-mail-actual-recipient":         Provider,
	"x-de-mail-auth-level":               Provider,
	"x-de-mail-auth-mechanism":           Provider,
	"x-de-mail-message-id":               Provider,
	"x-de-mail-originator-provider":      Provider,
	"x-de-mail-message-type":             Provider,
	"x-de-mail-integrity":                Provider,
	"x-de-mail-signature-certificate":    Provider,
	"x-de-mail-version":                  Provider,
	"x-de-mail-account-holder":           Provider,
	"x-de-mail-notification-type":        Provider,
}

// IsDeMail reports whether a field's name belongs to De-Mail, known or not.
func (f Field) IsDeMail() bool {
	return len(f.Name) >= len(prefix) && strings.EqualFold(f.Name[:len(prefix)], prefix)
}

// FieldError is an X-de-mail field that a sender may not write, or not like this.
type FieldError struct {
	// Name is the field's name in lower case.
	Name    string
	Problem string
	// Provider reports a field that belongs to the DMDA.
	Provider bool
}

// Error is "x-de-mail-private: value must be yes or no".
func (e *FieldError) Error() string { return e.Name + ": " + e.Problem }

// CheckSubmitted judges the X-de-mail fields of a message that a user submits: options with exactly yes or
// no (case sensitive), one private-id of at most 1024 ASCII characters, nothing else, nothing twice (D15).
// The error is a *FieldError and names the first field that is wrong.
func CheckSubmitted(h Header) error {
	seen := map[string]bool{}
	for _, f := range h.Fields {
		if !f.IsDeMail() {
			continue
		}
		name := lower(f.Name)
		if err := checkField(name, f.Text()); err != nil {
			return err
		}
		if seen[name] {
			return &FieldError{Name: name, Problem: "given twice"}
		}
		seen[name] = true
	}
	return nil
}

func checkField(name, value string) error {
	owner, known := owners[name]
	switch {
	case !known:
		return &FieldError{Name: name, Problem: "no such De-Mail field"}
	case owner == Provider:
		return &FieldError{Name: name, Problem: "set by the De-Mail provider only", Provider: true}
	case owner == Option && value != "yes" && value != "no":
		return &FieldError{Name: name, Problem: "value must be yes or no"}
	case owner == Remark && len(value) > maxRemark:
		return &FieldError{Name: name, Problem: fmt.Sprintf("longer than %d characters", maxRemark)}
	}
	for i := 0; i < len(value); i++ {
		if value[i] < ' ' && value[i] != '\t' || value[i] > '~' {
			return &FieldError{Name: name, Problem: "value is not printable ASCII"}
		}
	}
	return nil
}
