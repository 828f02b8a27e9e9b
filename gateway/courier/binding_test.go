package courier

import (
	"context"
	"errors"
	"strings"
	"testing"
)

// TestBound: the DMDA's answer to the sender tells whether a domain is bound (S0-016); nothing is sent, and an answer
// that tells nothing is none.
func TestBound(t *testing.T) {
	for _, c := range []struct {
		name, verb string
		err        error
		unbound    bool
		want       string
	}{
		{"mailbox of a bound domain", "", nil, false, ""},
		{"no mailbox, but bound", "MAIL", code(550, [3]int{5, 1, 0}, "no mailbox"), false, ""},
		{"not bound", "MAIL", code(550, [3]int{5, 7, 1}, "not bound to ITSP"), true, "550"},
		{"busy", "MAIL", code(451, [3]int{4, 3, 0}, "later"), false, "cannot be asked"},
		{"card blocked", "AUTH", code(535, [3]int{5, 7, 8}, "card unknown"), false, "cannot be asked"},
		{"no service", "CONNECT", code(554, [3]int{5, 3, 2}, "no service"), false, "cannot be asked"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPost(t)
			var asked string
			p.dmda.set(func(_ *peer, verb, arg string) error {
				if verb == "MAIL" {
					asked = arg
				}
				if verb == c.verb {
					return c.err
				}
				return nil
			})
			p.start()
			err := p.courier.Bound(context.Background(), "bau.annaberg.de-mail.de")
			if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrUnbound) != c.unbound {
				t.Errorf("%v", err)
			}
			if c.verb == "" && !strings.Contains(asked, "postmaster@bau.annaberg.de-mail.de") || len(p.dmda.letters()) > 0 {
				t.Errorf("asked %q, %d letters", asked, len(p.dmda.letters()))
			}
		})
	}
	p := newPost(t)
	p.card.Remove()
	p.start()
	if err := p.courier.Bound(context.Background(), "x.de-mail.de"); err == nil || errors.Is(err, ErrUnbound) {
		t.Errorf("without the card: %v", err)
	}
}
