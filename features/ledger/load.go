package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"demailbench/sim/config"
)

// Names of the files below the root that Load is given.
const (
	folder        = "requirements"
	decisionsFile = folder + "/decisions.yaml"
	idsFile       = folder + "/ids.txt"
)

// statementFile is a file of statements: one source document.
type statementFile struct {
	Source       string        `yaml:"source"`
	Prefix       string        `yaml:"prefix"`
	TitleEN      string        `yaml:"title_en"`
	TitleDE      string        `yaml:"title_de"`
	Requirements []Requirement `yaml:"requirements"`
}

// decisionFile is decisions.yaml.
type decisionFile struct {
	Decisions []Decision `yaml:"decisions"`
}

// load reads, checks and orders everything.
func load(fsys fs.FS) (*Ledger, error) {
	c := &checker{ledger: &Ledger{at: map[string]int{}}}
	if err := c.readIDs(fsys); err != nil {
		return nil, err
	}
	c.readDecisions(fsys)
	names, err := fs.Glob(fsys, folder+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", folder, err)
	}
	for _, name := range names {
		if name != decisionsFile {
			c.readStatements(fsys, name)
		}
	}
	l := c.ledger
	if len(c.faults) == 0 && len(l.rows) == 0 {
		c.fault(&config.Error{File: folder, Problem: "holds no file of statements", Fix: "README.md beside it describes the format"})
	}
	if len(c.faults) > 0 {
		return nil, errors.Join(c.faults...)
	}
	slices.SortFunc(l.documents, func(a, b Document) int { return cmp.Compare(a.Prefix, b.Prefix) })
	slices.SortStableFunc(l.rows, func(a, b Requirement) int { return cmp.Compare(a.ID, b.ID) })
	for i, r := range l.rows {
		l.at[r.ID] = i
	}
	return l, nil
}

// readIDs reads the list of all statements, against which the rows are checked: a row that is lost in an
// edit is noticed.
func (c *checker) readIDs(fsys fs.FS) error {
	data, err := fs.ReadFile(fsys, idsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return &config.Error{File: idsFile, Problem: config.NoFile, Fix: "list every statement's id, one a line"}
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", idsFile, err)
	}
	c.known = map[string]bool{}
	for i, line := range strings.Split(string(data), "\n") {
		id := strings.TrimSpace(line)
		if id == "" {
			continue
		}
		if !idPattern.MatchString(id) || c.known[id] {
			c.fault(&config.Error{File: idsFile, Line: i + 1, Column: 1, Value: id,
				Problem: "is not an id, or stands twice", Fix: "write each id once, like S0-044"})
		}
		c.known[id] = true
		c.ledger.ids = append(c.ledger.ids, id)
	}
	return nil
}

func (c *checker) readDecisions(fsys fs.FS) {
	var f decisionFile
	src, err := config.Read(fsys, decisionsFile, &f)
	if err != nil {
		c.fault(err)
		return
	}
	seen := map[string]bool{}
	for i, d := range f.Decisions {
		at := fmt.Sprintf("decisions[%d]", i)
		if !decisionPattern.MatchString(d.ID) {
			c.fault(src.Fail(at+".id", d.ID, "is not the id of a decision", "write it like D5 or D10a"))
		}
		if seen[d.ID] {
			c.fault(src.Fail(at+".id", d.ID, "stands twice", "keep one"))
		}
		seen[d.ID] = true
		c.sentence(src, at+".choice_en", d.ChoiceEN)
		c.sentence(src, at+".choice_de", d.ChoiceDE)
	}
	c.ledger.decisions = f.Decisions
}

func (c *checker) readStatements(fsys fs.FS, name string) {
	var f statementFile
	src, err := config.Read(fsys, name, &f)
	if err != nil {
		c.fault(err)
		return
	}
	for _, d := range c.ledger.documents {
		if d.Prefix == f.Prefix {
			c.fault(src.Fail("prefix", f.Prefix, "is the prefix of "+d.Source+" too", "give each document its own"))
		}
	}
	if path.Base(f.Source) != f.Source {
		c.fault(src.Fail("source", f.Source, "is not a file name", "write the name without folders"))
	}
	c.ledger.documents = append(c.ledger.documents, Document{Source: f.Source, Prefix: f.Prefix, TitleEN: f.TitleEN, TitleDE: f.TitleDE})
	last := ""
	for i, r := range f.Requirements {
		at := fmt.Sprintf("requirements[%d]", i)
		r.Source, r.File = f.Source, name
		r.Line = src.Fail(at+".id", "", "", "").Line
		c.id(src, at+".id", r.ID, f.Prefix, last)
		c.row(src, at, r)
		c.ledger.rows = append(c.ledger.rows, r)
		last = r.ID
	}
}
