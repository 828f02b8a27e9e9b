package main

import "testing"

func TestRehearse(t *testing.T) {
	const dir = "../../fixtures/rehearsals/"
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"rehearse", "--template"}, 0},
		{[]string{"rehearse", "--check", dir + "example.yaml"}, 0},
		{[]string{"rehearse", "--check", dir + "broken/many.yaml", "--lang", "de"}, 1},
		{[]string{"rehearse", "--check", dir + "example.yaml", "--today", "2015-12-15"}, 1},
		{[]string{"rehearse", "--check", dir + "README.md"}, 64},
		{[]string{"rehearse", "--check", dir + "none.yaml"}, 64},
		{[]string{"rehearse", "--check", dir + "example.yaml", "--today", "today"}, 64},
		{[]string{"rehearse"}, 64},
	} {
		if got := execute(c.args); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.args, got, c.want)
		}
	}
}
