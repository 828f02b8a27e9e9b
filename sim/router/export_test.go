package router

// The tests over a whole network use the packets and independent checksums of packets_test.go.
var (
	Fault    = fault
	Describe = describe
)

// Echo is an ICMP echo; its identifier is the source's port.
func Echo(src, dst string) []byte { return echo(icmpEcho, src, dst) }
