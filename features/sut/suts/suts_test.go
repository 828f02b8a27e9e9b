package suts_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/driver"
	"demailbench/features/sut/jsonschema"
	"demailbench/features/sut/protocol"
	"demailbench/features/sut/suts"
	"demailbench/fixtures"
	"demailbench/sim/clock"
	"demailbench/sim/config"
)

var update = flag.Bool("update", false, "write the expected errors of broken/sut-* anew; read the difference before committing it")

var worlds = suts.Options{Profiles: []string{"saxony", "small"}}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	set, err := jsonschema.Compile(map[string][]byte{"sut.schema.json": suts.Schema})
	if err != nil {
		t.Fatal(err)
	}
	s, err := set.Schema("sut.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks a YAML file against the published schema, as an editor would.
func validate(t *testing.T, file []byte) error {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(file, &v); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return schema(t).Check("", data)
}

func TestSchemaAgrees(t *testing.T) {
	if diff := schema(t).Differences(reflect.TypeFor[suts.SUT](), "yaml", reflect.TypeFor[config.Prefix]()); diff != nil {
		t.Error(strings.Join(diff, "\n"))
	}
}

// TestFixtures: every sut.yaml of the fixtures is right, by our reading and by the schema.
func TestFixtures(t *testing.T) {
	files, err := fs.Glob(fixtures.FS, "suts/*/sut.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		if _, err := suts.Load(fixtures.FS, file, worlds); err != nil {
			t.Error(err)
		}
		data, err := fs.ReadFile(fixtures.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, data); err != nil {
			t.Errorf("%s against the schema: %v", file, err)
		}
	}
}

// TestBroken runs the table of broken files: the exact text of the first mistake.
func TestBroken(t *testing.T) {
	files, err := fs.Glob(fixtures.FS, "broken/sut-*.yaml")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := fs.ReadFile(fixtures.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			_, err = suts.Parse("sut.yaml", data, worlds)
			var e *config.Error
			if !errors.As(err, &e) {
				t.Fatalf("%v, want a *config.Error", err)
			}
			expected := "broken/" + name + ".txt"
			if *update {
				if err := os.WriteFile(filepath.Join("..", "..", "..", "fixtures", filepath.FromSlash(expected)), []byte(err.Error()+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, readErr := fs.ReadFile(fixtures.FS, expected)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if diff := cmp.Diff(string(want), err.Error()+"\n"); diff != "" {
				t.Error(diff)
			}
			if e.Fix == "" || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("does not say what to do, or shows a secret: %v", err)
			}
		})
	}
}

const whole = `format: "1"
identity: {vendor: Acme, product: Acme Gateway, version: "4.2"}
profile: saxony
endpoints: {tenants: "127.0.0.1:2525"}
capabilities:
  - {name: card.insert, supported: "yes"}
  - {name: backup.create, supported: "no", reason: a snapshot of the machine}
  - {name: ipsec, supported: "yes"}
driver: {level: L1, env: [A=1], hooks: [{operation: reset, command: [/bin/sh, -c, "test \"$A$B$ACME\" = 12s3cret && cat >/dev/null"]}, {operation: mapping.list, command: [/bin/sh, -c, "cat >/dev/null; exit 89"]}]}
limits: {deadline: 20s, ready: 3s, drain: 1s, max_parallel: 2}
secrets: [{name: ACME, from: env:TOKEN}, {name: PIN, from: file:secrets/pin.txt}]
`

