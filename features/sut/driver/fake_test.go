//go:build unix

package driver_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"

	"demailbench/features/sut/driver"
	"demailbench/features/sut/protocol"
)

// fakeVariable makes the test binary be a driver or hook with one fault.
const fakeVariable = "FAKE"

func TestMain(m *testing.M) {
	if name := os.Getenv(fakeVariable); name != "" {
		if fake, ok := fakes[name]; ok {
			fake(os.Stdin, os.Stdout)
		} else {
			os.Exit(hook(name))
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// command starts the test binary as the fake with a name. The race detector would let it wait a second at its end.
func command(name string) driver.Command {
	return driver.Command{Args: []string{os.Args[0]}, Env: []string{fakeVariable + "=" + name, "GORACE=atexit_sleep_ms=0"}}
}

// say writes a line as it is.
func say(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

const goodHello = `{"type":"hello","protocol":"1","version":"fake 1","capabilities":["reset","mapping.list","session.open"],"max_parallel":2}`

// answers reads operations and answers them by f until the input ends.
func answers(in io.Reader, out io.Writer, f func(op *protocol.Op) string) {
	lines := protocol.NewLines(in, 0)
	for {
		line, err := lines.Next()
		if err != nil {
			return
		}
		m, err := protocol.Decode(line)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(9)
		}
		if text := f(m.(*protocol.Op)); text != "" {
			say(out, "%s", text)
		}
	}
}

// done is the right answer to an operation of goodHello.
func done(op *protocol.Op) string {
	switch op.Name {
	case "reset":
		return fmt.Sprintf(`{"type":"result","id":%q,"status":"done"}`, op.ID)
	case "mapping.list":
		return fmt.Sprintf(`{"type":"result","id":%q,"status":"done","data":{"rows":[{"mail":"a@b.example","demail":"a@b.de-mail.de"}]},"evidence":[{"name":"response","text":"200"}]}`, op.ID)
	case "session.open":
		return fmt.Sprintf(`{"type":"result","id":%q,"status":"refused","refusal":{"rule":"S0-019","reason":"wrong password","who_fixes":"tenant"}}`, op.ID)
	}
	return fmt.Sprintf(`{"type":"result","id":%q,"status":"unsupported"}`, op.ID)
}

// hang reads nothing and never ends; a signal handler keeps SIGTERM away when deaf.
func hang(deaf bool) {
	if deaf {
		signal.Ignore(syscall.SIGTERM)
	}
	r, _, err := os.Pipe()
	if err != nil {
		os.Exit(9)
	}
	_, _ = r.Read(make([]byte, 1))
}

// leave starts a process that outlives this one; it leaves the group if apart, and is the fake "sleeper".
func leave(apart bool) {
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), fakeVariable+"=sleeper")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: apart}
	if err := c.Start(); err != nil {
		os.Exit(9)
	}
}

