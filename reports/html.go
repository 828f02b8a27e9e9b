package reports

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"demailbench/features/check"
)

//go:embed templates/report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"ms":       func(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() },
	"failing":  failing,
	"sentence": sentence,
	"bad":      func(v check.Verdict) bool { return v != check.Pass && v != check.NotApplicable },
	"join":     func(s []string) string { return strings.Join(s, ", ") },
	"anchor":   func(id string) string { return strings.ReplaceAll(id, "/", ".") },
	"lower":    func(v check.Verdict) string { return strings.ToLower(string(v)) },
	"capture":  capture,
}).Parse(page))

// WriteHTML writes the page for people: one file that opens from disk, without scripts.
func WriteHTML(w io.Writer, s *Summary) error {
	if err := pageTemplate.Execute(w, s); err != nil {
		return fmt.Errorf("write report.html: %w", err)
	}
	return nil
}

func failing(s *Summary) []Scenario {
	var out []Scenario
	for _, sc := range s.Scenarios {
		if sc.Verdict != check.Pass && sc.Verdict != check.NotApplicable && sc.Verdict != check.ExpectedFail {
			out = append(out, sc)
		}
	}
	return out
}

// sentence says what the run means, in one sentence.
func sentence(s *Summary) string {
	subject := fmt.Sprintf("%s %s %s", s.Subject.Vendor, s.Subject.Product, s.Subject.Version)
	switch s.Verdict {
	case check.Pass, check.NotApplicable, check.ExpectedFail:
		return subject + " did everything that was tested."
	case check.Warn:
		return subject + " conforms; some recommendations are not met."
	case check.Fail:
		return subject + " does not conform."
	case check.Error:
		return "The bench itself failed: this run says nothing about " + subject + "."
	}
	return "This run does not show whether " + subject + " conforms."
}

// capture returns the path of a scenario's packet capture, or "".
func capture(sc Scenario) string {
	for _, e := range sc.Evidence {
		if strings.HasSuffix(e, ".pcapng") {
			return e
		}
	}
	return ""
}
