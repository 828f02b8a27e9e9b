//go:build linux

package engine

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
)

func TestSupported(t *testing.T) {
	tests := []struct{ version, api, system, want string }{
		{"20.10.24", "1.41", "linux", ""},
		{"28.2.2", "1.50", "linux", ""},
		{"18.09.1", "1.39", "linux", `the container engine 18.09.1 is too old: its API is "1.39": install Docker 19.03 or newer (API 1.40; Debian's 20.10 is good)`},
		{"?", "", "linux", `the container engine ? is too old: its API is "": install Docker 19.03 or newer (API 1.40; Debian's 20.10 is good)`},
		{"28.2.2", "1.50", "windows", "the container engine runs containers for windows: switch it to Linux containers"},
	}
	for _, test := range tests {
		got := ""
		if err := supported(test.version, test.api, test.system); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %s", test.version, got)
		}
	}
}

// TestExplain reads what Docker 20.10 says when something is missing.
func TestExplain(t *testing.T) {
	tests := map[string]string{
		`error gathering device information while adding custom device "/dev/net/tun": no such file or directory`: "has no TUN device",
		"write /var/lib/docker/tmp/x: no space left on device":                                                    "disk is full",
		"Error: No such image: vendor/gateway:1":                                                                  `there is no image "vendor/gateway:1" here`,
		"standard_init_linux.go:228: exec user process caused: exec format error":                                 "another kind of machine",
		`OCI runtime create failed: exec: "/bin/gw": stat /bin/gw: no such file or directory: unknown`:            "no program as its command says",
	}
	for said, want := range tests {
		err := (&Spec{Image: "vendor/gateway:1"}).explain(errors.New(said))
		var u *Unavailable
		if !errors.As(err, &u) || !strings.Contains(err.Error(), want) || u.Fix == "" {
			t.Errorf("%s: %v", said, err)
		}
	}
}

// TestLiving: a world lives by its fabric.
func TestLiving(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	c := func(world, role string, state container.ContainerState, age time.Duration) container.Summary {
		return container.Summary{Labels: map[string]string{Label: world, Label + ".role": role}, State: state, Created: now.Add(-age).Unix()}
	}
	got := living([]container.Summary{
		c("runs", RoleFabric, container.StateRunning, time.Hour), c("runs", RoleNode, container.StateRunning, time.Hour),
		c("begins", RoleFabric, container.StateCreated, time.Second), c("stuck", RoleFabric, container.StateCreated, time.Minute),
		c("dead", RoleGuest, container.StateRunning, time.Hour), c("ended", RoleFabric, container.StateExited, time.Second),
	}, now)
	if diff := cmp.Diff(map[string]bool{"runs": true, "begins": true}, got); diff != "" {
		t.Error(diff)
	}
}
