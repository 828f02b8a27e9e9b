package driver

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
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

// child is a program with everything it started.
type child struct {
	clock Clock
	cmd   *exec.Cmd
	mark  string
	in    *os.File // its standard input
	out   *os.File // its standard output
	errs  *os.File // its standard error output
	tail  tail
	// exited is closed when the program itself has ended, drained when its standard error output has.
	exited, drained chan struct{}

	killing sync.Mutex
	reaped  bool
}

// startChild starts a program in a process group of its own. The error is a *Fault.
func startChild(c Command, clock Clock, hear func(line string)) (*child, error) {
	if len(c.Args) == 0 || c.Args[0] == "" {
		return nil, faultf(NotStarted, "give the program and its arguments", "no program is named")
	}
	if _, ok := clock.(interface{ Held() bool }); ok {
		return nil, faultf(NotStarted, "give it the wall clock, and Options.Hold to stop the world meanwhile", "a program cannot run on a virtual clock: its deadlines would pass at once")
	}
	p := &child{clock: clock, cmd: exec.Command(c.Args[0], c.Args[1:]...), exited: make(chan struct{}), drained: make(chan struct{})}
	p.mark = fmt.Sprintf("%d-%d", os.Getpid(), starts.Add(1))
	p.cmd.Dir = c.Dir
	p.cmd.Env = append(append(os.Environ(), c.Env...), marker+"="+p.mark)
	ownGroup(p.cmd)
	var err error
	clock.IO(func() { err = p.start(hear) })
	if err != nil {
		return nil, faultf(NotStarted, "check path, permission and interpreter of the program", "cannot be started: %v", err)
	}
	return p, nil
}

// start opens the pipes and runs the program. The pipes are ours, not the library's, so that waiting for the
// program does not wait for whoever else holds them.
func (p *child) start(hear func(line string)) error {
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
	p.in, p.out, p.errs = files[1], files[2], files[4]
	go p.listen(hear)
	go p.wait()
	return nil
}

// listen keeps the end of the standard error output.
func (p *child) listen(hear func(line string)) {
	defer close(p.drained)
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

func (p *child) wait() {
	_ = p.cmd.Wait() // how it ended is in ProcessState
	p.killing.Lock()
	p.reaped = true
	p.killing.Unlock()
	close(p.exited)
}

// ending says how the program ended.
func (p *child) ending() string {
	select {
	case <-p.exited:
		return p.cmd.ProcessState.String()
	default:
		return "it still runs"
	}
}

// signalGroup signals the program's group while the program has not been reaped: its number is its own that long.
func (p *child) signalGroup(kill bool) {
	p.killing.Lock()
	defer p.killing.Unlock()
	if p.reaped {
		return
	}
	if err := signalGroup(p.cmd.Process, kill); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = p.cmd.Process.Kill() // no group: at least the program
	}
}

// killed is how long the end of a killed program is waited for; the kernel does it at once.
const killed = 5 * time.Second

// destroy kills the program and everything it has started. It returns how many processes had outlived it.
func (p *child) destroy() (leftover int) {
	p.signalGroup(true)
	p.await(p.exited, killed)
	return p.sweep()
}

// sweep kills what the program has left running after its own end, and counts it. It returns when nothing of it
// runs any more: what is killed may just have started another, and takes a moment to end.
func (p *child) sweep() (leftover int) {
	found := map[int]bool{}
	for range sweeps {
		var alive int
		p.clock.IO(func() { alive = killMarked(p.cmd.Process.Pid, p.mark, found) })
		if alive == 0 {
			break
		}
		p.await(nil, 2*time.Millisecond)
	}
	return len(found)
}

// sweeps bounds the search for processes that multiply faster than they can be killed.
const sweeps = 500

// await waits for done, at most d.
func (p *child) await(done <-chan struct{}, d time.Duration) bool {
	ctx, cancel := p.clock.WithTimeout(context.Background(), d)
	defer cancel()
	select {
	case <-done:
		return true
	case <-ctx.Done():
		return false
	}
}

// release closes our ends after everything has ended. What still holds the other end of a pipe has hidden from
// sweep; it does not keep us.
func (p *child) release() {
	p.await(p.drained, Grace)
	for _, f := range []*os.File{p.in, p.out, p.errs} {
		_ = f.Close()
	}
	<-p.drained
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

// readAll reads at most max octets; more is an error of the program's.
func readAll(r io.Reader, max int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, int64(max)+1))
	if err == nil && len(data) > max {
		return nil, fmt.Errorf("wrote more than %d octets", max)
	}
	return data, err
}
