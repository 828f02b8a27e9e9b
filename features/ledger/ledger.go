// Package ledger holds the requirements: every statement of the source documents with its source, its basis
// and an honest status, and traces them to scenarios and back.
//
// The statements are data (fixtures/requirements, whose README.md describes the format); this package reads
// them strictly, refuses what is unknown, missing or contradictory, and says of each statement what shows
// it, who usually fixes it and why it is not tested when it is not. It leaves out where scenarios come from
// (package suite: callers pass ids and tags in), whether they passed (package check) and how reports look
// (package reports).
package ledger

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Requirement is one statement of a source document, in our own words.
type Requirement struct {
	// ID is the statement's name for ever: the document's prefix and a number, "S0-044".
	ID string `yaml:"id"`
	// Source is the document's file name, taken from the head of the file that holds the statement.
	Source string `yaml:"-"`
	// Section is the place in the document in the document's own counting or heading.
	Section string `yaml:"section"`
	// Keywords are the source's key words in German, each a few words, for finding the place.
	Keywords []string `yaml:"keywords,omitempty"`
	// TextEN and TextDE state the rule in one sentence each.
	TextEN string `yaml:"text_en"`
	TextDE string `yaml:"text_de"`
	// Kind, Actors, Basis, Fixes, Status and WaitsFor are terms of the lists in vocabulary.go.
	Kind   string   `yaml:"kind"`
	Actors []string `yaml:"actors,omitempty"`
	// Observation says what shows that the rule is kept or broken.
	Observation string `yaml:"observation,omitempty"`
	Basis       string `yaml:"basis"`
	// Clause names the place in the TR, the law or the RFC: "TR-01201-3.4 3.1.13".
	Clause string `yaml:"clause,omitempty"`
	// Recommended marks what the basis recommends and does not demand.
	Recommended bool `yaml:"recommended,omitempty"`
	// Decisions are the decisions that fill what the statement leaves open: "D5".
	Decisions []string `yaml:"decisions,omitempty"`
	// Fixes is who usually has to act when the rule is broken; empty only where nothing can be broken.
	Fixes  string `yaml:"fixes,omitempty"`
	Status string `yaml:"status"`
	// WaitsFor is the capability that a planned statement waits for.
	WaitsFor string `yaml:"waits_for,omitempty"`
	// WhyEN and WhyDE give the reason for the statuses not-testable and informational.
	WhyEN string `yaml:"why_en,omitempty"`
	WhyDE string `yaml:"why_de,omitempty"`
	// Correction says what an earlier reading of the source got wrong, and why.
	Correction string `yaml:"correction,omitempty"`
	// File and Line are where the statement stands in the ledger.
	File string `yaml:"-"`
	Line int    `yaml:"-"`
}

// Text returns the statement's sentence in the language, English when it is not German.
func (r Requirement) Text(lang string) string { return pick(lang, r.TextEN, r.TextDE) }

// Why returns the reason why the statement is not tested; empty for the statuses tested and planned.
func (r Requirement) Why(lang string) string { return pick(lang, r.WhyEN, r.WhyDE) }

// Binding reports whether breaking the statement may fail a gateway: the source, the TR or a law demands it.
// What they only recommend, and what we derived or decided, gives WARN or REVIEW.
func (r Requirement) Binding() bool {
	if r.Recommended {
		return false
	}
	return r.Basis == BasisSource || r.Basis == BasisTR || r.Basis == BasisLaw
}

// Document is a source document.
type Document struct {
	// Source is the document's file name, Prefix what its statements' ids begin with ("S0").
	Source string
	Prefix string
	// TitleEN and TitleDE name the document for people.
	TitleEN, TitleDE string
}

// Title returns the document's title in the language.
func (d Document) Title(lang string) string { return pick(lang, d.TitleEN, d.TitleDE) }

// Decision is a choice of ours where the sources are silent or disagree. It never fails a gateway that
// declares another.
type Decision struct {
	// ID is "D5" or "D10a".
	ID string `yaml:"id"`
	// TitleEN and TitleDE are the question in a few words.
	TitleEN string `yaml:"title_en"`
	TitleDE string `yaml:"title_de"`
	// ChoiceEN and ChoiceDE are our default in one sentence.
	ChoiceEN string `yaml:"choice_en"`
	ChoiceDE string `yaml:"choice_de"`
	// Parameter is the name under which the choice can be changed; empty when it is fixed.
	Parameter string `yaml:"parameter,omitempty"`
}

