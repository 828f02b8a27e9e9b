package suts_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/suts"
)

func TestInit(t *testing.T) {
	cases := []struct{ name, answers string }{
		{"defaults", strings.Repeat("\n", 20)},
		{"driver and tenant", "Beispiel \"Gruppe\" AG\nGW: 7\n2\nsmall\n127.0.0.1:25\nnone\nL2\n/opt/my driver/run 'a b' --x\n" + "\"/opt/my driver/run\" 'a b' --x\n8\npirna\n\n\n\n\nipsec\n"},
		{"hooks", "\n\n\n\n\n\nL1\n./reset.sh --all\n2\n\n"},
		{"by hand", "\n\n\n\n\n\nL0\n\n"},
		{"mistakes", "\n\n\nsaxoni\nsaxony\n0.0.0.0:25\nmail\n127.0.0.1:25\nx\n127.0.0.1:26\nL9\nL2\n'\nrun\n99\n1\nA B\nannaberg\n10.0.0.0\n10.0.0.0/8\nBig.example\n\nx\n\n@\n\ntls\n\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			file, err := suts.Init(strings.NewReader(c.answers), &out, worlds)
			if err != nil {
				t.Fatalf("%v\n%s", err, out.String())
			}
			if _, err := suts.Parse("sut.yaml", file, worlds); err != nil {
				t.Errorf("%v\n%s", err, file)
			}
			if err := validate(t, file); err != nil {
				t.Errorf("against the schema: %v\n%s", err, file)
			}
			golden(t, strings.ReplaceAll(c.name, " ", "-"), out.String()+"\n---\n"+string(file))
		})
	}
}

// golden compares a dialog and the file that it made with testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "init-"+name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Error(diff)
	}
}

func TestInitRefuses(t *testing.T) {
	if _, err := suts.Init(strings.NewReader("Acme\n"), &bytes.Buffer{}, worlds); !errors.Is(err, suts.ErrNoAnswer) {
		t.Error(err)
	}
	_, err := suts.Init(strings.NewReader("\n\n\n"+strings.Repeat("moon\n", 9)), &bytes.Buffer{}, worlds)
	if err == nil || err.Error() != `"In which world (saxony, small)" was not answered in 5 tries; nothing was written` {
		t.Error(err)
	}
	_, err = suts.Init(strings.NewReader(strings.Repeat("\n", 9)+"annaberg\n\nx.example\nx.example\n\n\n\n"), &bytes.Buffer{}, worlds)
	if err == nil || !strings.HasPrefix(err.Error(), "the answers do not fit together: sut.yaml:") {
		t.Error(err)
	}
}

// FuzzInit: whatever is answered, there is a right file or an error.
func FuzzInit(f *testing.F) {
	for _, seed := range []string{strings.Repeat("\n", 20), "a\nb\nc\nsmall\n", "\"\n'\n\\\n\n\n\nL2\n\"a\\\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, answers string) {
		file, err := suts.Init(strings.NewReader(answers+strings.Repeat("\n", 20)), &bytes.Buffer{}, worlds)
		if err == nil {
			if _, err := suts.Parse("sut.yaml", file, worlds); err != nil {
				t.Fatalf("%v\n%s", err, file)
			}
		}
	})
}
