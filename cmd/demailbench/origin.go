package main

import (
	"os"
	"path/filepath"
	"runtime"

	"demailbench/features/sut"
	"demailbench/reports/manifest"
)

// origin says with what and how a run is made, for its manifest.
func (c *runCommand) origin() (manifest.Origin, error) {
	o := manifest.Origin{Tool: sut.Version, System: runtime.GOOS + "/" + runtime.GOARCH, SUT: c.SUT, Options: os.Args[1:]}
	var err error
	if o.Features, err = manifest.Tree(c.features()); err != nil {
		return o, err
	}
	if o.Fixtures, err = manifest.Tree(c.fixtures()); err != nil {
		return o, err
	}
	if info, err := os.Stat(c.SUT); err == nil && info.Mode().IsRegular() {
		o.SUTSum, err = manifest.Sum(os.DirFS(filepath.Dir(c.SUT)), filepath.Base(c.SUT))
		return o, err
	}
	return o, nil
}
