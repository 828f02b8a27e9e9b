package dmda

import (
	"fmt"
	"io"
	"mime"
	"net/mail"
	"strings"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// Holder is a signed-in account holder: the portal, which stays usable beside the gateway (S0-009). No
// method waits for the network; what is sent to mailboxes of this provider lies there when Send returns.
type Holder struct {
	s       *Server
	account string
	level   demail.Level
}

// Draft is a message as an account holder writes it in the portal.
type Draft struct {
	// From is one of the account's addresses.
	From string
	// To, Cc and Bcc are De-Mail addresses.
	To, Cc, Bcc []string
	// ReplyTo is a De-Mail address, or empty.
	ReplyTo string
	// Subject and Text may have any characters; Text becomes a text/plain part.
	Subject, Text string
	// PrivateID is the sender's own mark, ASCII, at most 1024 characters.
	PrivateID string
	// Dispatch, Receipt, Retrieve, Authoritative and Private are the options of TR-01201-3.1 3.3.
	Dispatch, Receipt, Retrieve, Authoritative, Private bool
}

// SignIn opens an account at a level of authentication. Which level somebody can prove is not this method's
// concern yet.
func (s *Server) SignIn(account string, level demail.Level) (*Holder, error) {
	if _, err := s.accounts.Account(account); err != nil {
		return nil, fmt.Errorf("dmda: sign-in: %w", err)
	}
	if level != demail.LevelNormal && level != demail.LevelHigh {
		return nil, fmt.Errorf("dmda: sign-in at level %q: want normal or high", level)
	}
	return &Holder{s: s, account: account, level: level}, nil
}

// Send sends a draft. Its error is a *Refusal when the draft breaks a rule; then nothing was sent.
func (h *Holder) Send(d Draft) error {
	msg, err := h.compose(d)
	if err != nil {
		return err
	}
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
	d := draft{account: h.settings(), from: sender, level: h.level, mechanism: "portal", msg: msg}
	for _, t := range to {
		addr, err := demail.ParseAddress(t)
		if err != nil {
			return fmt.Errorf("dmda: send: %w", err)
		}
		d.to = append(d.to, addr)
	}
	if r := h.s.check(&d); r != nil {
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
	addr, err := demail.ParseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("dmda: read: %w", err)
	}
	if a, ok := h.s.accounts.Owner(addr); !ok || a.ID != h.account {
		return nil, fmt.Errorf("dmda: read: %s is no mailbox of account %q", addr, h.account)
	}
	all, err := h.s.folder(address, f)
	if err != nil || h.level == demail.LevelHigh {
		return all, err
	}
	var out []Mail
	for _, m := range all {
		if !needsHigh(m) {
			out = append(out, m)
		}
	}
	return out, nil
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

// compose writes a draft as a message.
func (h *Holder) compose(d Draft) (record.Message, error) {
	if strings.IndexFunc(d.PrivateID, func(r rune) bool { return r < ' ' || r > '~' }) >= 0 {
		return record.Message{}, refuse(554, "5.6.0", "TR-01201-3.4 3.1.17", "the private-id %+q is not one line of printable ASCII", d.PrivateID)
	}
	id, err := h.s.newID()
	if err != nil {
		return record.Message{}, err
	}
	from := mail.Address{Name: h.settings().Holder, Address: d.From}
	head := demail.Header{
		demail.NewField("From", from.String()),
		demail.NewField("Subject", mime.QEncoding.Encode("utf-8", d.Subject)),
		demail.NewField("Message-ID", "<"+id+">"),
	}
	for _, f := range []struct{ name, value string }{
		{"To", strings.Join(d.To, ", ")}, {"Cc", strings.Join(d.Cc, ", ")}, {"Reply-To", d.ReplyTo}, {demail.FieldPrivateID, d.PrivateID},
	} {
		if f.value != "" {
			head = append(head, demail.NewField(f.name, f.value))
		}
	}
	o := options{d.Dispatch, d.Receipt, d.Retrieve, d.Authoritative, d.Private}
	for _, f := range o.fields() {
		head = append(head, demail.NewField(f.name, yesNo(*f.on)))
	}
	head = append(head, demail.NewField("MIME-Version", "1.0"), demail.NewField("Content-Type", "text/plain; charset=utf-8"),
		demail.NewField("Content-Transfer-Encoding", "quoted-printable"))
	sum, size, err := h.s.writeBody(strings.ReplaceAll(strings.ReplaceAll(d.Text, "\r\n", "\n"), "\n", "\r\n") + "\r\n")
	if err != nil {
		return record.Message{}, fmt.Errorf("dmda: send: %w", err)
	}
	raw := head.String()
	return record.Message{Header: raw, Body: sum, Size: int64(len(raw)) + size}, nil
}
