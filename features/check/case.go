// Package check judges the record of a scenario: pure functions from what the parties saw to findings,
// with the assumptions about the world before the properties of the gateway. It never talks to a system,
// so stored evidence can be judged again years later. It leaves out running scenarios (features/suite)
// and writing reports.
package check

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	headers "demailbench/features/check/header"
	"demailbench/features/check/promise"
	"demailbench/sim/record"
)

// Scene tells the judge who is who in the record. It is stored beside the record.
type Scene struct {
	// Gateway is the host of the gateway under test; GatewayAddresses are its own and its translated
	// addresses.
	Gateway          string   `json:"gateway"`
	GatewayAddresses []string `json:"gateway_addresses"`
	// Authority is the certificate, in PEM, of who signs providers' certificates.
	Authority string `json:"authority,omitempty"`
	// Provider is the host of the DMDA.
	Provider string `json:"provider"`
	// Mapping maps each De-Mail address of a tenant to the e-mail mailboxes it is mapped to. The DMDA keeps
	// what it has passed on (S1-115), so a message there is claimed with its copy at the tenant.
	Mapping map[string][]string `json:"mapping"`
	// Secured are the mail servers to which the gateway must speak TLS: those without an IPSEC line
	// (S0-038..040).
	Secured []string `json:"secured"`
	// Recommended are the statements whose breach does not fail a gateway: recommendations, and what was
	// derived or decided by the bench and not demanded by a source, the TR or the law.
	Recommended []string `json:"recommended,omitempty"`
	// Mailboxes are those that the world has from the beginning; a record of old has none.
	Mailboxes []string `json:"mailboxes,omitempty"`
	// Contacts are who must be told of maintenance; ClearDays is how the gateway reads "3 working days before" (D5).
	Contacts  []promise.Contact `json:"contacts,omitempty"`
	ClearDays bool              `json:"clear_days,omitempty"`
	// Decided are the decisions of the bench ("D10b") that the gateway's vendor has answered otherwise in sut.yaml,
	// each with the vendor's answer.
	Decided map[string]string `json:"decided,omitempty"`
	// Zones maps each host to its zone ("internet", "dmda", "central", "svn", "kdn", "tenant-...").
	Zones map[string]string `json:"zones"`
	// Addresses maps each host to its addresses as other hosts see them.
	Addresses map[string][]string `json:"addresses"`
}

// Packet is one packet of the scenario's capture that was found to carry given octets.
type Packet struct {
	// Number counts the packets of the capture from 1, as packet analysers do.
	Number int       `json:"number"`
	Link   string    `json:"link"`
	At     time.Time `json:"at"`
}

// ErrLink is the error of a search on a link that the capture does not have.
var ErrLink = errors.New("the capture has nothing of link")

// Wire searches the scenario's capture.
type Wire interface {
	// Find returns the packets on links whose payload contains octets.
	Find(octets []byte, links []string) ([]Packet, error)
	// Near returns the last packet between the two "IP:port" (local "": anybody) at or before at, and whether there is one.
	Near(local, remote string, at time.Time) (Packet, bool)
}

// Case is the evidence of one scenario.
type Case struct {
	Events []record.Event
	Scene  Scene
	// Body opens a message body by its hash.
	Body func(sum string) (io.ReadCloser, error)
	// Wire is the capture; nil when there is none.
	Wire Wire

	mapped mapped
}

// mapped is the mapping of a record of so many events.
type mapped struct {
	events int
	rows   map[string][]string
}

// Finding is the judgement of one expectation, or of a rule that holds for every scenario.
type Finding struct {
	OK bool `json:"ok"`
	// Verdict is Pass, or what the finding makes of the scenario.
	Verdict      Verdict  `json:"verdict"`
	Rule         string   `json:"rule"`
	Step         string   `json:"step,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	Expected     string   `json:"expected"`
	Observed     string   `json:"observed"`
	// Missing is set when what was expected has not been seen yet, and nothing against it.
	Missing bool `json:"missing,omitempty"`
	// Event is the number of the event in the record that shows it best, 0 when nothing happened.
	Event  int     `json:"event,omitempty"`
	Packet *Packet `json:"packet,omitempty"`
}

// zoneOf returns the zone of host who.
func (c *Case) zoneOf(who string) string { return c.Scene.Zones[who] }

// isGateway tells whether "IP:port" or "IP" is an address of the gateway.
func (c *Case) isGateway(addr string) bool {
	return slices.Contains(c.Scene.GatewayAddresses, host(addr))
}

// host and port are the parts of an "IP:port".
var host, port = headers.Host, headers.Port

// find returns the events that satisfy keep.
func (c *Case) find(keep func(record.Event) bool) []record.Event {
	var out []record.Event
	for _, e := range c.Events {
		if keep(e) {
			out = append(out, e)
		}
	}
	return out
}

// header, fields, words and author read raw headers.
var header, fields, words, author = headers.Values, headers.Fields, headers.Words, headers.Author

// about tells whether a message is the mail with this nonce or speaks of it: in its header, or for
// reports in its body.
func (c *Case) about(m *record.Message, nonce string) bool {
	if m == nil || nonce == "" {
		return false
	}
	if strings.Contains(m.Header, nonce) {
		return true
	}
	if Mentions(m.Header, nonce) {
		return true
	}
	return m.Size < maxText && bytes.Contains(c.text(m), []byte(nonce))
}

// Mentions tells whether a raw header has nonce in some field, encoded or not.
func Mentions(header, nonce string) bool { return headers.Mention(header, nonce) }

// carries tells whether a message is the mail itself: its Subject field has the nonce as it was given.
func carries(m *record.Message, nonce string) bool {
	if m == nil || nonce == "" {
		return false
	}
	for _, s := range header(m.Header, "Subject") {
		s = words(s)
		if strings.Contains(s, nonce) && !strings.HasPrefix(s, "*") {
			return len(header(m.Header, "Auto-Submitted")) == 0 && !isReport(m)
		}
	}
	return false
}

func isReport(m *record.Message) bool {
	ct := header(m.Header, "Content-Type")
	return len(ct) > 0 && strings.HasPrefix(strings.ToLower(ct[0]), "multipart/report")
}

// maxText is the size in octets up to which the judge reads a body as text.
const maxText = 1 << 20

// text returns a small body, or nil.
func (c *Case) text(m *record.Message) []byte {
	if c.Body == nil || m.Size > maxText {
		return nil
	}
	r, err := c.Body(m.Body)
	if err != nil {
		return nil
	}
	defer r.Close()
	b, _ := io.ReadAll(io.LimitReader(r, maxText))
	return b
}
