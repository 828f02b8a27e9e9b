package record

import "fmt"

// needs lists, for each kind, the fields without which an event of it says nothing.
var needs = map[Kind][]string{
	ConnOpen: {"local", "remote"},
	ConnDial: {"remote"},
	Drop:     {"detail", "remote", "proto"},
	Flow:     {"rule", "local", "remote", "nat_local", "nat_remote", "proto"},
	Fault:    {"name", "text"},
	Query:    {"name", "type", "rcode", "remote"},
	Session:  {"session", "text"},
	Refused:  {"session", "verb", "code"},
	Accepted: {"session", "msg"},
	Sent:     {"remote", "msg", "code"},
	Rejected: {"verb"},
	Stored:   {"to", "msg"},
	Action:   {"name"},
	Gateway:  {"text"},
	Clause:   {"name", "detail"},

	Operation: {"session", "name", "text", "detail"},
	Probe:     {"name", "text", "remote"},
}

// Validate reports an unknown kind, or the first field that e lacks, as an error that names both.
func Validate(e Event) error {
	fields, ok := needs[e.Kind]
	if !ok {
		return fmt.Errorf("record: event of %q has unknown kind %q; this bench knows other kinds, use the version that wrote the record", e.Who, e.Kind)
	}
	if e.Who == "" {
		return fmt.Errorf("record: event %q does not say who saw it", e.Kind)
	}
	for _, f := range fields {
		if !e.has(f) {
			return fmt.Errorf("record: event %q of %q lacks %q", e.Kind, e.Who, f)
		}
	}
	return nil
}

func (e Event) has(field string) bool {
	switch field {
	case "local":
		return e.Local != ""
	case "remote":
		return e.Remote != ""
	case "nat_local":
		return e.NATLocal != ""
	case "nat_remote":
		return e.NATRemote != ""
	case "proto":
		return e.Proto != ""
	case "rule":
		return e.Rule != ""
	case "session":
		return e.Session != ""
	case "verb":
		return e.Verb != ""
	case "code":
		return e.Code != 0
	case "text":
		return e.Text != ""
	case "to":
		return len(e.To) > 0
	case "msg":
		return e.Msg != nil
	case "name":
		return e.Name != ""
	case "type":
		return e.Type != ""
	case "rcode":
		return e.Rcode != ""
	case "detail":
		return e.Detail != ""
	}
	panic("record: no such field " + field)
}
