//go:build linux

// Package engine is the container engine as the docker fabric uses it: is one there that can do what is needed, images
// without a registry, containers that are removed whatever happens, and the sweep of what a killed bench left behind.
//
// It leaves out what containers are for (package docker).
package engine

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
)

// Label names the world that a container belongs to; Label+".role" says what it is there.
const Label = "de.demailbench.world"

// Roles of containers.
const (
	// RoleFabric is the one whose end is the end of its world.
	RoleFabric = "fabric"
	// RoleNode is a host or a router.
	RoleNode = "node"
	// RoleGuest runs somebody else's image in a node's network.
	RoleGuest = "guest"
)

// Unavailable is the error of an engine, or of an image, that cannot be used: nothing has been judged.
type Unavailable struct {
	// Reason is what is wrong, Fix what to do.
	Reason, Fix string
	// Err is the cause, may be nil.
	Err error
}

// Error is one sentence.
func (u *Unavailable) Error() string {
	text := u.Reason
	if u.Err != nil {
		text += " (" + strings.TrimSpace(strings.ReplaceAll(u.Err.Error(), "\n", " ")) + ")"
	}
	if u.Fix != "" {
		text += ": " + u.Fix
	}
	return text
}

// Unwrap is the cause.
func (u *Unavailable) Unwrap() error { return u.Err }

// Engine is a container engine on this machine.
type Engine struct {
	cli *testcontainers.DockerClient
	// Version is the engine's own.
	Version string
}

// oldest is the API that is needed: of Docker 19.03.
const oldest = 40

// Open finds the engine that DOCKER_HOST or the usual socket names. The error is an *Unavailable.
func Open(ctx context.Context) (*Engine, error) {
	// The library looks at these once. The reaper's image comes from a registry, and ends of input do its work; the
	// machine's own address is never guessed, which goes wrong where the bench itself runs in a container.
	for name, value := range map[string]string{"TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": "127.0.0.1"} {
		if os.Getenv(name) == "" {
			if err := os.Setenv(name, value); err != nil {
				return nil, &Unavailable{Reason: "no container engine can be used", Err: err}
			}
		}
	}
	log.SetDefault(log.NewNoopLogger())
	const fix = "start Docker, let this user reach its socket (or name it in DOCKER_HOST), or run without --fabric docker"
	cli, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return nil, &Unavailable{Reason: "no container engine answers", Fix: fix, Err: short(err)}
	}
	// The library tries the usual sockets when the one that was named is not there.
	if named := os.Getenv("DOCKER_HOST"); named != "" && cli.DaemonHost() != named {
		return nil, &Unavailable{Reason: "no container engine answers at " + named + ", which DOCKER_HOST names", Fix: "correct DOCKER_HOST, or run without --fabric docker"}
	}
	e := &Engine{cli: cli}
	v, err := cli.ServerVersion(ctx, client.ServerVersionOptions{})
	if err != nil {
		return nil, &Unavailable{Reason: "no container engine answers", Fix: fix, Err: short(err)}
	}
	e.Version = v.Version
	if err := supported(v.Version, v.APIVersion, v.Os); err != nil {
		return nil, err
	}
	info, err := cli.Info(ctx, client.InfoOptions{})
	if err != nil {
		return nil, &Unavailable{Reason: "the container engine does not say what it can", Fix: fix, Err: short(err)}
	}
	for _, o := range info.Info.SecurityOptions {
		if strings.Contains(o, "name=userns") {
			return nil, &Unavailable{Reason: "the container engine maps users (userns-remap), so containers cannot get network interfaces",
				Fix: "switch userns-remap off, or run without --fabric docker"}
		}
	}
	return e, nil
}

// supported judges an engine by what it says of itself.
func supported(version, api, system string) error {
	var major, minor int
	if _, err := fmt.Sscanf(api, "%d.%d", &major, &minor); err != nil || major < 1 || major == 1 && minor < oldest {
		return &Unavailable{Reason: fmt.Sprintf("the container engine %s is too old: its API is %q", version, api),
			Fix: fmt.Sprintf("install Docker 19.03 or newer (API 1.%d; Debian's 20.10 is good)", oldest)}
	}
	if system != "linux" {
		return &Unavailable{Reason: "the container engine runs containers for " + system, Fix: "switch it to Linux containers"}
	}
	return nil
}

// short keeps the first line of an error that quotes pages.
func short(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("%s", strings.TrimSuffix(strings.TrimSpace(text), "."))
}
