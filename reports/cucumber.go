package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	cucumber "github.com/cucumber/messages/go/v21"

	"demailbench/features/check"
)

// judge is the id of the hook that stands for the judge: it judges after the steps, from the evidence.
const judge = "judge"

// WriteMessages writes the run as Cucumber messages, one JSON object a line, for what reads these: a test case for each
// scenario with its steps, and the judge as the hook after them, whose status is the verdict. Instants are those of the
// world's clock after the beginning of the run.
func WriteMessages(w io.Writer, s *Summary) error {
	m := &messageWriter{enc: json.NewEncoder(w), began: s.Started}
	m.enc.SetEscapeHTML(false)
	m.put(&cucumber.Envelope{Meta: &cucumber.Meta{ProtocolVersion: "21.0.1", Implementation: &cucumber.Product{Name: "demailbench"},
		Runtime: &cucumber.Product{Name: "go", Version: runtime.Version()}, Os: &cucumber.Product{Name: runtime.GOOS}, Cpu: &cucumber.Product{Name: runtime.GOARCH}}})
	m.put(&cucumber.Envelope{Hook: &cucumber.Hook{Id: judge, Name: judge, SourceReference: &cucumber.SourceReference{Uri: "summary.json"}}})
	m.put(&cucumber.Envelope{TestRunStarted: &cucumber.TestRunStarted{Timestamp: m.at(0)}})
	var last int64
	for i := range s.Scenarios {
		m.scenario(&s.Scenarios[i])
		last = max(last, s.Scenarios[i].VirtualMS)
	}
	m.put(&cucumber.Envelope{TestRunFinished: &cucumber.TestRunFinished{Success: s.ExitCode == check.ExitConforming, Message: string(s.Verdict), Timestamp: m.at(last)}})
	if m.err != nil {
		return fmt.Errorf("write messages.ndjson: %w", m.err)
	}
	return nil
}

// messageWriter writes messages until the first error.
type messageWriter struct {
	enc   *json.Encoder
	began time.Time
	err   error
}

func (m *messageWriter) put(e *cucumber.Envelope) {
	if m.err == nil {
		m.err = m.enc.Encode(e)
	}
}

// at is the instant so many milliseconds after the beginning.
func (m *messageWriter) at(ms int64) *cucumber.Timestamp {
	t := m.began.Add(time.Duration(ms) * time.Millisecond)
	return &cucumber.Timestamp{Seconds: t.Unix(), Nanos: int64(t.Nanosecond())}
}

func (m *messageWriter) scenario(sc *Scenario) {
	pickle := &cucumber.Pickle{Id: sc.ID, Uri: "features/" + sc.Path, Name: sc.Name, Language: "en", Steps: []*cucumber.PickleStep{}, Tags: []*cucumber.PickleTag{}, AstNodeIds: []string{}}
	for _, r := range sc.Requirements {
		pickle.Tags = append(pickle.Tags, &cucumber.PickleTag{Name: "@" + r})
	}
	tc := &cucumber.TestCase{Id: sc.ID + "#case", PickleId: sc.ID}
	for i, st := range sc.Steps {
		id := fmt.Sprintf("%s#%d", sc.ID, i+1)
		pickle.Steps = append(pickle.Steps, &cucumber.PickleStep{Id: id, Text: st.Text, AstNodeIds: []string{}})
		tc.TestSteps = append(tc.TestSteps, &cucumber.TestStep{Id: id + "!", PickleStepId: id})
	}
	tc.TestSteps = append(tc.TestSteps, &cucumber.TestStep{Id: sc.ID + "#" + judge, HookId: judge})
	m.put(&cucumber.Envelope{Pickle: pickle})
	m.put(&cucumber.Envelope{TestCase: tc})
	started := sc.ID + "#run"
	m.put(&cucumber.Envelope{TestCaseStarted: &cucumber.TestCaseStarted{Id: started, TestCaseId: tc.Id, Timestamp: m.at(0)}})
	var before int64
	for i, st := range sc.Steps {
		m.step(started, tc.TestSteps[i].Id, before, st.AtMS, stepStatus(st.Status), st.Error)
		before = st.AtMS
	}
	m.step(started, sc.ID+"#"+judge, before, sc.VirtualMS, verdictStatus(sc.Verdict), sc.Reason)
	m.put(&cucumber.Envelope{TestCaseFinished: &cucumber.TestCaseFinished{TestCaseStartedId: started, Timestamp: m.at(sc.VirtualMS)}})
}

func (m *messageWriter) step(started, id string, from, to int64, status cucumber.TestStepResultStatus, message string) {
	m.put(&cucumber.Envelope{TestStepStarted: &cucumber.TestStepStarted{TestCaseStartedId: started, TestStepId: id, Timestamp: m.at(from)}})
	d := time.Duration(max(0, to-from)) * time.Millisecond
	m.put(&cucumber.Envelope{TestStepFinished: &cucumber.TestStepFinished{TestCaseStartedId: started, TestStepId: id, Timestamp: m.at(to),
		TestStepResult: &cucumber.TestStepResult{Status: status, Message: message, Duration: &cucumber.Duration{Seconds: int64(d / time.Second), Nanos: int64(d % time.Second)}}}})
}

func stepStatus(s string) cucumber.TestStepResultStatus {
	switch s {
	case "passed":
		return cucumber.TestStepResultStatus_PASSED
	case "skipped":
		return cucumber.TestStepResultStatus_SKIPPED
	case "undefined":
		return cucumber.TestStepResultStatus_UNDEFINED
	}
	return cucumber.TestStepResultStatus_FAILED
}

// verdictStatus never takes for passed or skipped what is open.
func verdictStatus(v check.Verdict) cucumber.TestStepResultStatus {
	switch v {
	case check.Pass, check.Warn:
		return cucumber.TestStepResultStatus_PASSED
	case check.NotApplicable, check.ExpectedFail:
		return cucumber.TestStepResultStatus_SKIPPED
	case check.Review:
		return cucumber.TestStepResultStatus_PENDING
	case check.Fail:
		return cucumber.TestStepResultStatus_FAILED
	}
	return cucumber.TestStepResultStatus_UNKNOWN
}
