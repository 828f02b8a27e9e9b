//go:build linux

package docker

import (
	"bufio"
	"context"
	"errors"
	"io"

	"demailbench/sim/docker/engine"
	"demailbench/sim/postfix"
)

// Postfix implements postfix.Run: it starts the image of `make images` in the network of a host.
func (f *Fabric) Postfix(ctx context.Context, host string, files []postfix.File, log func(line string)) (postfix.Process, error) {
	r, w := io.Pipe()
	g := Guest{Image: postfix.Image, Command: []string{"/usr/sbin/postfix", "start-fg"}, Output: w}
	for _, file := range files {
		g.Files = append(g.Files, engine.File(file))
	}
	go func() {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			log(lines.Text())
		}
	}()
	p, err := f.Guest(ctx, host, g)
	if err != nil {
		w.Close()
		var missing *engine.Unavailable
		if errors.As(err, &missing) {
			missing.Fix = "make images builds it"
		}
		return nil, err
	}
	go func() {
		<-p.Ended()
		w.Close()
	}()
	return mailer{p}, nil
}

// mailer is a Postfix that runs.
type mailer struct{ *Running }

// Put implements postfix.Process.
func (m mailer) Put(ctx context.Context, f postfix.File) error {
	return m.Container.Put(ctx, engine.File(f))
}
