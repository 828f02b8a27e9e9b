package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"demailbench/features/check"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Classname  string          `xml:"classname,attr"`
	Name       string          `xml:"name,attr"`
	File       string          `xml:"file,attr"`
	Line       int             `xml:"line,attr"`
	Time       string          `xml:"time,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Failure    *junitText      `xml:"failure"`
	Error      *junitText      `xml:"error"`
	Skipped    *junitText      `xml:"skipped"`
	SystemOut  string          `xml:"system-out,omitempty"`
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitText struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the run as JUnit XML: a suite for each feature file, a case for each planned scenario.
// FAIL is a failure; ERROR is an error; what did not come to a verdict is an error too, because CI must
// not take it for green; not applicable and expected failures are skipped.
func WriteJUnit(w io.Writer, s *Summary) error {
	all := junitSuites{Name: "demailbench " + s.Profile, Time: seconds(s.DurationMS)}
	index := map[string]int{}
	for _, sc := range s.Scenarios {
		i, ok := index[sc.Path]
		if !ok {
			i = len(all.Suites)
			index[sc.Path] = i
			all.Suites = append(all.Suites, junitSuite{Name: sc.Feature})
		}
		all.Suites[i].add(sc)
	}
	for _, u := range all.Suites {
		all.Tests += u.Tests
		all.Failures += u.Failures
		all.Errors += u.Errors
		all.Skipped += u.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("write junit.xml: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (u *junitSuite) add(sc Scenario) {
	c := junitCase{Classname: sc.Path, Name: strings.TrimPrefix(sc.ID, strings.TrimSuffix(sc.Path, ".feature")+"/"), File: "features/" + sc.Path, Line: sc.Line, Time: seconds(sc.DurationMS)}
	c.Properties = append(c.Properties, junitProperty{"verdict", string(sc.Verdict)})
	for _, r := range sc.Requirements {
		c.Properties = append(c.Properties, junitProperty{"requirement", r})
	}
	why := &junitText{Type: string(sc.Verdict), Message: sc.Reason, Text: sc.Reason + "\n" + sc.Repeat}
	u.Tests++
	switch sc.Verdict {
	case check.Pass, check.Warn:
	case check.Fail:
		c.Failure = why
		u.Failures++
	case check.NotApplicable, check.ExpectedFail:
		c.Skipped = why
		u.Skipped++
	default:
		c.Error = why
		u.Errors++
	}
	var out strings.Builder
	for _, e := range sc.Evidence {
		fmt.Fprintf(&out, "[[ATTACHMENT|%s]]\n", e)
	}
	c.SystemOut = out.String()
	u.Cases = append(u.Cases, c)
}

func seconds(ms int64) string { return fmt.Sprintf("%d.%03d", ms/1000, ms%1000) }
