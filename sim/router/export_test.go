package router

// Fault lets the tests over a whole network use the independent checksums of packets_test.go.
var Fault = fault
