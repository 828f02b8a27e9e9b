package check

import (
	"encoding/json"
	"fmt"
	"strings"

	"demailbench/sim/record"
)

// Kind names what an expectation is about; judge.go has one function for each.
type Kind string

// The kinds. Each comment names the fields of Expectation that it reads.
const (
	// Delivered: the mail Nonce came to rest in Mailbox exactly Times times, its body octet for octet that
	// which its sender handed over; From, when set, is the only address in its From field; Within, when
	// set, bounds the time since it was handed over. AtMost, when set, allows as many copies, if they have
	// one Message-ID (D28).
	Delivered Kind = "delivered"
	// Series: each of the Times mails whose nonces begin with Nonce and which Who handed over came to rest in
	// Mailbox exactly once, its body octet for octet; From as for Delivered.
	Series Kind = "series"
	// Unchanged: what lies in Mailbox is, below trace fields, octet for octet what lies in Original (D17).
	Unchanged Kind = "unchanged"
	// Nowhere: no host of Zone (or host Who) accepted or stored the mail Nonce, or it does not lie in
	// Mailbox; with Yet, until the step.
	Nowhere Kind = "nowhere"
	// Rejected: the client Who was refused the mail Nonce, for Mailbox when set, with a reply that begins
	// with Code (a three digit code, an enhanced code, or both separated by a blank).
	Rejected Kind = "rejected"
	// Confirmation: Mailbox holds exactly Times messages of X-de-mail-message-type Type, and with
	// X-de-mail-notification-type Text when set, about the mail Nonce.
	Confirmation Kind = "confirmation"
	// Confirmed: of the kinds dispatch, receipt and retrieval Mailbox holds one confirmation for each in
	// Contains and none of the others about the mail Nonce, which lies in mailbox Address at the DMDA with the
	// options that its sender asked for; each says that it is about that De-Mail and proves itself.
	Confirmed Kind = "confirmed"
	// Concealed: no field of the mail Nonce in Mailbox shows a word of Contains, but those that name mails.
	Concealed Kind = "concealed"
	// Titled: the subject of the mail Nonce in Mailbox is Text.
	Titled Kind = "titled"
	// Proven: the integrity header of the mail Nonce in Mailbox proves header and body; with Type Broken it does not.
	Proven Kind = "proven"
	// Discreet: the mail Nonce in Mailbox does not name Address, which has a blind copy of its own.
	Discreet Kind = "discreet"
	// Report: Mailbox holds exactly Times delivery status notifications about the mail Nonce with a status
	// that begins with Code.
	Report Kind = "report"
	// Notice: Mailbox holds exactly Times messages that came from the gateway and whose subject or body
	// contains each of Contains.
	Notice Kind = "notice"
	// Answer: Mailbox holds exactly Times De-Mails that a machine wrote in reply to the mail Nonce (RFC 3834),
	// From the address From, whose text contains each of Contains.
	Answer Kind = "answer"
	// Source: host Who was reached on Port by connections whose source is Address, at least one, and by no
	// other source among Not.
	Source Kind = "source"
	// Dropped: router Who dropped a packet from Address to Port by rule Rule.
	Dropped Kind = "dropped"
	// Encrypted: host Who and the gateway exchanged mail by TLS only, and the mail Nonce is on no link
	// whose name is in Links in clear.
	Encrypted Kind = "encrypted"
	// Hidden: the mail Nonce is on no link whose name is in Links in clear.
	Hidden Kind = "hidden"
	// Tries: host Who refused the gateway at least Times times before it accepted the mail Nonce.
	Tries Kind = "tries"
	// Submitted: the client Who got a 250 for the mail Nonce. Used as an assumption.
	Submitted Kind = "submitted"
	// Web: when Who asked for Name at the provider's web access last, the status of the answer began with Code.
	Web Kind = "web"
	// Happened: an event of kind Event with name Name (and text Text, verb Verb, a reply that begins with Code, details
	// that contain each of Contains) is in the record of Who. Used as an assumption, and of the DMDA's own log.
	Happened Kind = "happened"
	// Operated: the operation with the number Name ended as Text says (deed.Done, deed.Refusal), a refusal by Rule, or by
	// one of several joined by " or ".
	Operated Kind = "operated"
	// Answered: the answer to the operation Name has each of Contains, "path=value".
	Answered Kind = "answered"
	// Listed: the list in the answer to the operation Name has an item like each of Contains and none like
	// those of Not, each a JSON object of paths and values.
	Listed Kind = "listed"
	// Audited: the trail in the answer to the operation Event says of the operation Name who did it, by which
	// right, and how it ended.
	Audited Kind = "audited"
	// Told: because of the operation Name on a maintenance everybody whom it concerns was told, as Text says
	// (promise.InTime, promise.Overrun).
	Told Kind = "told"
	// Due: the answer to the operation Name on a maintenance says until when people must be told (D5, D6).
	Due Kind = "due"
	// Accounted: the availability report in the answer to the operation Name is what happened (D1 to D4).
	Accounted Kind = "accounted"
	// Probed: that report agrees with what probes from outside measured.
	Probed Kind = "probed"
)

