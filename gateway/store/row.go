package store

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"time"
)

// Message is an accepted message without its content.
type Message struct {
	// ID is the queue id: unique, made by the queue, safe as a file name.
	ID string
	// Kind is the direction, in the words of package queue.
	Kind string
	// Tenant is the id of the tenant whose message it is; empty for the gateway's own mail to others.
	Tenant string
	// Sender is the envelope sender towards the next hop; empty for notifications.
	Sender string
	// ReturnPath is the e-mail address that learns of delay and failure; empty when nobody must.
	ReturnPath string
	// MessageID is what makes two copies the same De-Mail (D28).
	MessageID string
	Received  time.Time
	// Size and Sum (SHA-256) describe the whole content, header included.
	Size int64
	Sum  []byte
	// Damaged is set by Load when the row's checksum is wrong.
	Damaged bool
}

// Delivery is one recipient that a message still owes.
type Delivery struct {
	// ID orders deliveries by acceptance; the store gives it.
	ID      int64
	Message string
	// Recipient is the address for the next hop, Original the one that the sender wrote.
	Recipient, Original string
	// Route is where it goes, in the words of package queue.
	Route string
	// Mark is the key of its duplicate mark, empty when it has none.
	Mark []byte
	// Parked deliveries are not tried: an administrator must decide.
	Parked bool
	// Warned tells that the notice of delay was queued.
	Warned bool
	Tries  int
	Due    time.Time
	// Answer is the last reply or error, for notices and the administrator.
	Answer string
	// Damaged is set by Load when the row's checksum is wrong.
	Damaged bool
}

// seal is the checksum of the message's unchanging columns.
func (m Message) seal() []byte {
	return checksum(m.ID, m.Kind, m.Tenant, m.Sender, m.ReturnPath, m.MessageID,
		strconv.FormatInt(m.Received.UnixNano(), 10), strconv.FormatInt(m.Size, 10), string(m.Sum))
}

// seal is the checksum of the delivery's unchanging columns; the id is not known before the insert.
func (d Delivery) seal() []byte {
	return checksum(d.Message, d.Recipient, d.Original, d.Route, string(d.Mark))
}

// checksum hashes fields with their lengths, so that no octet can move between neighbours.
func checksum(fields ...string) []byte {
	h := sha256.New()
	var n [8]byte
	for _, f := range fields {
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return h.Sum(nil)[:16]
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
