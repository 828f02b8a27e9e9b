package driver

import (
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"

	"demailbench/features/sut/driver/program"
	"demailbench/features/sut/driver/transcript"
	"demailbench/features/sut/protocol"
)

// Process is a driver that runs (L2). Several goroutines may use it.
type Process struct {
	o     Options
	log   *transcript.Transcript
	prog  *program.Program
	hello protocol.Hello
	slots chan struct{}
	first chan protocol.Hello
	// broken is closed with the first fault, read when its output has ended.
	broken, read chan struct{}
	writing      sync.Mutex

	mu      sync.Mutex
	fault   *Fault
	closing bool
	greeted bool
	last    int64
	pending map[string]chan *protocol.Result
	left    map[string]bool // asked for, but nobody waits any more
	unasked int
	octets  int
	events  []protocol.Event
}

// maxEvents is the number of events that are kept.
const maxEvents = 1000

// Start runs a driver and waits for its hello. The error is a *Fault, or that of ctx; then nothing runs.
func Start(ctx context.Context, c Command, o Options) (*Process, error) {
	o = o.withDefaults()
	defer hold(o)()
	p := &Process{o: o, log: transcript.New(o.Transcript, o.Clock.Now, c.Secrets), first: make(chan protocol.Hello, 1), broken: make(chan struct{}),
		read: make(chan struct{}), pending: map[string]chan *protocol.Result{}, left: map[string]bool{}}
	var err error
	if p.prog, err = startProgram(c, o.Clock, p.log.Hear); err != nil {
		p.log.Text("note", err.Error())
		return nil, err
	}
	go p.receive()
	go p.attend()
	if err := p.greet(ctx); err != nil {
		p.fail(faultf(Closed, "", "given up"))
		p.finish()
		return nil, err
	}
	return p, nil
}

// startProgram starts a driver or a hook. The error is a *Fault.
func startProgram(c Command, clock Clock, hear func(line string)) (*program.Program, error) {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return nil, faultf(NotStarted, "give the program and its arguments", "no program is named")
	}
	if _, ok := clock.(interface{ Held() bool }); ok {
		return nil, faultf(NotStarted, "give it the wall clock, and Options.Hold to stop the world meanwhile", "a program cannot run on a virtual clock: its deadlines would pass at once")
	}
	p, err := program.Start(c.Args, c.Dir, c.Env, clock, hear)
	if err != nil {
		return nil, faultf(NotStarted, "check path, permission and interpreter of the program", "cannot be started: %v", err)
	}
	return p, nil
}

// hold stops the world while a driver works.
func hold(o Options) (release func()) {
	if o.Hold == nil {
		return func() {}
	}
	return o.Hold()
}

// greet waits for the hello.
func (p *Process) greet(ctx context.Context) error {
	late, cancel := p.o.Clock.WithTimeout(ctx, p.o.Ready)
	defer cancel()
	select {
	case p.hello = <-p.first:
	case <-p.broken:
		f := p.broke("", "")
		if f.Kind == Died {
			f.Kind = NoHello
		}
		return f
	case <-late.Done():
		if err := ctx.Err(); err != nil {
			return err
		}
		f := faultf(NoHello, "write the hello line first, flush it, and connect to the product afterwards", "no hello within %v", p.o.Ready)
		p.fail(f)
		return p.broke("", "")
	}
	n := p.hello.MaxParallel
	if p.o.MaxParallel > 0 {
		n = min(n, p.o.MaxParallel)
	}
	p.slots = make(chan struct{}, n)
	return nil
}

// Hello implements Driver.
func (p *Process) Hello() protocol.Hello { return p.hello }

// Events implements Driver.
func (p *Process) Events() []protocol.Event {
	p.mu.Lock()
	defer p.mu.Unlock()
	taken := p.events
	p.events = nil
	return taken
}

// Do implements Driver.
func (p *Process) Do(ctx context.Context, op Op) (Outcome, error) {
	defer hold(p.o)()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-p.broken:
		return Outcome{}, p.broke(op.Name, "")
	case <-ctx.Done():
		return Outcome{}, ctx.Err()
	}
	select {
	case <-p.broken:
		return Outcome{}, p.broke(op.Name, "")
	default:
	}
	fill(&op.Deadline, p.o.Deadline)
	id, answer := p.expect()
	line := &protocol.Op{ID: id, Name: op.Name, Scenario: op.Scenario, As: op.As, Args: op.Args, DeadlineMS: max(1, op.Deadline.Milliseconds())}
	late, cancel := p.o.Clock.WithTimeout(ctx, op.Deadline+Grace)
	defer cancel()
	go p.send(line)
	select {
	case r := <-answer:
		return p.judge(op, r)
	case <-p.broken:
		select {
		case r := <-answer: // it had answered before it broke
			return p.judge(op, r)
		default:
			return Outcome{}, p.broke(op.Name, id)
		}
	case <-late.Done():
		p.forget(id)
		if err := ctx.Err(); err != nil {
			return Outcome{}, err
		}
		p.fail(faultf(Silent, nextTime, "no answer within %v; the driver was killed", op.Deadline))
		return Outcome{}, p.broke(op.Name, id)
	}
}

