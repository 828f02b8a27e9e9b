package dmda

import (
	"fmt"
	"slices"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/message"
	"demailbench/sim/record"
)

// Folder is where in a mailbox a message lies.
type Folder string

const (
	// Inbox has what the mailbox received.
	Inbox Folder = "inbox"
	// Sent has what was sent from the address, through the gateway and in the portal alike (S0-009, S1-115).
	Sent Folder = "sent"
	// Trash has what its holder deleted once; deleted there, it is gone (TR-01201-3.1 3.1.3.9).
	Trash Folder = "trash"
)

// PushState is what became of handing a message to the gateway.
type PushState string

const (
	// NotPushed: the account has no gateway access, or lost it before the gateway took the message.
	NotPushed PushState = ""
	// Waiting: the gateway has not taken it yet; the provider goes on trying.
	Waiting PushState = "waiting"
	// Pushed: the gateway answered 250 to the end of data.
	Pushed PushState = "pushed"
	// Refused: the gateway answered 5xx; the message stays here and is not tried again.
	Refused PushState = "refused"
)

// Mail is a message in a mailbox. Messages are never deleted by the provider, whatever the gateway does
// with its copy (S1-115); only their holder deletes them.
type Mail struct {
	// ID is the X-de-mail-message-id without angle brackets.
	ID string
	// At is when it came to rest.
	At time.Time
	// Folder says whether it was received or sent.
	Folder Folder
	// From is the X-de-mail-sender, To the mailbox; for a sent message the first recipient.
	From, To string
	// Type is the X-de-mail-message-type.
	Type string
	// Msg is the message as it lies in the mailbox.
	Msg record.Message
	// Push is what became of the gateway's copy.
	Push PushState
	// Retrieved: a confirmation of retrieve was made.
	Retrieved bool

	origin  *message.Message // what was delivered; nil for sent messages
	account string           // whose it is: the address may be another account's later
}

// Mailbox returns what lies in the inbox of an address, oldest first: the bench's eye, which needs no
// sign-in. An address without mailbox is an error.
func (s *Server) Mailbox(address string) ([]Mail, error) { return s.folder(address, Inbox) }

func (s *Server) folder(address string, f Folder) ([]Mail, error) {
	addr, err := demail.ParseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("dmda: mailbox: %w", err)
	}
	if _, ok := s.accounts.Owner(addr); !ok {
		return nil, fmt.Errorf("dmda: there is no mailbox %s here", addr)
	}
	return s.lie(addr, f, func(*Mail) bool { return true }), nil
}

// lie returns what lies in a folder of an address, as far as keep says.
func (s *Server) lie(addr demail.Address, f Folder, keep func(*Mail) bool) (out []Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.boxes[addr] {
		if m.Folder == f && keep(m) {
			out = append(out, *m)
		}
	}
	return out
}

// put lays a message into a mailbox.
func (s *Server) put(a Account, addr demail.Address, m *Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m.account = a.ID
	s.boxes[addr] = append(s.boxes[addr], m)
	s.used[a.ID] += m.Msg.Size
}

// Used is how many octets of messages an account keeps.
func (s *Server) Used(account string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used[account]
}

// nearlyFull reports once that less than a tenth of an account's storage is free (TR-01201-3.1 4.1). It may
// be asked anew when something was deleted.
func (s *Server) nearlyFull(a Account) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	full := s.used[a.ID] > a.Limit()/10*9
	news := full && !s.warned[a.ID]
	s.warned[a.ID] = full
	return news
}

// keepDays is how long a message with a confirmation of dispatch or receipt cannot be deleted at level normal
// (TR-01201-3.1 3.1.3.9, De-Mail-G 5(10)).
const keepDays = 90

// remove deletes a message: into the trash, and from there for good. Personal messages and those with a
// confirmation of retrieve need level high; others that were confirmed need it for 90 days.
func (s *Server) remove(addr demail.Address, account, id string, level demail.Level) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	box := s.boxes[addr]
	n := slices.IndexFunc(box, func(m *Mail) bool { return m.ID == id && m.account == account })
	if n < 0 {
		return fmt.Errorf("dmda: delete: there is no message %s", id)
	}
	m := box[n]
	if level != demail.LevelHigh && m.Folder != Sent {
		h, err := demail.ScanHeader(m.Msg.Header)
		if err != nil {
			return fmt.Errorf("dmda: delete: %w", err)
		}
		dispatch, _ := h.Get(demail.FieldDispatch)
		receipt, _ := h.Get(demail.FieldReceipt)
		confirmed := dispatch == "yes" || receipt == "yes"
		if needsHigh(*m) || confirmed && s.cfg.Clock.Now().Before(m.At.AddDate(0, 0, keepDays)) {
			return refuse(550, "5.7.1", "TR-01201-3.1 3.1.3.9", "this message can be deleted at level high only, or 90 days after its receipt")
		}
	}
	if m.Folder != Trash {
		m.Folder = Trash
		return nil
	}
	s.boxes[addr] = slices.Delete(box, n, n+1)
	s.used[account] -= m.Msg.Size
	return nil
}

// retrieved makes the confirmations of retrieve that are due for a mailbox when its holder signs in at level
// high (function 1 of TR-01201-3.1 chapter 7); forwarded copies have none.
func (s *Server) retrieved(account string, addr demail.Address, only *Mail) error {
	s.mu.Lock()
	var due []*Mail
	for _, m := range s.boxes[addr] {
		if m.account != account || m.origin == nil || m.Retrieved || m.origin.Forwarded || m.origin.Get(demail.FieldRetrieve) != "yes" || only != nil && m != only {
			continue
		}
		m.Retrieved = true
		due = append(due, m)
	}
	s.mu.Unlock()
	for _, m := range due {
		if err := s.confirmRetrieve(m.origin, addr, m.At.In(s.cfg.Location).Truncate(time.Second)); err != nil {
			return err
		}
	}
	return nil
}
