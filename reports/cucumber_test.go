package reports

import (
	"bufio"
	"encoding/json"
	"strings"
	"testing"

	cucumber "github.com/cucumber/messages/go/v21"
)

// TestMessages reads the messages as a consumer does: strictly, every reference to something said before, every test
// case with a result for each of its steps.
func TestMessages(t *testing.T) {
	s := sample()
	s.Scenarios[0].Steps = []Step{{Text: "it arrives <b>", Status: "passed", AtMS: 3}, {Text: "it is signed", Status: "failed", Error: "no", AtMS: 7}}
	var b strings.Builder
	if err := WriteMessages(&b, s); err != nil {
		t.Fatal(err)
	}
	known, results, cases := map[string]bool{}, map[string]int{}, 0
	var success *bool
	lines := bufio.NewScanner(strings.NewReader(b.String()))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		dec := json.NewDecoder(strings.NewReader(lines.Text()))
		dec.DisallowUnknownFields()
		var e cucumber.Envelope
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		switch {
		case e.Hook != nil:
			known[e.Hook.Id] = true
		case e.Pickle != nil:
			known[e.Pickle.Id] = true
			for _, st := range e.Pickle.Steps {
				known[st.Id] = true
			}
		case e.TestCase != nil:
			cases++
			known[e.TestCase.Id] = true
			for _, st := range e.TestCase.TestSteps {
				known[st.Id] = true
				if !known[st.PickleStepId] && !known[st.HookId] || !known[e.TestCase.PickleId] {
					t.Errorf("test case %s refers to what nobody has said", e.TestCase.Id)
				}
				results[st.Id]--
			}
		case e.TestCaseStarted != nil:
			known[e.TestCaseStarted.Id] = known[e.TestCaseStarted.TestCaseId]
		case e.TestStepFinished != nil:
			if !known[e.TestStepFinished.TestCaseStartedId] {
				t.Errorf("step %s is of no run", e.TestStepFinished.TestStepId)
			}
			results[e.TestStepFinished.TestStepId]++
		case e.TestRunFinished != nil:
			success = &e.TestRunFinished.Success
		}
	}
	for id, n := range results {
		if n != 0 {
			t.Errorf("step %s has %d results", id, n+1)
		}
	}
	if cases != len(s.Scenarios) || success == nil || *success {
		t.Errorf("%d cases of %d, success %v", cases, len(s.Scenarios), success)
	}
	for _, v := range s.Scenarios {
		if got := verdictStatus(v.Verdict); (got == cucumber.TestStepResultStatus_PASSED || got == cucumber.TestStepResultStatus_SKIPPED) != (v.Verdict.Settled() || v.Verdict == "WARN") {
			t.Errorf("%s is %s", v.Verdict, got)
		}
	}
}
