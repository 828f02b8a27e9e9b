package clock

import (
	"runtime"
	"runtime/debug"
	"sync"
)

const (
	// collectEvery is the growth of the heap after which the driver collects.
	collectEvery = 32 << 20
	// memoryLimit is the heap at which the collector starts by itself after all: a long computation
	// allocates without ever reaching an idle point.
	memoryLimit = 1 << 30
)

var worker struct {
	sync.Mutex
	users   int
	procs   int
	percent int
	limit   int64
}

// Worker prepares the process for virtual time: one P, because with more a goroutine that waits for the
// collector looks idle and packets differ from run to run; garbage collection by the driver at idle
// points; a memory limit of 1 GiB unless a lower one is set. undo restores what was; calls may nest. Run
// does the same for as long as it drives.
func Worker() (undo func()) {
	worker.Lock()
	defer worker.Unlock()
	if worker.users++; worker.users == 1 {
		worker.procs = runtime.GOMAXPROCS(1)
		worker.percent = debug.SetGCPercent(-1)
		worker.limit = debug.SetMemoryLimit(-1)
		debug.SetMemoryLimit(min(worker.limit, memoryLimit))
	}
	var once sync.Once
	return func() { once.Do(leaveWorker) }
}

func leaveWorker() {
	worker.Lock()
	defer worker.Unlock()
	if worker.users--; worker.users > 0 {
		return
	}
	runtime.GOMAXPROCS(worker.procs)
	debug.SetGCPercent(worker.percent)
	debug.SetMemoryLimit(worker.limit)
}
