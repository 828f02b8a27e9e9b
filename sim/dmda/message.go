package dmda

import (
	"fmt"
	"mime"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/record"
)

// version is the value of X-de-mail-version (D25).
const version = "1.8"

// message is a De-Mail with all its metadata: what the dispatch service carries.
type message struct {
	id     string // X-de-mail-message-id without brackets
	kind   demail.Kind
	typ    string // X-de-mail-message-type
	sender string // X-de-mail-sender, system addresses in the guideline's spelling
	header demail.Header
	body   string // hash in Bodies
	size   int64  // of the body
	sent   time.Time
}

// msg is the message with its header as raw octets.
func (m *message) msg(h demail.Header) record.Message {
	raw := h.String()
	return record.Message{Header: raw, Body: m.body, Size: int64(len(raw)) + m.size}
}

func (m *message) get(name string) string {
	v, _ := m.header.Get(name)
	return v
}

// replyTo is where confirmations and notifications about the message go (TR-01201-3.1 steps 38, 45, 69).
func (m *message) replyTo() (demail.Address, error) {
	if v, ok := m.header.Get("Reply-To"); ok {
		if boxes, err := demail.ParseAddressList(v); err == nil && len(boxes) == 1 {
			return boxes[0].Address, nil
		}
	}
	return demail.ParseAddress(m.sender)
}

// recipients sorts the envelope's recipients into to, cc and bcc by the draft's header: who stands in
// neither field is a blind copy. Names are those of the header.
func (d *draft) recipients() demail.Recipients {
	var r demail.Recipients
	seen := map[demail.Address]bool{}
	take := func(field string, into *[]demail.Mailbox) {
		value, _ := d.header.Get(field)
		boxes, _ := demail.ParseAddressList(value) // checked in checkRecipients
		for _, b := range boxes {
			for _, to := range d.to {
				if to == b.Address && !seen[to] {
					seen[to] = true
					*into = append(*into, demail.Mailbox{Address: to})
				}
			}
		}
	}
	take("To", &r.To)
	take("Cc", &r.Cc)
	for _, to := range d.to {
		if !seen[to] {
			seen[to] = true
			r.Bcc = append(r.Bcc, demail.Mailbox{Address: to})
		}
	}
	return r
}

// messages turns a checked draft into messages (TR-01201-3.1 step 29): one for all recipients in to and cc,
// and for each blind copy one of its own, which names that recipient only.
func (s *Server) messages(d *draft) (out []outgoing, err error) {
	all := d.recipients()
	open := demail.Recipients{To: all.To, Cc: all.Cc}
	var copies []demail.Recipients
	if len(open.All()) > 0 {
		copies = append(copies, open)
	}
	for _, b := range all.Bcc {
		copies = append(copies, demail.Recipients{To: all.To, Cc: all.Cc, Bcc: []demail.Mailbox{b}})
	}
	for _, c := range copies {
		m, err := s.message(d, c)
		if err != nil {
			return nil, err
		}
		to := c.All()
		if len(c.Bcc) > 0 {
			to = []demail.Address{c.Bcc[0].Address}
		}
		out = append(out, outgoing{m, to})
	}
	return out, nil
}

// outgoing is a message and those to whom it goes.
type outgoing struct {
	*message
	to []demail.Address
}

// message sets the metadata of a normal message and seals it.
func (s *Server) message(d *draft, chosen demail.Recipients) (*message, error) {
	id, err := s.newID()
	if err != nil {
		return nil, err
	}
	m := &message{
		id: id, kind: demail.Normal, typ: demail.TypeNormal, sender: d.from.String(),
		body: d.msg.Body, size: d.msg.Size - int64(len(d.msg.Header)), sent: s.now(),
	}
	var meta demail.Header
	add := func(name, value string) { meta = append(meta, demail.NewField(name, value)) }
	if d.received != "" {
		add("Received", fmt.Sprintf("%s id %s; %s", d.received, id, m.sent.Format(time.RFC1123Z)))
	}
	for _, o := range d.options.fields() {
		add(o.name, yesNo(*o.on))
	}
	add(demail.FieldAuthLevel, string(d.level))
	add(demail.FieldAuthMechanism, d.mechanism)
	add(demail.FieldAccountHolder, mime.QEncoding.Encode("utf-8", d.account.Holder))
	kept := keptFields(d.header)
	if _, ok := kept.Field("Subject"); !ok {
		add("Subject", "")
	}
	if err := s.complete(m, chosen, meta, kept); err != nil {
		return nil, err
	}
	return m, nil
}

// keptFields is the part of a draft's header that goes into the message as it is: everything but the
// fields that the provider writes anew, and doubles of De-Mail fields below the one that counts.
func keptFields(h demail.Header) demail.Header {
	var out demail.Header
	for _, f := range h.Without(demail.FieldDispatch, demail.FieldReceipt, demail.FieldRetrieve, demail.FieldAuthoritative,
		demail.FieldPrivate, "Date", "Bcc", demail.FieldEnvelopeTo) {
		if _, twice := out.Field(f.Name); twice && f.Is(demail.FieldPrivateID) {
			continue
		}
		out = append(out, f)
	}
	return out
}

// complete adds the metadata that every kind of message has, above meta and rest, and the integrity header
// on top (TR-01201-3.4 3.1.21: last, when all is set and folded).
func (s *Server) complete(m *message, chosen demail.Recipients, meta, rest demail.Header) error {
	h := demail.Header{
		demail.NewField("Date", m.sent.Format(time.RFC1123Z)),
		demail.NewField(demail.FieldSender, m.sender),
		demail.NewField(demail.FieldChosen, chosen.String()),
		demail.NewField(demail.FieldActual, chosen.String()),
		demail.NewField(demail.FieldMessageID, "<"+m.id+">"),
		demail.NewField(demail.FieldProvider, s.cfg.Provider.Hostname),
		demail.NewField(demail.FieldMessageType, m.typ),
		demail.NewField(demail.FieldVersion, version),
	}
	if v, ok := rest.Get("Message-ID"); !ok || v == "" {
		rest = rest.Without("Message-ID")
		h = append(h, demail.NewField("Message-ID", "<"+m.id+">"))
	}
	h = append(append(meta, h...), rest...)
	body, err := s.cfg.Bodies.Open(m.body)
	if err != nil {
		return fmt.Errorf("dmda: seal %s: %w", m.id, err)
	}
	defer body.Close()
	sum, err := demail.HashBody("sha256", body)
	if err != nil {
		return fmt.Errorf("dmda: seal %s: %w", m.id, err)
	}
	seal, err := demail.Seal{Hash: "sha256", Domain: s.cfg.Provider.Domain, Selector: "demail"}.Integrity(h, sum)
	if err != nil {
		return fmt.Errorf("dmda: seal %s: %w", m.id, err)
	}
	m.header = append(demail.Header{seal}, h...)
	return nil
}

func yesNo(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}
