package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"demailbench/features/check"
)

const (
	one   = "transport/inbound/it-is-delivered-unchanged/annaberg"
	other = "transport/inbound/it-is-delivered-unchanged/pirna"
)

// TestVendorAndCustomer goes the way of a package: the vendor makes a key, runs and packs; the customer, who has the
// file and the public key only, verifies it.
func TestVendorAndCustomer(t *testing.T) {
	dir := t.TempDir()
	key, pack := filepath.Join(dir, "vendor key"), filepath.Join(dir, "out.zip")
	expect := func(code int, args ...string) {
		t.Helper()
		if got := execute(args); got != code {
			t.Errorf("%s: exit code %d, want %d", strings.Join(args, " "), got, code)
		}
	}
	expect(0, "key", "new", key)
	expect(64, "key", "new", key)
	expect(0, "key", "show", key+".pub")
	expect(64, "run", one, "--package", pack, "--out", filepath.Join(dir, "a"))                                   // no key
	expect(64, "run", one, "--package", pack, "--key", key, "--out", filepath.Join(dir, "a"))                     // required scenarios left out
	expect(64, "run", one, "--package", pack, "--partial", "--key", key+".pub", "--out", filepath.Join(dir, "a")) // the wrong half
	expect(0, "run", one, "--package", pack, "--partial", "--key", key, "--lang", "de", "--out", filepath.Join(dir, "b"))
	expect(64, "run", one, "--package", pack, "--partial", "--key", key, "--out", filepath.Join(dir, "c")) // never replaced

	expect(0, "verify", pack)
	expect(0, "verify", "--rejudge", "--key", key+".pub", pack)
	expect(0, "key", "new", key+"2")
	expect(check.ExitInconclusive, "verify", "--key", key+"2.pub", pack)
	expect(64, "verify", "--key", key, pack)
	expect(64, "verify", pack+".none")
	raw, err := os.ReadFile(pack)
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/3] ^= 4
	if err := os.WriteFile(pack, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	expect(check.ExitInconclusive, "verify", pack)
	expect(check.ExitInconclusive, "verify", "--rejudge", key)
}

// TestCheckCommand looks at the wiring of the reference gateway, and of one whose driver is away.
func TestCheckCommand(t *testing.T) {
	dir := t.TempDir()
	if code := execute([]string{"check", "--lang", "de", "--out", filepath.Join(dir, "a")}); code != 0 {
		t.Errorf("the reference gateway: exit code %d", code)
	}
	file := filepath.Join(dir, "sut.yaml")
	text := "format: \"1\"\nidentity: {vendor: v, product: p, version: \"1\"}\nprofile: saxony\nendpoints: {tenants: place, provider: place}\n" +
		"driver: {level: L2, command: [/nonexistent/driver]}\n"
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if code := execute([]string{"check", "--json", "--sut", file, "--out", filepath.Join(dir, "b")}); code != check.ExitPreflight {
		t.Errorf("without a driver: exit code %d", code)
	}
	if code := execute([]string{"run", one, "--sut", file, "--out", filepath.Join(dir, "c")}); code != check.ExitPreflight {
		t.Errorf("a run without a driver: exit code %d", code)
	}
	if s := readSummary(t, filepath.Join(dir, "c")); s.Counts[check.NotRun] != 1 || !strings.Contains(s.Preflight, "Driver") {
		t.Errorf("the run says %q, %v", s.Preflight, s.Counts)
	}
}

// TestShardsAndBaseline runs two parts and merges them, with a baseline that is out of date.
func TestShardsAndBaseline(t *testing.T) {
	dir := t.TempDir()
	base := filepath.Join(dir, "baseline.yaml")
	if err := os.WriteFile(base, []byte("format: \"1\"\nexpected:\n  - {id: "+other+", check: delivered, reason: ticket 17, expires: \"2999-12-31\"}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	a, b, all := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "all")
	for _, tt := range []struct {
		code int
		args []string
	}{
		{0, []string{"run", one, other, "--shard", "1/2", "--baseline", base, "--out", a}},
		{check.ExitStale, []string{"run", one, other, "--shard", "2/2", "--baseline", base, "--out", b}},
		{64, []string{"run", one, "--shard", "2/2", "--out", filepath.Join(dir, "x")}},
		{64, []string{"report", "merge", a, "--out", filepath.Join(dir, "x")}},
		{check.ExitStale, []string{"report", "merge", b, a, "--out", all}},
		{check.ExitStale, []string{"replay", all}},
	} {
		if got := execute(tt.args); got != tt.code {
			t.Errorf("%s: exit code %d, want %d", strings.Join(tt.args, " "), got, tt.code)
		}
	}
	if s := readSummary(t, all); s.Planned != 2 || len(s.Stale) != 1 || s.Shard != "" {
		t.Errorf("merged: %d planned, stale %q, shard %q", s.Planned, s.Stale, s.Shard)
	}
}
