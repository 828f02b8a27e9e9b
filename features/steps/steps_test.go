package steps_test

import (
	"regexp"
	"strings"
	"testing"

	"demailbench/features"
	"demailbench/features/steps"
	"demailbench/features/suite"
)

// TestSentences holds that features and steps fit: every step of every feature matches exactly one
// sentence, every sentence is anchored and used.
func TestSentences(t *testing.T) {
	all, err := suite.Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	used, forms := map[string]bool{}, map[string]*regexp.Regexp{}
	for _, re := range steps.Sentences() {
		forms[re] = regexp.MustCompile(re)
	}
	for _, s := range all {
		for _, step := range s.Steps {
			_, text, _ := strings.Cut(step, " ")
			var matches []string
			for _, re := range steps.Sentences() {
				if forms[re].MatchString(text) {
					matches = append(matches, re)
					used[re] = true
				}
			}
			if len(matches) != 1 {
				t.Errorf("%s: step %q matches %d sentences %q", s.ID, text, len(matches), matches)
			}
		}
	}
	for _, re := range steps.Sentences() {
		if !strings.HasPrefix(re, "^") || !strings.HasSuffix(re, "$") {
			t.Errorf("sentence %q is not anchored at both ends", re)
		}
		if !used[re] {
			t.Errorf("no feature uses sentence %q", re)
		}
	}
}
