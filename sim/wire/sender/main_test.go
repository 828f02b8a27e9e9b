package sender_test

import (
	"os"
	"testing"

	"demailbench/sim/clock"
)

// TestMain refuses deadlines that were made from the wall clock.
func TestMain(m *testing.M) {
	clock.ForbidForeign("demailbench")
	os.Exit(m.Run())
}
