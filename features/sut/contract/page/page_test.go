package page_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"demailbench/features/sut/contract"
	"demailbench/features/sut/contract/page"
)

var update = flag.Bool("update", false, "write the pages in docs/ anew; read the difference before committing it")

// TestPages holds docs/ against the contract, file by file.
func TestPages(t *testing.T) {
	docs := filepath.Join("..", "docs")
	want := map[string]string{"README.md": page.Index()}
	for _, g := range contract.Groups() {
		want[g.Name+".md"] = page.Of(g)
	}
	for name, text := range want {
		file := filepath.Join(docs, name)
		if *update {
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		there, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v; run go test -update", err)
		}
		if diff := cmp.Diff(string(there), text); diff != "" {
			t.Errorf("docs/%s is not what the contract says; run go test -update: %s", name, diff)
		}
	}
	entries, err := os.ReadDir(docs)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if want[e.Name()] == "" {
			t.Errorf("docs/%s describes no group", e.Name())
		}
	}
}
