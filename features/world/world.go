// Package world is the state of one scenario: it builds the simulated world, moves the gateway under test
// into it, does what the steps say, and keeps what was expected. Every scenario has a world of its own:
// network, clock, seed stream, data. It leaves out the sentences (features/steps) and the judgement
// (features/check).
package world

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"demailbench/features/check"
	"demailbench/features/evidence"
	"demailbench/features/sut"
	"demailbench/features/sut/driver"
	"demailbench/features/world/attach"
	"demailbench/features/world/browser"
	"demailbench/features/world/cast"
	"demailbench/features/world/keep"
	"demailbench/features/world/letter"
	"demailbench/features/world/office"
	"demailbench/features/world/reader"
	"demailbench/features/world/scene"
	"demailbench/features/world/waiting"
	"demailbench/reports/redaction"
	"demailbench/sim/bridge"
	"demailbench/sim/clock"
	"demailbench/sim/fault"
	"demailbench/sim/ipnet"
	"demailbench/sim/lab"
	"demailbench/sim/record"
)

// Options say which world and for whom.
type Options struct {
	Profile *lab.Profile
	// Real is the world that is built, when it is not as Profile has it: a world that is wired wrong.
	Real *lab.Profile
	// Arrange, when set, alters the world when it has been built, before the gateway starts.
	Arrange func(*lab.Lab) error
	// Fixtures has the messages that the world sends.
	Fixtures fs.FS
	// Adapter starts a gateway in this process, on virtual time; Foreign one outside, on the wall clock, over
	// sockets of Machine. One of the two is set.
	Adapter sut.Adapter
	Foreign sut.Foreign
	Machine bridge.Doors
	// Fabric carries the world's hosts and routers, with a Foreign that runs in it; nil: the process does.
	Fabric func(*record.Record) attach.Fabric
	// Waits are for a foreign gateway; what is 0 is as in waiting.Wall.
	Waits Waits
	// Unkind is lab.Options.Unkind.
	Unkind bool
	// Administered lets people administer the gateway from its first start on.
	Administered bool
	// Seed is the run's seed; the scenario's own streams derive from it and Scenario.
	Seed     uint64
	Scenario string
	// Requirements are the statements of the scenario: what breaks when an expectation does.
	Requirements []string
	// Recommended are those statements whose breach only warns; see check.Scene.
	Recommended []string
	// Dir is where the evidence goes.
	Dir string
	// Stall is how much real time may pass without an event before the world counts as hung; 0 means 20 s.
	Stall time.Duration
}

// limits of a scenario. No feature takes longer than 100 days of virtual time (an account's end takes three months),
// and no step holds the process for 20 s without a single event.
const (
	longest = 100 * 24 * time.Hour
	stalled = 20 * time.Second
)

// diskTime is what an access to the gateway's disk costs of virtual time. Without it a gateway that
// answers before its data are on the disk could not be told from one that waits.
const diskTime = 2 * time.Millisecond

// World is one scenario's world. Its methods are for the steps and run on its clock.
type World struct {
	o       Options
	clock   clock.Clock
	waits   Waits
	began   time.Time
	waited  time.Duration
	offset  time.Duration
	rec     *record.Record
	bodies  *record.Bodies
	lab     *lab.Lab
	faults  *fault.Registry
	capture *ipnet.Capture
	file    *os.File
	scene   check.Scene
	rand    *rand.ChaCha8
	desk    letter.Desk

	containers attach.Fabric // nil: hosts and routers are in the process

	attached *attach.Attachment
	bridge   attach.Way
	blocked  bool

	mu      sync.Mutex
	gateway sut.Gateway // nil when it does not run
	log     keep.Log
	data    string
	lives   int
	armed   chan error
	altered *sut.Setup // what a step made of the plan's set-up
	reader  *reader.Reader

	office  *office.Office
	cast    *cast.Company
	browser *browser.Browser
	clerks  driver.Driver // by which people reach a gateway over the network

	step string
	it   *letter.Mail
	// leaving ends what goes on beside the steps.
	leaving []func()
}

// New prepares a world; nothing of it runs before Start.
func New(o Options) (*World, error) {
	if err := os.MkdirAll(filepath.Join(o.Dir, "work"), 0o755); err != nil {
		return nil, fmt.Errorf("make the scenario's directory: %w", err)
	}
	if o.Stall == 0 {
		o.Stall = stalled
	}
	w := &World{o: o, waits: waiting.Virtual(longest)}
	if w.onWall() {
		w.waits = o.Waits.OnWall()
		w.clock = clock.Real()
		w.o.Profile, w.offset = o.Profile.At(w.clock.Now())
	} else {
		w.clock = clock.NewVirtual(o.Profile.Epoch(), clock.Options{Limit: longest, Stall: o.Stall})
	}
	w.began = w.clock.Now()
	w.rec = record.New(w.clock.Now)
	w.bodies = record.NewBodies(filepath.Join(o.Dir, "work"), w.clock.IO)
	w.rand = rand.NewChaCha8(w.stream("mail"))
	w.desk = letter.Desk{Rand: w.rand, Bodies: w.bodies, Now: w.clock.Now, Fixtures: o.Fixtures}
	return w, nil
}

