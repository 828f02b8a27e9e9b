package header

import "net/netip"

// Host returns the IP of "IP:port", or addr itself.
func Host(addr string) string {
	if ap, err := netip.ParseAddrPort(addr); err == nil {
		return ap.Addr().String()
	}
	return addr
}

// Port returns the port of "IP:port", 0 for anything else.
func Port(addr string) int {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return 0
	}
	return int(ap.Port())
}
