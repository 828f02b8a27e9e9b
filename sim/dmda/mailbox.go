package dmda

import (
	"fmt"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// Folder is where in a mailbox a message lies.
type Folder string

const (
	// Inbox has what the mailbox received.
	Inbox Folder = "inbox"
	// Sent has what was sent from the address, through the gateway and in the portal alike (S0-009, S1-115).
	Sent Folder = "sent"
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
// with its copy (S1-115).
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
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Mail
	for _, m := range s.boxes[addr] {
		if m.Folder == f {
			out = append(out, *m)
		}
	}
	return out, nil
}

// put lays a message into a mailbox.
func (s *Server) put(addr demail.Address, m *Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.boxes[addr] = append(s.boxes[addr], m)
}
