package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"demailbench/features/sut"
)

// life is a program that runs: a process of the machine, or a container.
type life interface {
	// wait returns when it has ended; the error says how, nil is exit status 0.
	wait() error
	// outside tells whether something other than the program itself made wait return this error.
	outside(error) bool
	// terminate asks it to end, kill ends it and what it has started.
	terminate() error
	kill()
}

// child is a process of the machine.
type child struct {
	cmd *exec.Cmd
	in  io.Closer // its end is the end of the program, also when the bench dies
}

// spawn starts the bench's program as a process in a directory.
func (a *Adapter) spawn(dir string, args []string, log io.Writer) (life, error) {
	c := &child{cmd: exec.Command(a.Program, args...)}
	c.cmd.Env = append(os.Environ(), a.Environment...)
	c.cmd.Dir = dir
	c.cmd.Stdout, c.cmd.Stderr = log, log
	c.cmd.WaitDelay = time.Second // for children of its own that keep its output open
	alone(c.cmd)
	in, err := c.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.in = in
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w; name the program's path", a.Program, err)
	}
	return c, nil
}

func (c *child) wait() error {
	err := c.cmd.Wait()
	killGroup(c.cmd) // whom it left behind
	_ = c.in.Close() // nobody reads it
	return err
}

func (c *child) outside(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && killed(exit)
}

func (c *child) terminate() error { return terminate(c.cmd) }
func (c *child) kill()            { killGroup(c.cmd) }

// tenancy is a container where the gateway lives.
type tenancy struct{ guest sut.Guest }

// settle starts the bench's program as a container at p.
func settle(ctx context.Context, p sut.Place, args []string, log io.Writer) (life, error) {
	i := sut.Image{Command: args, User: fmt.Sprintf("%d:%d", os.Getuid(), os.Getgid()), Output: log}
	for _, dir := range []string{p.Data, p.Files, p.Secrets} {
		at, err := filepath.Abs(dir)
		if err == nil {
			err = os.MkdirAll(at, 0o700) // the engine would make it as root
		}
		if err != nil {
			return nil, fmt.Errorf("make a directory for the gateway's container: %w", err)
		}
		i.Mounts = append(i.Mounts, at)
	}
	g, err := p.Run(ctx, i)
	if err != nil {
		return nil, fmt.Errorf("start the gateway's container: %w", err)
	}
	return tenancy{g}, nil
}

// exitCode is how a container ended.
type exitCode int

// Error names the code in the words of os/exec.
func (e exitCode) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

func (t tenancy) wait() error {
	<-t.guest.Ended()
	switch code, err := t.guest.Code(); {
	case err != nil:
		return err
	case code != 0:
		return exitCode(code)
	}
	return nil
}

// outside implements life: 128+9 is SIGKILL, which no program gives itself.
func (t tenancy) outside(err error) bool {
	var code exitCode
	return !errors.As(err, &code) || code == 137
}

func (t tenancy) terminate() error { return t.guest.Signal(context.Background(), "TERM") }
func (t tenancy) kill()            { _ = t.guest.Remove() } // what stays ends with its world
