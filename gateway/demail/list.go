package demail

import (
	"bytes"
	"errors"
	"io"
	"strings"
)

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Mailbox is one entry of an address list.
type Mailbox struct {
	// Address is canonical, or empty with Err when the entry has none. Encoded-words are letters like all
	// others here: they never become part of an address (RFC 2047 5).
	Address string
	Err     error
	// Group reports an entry inside a group (RFC 5322 3.4).
	Group bool

	item, spec span
}

// span is a part of the value: octets from and including from up to to.
type span struct{ from, to int }

// List is the value of From, To and their kin, cut at its commas without a change of any octet.
type List struct {
	Mailboxes []Mailbox
	// Groups counts the groups, empty ones included.
	Groups int
	value  []byte
}

// ErrList is the error for a value whose commas cannot be found safely: unbalanced quotes, comments or
// brackets.
var ErrList = errors.New("broken address list")

// ParseList cuts a raw field value (Field.Value) into its entries. An entry without a valid address is
// returned with Err; only a value that cannot be cut at all is an error, ErrList.
func ParseList(value []byte) (List, error) {
	p := listParser{List: List{value: value}}
	p.begin(0)
	for i := 0; i < len(value); {
		n, err := p.step(i)
		if err != nil {
			return List{}, err
		}
		i = n
	}
	if p.group || p.open {
		return List{}, ErrList
	}
	p.finish(len(value))
	return p.List, nil
}

// listParser is the state between two octets of the value.
type listParser struct {
	List
	group bool
	open  bool // inside angle brackets
	angle *span
	first int // first octet of the entry
	text  span
}

func (p *listParser) begin(at int) {
	p.first, p.angle, p.text = at, nil, span{-1, -1}
}

// word notes octets of the entry that are neither blank nor comment.
func (p *listParser) word(from, to int) {
	if p.text.from < 0 {
		p.text.from = from
	}
	p.text.to = to
}

// step handles the octet at i and returns where the next begins.
func (p *listParser) step(i int) (int, error) {
	switch c := p.value[i]; c {
	case '"', '[':
		end := closing(p.value, i)
		p.word(i, end)
		return end, failed(end)
	case '(':
		end := comment(p.value, i)
		return end, failed(end)
	case '<':
		if p.open || p.angle != nil {
			return 0, ErrList
		}
		p.open, p.angle = true, &span{i + 1, -1}
	case '>':
		if !p.open {
			return 0, ErrList
		}
		p.open, p.angle.to = false, i
	case ',', ';', ':':
		return i + 1, p.delimiter(c, i)
	case ' ', '\t', '\r', '\n':
	default:
		if p.angle == nil {
			p.word(i, i+1)
		} else if !p.open {
			return 0, ErrList // text after the closing bracket
		}
	}
	return i + 1, nil
}

// delimiter ends an entry, or begins or ends a group. Inside brackets commas and colons are those of a source
// route, which Canonical refuses.
func (p *listParser) delimiter(c byte, i int) error {
	switch {
	case p.open:
		return nil
	case c == ',':
		p.finish(i)
	case c == ':':
		if p.group || p.angle != nil {
			return ErrList
		}
		p.group = true
		p.Groups++
	default:
		if !p.group {
			return ErrList
		}
		p.finish(i)
		p.group = false
	}
	p.begin(i + 1)
	return nil
}

// finish adds the entry that ends at to; an empty one is nothing (RFC 5322 4.4).
func (p *listParser) finish(to int) {
	m := Mailbox{Group: p.group, spec: p.text}
	if p.angle != nil {
		m.spec = *p.angle
	}
	if m.spec.from < 0 {
		return
	}
	m.item = trim(p.value, span{p.first, to})
	m.spec = trim(p.value, m.spec)
	m.Address, m.Err = Canonical(string(p.value[m.spec.from:m.spec.to]))
	p.Mailboxes = append(p.Mailboxes, m)
}

func trim(b []byte, s span) span {
	for s.from < s.to && isBlank(b[s.from]) {
		s.from++
	}
	for s.from < s.to && isBlank(b[s.to-1]) {
		s.to--
	}
	return s
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func failed(end int) error {
	if end < 0 {
		return ErrList
	}
	return nil
}

// closing returns the octet after the quoted string or domain literal that begins at i, or -1.
func closing(b []byte, i int) int {
	end := byte('"')
	if b[i] == '[' {
		end = ']'
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case end:
			return i + 1
		case '\\':
			i++
		}
	}
	return -1
}

// comment returns the octet after the comment that begins at i, or -1; comments nest.
func comment(b []byte, i int) int {
	depth := 0
	for ; i < len(b); i++ {
		switch b[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\\':
			i++
		}
	}
	return -1
}

// Rewrite returns the value with every address replaced by what public says for it; an entry for which public
// says false, or that has no address, goes. When nothing changes the value comes back octet for octet; a
// replaced entry keeps its display name unless that repeats the old address. empty reports that no entry is
// left. Groups are dissolved when something changes.
func (l List) Rewrite(public func(address string) (string, bool)) (value []byte, empty bool) {
	var items [][]byte
	changed := false
	for _, m := range l.Mailboxes {
		with, ok := "", false
		if m.Err == nil {
			with, ok = public(m.Address)
		}
		if ok && with == m.Address {
			items = append(items, l.value[m.item.from:m.item.to])
			continue
		}
		changed = true
		if ok {
			items = append(items, l.replace(m, with))
		}
	}
	if !changed {
		return l.value, len(items) == 0
	}
	v := append([]byte{' '}, bytes.Join(items, []byte(",\r\n "))...)
	return append(v, '\r', '\n'), len(items) == 0
}

// replace puts an address into an entry in place of its own.
func (l List) replace(m Mailbox, with string) []byte {
	before, after := l.value[m.item.from:m.spec.from], l.value[m.spec.to:m.item.to]
	rest := strings.ToLower(string(before) + string(after))
	if strings.Contains(rest, m.Address) {
		return []byte(with)
	}
	b := append([]byte(nil), before...)
	b = append(b, with...)
	return append(b, after...)
}
