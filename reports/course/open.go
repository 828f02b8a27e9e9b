package course

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"demailbench/features/check"
	"demailbench/sim/record"
)

// Open reads the record and the scene of a scenario's directory. Its errors name the file without the path of the
// machine on which it lies: reports travel.
func Open(dir string) (*Course, error) {
	f, err := os.Open(filepath.Join(dir, "timeline.ndjson"))
	if err != nil {
		return nil, named("timeline.ndjson", err)
	}
	defer f.Close()
	events, err := record.Read(f)
	if err != nil {
		return nil, named("timeline.ndjson", err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "scene.json"))
	if err != nil {
		return nil, named("scene.json", err)
	}
	var scene check.Scene
	if err := json.Unmarshal(raw, &scene); err != nil {
		return nil, named("scene.json", err)
	}
	return New(events, scene), nil
}

func named(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", name, err)
}
