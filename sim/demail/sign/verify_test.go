package sign_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestVerifyRecipe runs the script of VERIFY.md over all vectors, so that what users are told works and agrees
// with this package.
func TestVerifyRecipe(t *testing.T) {
	for _, tool := range []string{"sh", "awk", "sed", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("needs %s to run the recipe of VERIFY.md", tool)
		}
	}
	page, err := os.ReadFile("VERIFY.md")
	if err != nil {
		t.Fatal(err)
	}
	_, script, _ := strings.Cut(string(page), "```sh\n")
	script, _, _ = strings.Cut(script, "```")
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	sh := write("verify.sh", script)
	roots, err := filepath.Abs(vectors + "roots.pem")
	if err != nil {
		t.Fatal(err)
	}
	cases, _ := load(t)
	for _, v := range append(cases, hashed(t)...) {
		if !slices.Contains(recipe, v.Name) {
			continue
		}
		out, err := exec.Command("sh", sh, write("message", v.Header+v.Body), roots).CombinedOutput()
		if (err == nil) != v.Valid {
			t.Errorf("%s (%s): %v: %s", v.Name, v.Why, err, out)
		}
	}
}

// recipe are the vectors that the script is tried on: it looks at the message's own date, proves what is there,
// and openssl is more patient with keys.
var recipe = []string{"rsa", "rsa-sha512", "pss", "pss-salt-20", "ecdsa", "ecdsa-p384", "folded-with-tabs", "tampered-pss", "certificate-of-another-key", "untrusted",
	"plain", "private-id", "second-subject-below", "empty-lines-at-the-end", "sha512", "tampered-subject", "tampered-body"}

// hashed are the vectors of messages that are hashed only and whose proof is more than syntax.
func hashed(t *testing.T) []vector {
	t.Helper()
	var out []vector
	for _, name := range []string{"plain", "private-id", "plain-at-the-bottom", "second-subject-below", "empty-lines-at-the-end", "sha512", "no-reply-to", "tampered-subject", "tampered-body"} {
		octets, err := os.ReadFile(vectors + "../integrity/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(octets, &v); err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}
