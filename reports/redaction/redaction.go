// Package redaction takes secrets out of what gateways and drivers wrote into a run's directory, before anybody
// signs it or sends it on: values that the bench knows to be secret, and what has the form of a password, a PIN, a
// session or a private key. What the bench itself records has none of these (it hides them when it writes), so only
// known values are looked for there. It leaves out mails and captures: they are of a simulated world, to which no
// secret of a sut.yaml goes.
package redaction

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"demailbench/reports/folder"
)

// Mask stands where a secret was.
const Mask = "[redacted]"

// forms are secrets by their form; what the first group holds stays. Paths are no secrets.
var forms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)("[a-z_.-]*(?:password|passwort|passphrase|kennwort|secret|session|token|cookie|pin)"\s*:\s*")[^"/\\]+`),
	regexp.MustCompile(`(?i)(\b(?:password|passwort|passphrase|kennwort|secret|session|token)\s*[=:]\s*)[^\s"'/,;{}\[\]]+`),
	regexp.MustCompile(`(?i)(\bpin\s*[=:]\s*)\d+`),
	regexp.MustCompile(`(?i)(\bauthorization:\s*(?:basic|bearer|digest)\s+)[^\s"]+`),
	regexp.MustCompile(`(?i)(\b(?:set-)?cookie:\s*)[^\r\n"]+`),
	regexp.MustCompile(`(?i)(\bauth\s+(?:plain|login)\s+)[a-z0-9+/]{4,}=*`),
	regexp.MustCompile(`()-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`),
}

// masked is what a form leaves alone: another program has hidden it already.
var masked = regexp.MustCompile(`(?i)^(?:\[?redacted\]?|\*+|x+|null|true|false|""?)$`)

// shortest is the length of a known value from which on it is looked for: a shorter one would be found everywhere.
const shortest = 4

// Text replaces the known values and everything that has the form of a secret, and counts.
func Text(text []byte, known []string) ([]byte, int) {
	text, n := values(text, known)
	for _, f := range forms {
		text = f.ReplaceAllFunc(text, func(found []byte) []byte {
			keep := f.FindSubmatch(found)[1]
			if masked.Match(found[len(keep):]) {
				return found
			}
			n++
			return append(bytes.Clone(keep), Mask...)
		})
	}
	return text, n
}

// values replaces the known values, the longest first, as one may be part of another.
func values(text []byte, known []string) ([]byte, int) {
	n := 0
	for _, v := range slices.SortedFunc(slices.Values(known), func(a, b string) int { return len(b) - len(a) }) {
		if len(v) < shortest {
			continue
		}
		if k := bytes.Count(text, []byte(v)); k > 0 {
			n += k
			text = bytes.ReplaceAll(text, []byte(v), []byte(Mask))
		}
	}
	return text, n
}

// recorded are files of the bench's own hand.
var recorded = []string{"timeline.ndjson", "scene.json"}

// Run redacts the files in a run's directory and returns how many secrets each had.
func Run(dir string, known []string) (map[string]int, error) {
	found := map[string]int{}
	to := &folder.Folder{Dir: dir}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		clean := Text
		switch {
		case slices.Contains(recorded, path.Base(name)):
			if clean = values; len(known) == 0 {
				return nil
			}
		case path.Base(name) != "sut.log" && path.Base(name) != "driver.ndjson" && !strings.Contains("/"+name, "/sut/"):
			return nil
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		if text, n := clean(text, known); n > 0 {
			found[name] = n
			return to.Put(name, folder.Plain, text)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("take secrets out of %s: %w", dir, err)
	}
	return found, nil
}

// Files lists the files of what Run returned.
func Files(found map[string]int) []string { return slices.Sorted(maps.Keys(found)) }
