package smtpd_test

import (
	"strings"
	"testing"
)

// BenchmarkSubmission20MiB is one message of the largest net size (D20) through guard, go-smtp, policing and
// rewriting into an intake in memory; the network is memory too.
func BenchmarkSubmission20MiB(b *testing.B) {
	text := "From: p@b.test\r\n\r\n" + strings.Repeat(strings.Repeat("x", 76)+"\r\n", 20<<20/78)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		bench := newTenants(b, nil)
		if got := bench.submit(text); got[:3] != "250" {
			b.Fatal(got)
		}
	}
}
