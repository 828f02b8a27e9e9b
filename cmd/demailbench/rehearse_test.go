package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		{[]string{"rehearse", "--process", "enrolment", "--lang", "de"}, 0},
		{[]string{"rehearse", "--process", "party"}, 64},
	} {
		if got := execute(c.args); got != c.want {
			t.Errorf("%v: exit code %d, want %d", c.args, got, c.want)
		}
	}
}

// TestRehearseOwnData takes forms of different towns into worlds of their own and runs them there.
func TestRehearseOwnData(t *testing.T) {
	form, err := os.ReadFile("../../fixtures/rehearsals/example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, town := range []struct {
		name    string
		changes []string
		table   string
		want    []string
	}{
		{"municipality in KDN with TLS", nil, "mail;demail\npoststelle@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\nstandesamt@neustadt.example;standesamt@neustadt-sachsen.de-mail.de\n",
			[]string{"enrolment", "a-clerk-s-de-mail", "reaches-the-mailbox", "catchall", "cannot-send", "in-clear", "a-neighbour", "its-line-fails"}},
		{"receive only over IPSEC, any network, server of a computing centre", []string{"id: neustadt", "id: neu-stadt", "  transport: starttls\n", "  transport: ipsec\n",
			"line_in_service: false", "line_in_service: true", "seen_as: 10.2.40.25", "seen_as: 100.80.7.1", "lan: 192.168.30.0/24", "lan: 192.168.0.0/16",
			"hostname: mail.neustadt.example", "hostname: mx1.rechenzentrum.example", "    direction: both", "    direction: receive-only", "mail: technik@kdn-gmbh.de", "mail: it@neustadt.example"},
			"mail;demail\na@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\nB@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\n",
			[]string{"reaches-its-2-mailboxes", "receive-only-domain"}},
		{"state authority that only sends", []string{"network: kdn", "network: svn", "key: \"14628260\"\n", "", "    direction: both", "    direction: send-only", "administration: tenant", "administration: sid"},
			"mail;demail\na@neustadt.example;poststelle@neustadt-sachsen.de-mail.de\n", []string{"a-clerk-s-de-mail", "send-only-domain"}},
	} {
		t.Run(town.name, func(t *testing.T) {
			dir := t.TempDir()
			text := strings.NewReplacer(town.changes...).Replace(string(form))
			for name, data := range map[string]string{"town.yaml": text, "example.csv": town.table} {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			out := filepath.Join(dir, "out")
			if code := execute([]string{"rehearse", filepath.Join(dir, "town.yaml"), "--out", out, "--lang", "de"}); code != 0 {
				t.Fatalf("exit code %d", code)
			}
			s := readSummary(t, filepath.Join(out, "run"))
			for _, want := range town.want {
				found := false
				for _, sc := range s.Scenarios {
					found = found || strings.Contains(sc.ID, want)
				}
				if !found {
					t.Errorf("no scenario %s among %d", want, len(s.Scenarios))
				}
			}
		})
	}
}
