package steps_test

import (
	"strings"
	"testing"

	"demailbench/features"
	"demailbench/features/steps"
	"demailbench/features/suite"
)

// TestEveryStepHasGerman walks all feature files: every step, feature name and scenario name has German
// words, and nothing of a template is left over in them.
func TestEveryStepHasGerman(t *testing.T) {
	all, err := suite.Load(features.FS)
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, s := range all {
		for _, name := range []string{s.Feature, s.Name} {
			if de, ok := steps.GermanTitle(name); (!ok || de == "") && !missing[name] {
				missing[name] = true
				t.Errorf("%s:%d: %q has no German; add a line to features/steps/titles.go", s.Path, s.Line, name)
			}
		}
		for _, step := range s.Steps {
			_, text, _ := strings.Cut(step, " ")
			de, ok := steps.German(text)
			if missing[text] {
				continue
			}
			missing[text] = true
			switch {
			case !ok:
				t.Errorf("%s: step %q has no German; add a line to features/steps/german.go", s.Path, text)
			case strings.ContainsAny(de, "{}") || strings.Contains(de, "  ") || strings.HasSuffix(de, " "):
				t.Errorf("step %q became %q", text, de)
			}
			for _, name := range quotedParts(text) {
				if !strings.Contains(de, name) {
					t.Errorf("step %q lost %q: %q", text, name, de)
				}
			}
		}
	}
}

// quotedParts returns what stands in quotes: addresses and replies, which must survive.
func quotedParts(s string) []string {
	var out []string
	for i, p := range strings.Split(s, `"`) {
		if i%2 == 1 {
			out = append(out, p)
		}
	}
	return out
}

func TestGermanFitsSentences(t *testing.T) {
	known := map[string]bool{}
	for _, re := range steps.Sentences() {
		known[re] = true
		if !steps.HasGerman(re) {
			t.Errorf("sentence %s has no German; add a line to features/steps/german.go", re)
		}
	}
	for _, re := range steps.GermanSentences() {
		if !known[re] {
			t.Errorf("German stands for %s, which is no sentence any more", re)
		}
	}
}

func TestGerman(t *testing.T) {
	for in, want := range map[string]string{
		`1 hours pass`:    `Es vergehen 1 Stunde`,
		`10 minutes pass`: `Es vergehen 10 Minuten`,
		`mailbox "a@x.de" of sakd may not ask for receipt`:                                               `Für das Postfach „a@x.de“ von sakd ist die Option „Eingangsbestätigung“ nicht erlaubt`,
		`mailbox "a@x.de" of sakd presets dispatch`:                                                      `Für das Postfach „a@x.de“ von sakd ist die Option „Versandbestätigung“ voreingestellt`,
		`the account of sakd is not bound to the ITSP`:                                                   `Das Konto von sakd ist nicht an den IT-Dienstleister gebunden`,
		`the DMDA answers 451 to MAIL for 1 hour`:                                                        `Der DMDA antwortet 1 Stunde lang mit 451 auf MAIL`,
		`a confirmation of receipt arrives in mailbox "a@b.de"`:                                          `Eine Eingangsbestätigung kommt im Postfach „a@b.de“ an`,
		`clerk "a@b.de" of sakd sends the citizen a De-Mail with text with umlauts`:                      `Sachbearbeiter „a@b.de“ von sakd sendet der Bürgerin eine De-Mail mit Text mit Umlauten`,
		`it arrives in the citizen's mailbox from "a@b.de", a second copy only with the same Message-ID`: `Sie kommt im Postfach der Bürgerin von „a@b.de“ an, ein zweites Mal nur mit derselben Message-ID`,
	} {
		if got, ok := steps.German(in); !ok || got != want {
			t.Errorf("%q:\n got %q\nwant %q", in, got, want)
		}
	}
	if got, ok := steps.German("something else"); ok {
		t.Errorf("an unknown step became %q", got)
	}
}
