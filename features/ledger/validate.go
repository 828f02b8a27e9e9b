package ledger

import (
	"regexp"
	"slices"
	"strings"

	"demailbench/sim/config"
)

var (
	idPattern       = regexp.MustCompile(`^S[0-9]-[0-9]{3}$`)
	decisionPattern = regexp.MustCompile(`^D[1-9][0-9]*[a-z]?$`)
)

// Limits that keep the ledger readable: a sentence is a sentence, key words are not a quotation.
const (
	maxSentence     = 400
	maxKeyword      = 80
	maxKeywordWords = 8
)

// checker collects every fault of the files instead of stopping at the first.
type checker struct {
	ledger *Ledger
	known  map[string]bool
	faults []error
}

func (c *checker) fault(err error) { c.faults = append(c.faults, err) }

// id checks a row's id against the document's prefix, the list of all ids and the row before it.
func (c *checker) id(src *config.Source, at, id, prefix, last string) {
	switch {
	case !idPattern.MatchString(id):
		c.fault(src.Fail(at, id, "is not the id of a statement", "write it like S0-044"))
	case !strings.HasPrefix(id, prefix+"-"):
		c.fault(src.Fail(at, id, "does not begin with the document's prefix "+prefix, "move it to its document's file"))
	case id == last:
		c.fault(src.Fail(at, id, "stands twice", "keep one"))
	case id < last:
		c.fault(src.Fail(at, id, "stands behind "+last, "keep the ids in order, each once"))
	case !c.known[id]:
		c.fault(src.Fail(at, id, "is not in ids.txt", "correct the id, or add it to "+idsFile))
	}
}

// row checks what a statement says of itself.
func (c *checker) row(src *config.Source, at string, r Requirement) {
	c.sentence(src, at+".text_en", r.TextEN)
	c.sentence(src, at+".text_de", r.TextDE)
	c.term(src, at+".kind", r.Kind, Kinds)
	c.term(src, at+".basis", r.Basis, Bases)
	c.term(src, at+".status", r.Status, Statuses)
	for _, a := range r.Actors {
		c.term(src, at+".actors", a, Actors)
	}
	if r.Fixes != "" {
		c.term(src, at+".fixes", r.Fixes, Fixers)
	}
	if r.WaitsFor != "" {
		c.term(src, at+".waits_for", r.WaitsFor, Capabilities)
	}
	c.keywords(src, at, r)
	c.foundation(src, at, r)
	c.status(src, at, r)
}

// term refuses what is not in a closed list.
func (c *checker) term(src *config.Source, at, value string, v Vocabulary) {
	if !v.has(value) {
		c.fault(src.Fail(at, value, "is not known here", "use one of: "+v.ids()))
	}
}

// sentence refuses what is not one line ending like a sentence.
func (c *checker) sentence(src *config.Source, at, text string) {
	switch {
	case strings.ContainsAny(text, "\n\r"):
		c.fault(src.Fail(at, text, "has several lines", "write one sentence in one line"))
	case len(text) > maxSentence:
		c.fault(src.Fail(at, text, "is longer than 400 octets", "say it shorter"))
	case !strings.HasSuffix(text, "."):
		c.fault(src.Fail(at, text, "does not end with a full stop", "write a sentence"))
	}
}

func (c *checker) keywords(src *config.Source, at string, r Requirement) {
	if len(r.Keywords) == 0 && r.Basis == BasisSource {
		c.fault(src.Fail(at+".keywords", "", "is missing", "give the source's own words for finding the place"))
	}
	for _, k := range r.Keywords {
		if len(k) > maxKeyword || len(strings.Fields(k)) > maxKeywordWords {
			c.fault(src.Fail(at+".keywords", k, "is a quotation", "give a few words, at most eight"))
		}
	}
}

// foundation checks that a basis names what it rests on.
func (c *checker) foundation(src *config.Source, at string, r Requirement) {
	switch {
	case (r.Basis == BasisTR || r.Basis == BasisLaw) && r.Clause == "":
		c.fault(src.Fail(at+".clause", "", "is missing", "name the clause, like TR-01201-3.4 3.1.13 or De-Mail-G 5(7)"))
	case r.Basis == BasisTR && !strings.HasPrefix(r.Clause, "TR-01201"):
		c.fault(src.Fail(at+".clause", r.Clause, "is not a clause of the TR", "write it like TR-01201-3.4 3.1.13"))
	}
	if r.Basis == BasisDecision && len(r.Decisions) == 0 {
		c.fault(src.Fail(at+".decisions", "", "is missing", "name the decision that the statement rests on"))
	}
	for i, d := range r.Decisions {
		if _, ok := c.ledger.Decision(d); !ok {
			c.fault(src.Fail(at+".decisions", d, "is not a decision", "write one of "+decisionsFile))
		}
		if slices.Contains(r.Decisions[:i], d) {
			c.fault(src.Fail(at+".decisions", d, "stands twice", "keep one"))
		}
	}
}

// status checks that a status has what it needs.
func (c *checker) status(src *config.Source, at string, r Requirement) {
	needs := func(field, value, fix string) {
		if value == "" {
			c.fault(src.Fail(at+"."+field, "", "is missing for status "+r.Status, fix))
		}
	}
	without := func(field, value string) {
		if value != "" {
			c.fault(src.Fail(at+"."+field, value, "does not belong to status "+r.Status, "remove it, or change the status"))
		}
	}
	switch r.Status {
	case Tested, Planned:
		needs("observation", r.Observation, "say what shows that the rule is kept")
		needs("fixes", r.Fixes, "say who usually has to act: "+Fixers.ids())
		needs("actors", strings.Join(r.Actors, " "), "name at least one of: "+Actors.ids())
		without("why_en", r.WhyEN)
		without("why_de", r.WhyDE)
	case NotTestable, Informational:
		needs("why_en", r.WhyEN, "say why, in English")
		needs("why_de", r.WhyDE, "say why, in German")
		c.optionalSentence(src, at+".why_en", r.WhyEN)
		c.optionalSentence(src, at+".why_de", r.WhyDE)
	}
	if r.Status == Planned {
		needs("waits_for", r.WaitsFor, "name the capability: "+Capabilities.ids())
	} else {
		without("waits_for", r.WaitsFor)
	}
}

// optionalSentence is sentence for a text whose absence was reported already.
func (c *checker) optionalSentence(src *config.Source, at, text string) {
	if text != "" {
		c.sentence(src, at, text)
	}
}
