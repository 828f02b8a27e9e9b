package config_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"demailbench/sim/config"
)

// town is a file format of the tests.
type town struct {
	Name   string        `yaml:"name"`
	Since  config.Time   `yaml:"since,omitempty"`
	Day    config.Day    `yaml:"day,omitempty"`
	Net    config.Prefix `yaml:"net,omitempty"`
	Port   uint16        `yaml:"port,omitempty"`
	Open   bool          `yaml:"open,omitempty"`
	Houses []house       `yaml:"houses,omitempty"`
	Hall   *house        `yaml:"hall,omitempty"`
}

type house struct {
	Address config.Addr `yaml:"address"`
	Rooms   []string    `yaml:"rooms,omitempty"`
}

func TestRead(t *testing.T) {
	data := "# a town\nname: Nordstadt\nsince: 2015-11-02T08:00:00+01:00\nnet: 10.1.0.0/24\nport: 25\nopen: true\n" +
		"houses:\n  - {address: 10.1.0.2, rooms: [a, \"7\"]}\n  - address: \"10.1.0.3\"\nhall:\n  address: 10.1.0.4\n"
	var got town
	source, err := config.Read(fstest.MapFS{"t.yaml": {Data: []byte(data)}}, "t.yaml", &got)
	if err != nil {
		t.Fatal(err)
	}
	text := []string{got.Name, got.Since.Format(time.RFC3339), got.Net.String(), got.Houses[0].Address.String(),
		got.Houses[0].Rooms[1], got.Houses[1].Address.String(), got.Hall.Address.String()}
	want := []string{"Nordstadt", "2015-11-02T08:00:00+01:00", "10.1.0.0/24", "10.1.0.2", "7", "10.1.0.3", "10.1.0.4"}
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	places := map[string]string{
		"houses[1].address": "t.yaml:9:14: houses[1].address: bad; mend",
		"houses[1]":         "t.yaml:9:5: houses[1]: bad; mend",
		"houses[0].rooms":   "t.yaml:8:32: houses[0].rooms: bad; mend",
		"hall.rooms[3]":     "t.yaml:11:3: hall.rooms[3]: bad; mend",
		"nothing":           "t.yaml:2:1: nothing: bad; mend",
	}
	for field, want := range places {
		if got := source.Fail(field, "", "bad", "mend").Error(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	cases := []struct{ name, data, want string }{
		{"empty", "", "t.yaml: the file is empty; fill it in; README.md beside it describes the format"},
		{"blank", " \n\n", "t.yaml: the file is empty; fill it in; README.md beside it describes the format"},
		{"comment", "# later\n", "t.yaml: the file holds only comments; fill it in; README.md beside it describes the format"},
		{"null", "null\n", "t.yaml: the file holds only comments; fill it in; README.md beside it describes the format"},
		{"list", "- a\n", "t.yaml:1:1: \"-\": the file must begin with a key and a value; known keys: name, since, day, net, port, open, houses, hall"},
		{"two documents", "name: a\n---\nname: b\n", "t.yaml:3:1: \"name\": a second YAML document begins; put each document in its own file"},
		{"UTF-16", "\xff\xfen\x00a\x00", "t.yaml:1:1: the file is in UTF-16; save it as UTF-8 without byte order mark"},
		{"UTF-16 big endian", "\xfe\xff\x00n", "t.yaml:1:1: the file is in UTF-16; save it as UTF-8 without byte order mark"},
		{"UTF-16 without mark", "n\x00a\x00", "t.yaml:1:2: control character 0x00; remove it; indent with blanks"},
		{"mark", "\ufeffname: a\n", "t.yaml:1:1: the file begins with a byte order mark; save it as UTF-8 without byte order mark"},
		{"Latin-1", "port: 25\nname: Mei\xdfen\n", "t.yaml:2:10: octet 0xDF is not UTF-8 (Latin-1 or Windows-1252?); save it as UTF-8 without byte order mark"},
		{"tab", "houses:\n\t- address: 10.1.0.2\n", "t.yaml:2:1: control character 0x09; remove it; indent with blanks"},
		{"long line", "name: " + strings.Repeat("x", 5000) + "\n", "t.yaml:1:4097: the line has 5006 octets, the limit is 4096; break it"},
		{"unknown key", "name: a\ncolour: red\n", "t.yaml:2:1: colour: \"colour\": unknown key; known keys: name, since, day, net, port, open, houses, hall"},
		{"misspelt key", "name: a\nhuoses: [x]\n", "t.yaml:2:1: huoses: \"huoses\": unknown key; did you mean houses? known keys: name, since, day, net, port, open, houses, hall"},
		{"German day", "name: a\nday: 02.11.2015\n", "t.yaml:2:6: day: \"02.11.2015\": is not a day; write it like 2015-11-02"},
		{"day", "name: a\nday: soon\n", "t.yaml:2:6: day: \"soon\": is not a day; write it like 2015-11-02"},
		{"unknown key deep", "name: a\nhouses: [{address: 10.1.0.2, roof: flat}]\n", "t.yaml:2:30: houses[0].roof: \"roof\": unknown key; known keys: address, rooms"},
		{"first of two unknown keys", "name: a\nhall: {address: 10.1.0.2, z: 1, a: 1}\nb: 2\n", "t.yaml:2:27: hall.z: \"z\": unknown key; known keys: address, rooms"},
		{"too many keys", strings.Repeat("a: {b: 1}\n", 11_000), "t.yaml:10001:2: \":\": the file has more than 20000 keys; split it"},
		{"key twice", "name: a\nname: b\n", "t.yaml:2:1: \"name\": the key was given in line 1 already; keep one"},
		{"missing", "port: 25\n", "t.yaml:1:1: name: is missing or empty; give it"},
		{"missing deep", "name: a\nhall: {rooms: [a]}\n", "t.yaml:2:7: hall.address: is missing or empty; give it"},
		{"null value", "name:\nport: 1\n", "t.yaml:1:6: name: is missing or empty; give it"},
		{"address", "name: a\nhall: {address: 10.1.0.256}\n", "t.yaml:2:17: hall.address: \"10.1.0.256\": is not an IPv4 address; write it like 10.1.0.53"},
		{"IPv6", "name: a\nhall: {address: \"::1\"}\n", "t.yaml:2:17: hall.address: \"::1\": is not an IPv4 address; write it like 10.1.0.53"},
		{"address list", "name: a\nhall: {address: [10.1.0.2]}\n", "t.yaml:2:17: hall.address: must be a text, not a sequence; write one value"},
		{"address mapping", "name: a\nhall: {address: {a: 1}}\n", "t.yaml:2:17: hall.address: must be a text, not a mapping; write one value"},
		{"prefix", "name: a\nnet: 10.1.0.0\n", "t.yaml:2:6: net: \"10.1.0.0\": is not an IPv4 network; write it like 10.1.0.0/24"},
		{"time", "name: a\nsince: 2015-11-02\n", "t.yaml:2:8: since: \"2015-11-02\": is not a time with its offset; write it like 2015-11-02T08:00:00+01:00"},
		{"wrong type", "name: a\nport: many\n", "t.yaml:2:7: port: \"many\": must be a number; README.md beside the file describes the format"},
		{"too large a number", "name: a\nport: 70000\n", "t.yaml:2:7: port: \"70000\": has the wrong form; README.md beside the file describes the format"},
		{"list for text", "name: [a]\n", "t.yaml:1:7: name: \"[\": must be a text (put it in quotes); README.md beside the file describes the format"},
		{"text for list", "name: a\nhouses: many\n", "t.yaml:2:9: houses: \"many\": must be a list; README.md beside the file describes the format"},
		{"anchor bomb", "name: &a [x, x]\nb: &b [*a, *a]\n", "t.yaml:1:7: \"&\": anchors, aliases and merge keys are not allowed; write the value out where it is needed"},
		{"merge key", "name: a\nhall:\n  <<: *x\n", "t.yaml:3:3: \"<<\": anchors, aliases and merge keys are not allowed; write the value out where it is needed"},
		{"tag", "name: !!binary aGFsbG8=\n", "t.yaml:1:7: \"!!binary\": tags and directives are not allowed; remove it"},
		{"brackets", strings.Repeat("[\n", 100_000), "t.yaml:33:1: \"[\": lists and mappings nest deeper than 32 levels; flatten it"},
		{"dashes", strings.Repeat("- ", 2_000), "t.yaml:1:65: \"-\": lists and mappings nest deeper than 32 levels; flatten it"},
		{"broken YAML", "name: a\nhouses: [\n", "t.yaml:2:9: \"[\": sequence end token ']' not found; README.md beside the file describes the format"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Read(fstest.MapFS{"t.yaml": {Data: []byte(c.data)}}, "t.yaml", &town{})
			var typed *config.Error
			if !errors.As(err, &typed) {
				t.Fatalf("error %v is not a *config.Error", err)
			}
			if diff := cmp.Diff(c.want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// endless is a file system whose only file has no end, as a device has.
type endless struct{ read int64 }

func (e *endless) Open(string) (fs.File, error)     { return e, nil }
func (e *endless) Stat() (fs.FileInfo, error)       { return nil, errors.New("no size") }
func (e *endless) Close() error                     { return nil }
func (e *endless) Read(p []byte) (n int, err error) { e.read += int64(len(p)); return len(p), nil }

func TestReadNeverMoreThanTheLimit(t *testing.T) {
	big := fstest.MapFS{"t.yaml": {Data: make([]byte, 100_000_000)}}
	_, err := config.Read(big, "t.yaml", &town{})
	want := "t.yaml: the file has 100000000 octets, the limit is 1 MiB (1048576 octets); split it, or name the right file"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	device := &endless{}
	_, err = config.Read(device, "t.yaml", &town{})
	want = "t.yaml: the file has more than 1 MiB, the limit is 1 MiB (1048576 octets); split it, or name the right file"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if device.read > 4*config.MaxSize {
		t.Errorf("%d octets were read of an endless file", device.read)
	}
}

func TestReadNames(t *testing.T) {
	set := fstest.MapFS{"dir/t.yaml": {Data: []byte("name: a\n")}}
	for name, want := range map[string]string{
		"none.yaml": "none.yaml: there is no such file; create it or correct the name where it is listed",
		"../t.yaml": "../t.yaml: is not a path inside the configuration; write it with forward slashes, without a leading slash and without ..",
	} {
		if _, err := config.Read(set, name, &town{}); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if _, err := config.Read(set, "dir", &town{}); err == nil || !strings.Contains(err.Error(), "name a file, not a folder") {
		t.Errorf("reading a folder: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"name: a\n", "name: a\nhouses:\n  - {address: 10.1.0.2}\n", "a: &b [*b]", "? [a]\n: b\n", "- - - -\n",
		"name: |\n  x\n", "name: \"\\x\"", "{name: a", "name: 'x", "\"\": 1", "a.b: 1", "'a''b': {c: 1}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := config.Decode("t.yaml", data, &town{})
		var typed *config.Error
		if err != nil && !errors.As(err, &typed) {
			t.Fatalf("error %v is not a *config.Error", err)
		}
		if err != nil && strings.ContainsAny(err.Error(), "\r\n") {
			t.Fatalf("error has several lines: %q", err)
		}
	})
}
