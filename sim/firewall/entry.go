package firewall

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Action is what happens to a flow's first packet.
type Action string

// The actions. An entry without one allows: the matrix is a list of permissions. A policy without one drops.
const (
	// Allow lets the flow begin.
	Allow Action = "allow"
	// Drop discards in silence: the sender runs into its timeout.
	Drop Action = "drop"
	// RejectReset answers TCP with a reset ("connection refused"), anything else like RejectProhibited.
	RejectReset Action = "reject-reset"
	// RejectProhibited answers with ICMP type 3 code 13, communication administratively prohibited
	// (RFC 1812 5.2.7.1).
	RejectProhibited Action = "reject-prohibited"
)

// ParseAction reads an action; "reject" is RejectProhibited, "" stays "".
func ParseAction(s string) (Action, error) {
	switch a := Action(strings.ToLower(s)); a {
	case "", Allow, Drop, RejectReset, RejectProhibited:
		return a, nil
	case "reject":
		return RejectProhibited, nil
	}
	return "", fmt.Errorf("firewall: action %q: use allow, drop, reject-reset or reject-prohibited", s)
}

// Status is where an entry stands on its way through the offices. Only Active entries (and entries without
// status) count for packets.
type Status string

// The states of an entry, in the order of its life.
const (
	Requested Status = "requested"
	Approved  Status = "approved"
	Active    Status = "active"
	Suspended Status = "suspended"
	Revoked   Status = "revoked"
)

// Protocol numbers that an entry can name (IANA protocol numbers).
const (
	icmp = 1
	tcp  = 6
	udp  = 17
	esp  = 50
)

// Party is one side of an entry: a source or a destination.
type Party struct {
	// Zone is the security zone of the router's interface at which the party's packets come or go; "" is
	// any.
	Zone string
	// Host names the party for people; it takes no part in matching.
	Host string
	// Local are the party's addresses as it knows them itself. The zero prefix, with Translated zero too,
	// means any.
	Local netip.Prefix
	// Translated are the addresses under which the rest of the network knows the party, where NAT is in
	// between. The router that translates between the two matches Local, every other one Translated. Zero:
	// not translated.
	Translated netip.Prefix
}

// Ports is a range of destination ports, both ends included.
type Ports struct {
	Low, High uint16
}

// Entry is one row of the communication matrix (Freischaltungsmatrix; S2-023): who may talk to whom, why,
// since when, and who answers for it.
type Entry struct {
	// ID is what records and reports name, such as "M-01"; unique in a matrix.
	ID string
	// Purpose says in words why the row exists.
	Purpose  string
	From, To Party
	// Protocol is "tcp", "udp", "icmp", "esp", or "" for any.
	Protocol string
	// Ports are the destination ports; none means all. Only tcp and udp have ports.
	Ports []Ports
	// ValidFrom is the first instant and ValidTo the first instant after the row's validity; zero: open.
	ValidFrom, ValidTo time.Time
	// RequestedBy, ApprovedBy and ImplementedBy are roles or organisations, never persons.
	RequestedBy, ApprovedBy, ImplementedBy string
	// Status counts when it is Active or empty.
	Status Status
	// Action is Allow when empty.
	Action Action
}

// Port is the range of the one port p.
func Port(p uint16) []Ports { return []Ports{{p, p}} }

// Validate reports the first field with which the entry cannot work, and what to do.
func (e Entry) Validate() error {
	if e.ID == "" {
		return fmt.Errorf("id is empty: records could not name the row")
	}
	if strings.HasPrefix(e.ID, "default") {
		return fmt.Errorf("id %q: names that begin with \"default\" stand for the router's policy", e.ID)
	}
	if _, err := ProtocolNumber(e.Protocol); err != nil {
		return err
	}
	if len(e.Ports) > 0 && e.Protocol != "tcp" && e.Protocol != "udp" {
		return fmt.Errorf("port needs protocol tcp or udp, not %q", e.Protocol)
	}
	for _, p := range e.Ports {
		if p.Low > p.High {
			return fmt.Errorf("port %d-%d: the lower bound is above the upper one", p.Low, p.High)
		}
	}
	if !e.ValidFrom.IsZero() && !e.ValidTo.IsZero() && !e.ValidFrom.Before(e.ValidTo) {
		return fmt.Errorf("valid_to %s is not after valid_from %s: the row is never in force",
			e.ValidTo.Format(time.RFC3339), e.ValidFrom.Format(time.RFC3339))
	}
	switch e.Status {
	case "", Requested, Approved, Active, Suspended, Revoked:
	default:
		return fmt.Errorf("status %q: use requested, approved, active, suspended or revoked", e.Status)
	}
	if _, err := ParseAction(string(e.Action)); err != nil || e.Action == "reject" {
		return fmt.Errorf("action %q: use allow, drop, reject-reset or reject-prohibited", e.Action)
	}
	if err := e.From.validate(); err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if err := e.To.validate(); err != nil {
		return fmt.Errorf("to: %w", err)
	}
	return nil
}

func (p Party) validate() error {
	for _, f := range []struct {
		name string
		pfx  netip.Prefix
	}{{"local", p.Local}, {"translated", p.Translated}} {
		if f.pfx.IsValid() && !f.pfx.Addr().Is4() {
			return fmt.Errorf("%s %v is not an IPv4 prefix", f.name, f.pfx)
		}
	}
	if p.Host != "" && !p.Local.IsValid() && !p.Translated.IsValid() {
		return fmt.Errorf("host %q has no address: a packet shows addresses only", p.Host)
	}
	if p.Local.IsValid() && p.Translated.IsValid() && p.Local.Bits() < p.Translated.Bits() && p.Translated.Bits() != 32 {
		return fmt.Errorf("local %v does not fit into translated %v: use prefixes of one length, or one address", p.Local, p.Translated)
	}
	return nil
}

// ProtocolNumber is the IP protocol number of a name in an entry, 0 for "" (any).
func ProtocolNumber(name string) (uint8, error) {
	switch name {
	case "":
		return 0, nil
	case "icmp":
		return icmp, nil
	case "tcp":
		return tcp, nil
	case "udp":
		return udp, nil
	case "esp":
		return esp, nil
	}
	return 0, fmt.Errorf("protocol %q: use tcp, udp, icmp, esp, or leave it out for any", name)
}
