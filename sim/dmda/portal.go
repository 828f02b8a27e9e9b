package dmda

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/draft"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
)

// Holder is a signed-in account holder: the portal, which stays usable beside the gateway (S0-009). No
// method waits for the network; what is sent to mailboxes of this provider lies there when Send returns.
type Holder struct {
	s       *Server
	account string
	person  string // empty: the bench itself, which may use every mailbox
	level   demail.Level
}

// Draft is a message as an account holder writes it in the portal (package draft).
type Draft = draft.Sheet

// SignIn opens an account at a level of authentication without credentials, for the bench: as the holder or a
// representative. The account's state counts.
func (s *Server) SignIn(account string, level demail.Level) (*Holder, error) {
	a, err := s.accounts.Account(account)
	switch {
	case err != nil:
		return nil, fmt.Errorf("dmda: sign-in: %w", err)
	case level != demail.LevelNormal && level != demail.LevelHigh:
		return nil, fmt.Errorf("dmda: sign-in at level %q: want normal or high", level)
	case !a.State.Effect().SignIn:
		return nil, fmt.Errorf("dmda: sign-in to %q, which is %s: %w", account, a.State, ErrState)
	}
	return s.signedIn(&Holder{s: s, account: account, level: level})
}

// Authenticate opens an account for one of its persons: with the password at level normal, with password and
// the token's one-time code at level high. Errors match ErrCredentials, ErrAccess and ErrState.
func (s *Server) Authenticate(account, person string, level demail.Level, password, code string) (*Holder, error) {
	if err := s.accounts.SignIn(account, person, level, password, code, s.cfg.Clock.Now()); err != nil {
		s.note("dmda.sign-in refused", fmt.Sprintf("%s of %s at level %s: %v", person, account, level, err))
		return nil, fmt.Errorf("dmda: %w", err)
	}
	return s.signedIn(&Holder{s: s, account: account, person: person, level: level})
}

// signedIn makes the confirmations of retrieve that a sign-in at level high brings (TR-01201-3.1 3.3.5).
func (s *Server) signedIn(h *Holder) (*Holder, error) {
	a := h.settings()
	if h.level != demail.LevelHigh || !a.State.Effect().Read {
		return h, nil
	}
	for _, m := range a.Mailboxes {
		addr, err := demail.ParseAddress(m)
		if err != nil || h.person != "" && !a.Use(h.person, m) {
			continue
		}
		if err := s.retrieved(h.account, addr, nil); err != nil {
			return nil, fmt.Errorf("dmda: sign-in: %w", err)
		}
	}
	return h, nil
}

// Account is the account as it is now.
func (h *Holder) Account() Account { return h.settings() }

// Person is who signed in; empty for the bench.
func (h *Holder) Person() string { return h.person }

// Level is the level of the sign-in.
func (h *Holder) Level() demail.Level { return h.level }

// Delete deletes a message: into the trash, from there for good (TR-01201-3.1 3.1.3.9).
func (h *Holder) Delete(address, id string) error {
	addr, err := h.mailbox(address)
	if err != nil {
		return err
	}
	return h.s.remove(addr, h.account, id, h.level)
}

// Trash returns what was deleted once.
func (h *Holder) Trash(address string) ([]Mail, error) { return h.read(address, Trash) }

// Send sends a draft. Its error is a *Refusal when the draft breaks a rule; then nothing was sent.
func (h *Holder) Send(d Draft) error {
	id, err := h.s.newID()
	if err != nil {
		return err
	}
	head, text, err := d.Compose(id, h.settings().Holder)
	if err != nil {
		return err
	}
	sum, size, err := h.s.keep(text)
	if err != nil {
		return fmt.Errorf("dmda: send: %w", err)
	}
	msg := record.Message{Header: head, Body: sum, Size: int64(len(head)) + size}
	to := append(append(append([]string(nil), d.To...), d.Cc...), d.Bcc...)
	return h.SendMessage(d.From, to, msg)
}

