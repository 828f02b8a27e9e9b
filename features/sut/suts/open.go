package suts

import (
	"context"
	"fmt"
	"strings"

	"demailbench/features/sut/driver"
)

// Resolve fetches the secrets, as variables "NAME=value" and as plain values. env looks a variable up, read reads a file
// by the path in sut.yaml. The error names the secret and where it should be, never its value.
func (s *SUT) Resolve(env func(name string) (string, bool), read func(path string) ([]byte, error)) (variables, values []string, err error) {
	for _, one := range s.Secrets {
		kind, rest, _ := strings.Cut(one.From, ":")
		var value string
		if kind == "env" {
			var ok bool
			if value, ok = env(rest); !ok {
				return nil, nil, fmt.Errorf("secret %s: the variable %s is not set; set it, or change secrets in sut.yaml", one.Name, rest)
			}
		} else {
			data, err := read(rest)
			if err != nil {
				return nil, nil, fmt.Errorf("secret %s: %w; create the file, or change secrets in sut.yaml", one.Name, err)
			}
			value = strings.TrimRight(string(data), "\r\n")
		}
		if value == "" {
			return nil, nil, fmt.Errorf("secret %s: %s is empty; fill it in", one.Name, one.From)
		}
		variables, values = append(variables, one.Name+"="+value), append(values, value)
	}
	return variables, values, nil
}

// Options are the driver's options that sut.yaml sets, on top of o.
func (s *SUT) Options(o driver.Options) driver.Options {
	l := s.Limits
	if l == nil {
		return o
	}
	if l.MaxParallel > 0 {
		o.MaxParallel = l.MaxParallel
	}
	if d := duration(l.Deadline); d > 0 {
		o.Deadline = d
	}
	if d := duration(l.Ready); d > 0 {
		o.Ready = d
	}
	if d := duration(l.Drain); d > 0 {
		o.Drain = d
	}
	return o
}

// Open starts the driver, in the folder dir of sut.yaml, with env on top of its own variables: addresses of the world and
// what Resolve returned, whose values secrets lists. A gateway without a driver (L0) has none: nil.
func (s *SUT) Open(ctx context.Context, dir string, env, secrets []string, o driver.Options) (driver.Driver, error) {
	if s.Driver == nil {
		return nil, nil
	}
	command := func(args []string) driver.Command {
		return driver.Command{Args: args, Dir: dir, Env: append(append([]string{}, s.Driver.Env...), env...), Secrets: secrets}
	}
	o = s.Options(o)
	if s.Driver.Level == "L2" {
		d, err := driver.Start(ctx, command(s.Driver.Command), o)
		if err != nil {
			return nil, err // not d, which would be a driver that is nil
		}
		return d, nil
	}
	hooks := map[string]driver.Command{}
	for _, h := range s.Driver.Hooks {
		hooks[h.Operation] = command(h.Command)
	}
	return driver.NewHooks(hooks, o), nil
}
