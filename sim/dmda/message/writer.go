package message

import (
	"fmt"
	"io"
	"mime"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/demail/sign"
	"demailbench/sim/dmda/draft"
)

// version is the value of X-de-mail-version (D25).
const version = "1.8"

// Writer makes messages in the name of one provider.
type Writer struct {
	// Domain and Hostname are the provider's De-Mail domain and its server's name.
	Domain, Hostname string
	Signature        *sign.Signer
	Style            Style
	// NewID makes message ids, Now is the legal time to the second, Open reads a body by its hash.
	NewID func() (string, error)
	Now   func() time.Time
	Open  func(hash string) (io.ReadCloser, error)
}

// Messages turns a checked draft into messages (TR-01201-3.1 step 29): one for all recipients in to and cc,
// and for each blind copy one of its own, which names that recipient only.
func (w *Writer) Messages(d *draft.Draft) (out []Outgoing, err error) {
	all := d.Recipients()
	open := demail.Recipients{To: all.To, Cc: all.Cc}
	var copies []demail.Recipients
	if len(open.All()) > 0 {
		copies = append(copies, open)
	}
	for _, b := range all.Bcc {
		copies = append(copies, demail.Recipients{To: all.To, Cc: all.Cc, Bcc: []demail.Mailbox{b}})
	}
	for _, c := range copies {
		m, err := w.message(d, c)
		if err != nil {
			return nil, err
		}
		to := c.All()
		if len(c.Bcc) > 0 {
			to = []demail.Address{c.Bcc[0].Address}
		}
		out = append(out, Outgoing{m, to})
	}
	return out, nil
}

// message sets the metadata of a normal message and seals it.
func (w *Writer) message(d *draft.Draft, chosen demail.Recipients) (*Message, error) {
	id, err := w.NewID()
	if err != nil {
		return nil, err
	}
	m := &Message{
		ID: id, Kind: demail.Normal, Type: demail.TypeNormal, Sender: d.From.String(),
		Body: d.Msg.Body, Size: d.Msg.Size - int64(len(d.Msg.Header)), Sent: w.Now(),
	}
	var meta demail.Header
	add := func(name, value string) { meta = append(meta, demail.NewField(name, value)) }
	if d.Received != "" {
		add("Received", fmt.Sprintf("%s id %s; %s", d.Received, id, m.Sent.Format(time.RFC1123Z)))
	}
	for _, o := range d.Options.Fields() {
		add(o.Name, draft.YesNo(*o.On))
	}
	add(demail.FieldAuthLevel, string(d.Level))
	add(demail.FieldAuthMechanism, d.Mechanism)
	add(demail.FieldAccountHolder, mime.QEncoding.Encode("utf-8", d.Account.Holder))
	kept := keptFields(d.Header)
	if _, ok := kept.Field("Subject"); !ok {
		add("Subject", "")
	}
	if err := w.Complete(m, chosen, meta, kept, d.Options.Authoritative); err != nil {
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

// Complete adds the metadata that every kind of message has, above meta and rest, and the integrity header
// on top, with a signature where there must be one (TR-01201-3.4 3.1.21: last, when all is set and folded).
func (w *Writer) Complete(m *Message, chosen demail.Recipients, meta, rest demail.Header, signed bool) error {
	h := demail.Header{
		demail.NewField("Date", m.Sent.Format(time.RFC1123Z)),
		demail.NewField(demail.FieldSender, m.Sender),
		demail.NewField(demail.FieldChosen, chosen.String()),
		demail.NewField(demail.FieldActual, chosen.String()),
		demail.NewField(demail.FieldMessageID, "<"+m.ID+">"),
		demail.NewField(demail.FieldProvider, w.Hostname),
		demail.NewField(demail.FieldMessageType, m.Type),
		demail.NewField(demail.FieldVersion, version),
	}
	if v, ok := rest.Get("Message-ID"); !ok || v == "" {
		rest = rest.Without("Message-ID")
		h = append(h, demail.NewField("Message-ID", "<"+m.ID+">"))
	}
	h = append(w.Style.apply(append(meta, h...)), rest...)
	body, err := w.Open(m.Body)
	if err != nil {
		return err
	}
	defer body.Close()
	sum, err := demail.HashBody("sha256", body)
	if err != nil {
		return fmt.Errorf("dmda: seal %s: %w", m.ID, err)
	}
	if signed && !w.Signature.Valid(m.Sent) {
		return fmt.Errorf("dmda: sign %s: the provider's certificate is not valid at %s", m.ID, m.Sent.Format(time.RFC3339))
	}
	seal := demail.Seal{Hash: "sha256", Domain: w.Domain, Selector: "demail"}
	var top demail.Header
	if signed {
		top, err = w.Signature.Seal(seal, h, sum)
	} else {
		var f demail.Field
		f, err = seal.Integrity(h, sum)
		top = demail.Header{f}
	}
	if err != nil {
		return fmt.Errorf("dmda: seal %s: %w", m.ID, err)
	}
	m.Header = append(top, h...)
	return nil
}