// SendMessage sends a message written elsewhere, whose body is in the world's Bodies: header fields as on
// the ITSP link, options as X-de-mail fields, the body octet for octet. to are all recipients; those that
// stand in neither To nor Cc are blind copies.
func (h *Holder) SendMessage(from string, to []string, msg record.Message) error {
	sender, err := demail.ParseAddress(from)
	if err != nil {
		return fmt.Errorf("dmda: send: %w", err)
	}
	d := &draft.Draft{Account: h.settings(), From: sender, Level: h.level, Mechanism: "portal", Msg: msg}
	if h.person != "" && !d.Account.Use(h.person, sender.String()) {
		return refuse(550, "5.7.1", "TR-01201-3.1 steps 12 to 14", "%s may not send as %s", h.person, sender)
	}
	for _, t := range to {
		addr, err := demail.ParseAddress(t)
		if err != nil {
			return fmt.Errorf("dmda: send: %w", err)
		}
		d.To = append(d.To, addr)
	}
	if r := h.s.rules.Check(d); r != nil {
		return r
	}
	h.s.cfg.Record.Add(record.Event{Who: h.s.cfg.Who, Kind: record.Action, Name: "portal.send", Detail: h.account, From: from, To: to, Msg: &msg})
	return h.s.dispatch(d)
}

// settings is the account as it is now; accounts are never removed, so it is there.
func (h *Holder) settings() Account {
	a, _ := h.s.accounts.Account(h.account)
	return a
}

// Mailbox returns what one of the account's mailboxes received, oldest first; at level normal without the
// messages that need high (TR-01201-3.1 steps 79, 80).
func (h *Holder) Mailbox(address string) ([]Mail, error) { return h.read(address, Inbox) }

// Sent returns what was sent from one of the account's addresses.
func (h *Holder) Sent(address string) ([]Mail, error) { return h.read(address, Sent) }

func (h *Holder) read(address string, f Folder) ([]Mail, error) {
	addr, err := h.mailbox(address)
	if err != nil {
		return nil, err
	}
	all := h.s.lie(addr, f, func(m *Mail) bool { return m.account == h.account })
	if h.level == demail.LevelHigh {
		return all, nil
	}
	var out []Mail
	for _, m := range all {
		if !needsHigh(m) {
			out = append(out, m)
		}
	}
	return out, nil
}

// mailbox checks that the signed-in person may use a mailbox now.
func (h *Holder) mailbox(address string) (demail.Address, error) {
	addr, err := demail.ParseAddress(address)
	if err != nil {
		return addr, fmt.Errorf("dmda: read: %w", err)
	}
	a := h.settings()
	switch {
	case !slices.Contains(a.Mailboxes, addr.String()):
		return addr, fmt.Errorf("dmda: read: %s is no mailbox of account %q", addr, h.account)
	case h.person != "" && !a.Use(h.person, addr.String()):
		return addr, fmt.Errorf("dmda: read: %s may not use %s", h.person, addr)
	case !a.State.Effect().Read:
		return addr, fmt.Errorf("dmda: read: account %q is %s: %w", h.account, a.State, ErrState)
	}
	return addr, nil
}

func needsHigh(m Mail) bool {
	head, err := demail.ScanHeader(m.Msg.Header)
	if err != nil {
		return true
	}
	private, _ := head.Get(demail.FieldPrivate)
	retrieve, _ := head.Get(demail.FieldRetrieve)
	return private == "yes" || retrieve == "yes"
}

// Export returns a message of the account's mailboxes, received or sent, as octets with its integrity
// header (TR-01201-3.1 3.1.3.4). The caller closes it.
func (h *Holder) Export(id string) (io.ReadCloser, error) {
	for _, address := range h.settings().Mailboxes {
		for _, f := range []Folder{Inbox, Sent} {
			mails, err := h.read(address, f)
			if err != nil {
				return nil, err
			}
			for _, m := range mails {
				if m.ID == id {
					return h.s.export(m)
				}
			}
		}
	}
	return nil, fmt.Errorf("dmda: export: account %q has no message %s at level %s", h.account, id, h.level)
}

// ExportFolder returns a folder of one of the account's mailboxes as mbox (TR-01201-3.4 3.6).
func (h *Holder) ExportFolder(address string, f Folder) (io.ReadCloser, error) {
	mails, err := h.read(address, f)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, m := range mails {
		one, err := h.s.export(m)
		if err != nil {
			return nil, err
		}
		err = errors.Join(message.WriteMbox(&b, m.From, m.At, one), one.Close())
		if err != nil {
			return nil, fmt.Errorf("dmda: export: %w", err)
		}
	}
	return io.NopCloser(&b), nil
}

func (s *Server) export(m Mail) (io.ReadCloser, error) {
	body, err := s.cfg.Bodies.Open(m.Msg.Body)
	if err != nil {
		return nil, fmt.Errorf("dmda: export %s: %w", m.ID, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(m.Msg.Header), body), body}, nil
}
