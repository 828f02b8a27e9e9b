package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"demailbench/reports/folder"
)

// ManifestFile is the name of the manifest in a run's directory.
const ManifestFile = "manifest.json"

// Manifest lists the SHA-256 of every file of a run, by slash path, so that changed evidence is noticed.
type Manifest struct {
	Schema string            `json:"schema"`
	Files  map[string]string `json:"files"`
}

// manifestSchema names the format.
const manifestSchema = "demailbench/manifest/1"

// WriteManifest hashes every file below dir into its manifest.
func WriteManifest(dir string) error {
	files, err := hashes(dir)
	if err != nil {
		return fmt.Errorf("write %s: %w", ManifestFile, err)
	}
	return (&folder.Folder{Dir: dir}).Write(ManifestFile, folder.Plain, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(Manifest{manifestSchema, files})
	})
}

// VerifyManifest compares dir with its manifest and returns what differs: changed, missing and added
// files, one sentence each. The error says why it could not compare.
func VerifyManifest(dir string) ([]string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", ManifestFile, err)
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("read %s: %w", ManifestFile, err)
	}
	if m.Schema != manifestSchema {
		return nil, fmt.Errorf("read %s: schema is %q, this bench reads %q", ManifestFile, m.Schema, manifestSchema)
	}
	have, err := hashes(dir)
	if err != nil {
		return nil, err
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
	sort.Strings(out)
	return out, nil
}

func hashes(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil || rel == ManifestFile {
			return err
		}
		sum, err := hashFile(p)
		out[filepath.ToSlash(rel)] = sum
		return err
	})
	return out, err
}

func hashFile(name string) (sum string, err error) {
	f, err := os.Open(name)
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
