// Package manifest lists what a run left behind: every file with its SHA-256, and what ran, with what and how. A
// changed, missing or added file is noticed; who signed the list is seal's business. It leaves out what is in the
// files.
package manifest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"github.com/goccy/go-yaml"

	"demailbench/reports/folder"
)

// The files of a run's directory that the manifest does not list: itself and its signature.
const (
	File      = "manifest.json"
	Signature = "manifest.sig"
)

// RunFile says what ran and how, for people.
const RunFile = "run.yaml"

// schema names the format; it changes when a reader of the old one would misread.
const schema = "demailbench/manifest/2"

// Origin is what ran, with what and how. Nothing in it is secret: a sut.yaml names its secrets and does not have them.
type Origin struct {
	// Tool is the bench's version; Features and Fixtures are sums over its two folders (Tree).
	Tool     string `json:"tool" yaml:"tool"`
	Features string `json:"features" yaml:"features"`
	Fixtures string `json:"fixtures" yaml:"fixtures"`
	// System is "linux/amd64".
	System  string    `json:"system" yaml:"system"`
	Run     string    `json:"run" yaml:"run"`
	Started time.Time `json:"started" yaml:"started"`
	Seed    uint64    `json:"seed" yaml:"seed"`
	Profile string    `json:"profile" yaml:"profile"`
	// SUT is what --sut named, SUTSum the SHA-256 of that file, "" for a gateway of the bench.
	SUT    string `json:"sut" yaml:"sut"`
	SUTSum string `json:"sut_sha256,omitempty" yaml:"sut_sha256,omitempty"`
	// Vendor, Product and Version are the gateway's own word.
	Vendor  string `json:"vendor" yaml:"vendor"`
	Product string `json:"product" yaml:"product"`
	Version string `json:"version" yaml:"version"`
	// Options are the other words of the command line.
	Options []string `json:"options" yaml:"options"`
}

// Manifest is a run's manifest.
type Manifest struct {
	Schema string `json:"schema"`
	Origin
	// Redacted counts the secrets that were replaced, by file.
	Redacted map[string]int `json:"redacted,omitempty"`
	// Files has the SHA-256 of every file by slash path, in lower case hex.
	Files map[string]string `json:"files"`
}

// Write writes run.yaml and hashes every file of dir into its manifest. A signature of an earlier manifest is no
// longer one.
func Write(to *folder.Folder, dir fs.FS, o Origin, redacted map[string]int) error {
	if o.Options == nil {
		o.Options = []string{}
	}
	text, err := yaml.Marshal(o)
	if err == nil {
		err = to.Put(RunFile, folder.Plain, append([]byte("# What ran and how. Written by demailbench; the same is in "+File+".\n"), text...))
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", RunFile, err)
	}
	files, err := hashes(dir)
	if err != nil {
		return fmt.Errorf("write %s: %w", File, err)
	}
	return to.Write(File, folder.Plain, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(Manifest{schema, o, redacted, files})
	})
}

// Read reads the manifest of dir. Its error says what to do.
func Read(dir fs.FS) (*Manifest, error) {
	raw, err := fs.ReadFile(dir, File)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w; without it nobody can tell whether the files are those of the run", File, err)
	}
	return Parse(raw)
}

// Parse reads what Write wrote into manifest.json.
func Parse(raw []byte) (*Manifest, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	m := new(Manifest)
	if err := dec.Decode(m); err != nil {
		if head := new(struct{ Schema string }); json.Unmarshal(raw, head) == nil && head.Schema != schema {
			err = fmt.Errorf("schema is %q, this bench reads %q; use the version that wrote it", head.Schema, schema)
		}
		return nil, fmt.Errorf("read %s: %w; it was cut off, edited or is of another version", File, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: there is more after its end; it was edited", File)
	}
	if m.Schema != schema {
		return nil, fmt.Errorf("read %s: schema is %q, this bench reads %q; use the version that wrote it", File, m.Schema, schema)
	}
	for name, sum := range m.Files {
		if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != sum {
			return nil, fmt.Errorf("read %s: %q is not the SHA-256 of %s; it was edited", File, sum, name)
		}
	}
	return m, nil
}

// Compare holds dir against the manifest and returns what differs: changed, missing and added files, one sentence
// each. The error says why it could not compare.
func (m *Manifest) Compare(dir fs.FS) ([]string, error) {
	have, err := hashes(dir)
	if err != nil {
		return nil, fmt.Errorf("compare with %s: %w", File, err)
	}
	var out []string
	for f, sum := range m.Files {
		switch got, ok := have[f]; {
		case !ok:
			out = append(out, f+" is missing")
		case got != sum:
			out = append(out, fmt.Sprintf("%s was changed: SHA-256 is %.16s…, recorded is %.16s…", f, got, sum))
		}
	}
	for f := range have {
		if _, ok := m.Files[f]; !ok {
			out = append(out, f+" was added")
		}
	}
	slices.Sort(out)
	return out, nil
}

// Verify reads the manifest of dir and compares.
func Verify(dir fs.FS) ([]string, error) {
	m, err := Read(dir)
	if err != nil {
		return nil, err
	}
	return m.Compare(dir)
}

// Tree is one sum over all files of a folder, by name and content, so that two benches can tell whether they have
// the same.
func Tree(fsys fs.FS) (string, error) {
	files, err := hashes(fsys)
	if err != nil {
		return "", fmt.Errorf("sum of a folder: %w", err)
	}
	raw, err := json.Marshal(files) // sorted by name
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), nil
}

func hashes(dir fs.FS) (map[string]string, error) {
	out := map[string]string{}
	err := fs.WalkDir(dir, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == File || name == Signature {
			return err
		}
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a file; a run leaves files only, remove it", name)
		}
		out[name], err = Sum(dir, name)
		return err
	})
	return out, err
}

// Sum is the SHA-256 of one file in lower case hex.
func Sum(dir fs.FS, name string) (sum string, err error) {
	f, err := dir.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
