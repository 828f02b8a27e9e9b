package baseline

import (
	"slices"

	"demailbench/features/check"
)

// NoAnswer stands for the rule of a failure without a finding: the gateway crashed or hung.
const NoAnswer = "no answer"

// Failing lists the rules of the findings that fail a scenario, sorted.
func Failing(j check.Judgement) []string {
	if j.Verdict != check.Fail {
		return nil
	}
	var rules []string
	for _, f := range j.Findings {
		if !f.OK && f.Verdict == check.Fail {
			rules = append(rules, f.Rule)
		}
	}
	if len(rules) == 0 {
		return []string{NoAnswer}
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// Under is the verdict of a judgement when the vendor's baseline lists these checks of the scenario: a failure is
// expected when every check that fails is listed, so that a second fault does not hide behind a known one.
func Under(j check.Judgement, checks []string) check.Verdict {
	if j.Verdict != check.Fail {
		return j.Verdict
	}
	for _, rule := range Failing(j) {
		if !slices.Contains(checks, rule) {
			return check.Fail
		}
	}
	return check.ExpectedFail
}
