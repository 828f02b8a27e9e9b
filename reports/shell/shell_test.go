package shell

import (
	"slices"
	"testing"
)

func TestJoin(t *testing.T) {
	for want, words := range map[string][]string{
		"demailbench run transport/inbound --seed 1":        {"demailbench", "run", "transport/inbound", "--seed", "1"},
		"--sut '/home/a b/sut.yaml'":                        {"--sut", "/home/a b/sut.yaml"},
		`'it'\''s' ''`:                                      {"it's", ""},
		"--tags 'not @S0-053'":                              {"--tags", "not @S0-053"},
		"'$(rm -rf x)' '`x`' '*' '~' 'a;b' 'ä' 'new\nline'": {"$(rm -rf x)", "`x`", "*", "~", "a;b", "ä", "new\nline"},
	} {
		if got := Join(words...); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got, err := Split(want); err != nil || !slices.Equal(got, words) {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
	for _, bad := range []string{"'a", `a\`} {
		if _, err := Split(bad); err == nil {
			t.Errorf("%s is a command", bad)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("a 'b c' d")
	f.Fuzz(func(t *testing.T, line string) {
		words, err := Split(line)
		if err != nil {
			return
		}
		if again, err := Split(Join(words...)); err != nil || !slices.Equal(again, words) {
			t.Errorf("%q: %q, then %q, %v", line, words, again, err)
		}
	})
}