// Title returns the decision's title in the language.
func (d Decision) Title(lang string) string { return pick(lang, d.TitleEN, d.TitleDE) }

// Choice returns the decision's default in the language.
func (d Decision) Choice(lang string) string { return pick(lang, d.ChoiceEN, d.ChoiceDE) }

// Ledger is the whole set of statements, documents and decisions. It does not change after Load.
type Ledger struct {
	documents []Document
	rows      []Requirement
	at        map[string]int
	decisions []Decision
	// ids are all statements that the sources hold, whether or not a row speaks of them.
	ids []string
}

// All returns the statements in the order of their ids.
func (l *Ledger) All() []Requirement { return slices.Clone(l.rows) }

// Documents returns the source documents in the order of their prefixes.
func (l *Ledger) Documents() []Document { return slices.Clone(l.documents) }

// Decisions returns all decisions in the order of their file.
func (l *Ledger) Decisions() []Decision { return slices.Clone(l.decisions) }

// Decision returns the decision with the id.
func (l *Ledger) Decision(id string) (Decision, bool) {
	for _, d := range l.decisions {
		if d.ID == id {
			return d, true
		}
	}
	return Decision{}, false
}

// Get returns the statement with the id. The error is an *UnknownIDError.
func (l *Ledger) Get(id string) (Requirement, error) {
	if i, ok := l.at[id]; ok {
		return l.rows[i], nil
	}
	return Requirement{}, &UnknownIDError{ID: id, Hint: l.hint(id)}
}

// document returns the document that a statement comes from.
func (l *Ledger) document(r Requirement) Document {
	for _, d := range l.documents {
		if d.Source == r.Source {
			return d
		}
	}
	return Document{}
}

// UnknownIDError says that there is no statement with the id.
type UnknownIDError struct {
	ID string
	// Hint is what to write instead.
	Hint string
}

// Error returns `no statement "S0-44"; did you mean S0-044?`.
func (e *UnknownIDError) Error() string { return fmt.Sprintf("no statement %q; %s", e.ID, e.Hint) }

// hint finds what was meant: the same id in another spelling, else the range of the document's ids, else
// the documents. Edit distance would not help, because all ids of a document are neighbours.
func (l *Ledger) hint(id string) string {
	prefix, number := normalise(id)
	if n, err := strconv.Atoi(number); err == nil && n < 1000 {
		if meant := fmt.Sprintf("%s-%03d", prefix, n); meant != id && l.has(meant) {
			return "did you mean " + meant + "?"
		}
	}
	var ranges []string
	for _, d := range l.documents {
		first, last := l.span(d)
		if d.Prefix == prefix {
			return fmt.Sprintf("the statements of %s run from %s to %s", prefix, first, last)
		}
		ranges = append(ranges, first+" to "+last)
	}
	return "statements run from " + strings.Join(ranges, ", ")
}

func (l *Ledger) has(id string) bool { _, ok := l.at[id]; return ok }

// span returns a document's first and last id.
func (l *Ledger) span(d Document) (first, last string) {
	for _, r := range l.rows {
		if r.Source == d.Source {
			if first == "" {
				first = r.ID
			}
			last = r.ID
		}
	}
	return first, last
}

// normalise splits what people write for an id ("@s0_44", "SO-044") into prefix and number.
func normalise(id string) (prefix, number string) {
	s := strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(id), "@"))
	s = strings.NewReplacer("O", "0", "_", "-", " ", "", "–", "-").Replace(s)
	prefix, number, ok := strings.Cut(s, "-")
	if !ok && len(s) > 2 {
		prefix, number = s[:2], s[2:]
	}
	return prefix, number
}

// German is the language tag of German texts; every other tag gives English.
const German = "de"

func pick(lang, en, de string) string {
	if lang == German {
		return de
	}
	return en
}

// Load reads fixtures/requirements as it lies in fsys under "requirements": every *.yaml file of statements,
// decisions.yaml and ids.txt. Every fault found is in the error, each a *config.Error with file, line,
// column, field, value and what to do.
func Load(fsys fs.FS) (*Ledger, error) { return load(fsys) }
