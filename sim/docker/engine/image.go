//go:build linux

package engine

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// NodeImage makes the image of all nodes if it is not there: FROM scratch, one static program, named by its content.
func (e *Engine) NodeImage(ctx context.Context, program string) (ref string, err error) {
	b, err := os.ReadFile(program)
	if err != nil {
		return "", fmt.Errorf("node image: %w", err)
	}
	if err := static(b); err != nil {
		return "", &Unavailable{Reason: program + " cannot run in an empty container", Err: err, Fix: "build it with make build (CGO_ENABLED=0)"}
	}
	ref = fmt.Sprintf("demailbench-node:%.12x", sha256.Sum256(b))
	if there, err := e.has(ctx, ref); err != nil || there {
		return ref, err
	}
	e.prune(ctx)
	r, w := io.Pipe()
	go func() { w.CloseWithError(scratch(w, b)) }()
	return ref, e.Import(ctx, ref, r, `ENTRYPOINT ["/demailbench"]`, `CMD ["node"]`)
}

// prune removes images of earlier builds of the program. One that was made within the hour may belong to a bench that
// runs; one that a container uses stays.
func (e *Engine) prune(ctx context.Context) {
	list, err := e.cli.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("reference", "demailbench-node")})
	if err != nil {
		return // room is no condition
	}
	for _, i := range list.Items {
		if time.Since(time.Unix(i.Created, 0)) < time.Hour {
			continue
		}
		for _, ref := range i.RepoTags {
			_, _ = e.cli.ImageRemove(ctx, ref, client.ImageRemoveOptions{}) // in use, or gone already
		}
	}
}

// static refuses programs that need a dynamic linker.
func static(program []byte) error {
	f, err := elf.NewFile(bytes.NewReader(program))
	if err != nil {
		return fmt.Errorf("no Linux program: %w", err)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			return errors.New("it is linked dynamically")
		}
	}
	return nil
}

// scratch writes the file system of the image.
func scratch(to io.Writer, program []byte) error {
	w := tar.NewWriter(to)
	for _, h := range []tar.Header{{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777}, {Name: "run/", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755}, {Name: "demailbench", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program))}} {
		if err := w.WriteHeader(&h); err != nil {
			return err
		}
	}
	if _, err := w.Write(program); err != nil {
		return err
	}
	return w.Close()
}

func (e *Engine) has(ctx context.Context, ref string) (bool, error) {
	_, err := e.cli.ImageInspect(ctx, ref)
	switch {
	case err == nil:
		return true, nil
	case cerrdefs.IsNotFound(err):
		return false, nil
	}
	return false, fmt.Errorf("image %s: %w", ref, err)
}

// Import makes an image called ref of a file system as tar, with changes in the words of a Dockerfile.
func (e *Engine) Import(ctx context.Context, ref string, files io.Reader, changes ...string) error {
	r, err := e.cli.ImageImport(ctx, client.ImageImportSource{Source: files, SourceName: "-"}, ref,
		client.ImageImportOptions{Changes: append(changes, "LABEL de.demailbench.image=1")})
	if err != nil {
		return fmt.Errorf("import image %s: %w", ref, full(err))
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("import image %s: %w", ref, err)
	}
	for line := range strings.Lines(string(text)) {
		var said struct{ Error string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Error != "" {
			return fmt.Errorf("import image %s: %w", ref, full(errors.New(said.Error)))
		}
	}
	return nil
}

// full says what to do when the engine's disk is.
func full(err error) error {
	if strings.Contains(err.Error(), "no space left") {
		return &Unavailable{Reason: "the container engine's disk is full", Err: err, Fix: "make room (docker system df shows what takes it)"}
	}
	return err
}

// Image is what there is to know of an image before it is run.
type Image struct {
	// Size in octets.
	Size int64
	// ID is its digest.
	ID string
}

// Inspect looks an image up. The error is an *Unavailable when it is missing or for other machines; images are never
// fetched.
func (e *Engine) Inspect(ctx context.Context, ref string) (Image, error) {
	i, err := e.cli.ImageInspect(ctx, ref)
	switch {
	case cerrdefs.IsNotFound(err):
		return Image{}, &Unavailable{Reason: fmt.Sprintf("there is no image %q here, and the bench fetches none", ref),
			Fix: "build or load it first (docker images lists what is there)"}
	case err != nil:
		return Image{}, fmt.Errorf("image %s: %w", ref, err)
	case i.Os != "" && i.Os != "linux" || i.Architecture != "" && i.Architecture != runtime.GOARCH:
		return Image{}, &Unavailable{Reason: fmt.Sprintf("image %q is for %s/%s, this machine is linux/%s", ref, i.Os, i.Architecture, runtime.GOARCH),
			Fix: "build it for this platform"}
	}
	return Image{Size: i.Size, ID: i.ID}, nil
}
