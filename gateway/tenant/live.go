package tenant

import (
	"net/netip"
	"sync/atomic"
)

// Live is the rules over a book that can be replaced while they are in use: each decision sees one book, the next
// decision the newest (S1-149). The zero Live has no book; Replace gives it the first.
type Live struct{ book atomic.Pointer[Book] }

// Replace puts b in place of the book.
func (l *Live) Replace(b *Book) { l.book.Store(b) }

// Book is the current book.
func (l *Live) Book() *Book { return l.book.Load() }

func (l *Live) rules() bookRules { return bookRules{l.book.Load()} }

// Connect implements Rules.
func (l *Live) Connect(src netip.Addr) (Tenant, *Refusal) { return l.rules().Connect(src) }

// Transport implements Rules.
func (l *Live) Transport(t Tenant, src netip.Addr, tls bool) *Refusal {
	return l.rules().Transport(l.present(t), src, tls)
}

// present is t as it is now: a session knows the tenant as it was when it began.
func (l *Live) present(t Tenant) Tenant {
	b := l.Book()
	if i, ok := b.byID[t.ID]; ok {
		return b.tenants[i]
	}
	return t
}

// Sender implements Rules.
func (l *Live) Sender(t Tenant, envelope string) (string, *Refusal) {
	return l.rules().Sender(t, envelope)
}

// HeaderFrom implements Rules.
func (l *Live) HeaderFrom(t Tenant, demail, from string) *Refusal {
	return l.rules().HeaderFrom(t, demail, from)
}

// Recipient implements Rules.
func (l *Live) Recipient(t Tenant, to string) (string, *Refusal) { return l.rules().Recipient(t, to) }

// Public implements Rules.
func (l *Live) Public(t Tenant, address string) (string, bool) { return l.rules().Public(t, address) }

// Options implements Rules.
func (l *Live) Options(t Tenant, mailboxes ...string) Wishes {
	return l.rules().Options(t, mailboxes...)
}

// Inbound implements Rules.
func (l *Live) Inbound(to string, from Author) (Delivery, *Refusal) {
	return l.rules().Inbound(to, from)
}
