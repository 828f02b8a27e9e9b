package world_test

import (
	"testing"
	"time"

	"demailbench/features/sut"
	"demailbench/features/world"
	"demailbench/fixtures"
	"demailbench/sim/lab"
)

// clerks are who sends in BenchmarkWeek, one of each tenant of profile saxony.
var clerks = []world.Letter{{Tenant: "sakd", Clerk: "sakd@sakd.de"}, {Tenant: "annaberg", Clerk: "poststelle@annaberg-buchholz.example"},
	{Tenant: "radebeul", Clerk: "poststelle@radebeul.example"}, {Tenant: "pirna", Clerk: "poststelle@pirna.example"}}

// BenchmarkWeek is the five working days of one gateway with the tenants of profile saxony through the real code: SMTP probes each
// minute, a De-Mail from tenant to tenant each hour, 200 mails a working day.
func BenchmarkWeek(b *testing.B) {
	const days, hourly, working = 5, 8, 200 / 8 // hours of work a day, mails in each
	for b.Loop() {
		p, err := lab.Load(fixtures.FS, "saxony")
		if err != nil {
			b.Fatal(err)
		}
		w, err := world.New(world.Options{Profile: p, Fixtures: fixtures.FS, Adapter: sut.Reference{}, Seed: 1, Scenario: "week", Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan struct{})
		sent := 0
		go func() {
			defer close(done)
			must := func(err error) {
				if err != nil {
					b.Error(err)
				}
			}
			must(w.Start())
			must(w.Probe("annaberg", time.Minute))
			for h := range days * 24 {
				mails := []world.Letter{{Tenant: "sakd", Clerk: "sakd@sakd.de", To: "poststelle@annaberg-buchholz.de-mail.de"}}
				if h%24 < hourly {
					for i := range working {
						mails = append(mails, clerks[i%len(clerks)])
					}
				}
				for _, m := range mails {
					must(w.ClerkSends(m))
					sent++
				}
				must(w.Pass(time.Hour))
			}
			must(w.Close())
		}()
		if err := w.Drive(done); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(sent), "mails")
	}
}
