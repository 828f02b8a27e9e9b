// Package store keeps what the gateway must not lose: accepted messages, the deliveries that each still
// owes, outages and the marks that suppress duplicates. It is one SQLite database in WAL mode with
// synchronous FULL; message contents above Inline octets are files beside it. When Update returns nil, the
// change survives the death of the process and of the machine (RFC 5321 6.1, S0-053).
//
// One goroutine writes: a commit takes everything that is queued when it runs (group commit). Every access
// to the disk happens inside Clock.IO. What the rows mean (schedules, duplicates, who is told what) is left
// to package queue.
package store

import (
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"

	"demailbench/gateway/door"
)

// Inline is the size in octets up to which a message's content lives in its row; larger ones are files, so
// that memory does not grow with the message.
const Inline = 256 << 10

// Batch is the largest number of changes that one commit takes.
const Batch = 64

// ErrClosed is returned by every method after Close or Kill. What Update had not committed by then is gone.
var ErrClosed = errors.New("store: closed: the gateway is stopping, submit again later")

// Options are the store's doors.
type Options struct {
	Clock door.Clock
	// Disk, when set, is called inside the bracket before each access that changes the disk, with its
	// name: "commit", "write", "sync", "rename", "sync directory", "remove". Tests use it to prove that
	// Clock.IO holds (it may panic), to slow the disk down and to copy it at that instant.
	Disk func(operation string)
}

// Store is one data directory. Its methods may be called by any goroutine that may block.
type Store struct {
	dir   string
	clock door.Clock
	disk  func(string)
	lock  lock

	w, r *sql.DB
	in   chan change
	// dead is closed by Close and Kill; done when the writer has ended.
	dead, done chan struct{}
	end        sync.Once
	killed     atomic.Bool

	commits, changes atomic.Int64
}

// Stats counts what the store did since Open.
type Stats struct {
	// Commits is the number of durable transactions, Changes the number of Update calls they carried.
	Commits, Changes int64
}

// Stats returns the counters.
func (s *Store) Stats() Stats { return Stats{s.commits.Load(), s.changes.Load()} }
