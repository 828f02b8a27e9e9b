package steps

import (
	"maps"
	"slices"
)

// HasGerman tells whether a sentence has German words.
func HasGerman(sentence string) bool { return germanSentences[sentence] != "" }

// GermanSentences lists the sentences that have.
func GermanSentences() []string { return slices.Sorted(maps.Keys(germanSentences)) }