// stream derives a seed for one purpose from the run's seed and the scenario.
func (w *World) stream(purpose string) [32]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%d|%s|%s", w.o.Seed, w.o.Scenario, purpose))
}

// Elapsed is how long the scenario has taken on its own clock.
func (w *World) Elapsed() time.Duration { return w.clock.Now().Sub(w.began) }

// Start builds the world and starts the gateway in it.
func (w *World) Start() error {
	seed := w.stream("lab")
	var err error
	real := w.o.Real
	if real == nil {
		real = w.o.Profile
	}
	o := lab.Options{Clock: w.clock, Seed: binary.LittleEndian.Uint64(seed[:]), Record: w.rec, Bodies: w.bodies, AnyDate: w.o.Real != nil, Unkind: w.o.Unkind}
	if w.o.Fabric != nil {
		w.containers = w.o.Fabric(w.rec)
		o.Fabric = w.containers
		o.Postfix = w.containers.Mail()
	}
	w.lab, err = lab.Build(real, o)
	if err != nil {
		return err
	}
	if w.o.Arrange != nil {
		if err := w.o.Arrange(w.lab); err != nil {
			return fmt.Errorf("arrange the world: %w", err)
		}
	}
	w.faults = fault.New(w.rec)
	w.scene = scene.Describe(w.o.Profile, w.o.Recommended, w.authority())
	if o, ok := w.o.Foreign.(sut.Opinionated); ok {
		w.scene.Decided = o.Decisions()
	}
	w.clock.IO(func() { w.file, err = os.Create(filepath.Join(w.o.Dir, evidence.Capture)) })
	if err != nil {
		return fmt.Errorf("create the capture: %w", err)
	}
	w.capture = w.lab.Net().Capture(w.file, ipnet.CaptureOptions{Full: fullCapture, Snap: snapCapture})
	w.data = filepath.Join(w.o.Dir, "work", "gateway-0")
	if w.onWall() {
		return w.admit()
	}
	return w.startGateway()
}

// A capture keeps its first 4 MiB in full, then 64 octets of each packet: its headers.
const (
	fullCapture = 4 << 20
	snapCapture = 64
)

// Close lets the world settle, ends everything and keeps the record. It must run on the world's clock.
func (w *World) Close() error {
	if w.lab == nil {
		return nil
	}
	var err error
	if w.running() != nil && !w.blocked {
		err = w.pause(w.waits.Settle)
	}
	return errors.Join(err, w.Abandon())
}

// Abandon ends everything at once. It must run on the world's clock.
func (w *World) Abandon() error {
	if w.lab == nil {
		return nil
	}
	var errs []error
	w.faults.Close()
	w.leaveOffice()
	for _, leave := range w.leaving {
		leave()
	}
	errs = append(errs, w.stopGateway())
	if w.bridge != nil {
		w.bridge.Close()
	}
	errs = append(errs, w.lab.Close())
	if w.capture != nil {
		errs = append(errs, w.capture.Close())
		w.clock.IO(func() { errs = append(errs, w.file.Close()) })
	}
	return errors.Join(errs...)
}

// Judge stores the evidence and judges it as stored. It runs after Drive has returned.
func (w *World) Judge() (check.Judgement, error) {
	if err := evidence.Save(w.o.Dir, w.rec.Events(), w.scene, w.bodies); err != nil {
		return check.Judgement{Verdict: check.Error}, err
	}
	if err := w.KeepLog(); err != nil {
		return check.Judgement{Verdict: check.Error}, err
	}
	c, err := evidence.Open(w.o.Dir)
	if err != nil {
		return check.Judgement{Verdict: check.Error}, err
	}
	return c.Judge(), nil
}

// KeepLog keeps the gateway's own log, and removes what nobody keeps. It runs after Drive has returned.
func (w *World) KeepLog() error {
	log := w.log.Bytes()
	if w.lab != nil { // a gateway may say too much
		if _, pin := w.lab.Card(); pin != "" {
			log = bytes.ReplaceAll(log, []byte(pin), []byte(redaction.Mask))
		}
	}
	if err := os.WriteFile(filepath.Join(w.o.Dir, "sut.log"), log, 0o644); err != nil {
		return fmt.Errorf("keep the gateway's log: %w", err)
	}
	if err := os.RemoveAll(filepath.Join(w.o.Dir, "work")); err != nil {
		return fmt.Errorf("clean up the scenario's directory: %w", err)
	}
	return nil
}
