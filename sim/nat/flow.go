package nat

import "time"

// State is how far a flow has come. TCP goes through all states, other protocols use Opening and
// Established.
type State uint8

// The states of a flow.
const (
	// Opening: only the beginner has sent.
	Opening State = iota
	// Answered: TCP, the SYN was answered.
	Answered
	// Established: both have spoken; for TCP the handshake is complete.
	Established
	// Closing: TCP, one side has sent FIN.
	Closing
	// Closed: TCP, both have sent FIN, or one a reset. A new SYN begins a new flow.
	Closed
)

// String is the state in lower case.
func (s State) String() string {
	return [...]string{"opening", "answered", "established", "closing", "closed"}[s]
}

// Direction tells the beginner of a flow from the other side.
type Direction uint8

const (
	// Original is the direction of the flow's first packet.
	Original Direction = iota
	// Reply is the direction of the answers.
	Reply
)

// Timeouts are how long a flow is remembered after its last packet. Zero fields take the default.
type Timeouts struct {
	// Opening: TCP before the handshake is complete; default 4 min (RFC 5382 REQ-5, transitory).
	Opening time.Duration
	// Established: TCP; default 2 h 4 min (RFC 5382 REQ-5).
	Established time.Duration
	// Closing: TCP after the first FIN; default 4 min (RFC 5382 REQ-5).
	Closing time.Duration
	// TimeWait: TCP after both FINs; default 2 min, twice the maximum segment life of Linux.
	TimeWait time.Duration
	// Reset: TCP after RST; default 10 s, as Linux. Shorter than RFC 7857 2.2 asks, so that ports come back.
	Reset time.Duration
	// UDP: default 5 min (RFC 4787 REQ-5).
	UDP time.Duration
	// ICMP: echo conversations; default 60 s (RFC 5508 REQ-1).
	ICMP time.Duration
	// Other protocols; default 10 min, as Linux.
	Other time.Duration
}

func (t Timeouts) defaults() Timeouts {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&t.Opening, 4 * time.Minute}, {&t.Established, 2*time.Hour + 4*time.Minute},
		{&t.Closing, 4 * time.Minute}, {&t.TimeWait, 2 * time.Minute}, {&t.Reset, 10 * time.Second},
		{&t.UDP, 5 * time.Minute}, {&t.ICMP, time.Minute}, {&t.Other, 10 * time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
	}
	return t
}

// Flags are the TCP flags that move a flow, with their bits in the header (RFC 9293 3.1).
type Flags uint8

// The flags.
const (
	FIN Flags = 0x01
	SYN Flags = 0x02
	RST Flags = 0x04
	ACK Flags = 0x10
)

// Opens reports whether a segment with these flags may begin a connection: a SYN and nothing else of these.
func (f Flags) Opens() bool { return f&(SYN|ACK|RST|FIN) == SYN }

// Flow is a conversation. Translation needs no case analysis: a packet with the tuple Orig leaves as
// Reply.Reverse(), one with the tuple Reply as Orig.Reverse(), and an ICMP error belongs to the flow that
// Lookup finds for the reverse of the quoted tuple.
type Flow struct {
	// Orig is the first packet's tuple as it arrived, Reply that of the answer as it will arrive.
	Orig, Reply Tuple
	// Rule is what allowed the flow: the owner's word, not the table's.
	Rule string
	// OneSided marks a flow whose answers take another way: the handshake counts as complete when the
	// beginner acknowledges.
	OneSided bool
	// State, Began and Expires are kept by the table.
	State          State
	Began, Expires time.Time

	fin     [2]bool
	reset   bool
	seq     uint64
	mapping *mapping
}

// Leaves is the tuple with which a packet of the flow leaves the router.
func (f *Flow) Leaves(d Direction) Tuple {
	if d == Original {
		return f.Reply.Reverse()
	}
	return f.Orig.Reverse()
}

// Translated reports whether the flow's packets are changed at all.
func (f *Flow) Translated() bool { return f.Reply != f.Orig.Reverse() }

// Reopens reports whether a packet of the closed flow f begins a new one in its place.
func (f *Flow) Reopens(flags Flags) bool {
	return f.Orig.Protocol == TCP && f.State == Closed && flags.Opens()
}

// advance moves the state by one packet and renews the time to live (RFC 4787 REQ-6: outbound traffic
// renews; we let inbound do so as well, as Linux does).
func (f *Flow) advance(d Direction, flags Flags, timeouts *Timeouts, at time.Time) {
	switch f.Orig.Protocol {
	case TCP:
		f.advanceTCP(d, flags)
		f.Expires = at.Add(timeouts.tcp(f))
		return
	case UDP:
		f.Expires = at.Add(timeouts.UDP)
	case ICMP:
		f.Expires = at.Add(timeouts.ICMP)
	default:
		f.Expires = at.Add(timeouts.Other)
	}
	if d == Reply {
		f.State = Established
	}
}

func (f *Flow) advanceTCP(d Direction, flags Flags) {
	switch {
	case flags&RST != 0:
		f.State, f.reset = Closed, true
	case flags&FIN != 0:
		f.fin[d] = true
		f.State = max(f.State, Closing)
		if f.fin[Original] && f.fin[Reply] {
			f.State = Closed
		}
	case f.State == Opening && d == Reply && flags&SYN != 0:
		f.State = Answered
	case f.State == Answered && d == Original && flags&ACK != 0,
		f.State == Opening && f.OneSided && flags&(SYN|ACK) == ACK:
		f.State = Established
	}
}

func (t *Timeouts) tcp(f *Flow) time.Duration {
	switch {
	case f.State == Established:
		return t.Established
	case f.State == Closing:
		return t.Closing
	case f.State == Closed && f.reset:
		return t.Reset
	case f.State == Closed:
		return t.TimeWait
	}
	return t.Opening
}
