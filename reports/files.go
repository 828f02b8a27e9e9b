package reports

import (
	"io"
	"runtime"
	"strconv"
	"sync"

	"demailbench/reports/folder"
	"demailbench/reports/messages"
	"demailbench/reports/shell"
)

// Options say how reports are written.
type Options struct {
	// Lang is the language of what people read; "" is English. Ids are never translated.
	Lang messages.Lang
	// Clause returns the text of a statement ("S0-038") in a language ("en", "de"), or ""; nil when there is
	// no ledger: then reports show the id alone.
	Clause func(id, lang string) string
	// Fixer returns who usually fixes a breach of a statement: "gateway", "municipality", "provider",
	// "network", "operator", or "" to leave it to the first reading of the evidence; nil is allowed.
	Fixer func(id string) string
}

// WriteAll writes every report of s into the run's directory dir, in English.
func WriteAll(dir string, s *Summary) error { return Write(dir, s, Options{}) }

// Write writes every report of s into the run's directory dir: beside the evidence of each scenario its
// verdict, dialogs, queries, drawings and repro.sh, which it also adds to the scenario's evidence, and then
// the reports of the run; summary.json is the last. What was written before an error is complete and valid.
func Write(dir string, s *Summary, o Options) error {
	w := &writer{folder: &folder.Folder{Dir: dir}, options: o, text: messages.In(o.Lang)}
	return w.all(s)
}

// writer writes one run.
type writer struct {
	folder  *folder.Folder
	options Options
	text    messages.Text
}

func (w *writer) all(s *Summary) error {
	cards, err := w.scenarios(s)
	if err != nil {
		return err
	}
	p := w.page(s, cards)
	for _, f := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{"report.html", p.write},
		{"junit.xml", func(out io.Writer) error { return WriteJUnit(out, s) }},
		{"messages.ndjson", func(out io.Writer) error { return WriteMessages(out, s) }},
		{"results.csv", func(out io.Writer) error { return writeCSV(out, s, cards) }},
		{"summary.md", func(out io.Writer) error { return p.writeMarkdown(out) }},
		{"summary.schema.json", writeSchema},
		{"summary.json", func(out io.Writer) error { return WriteJSON(out, s) }},
	} {
		if err := w.folder.Write(f.name, folder.Plain, f.write); err != nil {
			return err
		}
	}
	return nil
}

// Repeat is the command that runs a scenario again; options say with which gateway and world.
func Repeat(seed uint64, id string, options []string) string {
	return shell.Join(append([]string{"demailbench", "run", id, "--seed", strconv.FormatUint(seed, 10)}, options...)...)
}

// scenarios writes the files of all scenarios and returns the cards of those that a person must look at,
// in the order of the scenarios; nil for the others.
func (w *writer) scenarios(s *Summary) ([]*Card, error) {
	for i := range s.Scenarios {
		if sc := &s.Scenarios[i]; sc.Repeat == "" { // it gave no result of its own
			sc.Repeat = Repeat(s.Seed, sc.ID, nil)
		}
	}
	cards := make([]*Card, len(s.Scenarios))
	todo := make(chan int)
	var mu sync.Mutex
	var first error
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range todo {
				card, err := w.scenario(&s.Scenarios[i])
				mu.Lock()
				cards[i] = card
				if first == nil {
					first = err
				}
				mu.Unlock()
			}
		})
	}
	for i := range s.Scenarios {
		mu.Lock()
		stop := first != nil
		mu.Unlock()
		if stop {
			break
		}
		todo <- i
	}
	close(todo)
	wg.Wait()
	return cards, first
}

func (w *writer) scenario(sc *Scenario) (*Card, error) {
	d := newDossier(w.folder.Dir, sc)
	if err := d.files(w.folder, w.text); err != nil {
		return nil, err
	}
	if sc.Verdict.Settled() {
		return nil, nil
	}
	return d.card(w.text, w.options), nil
}
