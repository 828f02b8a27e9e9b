package check

// Verdict is the outcome of a scenario, and of a run.
type Verdict string

// The verdicts, in the words of the design. Only Fail says that the gateway does not conform.
const (
	// Pass: everything expected was seen, nothing unclaimed happened.
	Pass Verdict = "PASS"
	// Fail: the gateway broke a requirement whose basis is a source, the TR or the law.
	Fail Verdict = "FAIL"
	// Warn: a recommendation, or a requirement that rests on a decision of ours, was not met.
	Warn Verdict = "WARN"
	// Review: a person must judge the evidence.
	Review Verdict = "REVIEW"
	// ExpectedFail: the vendor's baseline lists the failure.
	ExpectedFail Verdict = "EXPECTED_FAIL"
	// NotApplicable: declared absent, and probed absent.
	NotApplicable Verdict = "NOT_APPLICABLE"
	// Blocked: a precondition of the scenario failed; counts as not conforming.
	Blocked Verdict = "BLOCKED"
	// Inconclusive: evidence is missing, or an assumption about the world did not hold.
	Inconclusive Verdict = "INCONCLUSIVE"
	// NotRun: planned and not executed.
	NotRun Verdict = "NOT_RUN"
	// Error: the bench itself failed.
	Error Verdict = "ERROR"
)

// Verdicts lists all of them, worst first: the order in which a run takes its own from its scenarios.
var Verdicts = []Verdict{Error, Fail, Blocked, Inconclusive, NotRun, Review, Warn, ExpectedFail, NotApplicable, Pass}

// Settled reports whether nobody has to look at a scenario with this verdict.
func (v Verdict) Settled() bool { return v == Pass || v == NotApplicable || v == ExpectedFail }

// Exit codes of a run. They are an enumeration, never a count.
const (
	// ExitConforming: everything planned was executed, and nothing is worse than Warn.
	ExitConforming = 0
	// ExitFail: the gateway broke a requirement.
	ExitFail = 1
	// ExitPreflight: the gateway or its driver is not fit to be judged; no scenario ran.
	ExitPreflight = 3
	// ExitInconclusive: something planned was blocked, not run, or says nothing.
	ExitInconclusive = 4
	// ExitBench: the bench itself failed.
	ExitBench = 5
	// ExitStale: something in the vendor's baseline is no longer so: a failure does not happen, or has expired.
	ExitStale = 6
	// ExitUsage: the command line or a configuration is wrong; nothing was started.
	ExitUsage = 64
)

// Exit returns the exit code of a run with these verdicts, planned scenarios and executed ones, and a baseline that is
// stale or not. A run in which nothing was executed, or less than planned, never conforms.
func Exit(counts map[Verdict]int, planned, executed int, stale bool) int {
	switch {
	case counts[Error] > 0:
		return ExitBench
	case counts[Fail] > 0:
		return ExitFail
	case stale:
		return ExitStale
	case planned == 0, executed < planned, counts[Blocked]+counts[Inconclusive]+counts[NotRun]+counts[Review] > 0:
		return ExitInconclusive
	}
	return ExitConforming
}

// Worst returns the verdict of a run: the worst of its scenarios', and NotRun when there is none.
func Worst(counts map[Verdict]int) Verdict {
	for _, v := range Verdicts {
		if counts[v] > 0 {
			return v
		}
	}
	return NotRun
}
