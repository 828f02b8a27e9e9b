package manifest

import (
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"demailbench/reports/folder"
)

// written lays out a run of two files with its manifest.
func written(t *testing.T) (dir string, read func(name string) string) {
	t.Helper()
	dir = t.TempDir()
	to := &folder.Folder{Dir: dir}
	for name, text := range map[string]string{"junit.xml": "<testsuites/>", "scenarios/a/timeline.ndjson": "{}\n"} {
		if err := to.Put(name, folder.Plain, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	o := Origin{Tool: "0.1.0", Run: "r", Seed: 7, Profile: "saxony", SUT: "reference", Vendor: "V", Product: "P", Version: "1"}
	if err := Write(to, os.DirFS(dir), o, map[string]int{"scenarios/a/sut.log": 2}); err != nil {
		t.Fatal(err)
	}
	return dir, func(name string) string {
		raw, err := os.ReadFile(dir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
}

func TestWriteAndVerify(t *testing.T) {
	dir, read := written(t)
	if diff, err := Verify(os.DirFS(dir)); err != nil || len(diff) > 0 {
		t.Fatalf("untouched: %v %v", diff, err)
	}
	for _, want := range []string{"tool: 0.1.0", "seed: 7", "profile: saxony", "product: P"} {
		if !strings.Contains(read(RunFile), want) {
			t.Errorf("run.yaml lacks %q:\n%s", want, read(RunFile))
		}
	}
	m, err := Read(os.DirFS(dir))
	if err != nil || m.Seed != 7 || m.Redacted["scenarios/a/sut.log"] != 2 || len(m.Files) != 3 {
		t.Errorf("read %+v, %v", m, err)
	}
}

func TestWhatDiffers(t *testing.T) {
	dir, _ := written(t)
	for name, text := range map[string]string{"junit.xml": "<testsuites />", "more.txt": ""} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(dir + "/scenarios/a/timeline.ndjson"); err != nil {
		t.Fatal(err)
	}
	diff, err := Verify(os.DirFS(dir))
	if all := strings.Join(diff, "\n"); err != nil || len(diff) != 3 || !strings.Contains(all, "junit.xml was changed") ||
		!strings.Contains(all, "more.txt was added") || !strings.Contains(all, "timeline.ndjson is missing") {
		t.Errorf("got %v %v", diff, err)
	}
}

func TestBrokenManifests(t *testing.T) {
	_, read := written(t)
	good := read(File)
	for in, want := range map[string]string{
		"":                 "cut off",
		good[:len(good)/2]: "cut off",
		good + "{}":        "more after its end",
		strings.Replace(good, `"seed"`, `"speed"`, 1):         "unknown field",
		strings.Replace(good, schema, "other/9", 1):           "use the version that wrote it",
		strings.Replace(good, `xml": "1`, `xml": "z`, 1):      "is not the SHA-256 of",
		`{"schema":"demailbench/manifest/1","other":"field"}`: "use the version that wrote it",
	} {
		if in != "" && in == good {
			t.Fatalf("%s: nothing was edited in\n%s", want, good)
		}
		if _, err := Parse([]byte(in)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := Verify(os.DirFS(t.TempDir())); err == nil {
		t.Error("a run without manifest verifies")
	}
}

func TestTree(t *testing.T) {
	one := fstest.MapFS{"a": {Data: []byte("x")}, "b/c": {Data: []byte("y")}}
	other := maps.Clone(one)
	other["b/c"] = &fstest.MapFile{Data: []byte("z")}
	moved := fstest.MapFS{"a": {Data: []byte("x")}, "b/d": {Data: []byte("y")}}
	sums := map[string]bool{}
	for _, f := range []fstest.MapFS{one, other, moved} {
		sum, err := Tree(f)
		if err != nil {
			t.Fatal(err)
		}
		sums[sum] = true
	}
	if len(sums) != 3 {
		t.Errorf("different folders have equal sums: %v", sums)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"schema":"demailbench/manifest/2","files":{"a":"b"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if m, err := Parse(raw); err == nil && m.Schema != schema {
			t.Errorf("read %+v", m)
		}
	})
}