// Expectation is what a step named: data only, stored in the record and judged from there.
type Expectation struct {
	Kind Kind `json:"kind"`
	// Step is the step's text as the feature has it.
	Step string `json:"step,omitempty"`
	// Requirements are the statements that break when it does not hold.
	Requirements []string `json:"requirements,omitempty"`
	// Assume marks a precondition of the world: when it does not hold the bench is at fault, or the
	// scenario says nothing, but the gateway is not judged by it.
	Assume bool `json:"assume,omitempty"`

	Nonce    string   `json:"nonce,omitempty"`
	Who      string   `json:"who,omitempty"`
	Zone     string   `json:"zone,omitempty"`
	Mailbox  string   `json:"mailbox,omitempty"`
	Original string   `json:"original,omitempty"`
	From     string   `json:"from,omitempty"`
	Times    int      `json:"times,omitempty"`
	AtMost   int      `json:"at_most,omitempty"`
	Yet      bool     `json:"yet,omitempty"`
	Code     string   `json:"code,omitempty"`
	Type     string   `json:"type,omitempty"`
	Contains []string `json:"contains,omitempty"`
	Address  string   `json:"address,omitempty"`
	Not      []string `json:"not,omitempty"`
	Port     int      `json:"port,omitempty"`
	Rule     string   `json:"rule,omitempty"`
	Links    []string `json:"links,omitempty"`
	Event    string   `json:"event,omitempty"`
	Verb     string   `json:"verb,omitempty"`
	Name     string   `json:"name,omitempty"`
	Text     string   `json:"text,omitempty"`
	// Within is a number of seconds of the world's clock.
	Within float64 `json:"within,omitempty"`
	// Waited is set on the wall clock, where a step cannot wait as long as the requirement allows: the
	// number of seconds after which what is missing says nothing about the gateway.
	Waited float64 `json:"waited,omitempty"`

	// noted is the number of the event that put it into the record, 0 when it is not there yet.
	noted int
}

// Clause returns the event that puts x into a record.
func (x Expectation) Clause() record.Event {
	detail, err := json.Marshal(x)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return record.Event{Who: "bench", Kind: record.Clause, Name: string(x.Kind), Detail: string(detail)}
}

// Expectations returns those stored in events, in order. An unknown kind or field is an error: a judge
// that does not know what was expected must not pass it.
func Expectations(events []record.Event) ([]Expectation, error) {
	var all []Expectation
	for _, e := range events {
		if e.Kind != record.Clause {
			continue
		}
		x, err := clause(e)
		if err != nil {
			return nil, err
		}
		if _, ok := judges[x.Kind]; !ok {
			return nil, fmt.Errorf("check: expectation in event %d has unknown kind %q", e.Seq, x.Kind)
		}
		all = append(all, x)
	}
	return all, nil
}

// clause returns the expectation that e put into the record.
func clause(e record.Event) (Expectation, error) {
	dec := json.NewDecoder(strings.NewReader(e.Detail))
	dec.DisallowUnknownFields()
	x := Expectation{noted: e.Seq}
	if err := dec.Decode(&x); err != nil {
		return x, fmt.Errorf("check: expectation in event %d: %w", e.Seq, err)
	}
	return x, nil
}
