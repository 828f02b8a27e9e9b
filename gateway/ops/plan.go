package ops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Platform says whose maintenance it is.
type Platform string

const (
	// GatewayPlatform is the De-Mail gateway: the operator's notice rules hold (S0-044, S0-050).
	GatewayPlatform Platform = "gateway"
	// DMDAPlatform is the DMDA's: the DMDA tells the participants, under its own conditions (S0-048, S0-049).
	DMDAPlatform Platform = "dmda"
)

// Request asks for a plan, as somebody wrote it.
type Request struct {
	ID       string
	Platform Platform
	// Start is a time for Local in the zone Zone; Expected how long the work will probably take.
	Start, Zone string
	Expected    time.Duration
	// Services are affected, in the way Effects says (S0-045).
	Services []string
	Effects  string
}

// Plan is work that is planned.
type Plan struct {
	ID       string
	Platform Platform
	Window   Span
	Services []string
	Effects  string
}

// MaxWindow is the longest window that is taken for meant: a week. Nothing in the sources limits it; who needs
// longer plans several windows.
const MaxWindow = 7 * 24 * time.Hour

// NewPlan checks a request against the time now and the plans that exist, cancelled and ended ones left out. Every
// fault is reported: errors.Join of *Fault. A window in the past, without or with a negative or overlong duration,
// without an exact instant, without services or effects (S0-045), with an id that exists, or overlapping another
// of the same platform that affects a common service, is refused.
func NewPlan(r Request, now time.Time, existing []Plan) (Plan, error) {
	var faults []error
	refuse := func(field, value, problem, fix string) {
		faults = append(faults, &Fault{Item: r.ID, Field: field, Value: value, Problem: problem, Fix: fix})
	}
	p := Plan{ID: r.ID, Platform: r.Platform, Services: slices.Clone(r.Services), Effects: r.Effects}
	if strings.TrimSpace(r.ID) == "" {
		refuse("id", "", "is missing", "give the plan an id")
	}
	if r.Platform != GatewayPlatform && r.Platform != DMDAPlatform {
		refuse("platform", string(r.Platform), "is not known", "write gateway or dmda")
	}
	if len(r.Services) == 0 || slices.ContainsFunc(r.Services, func(s string) bool { return strings.TrimSpace(s) == "" }) {
		refuse("services", strings.Join(r.Services, ","), "does not name what is affected", "name each service (S0-045)")
	}
	if strings.TrimSpace(r.Effects) == "" {
		refuse("effects", "", "is missing", "say what users will notice (S0-045)")
	}
	start, err := Local(r.Start, r.Zone)
	if f, ok := errors.AsType[*Fault](err); ok {
		f.Item = r.ID
		faults = append(faults, f)
	}
	if durationFault := checkExpected(r); durationFault != nil {
		faults = append(faults, durationFault)
	}
	if err == nil && start.Before(now) {
		refuse("start", r.Start, "is in the past, now is "+now.In(berlin).Format(time.RFC3339), "plan ahead")
	}
	if len(faults) > 0 {
		return Plan{}, errors.Join(faults...)
	}
	p.Window = Between(start, start.Add(r.Expected))
	return p, overlaps(p, existing)
}

func checkExpected(r Request) error {
	f := &Fault{Item: r.ID, Field: "expected", Value: r.Expected.String()}
	switch {
	case r.Expected < 0:
		f.Problem, f.Fix = "is negative", "give the time from start to end"
	case r.Expected == 0:
		f.Problem, f.Fix = "is nothing", "say how long the work will probably take"
	case r.Expected%time.Second != 0:
		f.Problem, f.Fix = "is not in whole seconds", "round it up"
	case r.Expected > MaxWindow:
		f.Problem, f.Fix = fmt.Sprintf("is longer than %v", MaxWindow), "plan several windows"
	default:
		return nil
	}
	return f
}

func overlaps(p Plan, existing []Plan) error {
	var faults []error
	for _, e := range existing {
		if e.ID == p.ID {
			faults = append(faults, &Fault{Item: p.ID, Field: "id", Value: p.ID, Problem: "exists already", Fix: "change that plan, or choose another id"})
			continue
		}
		common := slices.ContainsFunc(p.Services, func(s string) bool { return slices.Contains(e.Services, s) })
		if common && e.Platform == p.Platform && e.Window.Touches(p.Window) {
			faults = append(faults, &Fault{Item: p.ID, Field: "start", Value: p.Window.String(),
				Problem: fmt.Sprintf("overlaps plan %s (%v)", e.ID, e.Window), Fix: "join the plans or move one"})
		}
	}
	return errors.Join(faults...)
}
