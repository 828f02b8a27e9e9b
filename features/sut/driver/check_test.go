//go:build unix

package driver_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"demailbench/features/sut/driver"
	"demailbench/sim/clock"
)

// TestCheck runs the check against drivers with one fault each.
func TestCheck(t *testing.T) {
	cases := []struct {
		fake   string
		passed bool
		texts  []string
	}{
		{"good", true, []string{
			"fake 1: protocol 1, 3 operations, 2 at once\n", "  ok          hello is valid, after ", "  note        not declared, so scenarios that need them cannot run: all of tenants, all of domains, all of inbound, mapping.put, mapping.delete, mapping.import, all of users",
			"  ok          an unknown operation is answered with unsupported\n", "  ok          reset is answered with done, twice; whether it did anything only a run can tell\n",
			"  ok          58 operations that are not declared are answered with unsupported\n", "  ok          2 declared operations answer, well-formed\n",
			"  ok          every answer came within its deadline; the slowest was ", "  ok          it ends when its input ends, and leaves nothing running\n",
			"The driver keeps the protocol and answers what it declares, as far as that shows without carrying mail. 0 problems, 1 notes, ",
		}},
		{"claims", false, []string{"problem     the unknown operation check.", "was answered with done\n              do: answer every operation that is not in your table with \"unsupported\"",
			"not declared, but not answered with unsupported: "}},
		{"boasts", false, []string{"fly.away is declared, but the contract has no such operation\n              do: see docs/README.md", "declared, but answered with unsupported: mapping.put\n"}},
		{"resets once", false, []string{"problem     reset: the driver could not carry it out: table is gone already", "not checked reset: the second did not succeed"}},
		{"slow op", false, []string{"problem     mapping.list: no answer within 300ms; the driver was killed", "do: answer within deadline_ms"}},
		{"wrong data", false, []string{"problem     mapping.list: done, but the result is not as agreed: data.rows[0].mail: 1: must be a string"}},
		{"twice", false, []string{"was answered twice"}},
		{"stays", false, []string{"problem     the driver did not quit within "}},
		{"children", false, []string{"problem     the driver left 1 processes running; they were killed"}},
		{"no hello", false, []string{"problem     no hello within 200ms", "The driver must be mended"}},
		{"stillborn", false, []string{"problem     the driver ended while it was needed (exit status 127)", "it wrote: cannot find libacme.so"}},
	}
	for _, c := range cases {
		t.Run(c.fake, func(t *testing.T) {
			o := driver.CheckOptions{Options: impatient(c.fake, nil), Budget: time.Minute}
			o.Transcript = nil
			r := driver.Check(context.Background(), command(c.fake), o)
			text := r.String()
			if r.Passed() != c.passed {
				t.Errorf("passed: %v", r.Passed())
			}
			for _, want := range c.texts {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q", want)
				}
			}
			if r.Elapsed <= 0 || r.Elapsed > time.Minute {
				t.Errorf("took %v", r.Elapsed)
			}
			if len(r.Transcript) == 0 {
				t.Error("there is no transcript")
			}
			if t.Failed() {
				t.Logf("%s\n%s", text, r.Transcript)
			}
			nothingLeft(t)
		})
	}
}

// TestCheckBudget: a driver that takes its time is not waited for.
func TestCheckBudget(t *testing.T) {
	o := driver.CheckOptions{Options: driver.Options{Clock: clock.Real()}, Budget: 100 * time.Millisecond}
	r := driver.Check(context.Background(), command("slow op"), o)
	if !strings.Contains(r.String(), "operations were not reached within 100ms") {
		t.Error(r)
	}
	nothingLeft(t)
}
