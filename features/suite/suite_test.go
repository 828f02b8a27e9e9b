package suite

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"demailbench/features"
)

const sample = `@S0-001
Feature: Sample
  Prose.

  Background:
    Given a world

  @S0-002
  Scenario: First thing
    When it runs

  @extended
  Scenario Outline: Each thing
    When <what> runs

    Examples:
      | what |
      | one  |
      | two  |

    @S0-003
    Examples:
      | what |
      | Öl 3 |
`

func load(t *testing.T, text string) []Scenario {
	t.Helper()
	list, err := Load(fstest.MapFS{"x/sample.feature": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLoad(t *testing.T) {
	type short struct {
		ID    string
		Line  int
		Tags  string
		Steps string
		Reqs  string
	}
	var got []short
	for _, s := range load(t, sample) {
		got = append(got, short{s.ID, s.Line, strings.Join(s.Tags, " "), strings.Join(s.Steps, "; "), strings.Join(s.Requirements(), " ")})
	}
	want := []short{
		{"x/sample/first-thing", 9, "@S0-001 @S0-002", "Given a world; When it runs", "S0-001 S0-002"},
		{"x/sample/each-thing/one", 18, "@S0-001 @extended", "Given a world; When one runs", "S0-001"},
		{"x/sample/each-thing/two", 19, "@S0-001 @extended", "Given a world; When two runs", "S0-001"},
		{"x/sample/each-thing/oel-3", 24, "@S0-001 @extended @S0-003", "Given a world; When Öl 3 runs", "S0-001 S0-003"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestMask loads each masked source again: exactly the one scenario must be left, on its line.
func TestMask(t *testing.T) {
	for _, s := range load(t, sample) {
		left, err := parse(s.Path, s.source)
		if err != nil {
			t.Fatalf("%s: %v\n%s", s.ID, err, s.source)
		}
		if len(left) != 1 || left[0].ID != s.ID || left[0].Line != s.Line || !cmp.Equal(left[0].Steps, s.Steps) || !cmp.Equal(left[0].Tags, s.Tags) {
			t.Errorf("%s: masked source has %+v", s.ID, left)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct{ name, text, says string }{
		{"empty file", "", "no feature in the file"},
		{"comment only", "# nothing\n", "no feature in the file"},
		{"no scenario", "Feature: F\n", "has no scenario"},
		{"no steps", "Feature: F\n  Scenario: S\n", "has no steps"},
		{"German keywords under an English header", "Feature: F\n  Szenario: S\n    Angenommen x\n", "has no scenario"},
		{"outline without rows", "Feature: F\n  Scenario Outline: S\n    Given <x>\n\n    Examples:\n      | x |\n", "outline without rows"},
		{"outline without examples", "Feature: F\n  Scenario: S\n    Given <x>\n", "outline without rows"},
		{"byte order mark", "\xef\xbb\xbfFeature: F\n  Scenario: S\n    Given x\n", "byte order mark"},
		{"Latin-1", "Feature: F\n  Scenario: \xfc\n    Given x\n", "not UTF-8"},
		{"duplicate name", "Feature: F\n  Scenario: S\n    Given x\n  Scenario: S\n    Given y\n", "same name"},
		{"no name", "Feature: F\n  Scenario:\n    Given x\n", "without a name"},
		{"syntax", "Feature: F\n  Scenario: S\n    Given x\n    nonsense\n", "4:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"f.feature": {Data: []byte(tt.text)}})
			if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "f.feature") && tt.name != "nothing" {
				t.Errorf("got %v; want it to say %q and name the file", err, tt.says)
			}
		})
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("no feature files at all pass")
	}
	if list := load(t, strings.ReplaceAll(sample, "\n", "\r\n")); len(list) != 4 {
		t.Errorf("CRLF line ends: %d scenarios, want 4", len(list))
	}
}

func TestSelect(t *testing.T) {
	all := load(t, sample)
	const first, one, two, three = "x/sample/first-thing", "x/sample/each-thing/one", "x/sample/each-thing/two", "x/sample/each-thing/oel-3"
	tests := []struct {
		name string
		s    Selection
		want []string
		says string
	}{
		{"core", Selection{}, []string{first}, ""},
		{"all", Selection{All: true}, []string{first, one, two, three}, ""},
		{"id", Selection{IDs: []string{two}}, []string{two}, ""},
		{"prefix", Selection{IDs: []string{"x/sample/each-thing/"}}, []string{one, two, three}, ""},
		{"statement", Selection{IDs: []string{"S0-003"}}, []string{three}, ""},
		{"tag", Selection{Tags: "@S0-002", All: true}, []string{first}, ""},
		{"not", Selection{Tags: "not @S0-002", All: true}, []string{one, two, three}, ""},
		{"or", Selection{Tags: "@S0-002 or @S0-003", All: true}, []string{first, three}, ""},
		{"parentheses", Selection{Tags: "@S0-001 and not (@S0-002 or @S0-003)", All: true}, []string{one, two}, ""},
		{"unknown id", Selection{IDs: []string{"x/sample/first-thong"}}, nil, "did you mean x/sample/first-thing?"},
		{"unknown statement", Selection{IDs: []string{"S0-004"}}, nil, "did you mean S0-00"},
		{"unknown tag", Selection{Tags: "@nosuch"}, nil, "no scenario carries @nosuch"},
		{"unknown tag after not", Selection{Tags: "not @S0-0002"}, nil, "did you mean @S0-00"},
		{"old syntax", Selection{Tags: "@S0-001,"}, nil, "is not a tag"},
		{"old not", Selection{Tags: "~@S0-001"}, nil, "is not a tag"},
		{"open parenthesis", Selection{Tags: "(@S0-001"}, nil, "missing )"},
		{"no operator", Selection{Tags: "@S0-001 @S0-002"}, nil, "unexpected"},
		{"dangling", Selection{Tags: "@S0-001 and"}, nil, "missing at the end"},
		{"nothing left", Selection{Tags: "@S0-003"}, nil, "leaves no scenario"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := Select(all, tt.s)
			if tt.says != "" {
				var usage *UsageError
				if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.says) {
					t.Fatalf("got %v; want a usage error with %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range p.Run {
				got = append(got, s.ID)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
			if len(p.Run)+len(p.Excluded) != len(all) {
				t.Errorf("%d run, %d excluded, %d in all", len(p.Run), len(p.Excluded), len(all))
			}
		})
	}
}

// TestOwnFeatures loads the features of the bench: each scenario must name a statement.
func TestOwnFeatures(t *testing.T) {
	all, err := Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if len(s.Requirements()) == 0 {
			t.Errorf("%s:%d: scenario %q carries no statement id", s.Path, s.Line, s.Name)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(sample)
	f.Fuzz(func(t *testing.T, text string) {
		list, err := Load(fstest.MapFS{"f.feature": {Data: []byte(text)}})
		if err == nil && len(list) == 0 {
			t.Error("nothing to run and no error")
		}
	})
}

func FuzzTags(f *testing.F) {
	f.Add("not (@S0-001 or @S0-002) and @S0-003")
	f.Fuzz(func(t *testing.T, expr string) {
		e, err := parseTags(expr, []string{"@S0-001", "@S0-002", "@S0-003"})
		if err == nil {
			e([]string{"@S0-001"})
		}
	})
}