// expect makes a new id and the place for its answer.
func (p *Process) expect() (id string, answer <-chan *protocol.Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last++
	id = strconv.FormatInt(p.last, 10)
	c := make(chan *protocol.Result, 1)
	p.pending[id] = c
	return id, c
}

// forget lets a late answer pass unheard.
func (p *Process) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.pending, id)
	p.left[id] = true
}

// send writes an operation. A driver that does not read blocks it, until the deadline kills the driver.
func (p *Process) send(op *protocol.Op) {
	p.writing.Lock()
	defer p.writing.Unlock()
	line, err := protocol.Encode(op)
	if err != nil {
		p.fail(faultf(Malformed, "send less", "the bench cannot write the operation: %v", err))
		return
	}
	p.log.Op(op)
	if _, err := p.prog.In.Write(line); err != nil {
		p.log.Text("note", "cannot write to the driver: "+err.Error()) // its end is reported by attend
	}
}

// attend waits for the end of the driver and reports one that nobody wanted.
func (p *Process) attend() {
	select {
	case <-p.prog.Exited:
		p.prog.Await(p.read, Grace) // its last words may still be in the pipe
	case <-p.read:
		p.prog.Await(p.prog.Exited, Grace)
	}
	p.mu.Lock()
	closing := p.closing
	p.mu.Unlock()
	if !closing {
		p.fail(faultf(Died, "read its last words and "+p.o.Kept+"; a driver runs until its input ends", "the driver ended while it was needed (%s)", p.prog.Ending()))
	}
}

// fail records the first fault and kills the driver with everything it started.
func (p *Process) fail(f *Fault) {
	p.mu.Lock()
	if p.fault != nil {
		p.mu.Unlock()
		return
	}
	p.fault = f
	p.mu.Unlock()
	if f.Kind != Closed {
		p.log.Text("note", f.Error())
	}
	n := p.prog.Destroy()
	p.prog.Await(p.prog.Drained, Grace)
	p.mu.Lock()
	f.Stderr = p.log.Mask(p.prog.LastWords())
	if n > 0 && f.Kind != Closed {
		f.Text += fmt.Sprintf(" (%d of its processes outlived it and were killed)", n)
	}
	p.mu.Unlock()
	close(p.broken)
}

// broke is the fault that ended the driver, in the words of the operation under way.
func (p *Process) broke(name, id string) *Fault {
	<-p.broken
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault.during(name, id)
}

// Kill ends the driver and whatever it has started as kill -9 does, and returns when nothing of it is left.
func (p *Process) Kill() {
	p.mu.Lock()
	p.closing = true
	p.mu.Unlock()
	p.fail(faultf(Closed, "start it again", "the driver was killed with what it had started"))
	p.finish()
}

// Broken is closed when the driver has ended, for whatever reason; Close then says which.
func (p *Process) Broken() <-chan struct{} { return p.broken }

// Close implements Driver: the end of input asks the driver to quit, then SIGTERM, then it is killed.
func (p *Process) Close() error {
	defer hold(p.o)()
	p.mu.Lock()
	again := p.closing
	p.closing = true
	p.mu.Unlock()
	if again {
		<-p.broken
	} else {
		p.end()
		p.finish()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault.Kind == Closed {
		return nil
	}
	return p.fault
}

// patience is how long a driver has between SIGTERM and SIGKILL.
const patience = 2 * time.Second

// settled is how long the rest of an ended driver's output is read; nobody can add to it any more.
const settled = 5 * time.Second

// end lets the driver quit and looks for what it leaves behind.
func (p *Process) end() {
	_ = p.prog.In.Close() // the end of input; an error means that it is gone already
	c := p.prog
	if !c.Await(c.Exited, p.o.Drain) {
		c.Terminate()
		c.Await(c.Exited, patience)
		p.fail(faultf(Silent, "end when the input ends", "the driver did not quit within %v after the end of its input", p.o.Drain))
		return
	}
	n := c.Sweep()
	c.Await(p.read, settled)
	p.log.Text("note", "the driver has ended: "+c.Ending())
	if n > 0 {
		p.fail(faultf(Leftover, nextDaemon, "the driver left %d processes running; they were killed", n))
		return
	}
	p.fail(faultf(Closed, "start it again", "the driver was closed"))
}

// finish waits until nothing of the driver is left.
func (p *Process) finish() {
	<-p.broken
	p.prog.Release()
	<-p.read
	p.log.End()
}
