package message

import (
	"encoding/binary"
	"io"
	"strings"

	"demailbench/sim/demail"
)

// Style is how metadata are written where the guideline leaves it open; the zero value is plain.
type Style struct {
	// Shuffle puts the metadata fields into another order for every message, drawn from Random.
	Shuffle bool
	// Fold is the width in characters to which metadata are folded at blanks; 0: 78.
	Fold int
	// LowerCase writes the names of metadata fields in lower case.
	LowerCase bool
	// Random is where orders are drawn from; needed with Shuffle.
	Random io.Reader
}

// apply writes metadata in this style.
func (u Style) apply(h demail.Header) demail.Header {
	for i := len(h) - 1; u.Shuffle && i > 0; i-- {
		var b [4]byte
		if _, err := io.ReadFull(u.Random, b[:]); err != nil {
			break
		}
		j := int(binary.BigEndian.Uint32(b[:]) % uint32(i+1))
		h[i], h[j] = h[j], h[i]
	}
	for i, f := range h {
		if u.LowerCase && strings.HasPrefix(strings.ToLower(f.Name), "x-de-mail-") {
			f.Name = strings.ToLower(f.Name)
			f.Raw = f.Name + f.Raw[len(f.Name):]
		}
		if u.Fold > 0 {
			f = fold(f, u.Fold)
		}
		h[i] = f
	}
	return h
}

// fold writes a field anew with lines of at most width characters, where it has blanks to fold at.
func fold(f demail.Field, width int) demail.Field {
	var b strings.Builder
	b.WriteString(f.Name + ":")
	column := b.Len()
	for i, word := range strings.Fields(f.Value()) {
		if i > 0 && column+1+len(word) > width {
			b.WriteString("\r\n")
			column = 0
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	b.WriteString("\r\n")
	f.Raw = b.String()
	return f
}
