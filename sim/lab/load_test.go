package lab_test

import (
	"testing"

	"demailbench/fixtures"
	"demailbench/sim/lab"
)

func TestLoad(t *testing.T) {
	for _, name := range []string{"saxony", "small"} {
		if _, err := lab.Load(fixtures.FS, name); err != nil {
			t.Error(err)
		}
	}
}
