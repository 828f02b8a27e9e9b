package nat_test

import (
	"strings"
	"testing"
	"time"

	"demailbench/sim/nat"
)

// A TCP flow is told as "who flags": > from the beginner, < from the other side.
func TestTCPStates(t *testing.T) {
	const hs = ">S <SA >A "
	tests := []struct {
		story string
		state nat.State
		live  time.Duration
	}{
		{">S", nat.Opening, 4 * time.Minute},
		{">S >S", nat.Opening, 4 * time.Minute},
		{">S <SA", nat.Answered, 4 * time.Minute},
		{hs, nat.Established, 2*time.Hour + 4*time.Minute},
		{hs + "<A >A", nat.Established, 2*time.Hour + 4*time.Minute},
		{hs + ">FA", nat.Closing, 4 * time.Minute},
		{hs + ">FA <A", nat.Closing, 4 * time.Minute},
		{hs + ">FA <FA", nat.Closed, 2 * time.Minute},
		{hs + "<FA >FA <A", nat.Closed, 2 * time.Minute},
		{hs + ">FA >FA", nat.Closing, 4 * time.Minute},
		{hs + ">R", nat.Closed, 10 * time.Second},
		{">S <RA", nat.Closed, 10 * time.Second},
		{">S >A", nat.Opening, 4 * time.Minute},
	}
	for _, test := range tests {
		t.Run(test.story, func(t *testing.T) {
			table := newTable(t, nat.Rules{})
			tuple := nat.TupleOf(nat.TCP, "10.0.0.1:1", "10.0.0.2:25")
			mustOpen(t, table, "a", "b", tuple, epoch)
			at := epoch.Add(time.Second)
			tell(t, table, tuple, test.story, at)
			f, _ := table.Lookup(tuple, at)
			if f.State != test.state {
				t.Errorf("state %v, want %v", f.State, test.state)
			}
			if last, _ := table.Lookup(tuple, at.Add(test.live-1)); last == nil {
				t.Errorf("forgotten before %v", test.live)
			}
			if over, _ := table.Lookup(tuple, at.Add(test.live)); over != nil {
				t.Errorf("remembered after %v", test.live)
			}
		})
	}
}

func tell(t *testing.T, table *nat.Table, tuple nat.Tuple, story string, at time.Time) {
	t.Helper()
	letters := map[rune]nat.Flags{'S': nat.SYN, 'A': nat.ACK, 'F': nat.FIN, 'R': nat.RST}
	for _, word := range strings.Fields(story) {
		packet := tuple
		if word[0] == '<' {
			packet = tuple.Reverse()
		}
		var flags nat.Flags
		for _, l := range word[1:] {
			flags |= letters[l]
		}
		f, d := table.Lookup(packet, at)
		if f == nil {
			t.Fatalf("%s: no flow", word)
		}
		table.Advance(f, d, flags, at)
	}
}

func TestReopens(t *testing.T) {
	table := newTable(t, nat.Rules{})
	tuple := nat.TupleOf(nat.TCP, "10.0.0.1:1", "10.0.0.2:25")
	mustOpen(t, table, "a", "b", tuple, epoch)
	f, _ := table.Lookup(tuple, epoch)
	if f.Reopens(nat.SYN) {
		t.Error("a SYN sent again begins a new flow")
	}
	tell(t, table, tuple, "<RA", epoch)
	if !f.Reopens(nat.SYN) || f.Reopens(nat.ACK) || f.Reopens(nat.SYN|nat.ACK) {
		t.Error("only a SYN begins a new flow in place of a closed one")
	}
	table.Remove(f)
	mustOpen(t, table, "a", "b", tuple, epoch)
}

func TestOneSided(t *testing.T) {
	table := newTable(t, nat.Rules{})
	tuple := nat.TupleOf(nat.TCP, "10.0.0.1:1", "10.0.0.2:25")
	mustOpen(t, table, "a", "a", tuple, epoch)
	f, _ := table.Lookup(tuple, epoch)
	f.OneSided = true
	tell(t, table, tuple, ">A", epoch)
	if f.State != nat.Established {
		t.Errorf("state %v although the beginner has acknowledged", f.State)
	}
}

func TestTimeouts(t *testing.T) {
	tests := []struct {
		protocol nat.Protocol
		live     time.Duration
	}{{nat.UDP, 5 * time.Minute}, {nat.ICMP, time.Minute}, {nat.ESP, 10 * time.Minute}}
	for _, test := range tests {
		for _, renew := range []nat.Direction{nat.Original, nat.Reply} {
			table := newTable(t, nat.Rules{})
			tuple := nat.TupleOf(test.protocol, "10.0.0.1:7", "10.0.0.2:0")
			mustOpen(t, table, "a", "b", tuple, epoch)
			at := epoch.Add(test.live - time.Second)
			f, _ := table.Lookup(tuple, at)
			if f == nil {
				t.Fatalf("%v: forgotten early", test.protocol)
			}
			table.Advance(f, renew, 0, at)
			if f, _ := table.Lookup(tuple, at.Add(test.live-1)); f == nil {
				t.Errorf("%v: traffic in direction %d did not renew", test.protocol, renew)
			}
			if f, _ := table.Lookup(tuple, at.Add(test.live)); f != nil {
				t.Errorf("%v: remembered too long", test.protocol)
			}
			if n := len(table.Flows(at.Add(test.live))); n != 0 {
				t.Errorf("%v: %d flows are listed after their time", test.protocol, n)
			}
		}
	}
	own, err := nat.NewTable(nat.Rules{}, nat.Timeouts{UDP: time.Second}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	tuple := nat.TupleOf(nat.UDP, "10.0.0.1:7", "10.0.0.2:7")
	mustOpen(t, own, "a", "b", tuple, epoch)
	if f, _ := own.Lookup(tuple, epoch.Add(time.Second)); f != nil {
		t.Error("a timeout that was given is not used")
	}
}

func TestFlowsInOrder(t *testing.T) {
	table := newTable(t, nat.Rules{})
	for p := uint16(100); p > 0; p-- {
		tuple := nat.TupleOf(nat.UDP, "10.0.0.1:1", "10.0.0.2:7")
		tuple.Src.Port = p
		mustOpen(t, table, "a", "b", tuple, epoch)
	}
	for i, f := range table.Flows(epoch) {
		if want := uint16(100 - i); f.Orig.Src.Port != want || f.Rule != "M-01" {
			t.Fatalf("flow %d is %v allowed by %s, want port %d", i, f.Orig, f.Rule, want)
		}
	}
	if n := table.Flush(); n != 100 || len(table.Flows(epoch)) != 0 {
		t.Errorf("flushed %d of 100", n)
	}
}
