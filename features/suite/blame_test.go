package suite

import (
	"testing"

	"demailbench/features/check"
)

func TestBlame(t *testing.T) {
	const (
		inGateway = "goroutine 7 [running]:\ndemailbench/gateway/queue.(*Queue).put(0x1)\n\t/x/queue.go:1\ndemailbench/features/sut.(*running).x()\n"
		inBench   = "goroutine 7 [running]:\ndemailbench/sim/mta.(*Server).relay(0x1)\n\t/x/mta.go:1\ncreated by demailbench/gateway in goroutine 1\n"
		inLibrary = "goroutine 7 [running]:\nruntime.throw()\ngithub.com/emersion/go-smtp.x()\ndemailbench/gateway/smtpd.y()\n"
		waiting   = "goroutine 8 [select, 2 minutes]:\ndemailbench/gateway.(*Gateway).Run()\n"
		driver    = "goroutine 1 [running]:\ndemailbench/sim/clock.(*Virtual).Run()\nmain.main()\n"
	)
	tests := []struct {
		name, stacks string
		hung         bool
		want         check.Verdict
	}{
		{"panic in the gateway", "panic: x\n\n" + inGateway + "\n" + waiting, false, check.Fail},
		{"panic below the gateway", "panic: x\n\n" + inLibrary, false, check.Fail},
		{"panic in the bench", "panic: x\n\n" + inBench + "\n" + inGateway, false, check.Error},
		{"no stack", "killed", false, check.Error},
		{"gateway loops", driver + "\n" + waiting + "\n" + inGateway, true, check.Fail},
		{"gateway only waits", driver + "\n" + waiting, true, check.Error},
		{"bench loops", driver + "\n" + inBench, true, check.Error},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, why := blame(tt.stacks, tt.hung); got != tt.want {
				t.Errorf("got %s (%s), want %s", got, why, tt.want)
			}
		})
	}
}
