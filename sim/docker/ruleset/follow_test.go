//go:build linux

package ruleset

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/netlink"
)

// message is what NFLOG sends about a packet.
func message(prefix string, packet []byte) []byte {
	b, err := netlink.MarshalAttributes([]netlink.Attribute{{Type: packetPrefix, Data: append([]byte(prefix), 0)}, {Type: packetInDev, Data: []byte{0, 0, 0, 3}},
		{Type: packetPayload, Data: packet}})
	if err != nil {
		panic(err)
	}
	return append([]byte{2, 0, 0, 7}, b...)
}

func TestRead(t *testing.T) {
	packet := []byte{0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, 6, 0, 0, 192, 168, 10, 25, 172, 16, 0, 25, 0x9c, 0x40, 0, 25}
	got, ok := read(message("accept M-101", packet), func(i int) string { return map[int]string{3: "if0"}[i] })
	want := Decision{Verdict: "accept", Rule: "M-101", In: "if0", Protocol: "tcp", Source: "192.168.10.25:40000", Destination: "172.16.0.25:25"}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Error(diff)
	}
	if _, ok := read([]byte{2, 0, 0, 7}, nil); ok {
		t.Error("a message without packet was taken")
	}
}

// FuzzFollow feeds the reader whatever the kernel may send.
func FuzzFollow(f *testing.F) {
	f.Add(message("drop default:drop", []byte{0x45}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if d, ok := read(data, func(int) string { return "" }); ok && (d.Rule == "" || d.Source == "") {
			t.Errorf("%+v", d)
		}
	})
}