// fakes are drivers, each with one fault.
var fakes = map[string]func(in io.Reader, out io.Writer){
	"good": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, done)
	},
	"sleeper":  func(io.Reader, io.Writer) { hang(true) },
	"no hello": func(io.Reader, io.Writer) { hang(false) },
	"banner":   func(in io.Reader, out io.Writer) { say(out, "Acme driver starting ..."); hang(false) },
	"old": func(in io.Reader, out io.Writer) {
		say(out, `{"type":"hello","protocol":"0","version":"x","capabilities":[],"max_parallel":1}`)
		hang(false)
	},
	"impolite":  func(in io.Reader, out io.Writer) { say(out, `{"type":"event","text":"here I am"}`); hang(false) },
	"stillborn": func(io.Reader, io.Writer) { fmt.Fprintln(os.Stderr, "cannot find libacme.so"); os.Exit(127) },
	"hangs": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(*protocol.Op) string { return "" })
	},
	"reads not": func(in io.Reader, out io.Writer) { say(out, goodHello); hang(true) },
	"long line": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		fmt.Fprint(out, strings.Repeat("x", 300_000))
		hang(false)
	},
	"chatters": func(in io.Reader, out io.Writer) { say(out, goodHello); endless(out) },
	"garbage": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(*protocol.Op) string { return "DEBUG got an op" })
	},
	"half": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(*protocol.Op) string { fmt.Fprint(out, `{"type":"res`); os.Exit(0); return "" })
	},
	"two hellos": func(in io.Reader, out io.Writer) { say(out, goodHello); say(out, goodHello); hang(false) },
	"twice": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string { return done(op) + "\n" + done(op) })
	},
	"stranger": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string { op.ID = "4711"; return done(op) })
	},
	"dies": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(*protocol.Op) string { fmt.Fprintln(os.Stderr, "panic: nil"); os.Exit(2); return "" })
	},
	"falls": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(*protocol.Op) string { _ = syscall.Kill(os.Getpid(), syscall.SIGKILL); return "" })
	},
	"shuts up": func(in io.Reader, out io.Writer) { say(out, goodHello); os.Stdout.Close(); hang(false) },
	"stays":    func(in io.Reader, out io.Writer) { say(out, goodHello); answers(in, out, done); hang(true) },
	"children": func(in io.Reader, out io.Writer) { say(out, goodHello); leave(false); answers(in, out, done) },
	"far":      func(in io.Reader, out io.Writer) { say(out, goodHello); leave(true); answers(in, out, done) },
	"dies child": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		leave(true)
		answers(in, out, func(*protocol.Op) string { os.Exit(3); return "" })
	},
	"wrong data": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string {
			return fmt.Sprintf(`{"type":"result","id":%q,"status":"done","data":{"rows":[{"mail":1}]}}`, op.ID)
		})
	},
	"bare no": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string {
			return fmt.Sprintf(`{"type":"result","id":%q,"status":"refused"}`, op.ID)
		})
	},
	"fails": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		fmt.Fprintln(os.Stderr, "connecting\nconnect: connection refused")
		answers(in, out, func(op *protocol.Op) string {
			return fmt.Sprintf(`{"type":"result","id":%q,"status":"failed","reason":"cannot reach 127.0.0.1:8443"}`, op.ID)
		})
	},
	"claims": func(in io.Reader, out io.Writer) { // knows everything
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string { return fmt.Sprintf(`{"type":"result","id":%q,"status":"done"}`, op.ID) })
	},
	"boasts": func(in io.Reader, out io.Writer) { // declares what it does not do
		say(out, strings.Replace(goodHello, `"reset"`, `"reset","mapping.put","fly.away"`, 1))
		answers(in, out, done)
	},
	"resets once": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		resets := 0
		answers(in, out, func(op *protocol.Op) string {
			if op.Name == "reset" {
				if resets++; resets > 1 {
					return fmt.Sprintf(`{"type":"result","id":%q,"status":"failed","reason":"table is gone already"}`, op.ID)
				}
			}
			return done(op)
		})
	},
	"slow op": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string {
			if op.Name == "mapping.list" {
				return ""
			}
			return done(op)
		})
	},
	"events": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string {
			return fmt.Sprintf(`{"type":"event","id":%q,"text":"working"}`, op.ID) + "\n" + done(op)
		})
	},
	"talks": func(in io.Reader, out io.Writer) {
		say(out, goodHello)
		answers(in, out, func(op *protocol.Op) string { fmt.Fprintf(os.Stderr, "got %s\n", op.Args); return done(op) })
	},
	"backward": backward,
}

// backward takes two operations and answers the second first.
func backward(in io.Reader, out io.Writer) {
	say(out, goodHello)
	var first string
	answers(in, out, func(op *protocol.Op) string {
		if first == "" {
			first = done(op)
			return ""
		}
		return done(op) + "\n" + first
	})
}

func endless(out io.Writer) {
	w := bufio.NewWriter(out)
	for {
		if _, err := fmt.Fprintln(w, `{"type":"event","text":"still here"}`); err != nil {
			os.Exit(0)
		}
	}
}

// hook is one command per operation, with one fault. It returns its exit code.
func hook(name string) int {
	switch name {
	case "hook deaf": // ends without reading
		return 0
	case "hook hangs":
		hang(true)
	}
	var op protocol.Op
	line, err := io.ReadAll(os.Stdin)
	if err != nil || json.Unmarshal(line, &op) != nil {
		return 9
	}
	switch name {
	case "hook done":
		say(os.Stdout, `{"rows":[]}`)
	case "hook empty":
	case "hook refuses":
		say(os.Stdout, `{"rule":"D12","reason":"ambiguous","who_fixes":"tenant"}`)
		return 1
	case "hook refuses bare":
		return 1
	case "hook unsupported":
		say(os.Stdout, "not in this product")
		return 89
	case "hook fails":
		fmt.Fprintln(os.Stderr, "connection refused")
		return 7
	case "hook garbage":
		say(os.Stdout, "OK")
	case "hook floods":
		endless(os.Stdout)
	case "hook leaves":
		leave(false)
	case "hook leaves far":
		leave(true)
	case "hook wrong":
		say(os.Stdout, `{"rows":"none"}`)
	case "hook falls":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	return 0
}
