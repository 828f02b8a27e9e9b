package steps

import (
	"fmt"
	"time"

	"demailbench/features/world"
)

// maintaining are the steps about planned work.
func maintaining(w *world.World) []binding {
	return []binding{
		{`^the operator plans work from (.+) for (\d+) min: "([^"]+)"$`, func(when string, minutes int, impact string) error {
			return w.Office().Plan(when, length(minutes, 0), impact)
		}},
		{`^the operator plans work from (.+) for (\d+) min (\d+) s: "([^"]+)"$`, func(when string, minutes, seconds int, impact string) error {
			return w.Office().Plan(when, length(minutes, seconds), impact)
		}},
		{`^the operator plans work for (\w+) only from (.+) for (\d+) min: "([^"]+)"$`, func(tenant, when string, minutes int, impact string) error {
			return w.Office().Plan(when, length(minutes, 0), impact, tenant)
		}},
		{`^the operator moves the work to (.+) for (\d+) min: "([^"]+)"$`, func(when string, minutes int, impact string) error {
			return w.Office().Move(when, length(minutes, 0), impact)
		}},
		{`^the work (begins|ends)$`, func(how string) error { return w.Office().Work(how, "") }},
		{`^the work is cancelled: "([^"]+)"$`, func(reason string) error { return w.Office().Work("is cancelled", reason) }},
		{`^the time of the work comes$`, func() error {
			d, err := w.Office().UntilWork()
			if err != nil {
				return err
			}
			return w.Pass(d)
		}},
		{`^it is (.+ at \d\d:\d\d)$`, func(when string) error {
			d, err := w.Office().Until(when)
			if err != nil {
				return err
			}
			return w.Pass(d)
		}},
		{`^everybody whom it concerns is told (in time|disputably late|late|at all|of the overrun)$`, func(how string) error { return w.Office().PeopleTold(how, w.Expect) }},
		{`^the answer says until when people must be told$`, func() error { return w.Office().DeadlineSaid() }},
		{`^the gateway counts whole working days between a notice and the work$`, func() error { return w.CountClearDays() }},
	}
}

// length is a duration that may have no seconds.
func length(minutes, seconds int) time.Duration {
	return time.Duration(minutes)*time.Minute + time.Duration(seconds)*time.Second
}

// accounting are the steps about disturbances and the account of the service's availability.
func accounting(w *world.World) []binding {
	return []binding{
		{`^a disturbance from (\S+) to (\S+) is recorded$`, func(from, until string) error { return w.Office().Disturbance("", from, until) }},
		{`^the operator puts it down to (operator|dmda|tenant|carrier|force-majeure) by "([^"]+)"$`, func(cause, document string) error { return w.Office().PutDown(cause, document, true) }},
		{`^the operator puts it down to (dmda|tenant|carrier|force-majeure) without evidence$`, func(cause string) error { return w.Office().PutDown(cause, "", true) }},
		{`^the operator puts it down to (dmda|tenant|carrier|force-majeure) by "([^"]+)" without change request$`, func(cause, document string) error { return w.Office().PutDown(cause, document, false) }},
		{`^the account from (\S+) to (\S+) is what happened$`, func(from, until string) error {
			begin, err := time.Parse(time.RFC3339, from)
			if err != nil {
				return fmt.Errorf("the account's begin: %w", err)
			}
			end, err := time.Parse(time.RFC3339, until)
			if err != nil {
				return fmt.Errorf("the account's end: %w", err)
			}
			return w.Office().Account(begin, end, "")
		}},
		{`^the account of the last (\d+) hours is what happened$`, func(n int) error { return w.Office().AccountOf(time.Duration(n)*time.Hour, "") }},
		{`^the account of the last (\d+) hours for (\w+) is what happened$`, func(n int, tenant string) error { return w.Office().AccountOf(time.Duration(n)*time.Hour, tenant) }},
		{`^in it (\S+) (holds|does not hold)$`, func(period, how string) error { return w.Office().Holds(period, how == "holds") }},
		{`^the gateway's machine is lost, and another one starts from "([^"]+)"$`, func(backup string) error { return w.Replace(backup) }},
		{`^the gateway does not take (\d{4}-\d{2}-\d{2}) as the last day of the pilot operation$`, func(day string) error { return w.RefusesPilotUntil(day) }},
		{`^it agrees with what the probes measured$`, func() error { return w.Office().Agrees() }},
		{`^probes look at the gateway from (\w+) each minute$`, func(tenant string) error { return w.Probe(tenant, time.Minute) }},
	}
}
