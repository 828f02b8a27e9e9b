// Package evidence keeps what a scenario leaves behind, and opens it again: one directory with the
// record, who was who, the message bodies, the messages as files and the capture. A verdict is always
// drawn from the stored form, so that judging it again later cannot differ. It leaves out the verdict
// itself (features/check) and the summary of a run (reports).
package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"demailbench/features/check"
	"demailbench/sim/record"
)

// The files of a scenario's directory.
const (
	Timeline = "timeline.ndjson"
	SceneOf  = "scene.json"
	Capture  = "net.pcapng"
	Bodies   = "bodies"
	Mail     = "mail"
	// Issuers, in Mail, is the certificate of who signs providers' certificates, in PEM.
	Issuers = "issuers.pem"
)

// Save writes record and scene into dir and moves the bodies there. It runs when the world's clock has
// stopped. The capture is already in its place.
func Save(dir string, events []record.Event, scene check.Scene, bodies *record.Bodies) error {
	for _, d := range []string{Bodies, Mail} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o755); err != nil {
			return fmt.Errorf("save evidence: %w", err)
		}
	}
	f, err := os.Create(filepath.Join(dir, Timeline))
	if err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	if err := errors.Join(record.Write(f, events), f.Close()); err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	js, err := json.MarshalIndent(scene, "", "  ")
	if err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, SceneOf), append(js, '\n'), 0o644); err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	if err := bodies.Save(filepath.Join(dir, Bodies)); err != nil {
		return fmt.Errorf("save evidence: %w", err)
	}
	if scene.Authority != "" { // beside the messages, for whoever proves them with other tools
		if err := os.WriteFile(filepath.Join(dir, Mail, Issuers), []byte(scene.Authority), 0o644); err != nil {
			return fmt.Errorf("save evidence: %w", err)
		}
	}
	return saveMail(dir, events)
}

// maxMail is the size in octets up to which a stored message is also written as an .eml file.
const maxMail = 1 << 20

// saveMail writes each message that came to rest in a mailbox as a file that mail programs open.
func saveMail(dir string, events []record.Event) error {
	for _, e := range events {
		if e.Kind != record.Stored || e.Msg.Size > maxMail {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, Bodies, e.Msg.Body+".body"))
		if err != nil {
			return fmt.Errorf("save evidence: message of event %d: %w", e.Seq, err)
		}
		name := filepath.Join(dir, Mail, fmt.Sprintf("%03d-%s.eml", e.Seq, e.Who))
		if err := os.WriteFile(name, append([]byte(e.Msg.Header), body...), 0o644); err != nil {
			return fmt.Errorf("save evidence: %w", err)
		}
	}
	return nil
}

// Open loads the evidence in dir for the judge.
func Open(dir string) (*check.Case, error) {
	f, err := os.Open(filepath.Join(dir, Timeline))
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	defer f.Close()
	c := &check.Case{}
	if c.Events, err = record.Read(f); err != nil {
		return nil, fmt.Errorf("open evidence: %s: %w", Timeline, err)
	}
	js, err := os.ReadFile(filepath.Join(dir, SceneOf))
	if err != nil {
		return nil, fmt.Errorf("open evidence: %w", err)
	}
	if err := json.Unmarshal(js, &c.Scene); err != nil {
		return nil, fmt.Errorf("open evidence: %s: %w", SceneOf, err)
	}
	c.Body = func(sum string) (io.ReadCloser, error) {
		return os.Open(filepath.Join(dir, Bodies, filepath.Base(sum)+".body"))
	}
	if _, err := os.Stat(filepath.Join(dir, Capture)); err == nil {
		c.Wire = &wire{path: filepath.Join(dir, Capture)}
	}
	return c, nil
}

// List returns the files of dir as slash paths below root, sorted, for the report.
func List(root, dir string) ([]string, error) {
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		out = append(out, filepath.ToSlash(rel))
		return err
	})
	return out, err
}
