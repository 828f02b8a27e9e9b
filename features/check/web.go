package check

import (
	"fmt"
	"strings"

	"demailbench/sim/record"
)

// Portal is the name of the actions by which people use the provider's web access: Identity asked for Verb, Code is the
// HTTP status of the answer, Text the provider's sentence when it said no.
const Portal = "portal"

func (c *Case) web(x Expectation) Finding {
	f := Finding{Expected: fmt.Sprintf("the DMDA's portal answers %sxx when %s asks to %s", x.Code, x.Who, x.Name)}
	if len(x.Code) == 3 {
		f.Expected = strings.Replace(f.Expected, "xx", "", 1)
	}
	f.Observed = "it was never asked"
	for _, e := range c.Events {
		if x.noted > 0 && e.Seq > x.noted { // what is asked later has an expectation of its own
			break
		}
		if e.Kind != record.Action || e.Name != Portal || e.Identity != x.Who || e.Verb != x.Name {
			continue
		}
		f.Event, f.OK = e.Seq, strings.HasPrefix(fmt.Sprint(e.Code), x.Code)
		f.Observed = strings.TrimSpace(fmt.Sprintf("%d at %s %s", e.Code, stamp(e.At), e.Text))
	}
	return f
}
