package intake

import (
	"bytes"
	"context"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"demailbench/gateway/audit"
	"demailbench/gateway/demail"
	"demailbench/gateway/notice"
	"demailbench/gateway/queue"
	"demailbench/gateway/smtpd"
	"demailbench/gateway/tenant"
)

// headerMax bounds what is kept of a De-Mail that is answered; the SMTP edge refuses longer headers.
const headerMax = 1 << 20

// returned is an inbound De-Mail that BounceAll answers: of its content only the header is looked at (D11). The
// De-Mail itself stays in the mailbox at the DMDA (S1-115).
type returned struct {
	in   *Intake
	ctx  context.Context
	e    smtpd.Envelope
	head []byte
	done bool
	sum  hash.Hash
}

// Write keeps the header.
func (r *returned) Write(p []byte) (int, error) {
	r.sum.Write(p)
	if !r.done {
		r.head = append(r.head, p...)
		if i := bytes.Index(r.head, []byte("\r\n\r\n")); i >= 0 || len(r.head) > headerMax {
			r.head, r.done = r.head[:max(i+4, 0)], true
		}
	}
	return len(p), nil
}

// Abort forgets it.
func (r *returned) Abort() {}

// Commit queues the answer, once for the same De-Mail (D28): the push may be repeated.
func (r *returned) Commit() (string, error) {
	h, err := demail.ScanHeader(r.head)
	if err != nil {
		return "", fmt.Errorf("answer a De-Mail: %w", err)
	}
	token, err := r.in.token()
	if err != nil {
		return "", err
	}
	to, a := r.e.To[0], r.e.Answer
	number, id := top(h, "X-de-mail-message-id"), top(h, "Message-ID")
	text := notice.Answer{Letter: notice.Letter{Token: token, To: to.Address, Now: r.in.Clock.Now()}, From: a.From, For: to.Original,
		MessageID: id, Number: number, Requested: top(h, "X-de-mail-confirmation-of-receipt") == "yes",
		Always: a.Receipt == tenant.ReceiptAlways}.Text()
	l := queue.Letter{Text: text, Once: r.key(number, id), Envelope: queue.Envelope{Kind: queue.Outbound, Tenant: r.e.Tenant, Sender: a.From,
		ReturnPath: r.in.Contact(r.e.Tenant), To: []queue.Recipient{{Address: to.Address, Original: to.Address, Route: queue.RouteDMDA}}}}
	res, err := r.in.Queue.Tell(r.ctx, []queue.Letter{l})
	if err != nil {
		return "", err
	}
	m := audit.Mail{MessageID: number, Kind: string(queue.Inbound), Tenant: r.e.Tenant, From: r.e.From, To: to.Original}
	if res.Letters[0].ID == "" {
		r.in.Trail.Suppressed(m)
		return "answered before", nil
	}
	r.in.Alarm.EndUnmapped(r.ctx, to.Original)
	r.in.Trail.Answered(m, res.Letters[0].ID)
	return res.Letters[0].ID, nil
}

// key names the De-Mail that is answered: by its ids, or by its content when it has none.
func (r *returned) key(ids ...string) []byte {
	content := ""
	if strings.Join(ids, "") == "" {
		content = string(r.sum.Sum(nil))
	}
	h := r.sum
	h.Reset()
	for _, f := range append([]string{"answered", r.e.Tenant, r.e.To[0].Original, r.e.To[0].Address, content}, ids...) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return h.Sum(nil)
}

// top is the value of the topmost field of the name.
func top(h demail.Header, name string) string {
	if fs := h.All(name); len(fs) > 0 {
		return fs[0].Text()
	}
	return ""
}

func (in *Intake) token() (string, error) {
	var b [10]byte
	if _, err := io.ReadFull(in.Rand, b[:]); err != nil {
		return "", errors.Join(errors.New("draw a Message-ID"), err)
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:])), nil
}