func TestSupports(t *testing.T) {
	s, err := suts.Parse("sut.yaml", []byte(whole), worlds)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"mapping.put": true, "card.insert": true, "card.pin": false, "backup.create": false, "ipsec": true, "several-instances": false, "no.such": false} {
		if got, _ := s.Supports(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if _, reason := s.Supports("backup.create"); reason != "a snapshot of the machine" {
		t.Errorf("reason %q", reason)
	}
	want := []string{"card.insert is stated as supported, but the driver does not declare it", "backup.create is stated as not supported, but the driver declares it"}
	if diff := cmp.Diff(want, s.Contradictions([]string{"reset", "backup.create"})); diff != "" {
		t.Error(diff)
	}
	if s.Level() != "L1" {
		t.Error(s.Level())
	}
}

func TestResolve(t *testing.T) {
	s, err := suts.Parse("sut.yaml", []byte(whole), worlds)
	if err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) { return "s3cret", name == "TOKEN" }
	read := func(file string) ([]byte, error) {
		if file != "secrets/pin.txt" {
			return nil, fs.ErrNotExist
		}
		return []byte("1234\n"), nil
	}
	variables, values, err := s.Resolve(env, read)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{{"ACME=s3cret", "PIN=1234"}, {"s3cret", "1234"}}, [][]string{variables, values}); diff != "" {
		t.Error(diff)
	}
	_, _, err = s.Resolve(func(string) (string, bool) { return "", false }, read)
	if err == nil || err.Error() != "secret ACME: the variable TOKEN is not set; set it, or change secrets in sut.yaml" {
		t.Error(err)
	}
	_, _, err = s.Resolve(env, func(string) ([]byte, error) { return nil, fs.ErrNotExist })
	if err == nil || err.Error() != "secret PIN: file does not exist; create the file, or change secrets in sut.yaml" {
		t.Error(err)
	}
	_, _, err = s.Resolve(env, func(string) ([]byte, error) { return []byte("\n"), nil })
	if err == nil || err.Error() != "secret PIN: file:secrets/pin.txt is empty; fill it in" {
		t.Error(err)
	}
}

// TestOpen drives by the hooks of a file, with its variables and secrets.
func TestOpen(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("needs /bin/sh")
	}
	s, err := suts.Parse("sut.yaml", []byte(whole), worlds)
	if err != nil {
		t.Fatal(err)
	}
	o := s.Options(driver.Options{Clock: clock.Real()})
	if o.Deadline != 20*time.Second || o.Ready != 3*time.Second || o.Drain != time.Second || o.MaxParallel != 2 {
		t.Errorf("%+v", o)
	}
	var log bytes.Buffer
	d, err := s.Open(context.Background(), t.TempDir(), []string{"B=2", "ACME=s3cret"}, []string{"s3cret"}, driver.Options{Clock: clock.Real(), Transcript: &log})
	if err != nil {
		t.Fatal(err)
	}
	if out, err := driver.Call(context.Background(), d, contract.Bench, contract.Reset{}, nil); err != nil || out.Status != protocol.Done {
		t.Errorf("%+v %v", out, err)
	}
	if out, err := driver.Call(context.Background(), d, contract.Bench, contract.MappingList{Tenant: "annaberg"}, nil); err != nil || out.Status != protocol.Unsupported {
		t.Errorf("%+v %v", out, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	none, err := (&suts.SUT{}).Open(context.Background(), "", nil, nil, driver.Options{Clock: clock.Real()})
	if none != nil || err != nil {
		t.Errorf("L0: %v %v", none, err)
	}
	l2 := &suts.SUT{Driver: &suts.Driver{Level: "L2", Command: []string{"/no/such/driver"}}}
	if d, err := l2.Open(context.Background(), "", nil, nil, driver.Options{Clock: clock.Real()}); d != nil || err == nil {
		t.Errorf("L2: %v %v", d, err)
	}
}

// FuzzParse: whatever is in a sut.yaml, it is right or the error has one line.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	files, err := fs.Glob(fixtures.FS, "broken/sut-*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(fixtures.FS, file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := suts.Parse("sut.yaml", data, worlds)
		var e *config.Error
		switch {
		case err == nil:
			s.Options(driver.Options{})
			s.Contradictions(nil)
		case !errors.As(err, &e):
			t.Fatalf("%v is not a *config.Error", err)
		case strings.ContainsAny(err.Error(), "\r\n"):
			t.Fatalf("the error has several lines: %q", err)
		}
	})
}
