// Package program runs a vendor's program and makes sure that nothing of it is left afterwards: it has a process
// group of its own, and what leaves the group is found by a mark in its environment.
//
// It is the only package that starts foreign programs. It leaves out what they say (package driver), and deadlines
// other than those of their end.
package program

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// marker is the variable by which the processes of one program are found again, even those that have left its
// process group.
const marker = "DEMAILBENCH_DRIVER"

// starts makes markers unique within the bench's process.
var starts atomic.Int64

// Clock brackets the start and the end of programs and bounds the waits for them; only the wall clock will do.
type Clock interface {
	WithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc)
	IO(f func())
}

// Program is a program with everything it has started.
type Program struct {
	// In and Out are our ends of its standard input and output. Closing In ends its input.
	In, Out *os.File
	// Exited is closed when the program itself has ended, Drained when its standard error output has.
	Exited, Drained chan struct{}

	clock Clock
	cmd   *exec.Cmd
	mark  string
	errs  *os.File
	tail  tail

	killing sync.Mutex
	reaped  bool
}

// Start runs a program without a shell, with env on top of the bench's own variables and dir as its working
// directory (empty: the bench's). hear is given each line of its standard error output.
func Start(args []string, dir string, env []string, clock Clock, hear func(line string)) (*Program, error) {
	p := &Program{clock: clock, cmd: exec.Command(args[0], args[1:]...), Exited: make(chan struct{}), Drained: make(chan struct{})}
	p.mark = fmt.Sprintf("%d-%d", os.Getpid(), starts.Add(1))
	p.cmd.Dir = dir
	p.cmd.Env = append(append(os.Environ(), env...), marker+"="+p.mark)
	ownGroup(p.cmd)
	var err error
	clock.IO(func() { err = p.start(hear) })
	return p, err
}

// start opens the pipes and runs the program. The pipes are ours, not the library's, so that waiting for the
// program does not wait for whoever else holds them.
func (p *Program) start(hear func(line string)) error {
	var files [6]*os.File
	closeAll := func(list ...*os.File) {
		for _, f := range list {
			if f != nil {
				_ = f.Close() // the end of a pipe that nobody uses any more
			}
		}
	}
	for i := 0; i < len(files); i += 2 {
		r, w, err := os.Pipe()
		if err != nil {
			closeAll(files[:]...)
			return err
		}
		files[i], files[i+1] = r, w
	}
	p.cmd.Stdin, p.cmd.Stdout, p.cmd.Stderr = files[0], files[3], files[5]
	err := p.cmd.Start()
	closeAll(files[0], files[3], files[5])
	if err != nil {
		closeAll(files[1], files[2], files[4])
		return err
	}
	p.In, p.Out, p.errs = files[1], files[2], files[4]
	go p.listen(hear)
	go p.wait()
	return nil
}

// listen keeps the end of the standard error output.
func (p *Program) listen(hear func(line string)) {
	defer close(p.Drained)
	lines := bufio.NewReaderSize(p.errs, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if len(line) > 0 {
			p.tail.add(line)
			hear(strings.TrimRight(string(line), "\r\n"))
		}
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return
		}
	}
}

func (p *Program) wait() {
	_ = p.cmd.Wait() // how it ended is in ProcessState
	p.killing.Lock()
	p.reaped = true
	p.killing.Unlock()
	close(p.Exited)
}

// Ending says how the program ended.
func (p *Program) Ending() string {
	select {
	case <-p.Exited:
		return p.cmd.ProcessState.String()
	default:
		return "it still runs"
	}
}

// signal signals the program's group while the program has not been reaped: its number is its own that long.
func (p *Program) signal(kill bool) {
	p.killing.Lock()
	defer p.killing.Unlock()
	if p.reaped {
		return
	}
	if err := signalGroup(p.cmd.Process, kill); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = p.cmd.Process.Kill() // no group: at least the program
	}
}

// killed is how long the end of a killed program is waited for; the kernel sees to it at once.
const killed = 5 * time.Second

// Terminate asks the program and its group to stop.
func (p *Program) Terminate() { p.signal(false) }

// ExitCode is the exit code of a program that has ended, -1 when a signal ended it.
func (p *Program) ExitCode() int { return p.cmd.ProcessState.ExitCode() }

// LastWords is the end of what it wrote to its standard error output, at most 4000 octets.
func (p *Program) LastWords() string { return p.tail.String() }

// Destroy kills the program and everything it has started. It returns how many processes had outlived it.
func (p *Program) Destroy() (leftover int) {
	p.signal(true)
	p.Await(p.Exited, killed)
	return p.Sweep()
}

// Sweep kills what the program has left running after its own end, and counts it. It returns when nothing of it
// runs any more: what is killed may just have started another, and takes a moment to end.
func (p *Program) Sweep() (leftover int) {
	found := map[int]bool{}
	for range sweeps {
		var alive int
		p.clock.IO(func() { alive = killMarked(p.cmd.Process.Pid, p.mark, found) })
		if alive == 0 {
			break
		}
		p.Await(nil, 2*time.Millisecond)
	}
	return len(found)
}

// sweeps bounds the search for processes that multiply faster than they can be killed.
const sweeps = 500

// Await waits for done, at most d.
func (p *Program) Await(done <-chan struct{}, d time.Duration) bool {
	ctx, cancel := p.clock.WithTimeout(context.Background(), d)
	defer cancel()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// lastWords is how long the rest of the standard error output is waited for.
const lastWords = 500 * time.Millisecond

// Release closes our ends after everything has ended. What still holds the other end of a pipe has hidden from
// Sweep; it does not keep us.
func (p *Program) Release() {
	p.Await(p.Drained, lastWords)
	for _, f := range []*os.File{p.In, p.Out, p.errs} {
		_ = f.Close()
	}
	<-p.Drained
}

// tail keeps the last words of a stream.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

// maxTail is the number of octets that are kept.
const maxTail = 4000

func (t *tail) add(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, b...)
	if len(t.buf) > maxTail {
		t.buf = append([]byte(nil), t.buf[len(t.buf)-maxTail:]...)
	}
}

// String is the text as UTF-8, trimmed.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(t.buf), ""))
}
