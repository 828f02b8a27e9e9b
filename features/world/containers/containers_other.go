//go:build !linux

package containers

import (
	"errors"

	"demailbench/features/world/attach"
	"demailbench/sim/record"
)

var errSystem = errors.New("--fabric docker needs Linux, where the engine runs on the same machine")

// Open refuses.
func Open(string, bool) (func(*record.Record) attach.Fabric, error) { return nil, errSystem }

// Unavailable is true of the refusal.
func Unavailable(err error) bool { return errors.Is(err, errSystem) }
