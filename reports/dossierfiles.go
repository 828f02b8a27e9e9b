package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"demailbench/reports/course"
	"demailbench/reports/diagram"
	"demailbench/reports/folder"
	"demailbench/reports/messages"
	"demailbench/reports/shell"
)

// files writes what can be read from the evidence of one scenario beside it, and lists it in the scenario's
// evidence; verdict.json comes last, because it has the list.
func (d *dossier) files(to *folder.Folder, t messages.Text) error {
	var names []string
	put := func(name string, mode fs.FileMode, content string) error {
		name = path.Join(d.dir, name)
		names = append(names, name)
		return to.Put(name, mode, []byte(content))
	}
	if d.course != nil {
		if err := d.decoded(put, t); err != nil {
			return err
		}
	}
	if err := put("repro.sh", folder.Executable, repro(d.sc)); err != nil {
		return err
	}
	name := path.Join(d.dir, "verdict.json")
	d.sc.Evidence = slices.Compact(slices.Sorted(slices.Values(append(append(names, name), d.sc.Evidence...))))
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(d.sc); err != nil {
		return folder.Fault(name, err)
	}
	return to.Put(name, folder.Plain, buf.Bytes())
}

// decoded writes dialogs, queries and drawings.
func (d *dossier) decoded(put func(name string, mode fs.FileMode, content string) error, t messages.Text) error {
	for _, s := range d.course.Sessions() {
		if err := put("smtp/"+safe(s.Name)+".txt", folder.Plain, dialogText(s, t)); err != nil {
			return err
		}
	}
	if err := put("dns.txt", folder.Plain, queriesText(d.sc.ID, d.course.Queries(false), t)); err != nil {
		return err
	}
	sequence, topology := d.drawings(diagram.Drawing{Text: t, ID: "d", Standalone: true}, rowsInFile)
	for name, svg := range map[string]string{"sequence.svg": sequence, "topology.svg": topology} {
		if svg == "" {
			continue
		}
		if err := put(name, folder.Plain, svg); err != nil {
			return err
		}
	}
	return nil
}

// safe makes a file name of a session's.
func safe(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.' && name[0] != '.' {
			return r
		}
		return '_'
	}, name)
}

// dialogText is one SMTP dialog as a text file.
func dialogText(s course.Session, t messages.Text) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", t.Say("file.smtp", "session", s.Name, "client", s.Client, "server", s.Server), t.Say("file.smtp.note"))
	for _, l := range s.Lines {
		fmt.Fprintf(&b, "%s [%d]", l.At.Format("2006-01-02 15:04:05.000"), l.Event)
		if l.Said != "" {
			fmt.Fprintf(&b, " C: %s", printable(l.Said))
		}
		if l.Reply != "" {
			fmt.Fprintf(&b, "   S: %s", printable(l.Reply))
		}
		b.WriteString("\n")
		if l.Msg == nil {
			continue
		}
		for line := range strings.SplitSeq(strings.TrimRight(l.Msg.Header, "\r\n"), "\r\n") {
			fmt.Fprintf(&b, "      | %s\n", printable(line))
		}
		fmt.Fprintf(&b, "      | %s\n", t.Say("file.smtp.body", "n", l.Msg.Size, "file", "bodies/"+l.Msg.Body+".body"))
	}
	return b.String()
}

// queriesText is the DNS queries of a scenario as a text file.
func queriesText(id string, all []course.Question, t messages.Text) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n", t.Say("file.dns", "id", id))
	if len(all) == 0 {
		b.WriteString(t.Say("file.dns.none") + "\n")
	}
	for _, q := range all {
		fmt.Fprintf(&b, "%s [%d] %s > %s (%s)  %s  %s  %s\n", q.At.Format("2006-01-02 15:04:05.000"), q.Event, q.Asker, q.Server, q.View, printable(q.Question), q.Rcode, printable(q.Answer))
	}
	return b.String()
}

// printable replaces control characters, so that a text from the wire cannot steer a terminal.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '\ufffd'
		}
		return r
	}, s)
}

// repro is a script that runs the scenario again.
func repro(sc *Scenario) string {
	words, err := shell.Split(sc.Repeat)
	if err != nil || len(words) < 2 {
		words = []string{"demailbench", "run", sc.ID}
	}
	var args []string
	for _, w := range words[1:] {
		args = append(args, shell.Quote(w))
	}
	return fmt.Sprintf(`#!/bin/sh
# Runs the scenario again as it was run: %s
# The program is looked for in PATH; DEMAILBENCH=/path/to/demailbench names another one.
set -eu
bench=${DEMAILBENCH:-demailbench}
if ! command -v "$bench" >/dev/null 2>&1; then
  echo "repro.sh: there is no program '$bench'; put demailbench into PATH or set DEMAILBENCH to its path" >&2
  exit 127
fi
exec "$bench" %s "$@"
`, printable(strings.ReplaceAll(sc.ID, "\n", " ")), strings.Join(args, " "))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
