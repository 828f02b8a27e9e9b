package queue

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/emersion/go-message/textproto"

	"demailbench/gateway/store"
)

// headerMax bounds how much of a message is kept to find its Message-ID. The SMTP edge refuses longer headers.
const headerMax = 1 << 20

// Envelope is what a message is accepted with.
type Envelope struct {
	Kind   Kind
	Tenant string
	// Sender is the envelope sender for the next hop; ReturnPath the e-mail address that is told of delay
	// and failure, empty for nobody.
	Sender, ReturnPath string
	To                 []Recipient
}

// Recipient is one delivery asked for.
type Recipient struct {
	// Address is for the next hop, Original as the sender wrote it, Route where it goes.
	Address, Original, Route string
}

// Receipt tells what became of a committed draft.
type Receipt struct {
	ID, MessageID string
	Size          int64
	// Queued are the deliveries taken over, Suppressed the recipients that have their copy already (D28).
	Queued     []store.Delivery
	Suppressed []Recipient
}

// Draft is a message on its way into the queue. It belongs to one goroutine.
type Draft struct {
	q       *Queue
	e       Envelope
	id      string
	content *store.Content
	// head collects the header until its empty line; body hashes what follows.
	head   []byte
	inBody bool
	body   hash.Hash
	// notes are the keys that Noted finds the message by.
	notes [][]byte
}

// Begin opens a draft.
func (q *Queue) Begin(e Envelope) (*Draft, error) {
	id, err := q.newID()
	if err != nil {
		return nil, err
	}
	return &Draft{q: q, e: e, id: id, content: q.st.NewContent(id), body: sha256.New()}, nil
}

// Write appends p to the message.
func (d *Draft) Write(p []byte) (int, error) {
	d.look(p)
	return d.content.Write(p)
}

// look follows the header to its end and the body through its hash.
func (d *Draft) look(p []byte) {
	if d.inBody {
		d.body.Write(p)
		return
	}
	from := max(0, len(d.head)-3)
	d.head = append(d.head, p...)
	i := bytes.Index(d.head[from:], []byte("\r\n\r\n"))
	switch {
	case i >= 0:
		end := from + i + 4
		d.body.Write(d.head[end:])
		d.head, d.inBody = d.head[:end:end], true
	case len(d.head) > headerMax:
		d.head, d.inBody = nil, true
	}
}

// Header is the header with its empty line, as far as it has been written; nil when it is too long to keep. It is
// the draft's own.
func (d *Draft) Header() []byte { return d.head }

// Note has the queue remember the message by key for a year after its commit. A key that is known keeps its
// first message.
func (d *Draft) Note(key []byte) { d.notes = append(d.notes, key) }

// Noted returns the queue id of the message that was noted by key.
func (q *Queue) Noted(key []byte) (id string, ok bool, err error) { return q.st.Marked(key) }

// noteMemory is how much longer than Memory notes are kept: a confirmation of retrieval comes when its recipient
// signs in at last.
const noteMemory = 365*24*time.Hour - Memory

// Abort forgets the draft.
func (d *Draft) Abort() { d.content.Discard() }

// Commit makes the message durable and due at once. After an error nothing of it is in the queue. Recipients
// that have this message already are left out; with none left nothing is stored.
func (d *Draft) Commit() (Receipt, error) {
	r, err := d.commit()
	if err != nil {
		d.content.Discard()
		return Receipt{}, fmt.Errorf("queue: commit message %s: %w", d.id, err)
	}
	if len(r.Queued) == 0 {
		d.content.Discard()
	}
	return r, nil
}

func (d *Draft) commit() (r Receipt, err error) {
	if err := d.content.Seal(); err != nil {
		return r, err
	}
	now := d.q.o.Clock.Now()
	m := d.message(now)
	sum := d.body.Sum(nil)
	forget := d.q.forgetful(now)
	err = d.q.st.Update(func(tx *store.Tx) (err error) {
		if forget {
			if err := tx.ForgetMarks(now.Add(-Memory)); err != nil {
				return err
			}
		}
		if r, err = sift(tx, m, d.e.To, sum); err != nil || len(r.Queued) == 0 {
			return err
		}
		for _, key := range d.notes {
			if _, err := tx.Mark(key, m.ID, now.Add(noteMemory)); err != nil {
				return err
			}
		}
		return tx.Insert(m, d.content, r.Queued)
	})
	if err != nil {
		return Receipt{}, err
	}
	d.q.enter(m, r.Queued)
	return r, nil
}

// sift marks the copies of m and separates new ones from those that were accepted before.
func sift(tx *store.Tx, m store.Message, to []Recipient, body []byte) (Receipt, error) {
	r := Receipt{ID: m.ID, MessageID: m.MessageID, Size: m.Size}
	for _, rcpt := range to {
		key := mark(m, rcpt, body)
		if len(key) > 0 {
			fresh, err := tx.Mark(key, m.ID, m.Received)
			if err != nil {
				return r, err
			}
			if !fresh {
				r.Suppressed = append(r.Suppressed, rcpt)
				continue
			}
		}
		r.Queued = append(r.Queued, store.Delivery{Message: m.ID, Recipient: rcpt.Address, Original: rcpt.Original,
			Route: rcpt.Route, Mark: key, Due: m.Received})
	}
	return r, nil
}

// message is the draft's row.
func (d *Draft) message(received time.Time) store.Message {
	return store.Message{ID: d.id, Kind: string(d.e.Kind), Tenant: d.e.Tenant, Sender: d.e.Sender, ReturnPath: d.e.ReturnPath,
		MessageID: d.messageID(), Received: received, Size: d.content.Size(), Sum: d.content.Sum()}
}

// messageID is the identity of the message: the De-Mail's own (TR-01201-3.4 3.1.19), else the Message-ID.
func (d *Draft) messageID() string {
	h, err := textproto.ReadHeader(bufio.NewReader(bytes.NewReader(d.head)))
	if err != nil {
		return ""
	}
	if id := strings.TrimSpace(h.Get("X-De-Mail-Message-Id")); id != "" && d.e.Kind == Inbound {
		return id
	}
	return strings.TrimSpace(h.Get("Message-Id"))
}

// mark is the key of a copy: same message, same way, same recipient. The body's hash is part of it, because
// a message of other content under a re-used id must not be lost. A message without an id has no key.
func mark(m store.Message, to Recipient, body []byte) []byte {
	if m.MessageID == "" || m.Kind == string(Notice) {
		return nil
	}
	h := sha256.New()
	for _, f := range []string{m.Kind, m.Tenant, m.Sender, m.MessageID, to.Address, to.Original, string(body)} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// forgetful reports once a day that old marks are to be removed.
func (q *Queue) forgetful(now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if now.Sub(q.forgot) < 24*time.Hour {
		return false
	}
	q.forgot = now
	return true
}
