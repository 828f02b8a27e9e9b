package demail

import (
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"
)

// Recipients is the value of X-de-mail-chosen-recipient or X-de-mail-actual-recipient (TR-01201-3.4 3.1.8,
// 3.1.15). A list that is empty does not appear in the field.
type Recipients struct {
	To, Cc, Bcc []Mailbox
}

// Mailbox is one recipient with the display name that the sender chose, if any.
type Mailbox struct {
	Name    string
	Address Address
}

// String writes the mailbox as RFC 5322 addr-spec, or as name-addr where it has a name.
func (m Mailbox) String() string {
	if m.Name == "" {
		return m.Address.String()
	}
	return (&mail.Address{Name: m.Name, Address: m.Address.String()}).String()
}

// String writes the field's value in one line, keys in the order to, cc, bcc, addresses separated by
// commas; NewField folds it.
func (r Recipients) String() string {
	var parts []string
	for _, l := range r.lists() {
		if len(*l.boxes) == 0 {
			continue
		}
		texts := make([]string, len(*l.boxes))
		for i, m := range *l.boxes {
			texts[i] = m.String()
		}
		parts = append(parts, l.key+"="+strings.Join(texts, ", "))
	}
	return strings.Join(parts, "; ")
}

// All returns the addresses of all lists: to, cc, bcc.
func (r Recipients) All() []Address {
	var out []Address
	for _, l := range r.lists() {
		for _, m := range *l.boxes {
			out = append(out, m.Address)
		}
	}
	return out
}

type recipientList struct {
	key   string
	boxes *[]Mailbox
}

func (r *Recipients) lists() []recipientList {
	return []recipientList{{"to", &r.To}, {"cc", &r.Cc}, {"bcc", &r.Bcc}}
}

// ParseRecipients reads the value of a recipient field. The guideline's grammar separates addresses by
// commas, its footnote by semicolons: both are taken. Keys are compared without case, as ABNF strings are.
// Refused: a key twice, an unknown key, a key without addresses, a group, an address that ParseAddress
// refuses.
func ParseRecipients(value string) (Recipients, error) {
	var r Recipients
	var current *[]Mailbox
	seen := map[string]bool{}
	parts, err := splitOutside(value, ';')
	if err != nil {
		return Recipients{}, fmt.Errorf("demail: recipients: %w", err)
	}
	for _, part := range parts {
		list := part
		if key, rest, found := cutKey(part); found {
			if current = r.list(key); current == nil {
				return Recipients{}, fmt.Errorf("demail: recipients: key %+q is not to, cc or bcc", key)
			}
			if seen[lower(key)] {
				return Recipients{}, fmt.Errorf("demail: recipients: key %q stands twice", key)
			}
			seen[lower(key)] = true
			list = rest
		}
		if current == nil {
			return Recipients{}, fmt.Errorf("demail: recipients: %+q has no key to, cc or bcc", strings.TrimSpace(part))
		}
		boxes, err := parseMailboxes(list)
		if err != nil {
			return Recipients{}, fmt.Errorf("demail: recipients: %w", err)
		}
		*current = append(*current, boxes...)
	}
	return r, nil
}

func (r *Recipients) list(key string) *[]Mailbox {
	for _, l := range r.lists() {
		if l.key == lower(key) {
			return l.boxes
		}
	}
	return nil
}

// cutKey splits "key = rest". The = of an address or of a quoted name is none: a key is one word of letters.
func cutKey(part string) (key, rest string, found bool) {
	key, rest, found = strings.Cut(part, "=")
	key = strings.Trim(key, " \t")
	if !found || key == "" {
		return "", part, false
	}
	for i := 0; i < len(key); i++ {
		if c := key[i] | 0x20; c < 'a' || c > 'z' {
			return "", part, false
		}
	}
	// "to=x@y.de" as a bare address would need an @ behind a local part "to=x": the key wins.
	return key, rest, true
}

// splitOutside splits at sep where it stands outside quoted strings, comments and angle brackets.
func splitOutside(s string, sep byte) ([]string, error) {
	var parts []string
	quoted, comment, angle, start := false, 0, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && (quoted || comment > 0):
			i++
		case c == '"' && comment == 0:
			quoted = !quoted
		case quoted:
		case c == '(':
			comment++
		case c == ')' && comment > 0:
			comment--
		case comment > 0:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case c == sep && !angle:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	if quoted || comment > 0 || angle {
		return nil, fmt.Errorf("a quoted string, comment or angle bracket does not end")
	}
	return append(parts, s[start:]), nil
}

// names leaves encoded words of unknown character sets as they are: a name never decides anything.
var names = mail.AddressParser{WordDecoder: &mime.WordDecoder{
	CharsetReader: func(_ string, r io.Reader) (io.Reader, error) { return r, nil },
}}

// parseMailboxes reads a comma separated list without groups. The syntax around the addresses is left to
// net/mail; what counts as an address is decided by ParseAddress alone.
func parseMailboxes(list string) ([]Mailbox, error) {
	if parts, err := splitOutside(list, ':'); err != nil || len(parts) > 1 {
		return nil, fmt.Errorf("%+q: groups are not taken", strings.TrimSpace(list))
	}
	return ParseAddressList(list)
}

// ParseAddressList reads the value of a From, To, Cc or Reply-To field into mailboxes; the members of
// groups are returned, an empty group has none. Every address must pass ParseAddress.
func ParseAddressList(value string) ([]Mailbox, error) {
	addrs, err := names.ParseList(value)
	if err != nil {
		return nil, fmt.Errorf("address list %+q: %w", value, err)
	}
	out := make([]Mailbox, len(addrs))
	for i, a := range addrs {
		if out[i].Address, err = ParseAddress(a.Address); err != nil {
			return nil, err
		}
		out[i].Name = a.Name
	}
	return out, nil
}
