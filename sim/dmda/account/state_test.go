package account_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"demailbench/sim/demail"
	"demailbench/sim/dmda/account"
)

var day = time.Date(2014, 9, 1, 10, 0, 0, 0, time.UTC)

func provider(days int) account.Actor {
	return account.Actor{Person: account.ProviderStaff, At: day.AddDate(0, 0, days)}
}

func by(person string, days int) account.Actor {
	return account.Actor{Person: person, At: day.AddDate(0, 0, days)}
}

func ordered() account.Account {
	a := town()
	a.Holder = "Stadt A"
	a.Persons = []account.Person{
		{ID: "representative-1", Role: account.Representative, Address: "Rathaus, Zimmer 1", Credentials: account.NewCredentials("r1", []byte("r1"))},
		{ID: "representative-2", Role: account.Representative, Address: "Rathaus, Zimmer 2", Credentials: account.NewCredentials("r2", []byte("r2"))},
		{ID: "entitled", Role: account.Administrator, Activates: true, Address: "Rathaus, IT", Credentials: account.NewCredentials("ad", []byte("ad"))},
		{ID: "administrator", Role: account.Administrator, Address: "Rathaus, IT", Credentials: account.NewCredentials("a2", []byte("a2"))},
		{ID: "clerk", Role: account.Staff, Mailboxes: []string{"x@a.de-mail.de"}, Credentials: account.NewCredentials("cl", nil)},
	}
	return a
}

// opened is a directory with one account led to a state.
func opened(t testing.TB, to account.State) *account.Directory {
	t.Helper()
	d, err := directory()
	must(t, err)
	must(t, d.Open(ordered(), provider(0)))
	steps := []struct {
		reaches account.State
		do      func() error
	}{
		{account.Ordered, func() error { return nil }},
		{account.Registered, func() error { return d.Register("a", provider(1)) }},
		{account.Identified, func() error {
			return errors.Join(d.Identify("a", "representative-1", "Rathaus", "T-Systems 1", provider(2)), d.Identify("a", "representative-2", "Rathaus", "T-Systems 1", provider(2)))
		}},
		{account.Enabled, func() error { _, err := d.Enable("a", provider(3)); return err }},
		{account.Activated, func() error { return d.Activate("a", by("representative-1", 4)) }},
	}
	for _, s := range steps {
		must(t, s.do())
		if s.reaches == to {
			return d
		}
	}
	switch to {
	case account.Blocked:
		must(t, d.Block("a", "hotline", provider(5)))
	case account.Restricted:
		must(t, d.Restrict("a", "unpaid", provider(5)))
	case account.Ended, account.Dissolved:
		must(t, d.End("a", "", false, provider(5)))
	}
	if to == account.Dissolved {
		must(t, d.Announce("a", provider(6)))
		must(t, d.Dissolve("a", provider(100)))
	}
	return d
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func state(t testing.TB, d *account.Directory) account.State {
	t.Helper()
	a, err := d.Account("a")
	must(t, err)
	return a.State
}

// TestStates is the table of TR-01201-2.1 3.5 to 3.8, with the order of D7.
func TestStates(t *testing.T) {
	for _, c := range []struct {
		state                                      account.State
		signIn, read, send, receive, administer    bool
		opensAtHigh, opensForRepresentativeWithPIN bool
	}{
		{account.Ordered, false, false, false, false, false, false, false},
		{account.Registered, false, false, false, false, false, false, false},
		{account.Identified, false, false, false, false, false, false, false},
		{account.Enabled, true, false, false, false, false, true, true},
		{account.Activated, true, true, true, true, true, true, true},
		{account.Blocked, false, false, false, false, false, false, false},
		{account.Restricted, true, true, false, true, false, true, true},
		{account.Ended, true, true, false, false, false, true, true},
		{account.Dissolved, false, false, false, false, false, false, false},
	} {
		d := opened(t, c.state)
		if got := state(t, d); got != c.state {
			t.Errorf("led to %s, want %s", got, c.state)
		}
		if got, want := c.state.Effect(), (account.Effect{SignIn: c.signIn, Read: c.read, Send: c.send, Receive: c.receive, Administer: c.administer}); got != want {
			t.Errorf("%s: effect %+v, want %+v", c.state, got, want)
		}
		err := d.SignIn("a", "representative-1", demail.LevelHigh, "r1", account.Code([]byte("r1"), 0), day.AddDate(0, 0, 101))
		if (err == nil) != c.opensAtHigh || err != nil && !errors.Is(err, account.ErrState) {
			t.Errorf("%s: sign-in: %v", c.state, err)
		}
		if err := d.AddMailbox("a", "neu@a.de-mail.de", by("representative-1", 101)); (err == nil) != c.administer {
			t.Errorf("%s: administration: %v", c.state, err)
		}
	}
}

func TestOrderOfSteps(t *testing.T) {
	d := opened(t, account.Ordered)
	if err := d.Activate("a", by("representative-1", 1)); !errors.Is(err, account.ErrState) {
		t.Errorf("activated before it was enabled: %v", err)
	}
	if _, err := d.Enable("a", provider(1)); !errors.Is(err, account.ErrState) {
		t.Errorf("enabled before identification: %v", err)
	}
	must(t, d.Register("a", provider(1)))
	must(t, d.Identify("a", "representative-1", "Rathaus", "agent", provider(2)))
	if got := state(t, d); got != account.Registered {
		t.Errorf("%s with one of two representatives identified (S1-104)", got)
	}
	for name, err := range map[string]error{
		"administrator": d.Identify("a", "administrator", "Rathaus", "agent", provider(2)),
		"no agent":      d.Identify("a", "representative-2", "Rathaus", "", provider(2)),
		"nobody":        d.Identify("a", "passer-by", "Rathaus", "agent", provider(2)),
	} {
		if err == nil {
			t.Errorf("identified: %s", name)
		}
	}
	must(t, d.Identify("a", "representative-2", "Rathaus", "agent", provider(2)))
	letters, err := d.Enable("a", provider(3))
	must(t, err)
	var to []string
	for _, l := range letters {
		to = append(to, l.Person+": "+string(l.Kind)+" to "+l.Address)
	}
	if len(to) != 6 || slices.Contains(to, "administrator: access data to Rathaus, IT") || to[0] != "representative-1: access data to Rathaus, Zimmer 1" {
		t.Errorf("letters %q: two to each representative and to the entitled administrator", to)
	}
	for _, person := range []string{"administrator", "clerk", "passer-by", account.ProviderStaff} {
		var denied *account.Denied
		if err := d.Activate("a", by(person, 4)); !errors.As(err, &denied) {
			t.Errorf("%s activated: %v (S1-110)", person, err)
		}
	}
	must(t, d.Activate("a", by("entitled", 4)))
}

func TestEndAndDissolution(t *testing.T) {
	d := opened(t, account.Ended)
	if err := d.Dissolve("a", provider(6)); !errors.Is(err, account.ErrEarly) {
		t.Errorf("dissolved within three months: %v", err)
	}
	if err := d.Dissolve("a", provider(100)); !errors.Is(err, account.ErrEarly) {
		t.Errorf("dissolved without notice: %v", err)
	}
	must(t, d.Announce("a", provider(80)))
	if err := d.Dissolve("a", provider(100)); !errors.Is(err, account.ErrEarly) {
		t.Errorf("dissolved 20 days after notice: %v", err)
	}
	must(t, d.Dissolve("a", provider(111)))
	if err := d.Unblock("a", provider(112)); err == nil {
		t.Error("a dissolved account came back")
	}
	again := ordered()
	again.ID = "b"
	if err := d.Open(again, provider(200)); err == nil || !strings.Contains(err.Error(), "rests until 2015-12-21") {
		t.Errorf("the domain does not rest for a year: %v", err)
	}
	must(t, d.Open(again, provider(111+366)))
}

func TestReleaseAfterThePilot(t *testing.T) {
	d := opened(t, account.Activated)
	must(t, d.End("a", "end of the pilot (S0-059)", true, provider(5)))
	if _, ok := d.Owner(demail.MustAddress("x@a.de-mail.de")); ok {
		t.Error("the address still belongs to the account")
	}
	if !state(t, d).Effect().Read {
		t.Error("the account cannot be read any more")
	}
	again := ordered()
	again.ID = "b"
	must(t, d.Open(again, provider(6)))
}

func TestReservationLapses(t *testing.T) {
	d := opened(t, account.Registered)
	must(t, d.Lapse(provider(41)))
	if got := state(t, d); got != account.Registered {
		t.Errorf("%s a day before six weeks", got)
	}
	must(t, d.Lapse(provider(42)))
	if got := state(t, d); got != account.Dissolved {
		t.Errorf("%s after six weeks", got)
	}
	again := ordered()
	again.ID = "b"
	must(t, d.Open(again, provider(43)))
}

func TestUnblockReturnsToWhatWas(t *testing.T) {
	d := opened(t, account.Restricted)
	must(t, d.Block("a", "doubt", provider(6)))
	must(t, d.Unblock("a", provider(7)))
	if got := state(t, d); got != account.Restricted {
		t.Errorf("unblocked to %s", got)
	}
	must(t, d.Unblock("a", provider(8)))
	if got := state(t, d); got != account.Activated {
		t.Errorf("paid, and %s", got)
	}
}

// TestRights is the table of S1-118 to S1-126, and S0-062 for the operator.
func TestRights(t *testing.T) {
	acts := map[string]func(d *account.Directory, by account.Actor) error{
		"publish": func(d *account.Directory, by account.Actor) error { return d.Publish("a", true, by) },
		"add people": func(d *account.Directory, by account.Actor) error {
			return d.AddPerson("a", account.Person{ID: "n", Role: account.Administrator}, by)
		},
		"take people": func(d *account.Directory, by account.Actor) error { return d.RemovePerson("a", "entitled", by) },
		"master data": func(d *account.Directory, by account.Actor) error { return d.SetMasterData("a", "Stadt B", by) },
		"mailbox":     func(d *account.Directory, by account.Actor) error { return d.AddMailbox("a", "neu@a.de-mail.de", by) },
		"subdomain": func(d *account.Directory, by account.Actor) error {
			return d.AddSubdomain("a", "kita.a.de-mail.de", by)
		},
		"staff": func(d *account.Directory, by account.Actor) error {
			return d.AddPerson("a", account.Person{ID: "n", Role: account.Staff}, by)
		},
		"password": func(d *account.Directory, by account.Actor) error { return d.ResetPassword("a", "entitled", "new", by) },
		"forwarding": func(d *account.Directory, by account.Actor) error {
			return d.SetForward("a", "x@a.de-mail.de", "info@sakd.de-mail.de", by)
		},
		"redirection": func(d *account.Directory, by account.Actor) error {
			return d.SetRedirect("a", "info@sakd.de-mail.de", by)
		},
		"hotline": func(d *account.Directory, by account.Actor) error { return d.Supports("a", by) },
	}
	reserved := []string{"publish", "add people", "take people", "master data"}
	for name, act := range acts {
		for person, may := range map[string]bool{
			"representative-1": true, "administrator": !slices.Contains(reserved, name), "clerk": false, account.OperatorStaff: false, "passer-by": false,
		} {
			d := opened(t, account.Activated)
			before := len(d.History("a"))
			err := act(d, by(person, 9))
			var denied *account.Denied
			if (err == nil) != may || err != nil && !errors.As(err, &denied) {
				t.Errorf("%s by %s: %v", name, person, err)
			}
			if grew := len(d.History("a")) > before; grew != may {
				t.Errorf("%s by %s: documented %v", name, person, grew)
			}
		}
	}
	d := opened(t, account.Activated)
	if err := d.ResetPassword("a", "representative-1", "new", by("administrator", 9)); err == nil {
		t.Error("an administrator took over a representative's sign-in")
	}
	must(t, d.ResetPassword("a", "clerk", "own", by("clerk", 9)))
}

func TestSubdomainsAndBill(t *testing.T) {
	d := opened(t, account.Activated)
	who := by("administrator", 9)
	must(t, d.AddSubdomain("a", "kita.a.de-mail.de", who))
	must(t, d.AddMailbox("a", "dritte@a.de-mail.de", who))
	a, err := d.Account("a")
	must(t, err)
	if !slices.Contains(a.Mailboxes, "info@kita.a.de-mail.de") {
		t.Errorf("no info mailbox (S1-183): %v", a.Mailboxes)
	}
	want := []account.Item{{Name: account.ItemMailbox, Count: 3, Chargeable: 1}, {Name: account.ItemSubdomain, Count: 1, Chargeable: 1}}
	if got := a.Bill(); !slices.Equal(got, want) {
		t.Errorf("bill %v, want %v (D31)", got, want)
	}
	for date, want := range map[string]string{"2016-08-14": account.TariffPilot, "2016-08-15": account.TariffList} {
		at, err := time.Parse(time.DateOnly, date)
		must(t, err)
		if got := account.Tariff(at.Add(23 * time.Hour)); got != want {
			t.Errorf("%s: %s, want %s (S1-062)", date, got, want)
		}
	}
	for _, name := range []string{"kita.a.de-mail.de", "b.de-mail.de", "a.de-mail.de", "a b.a.de-mail.de"} {
		if err := d.AddSubdomain("a", name, who); err == nil {
			t.Errorf("subdomain %q opened", name)
		}
	}
	if err := d.SetForward("a", "x@a.de-mail.de", "somebody@mail.example", who); err == nil {
		t.Error("forwarding leads out of De-Mail")
	}
}

func TestAccessBlock(t *testing.T) {
	d := opened(t, account.Activated)
	at := day.AddDate(0, 0, 9)
	try := func(password, code string, at time.Time) error {
		return d.SignIn("a", "representative-1", demail.LevelHigh, password, code, at)
	}
	code := func(n uint64) string { return account.Code([]byte("r1"), n) }
	for i := range 3 {
		if err := try("wrong", code(0), at); !errors.Is(err, account.ErrCredentials) {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	if err := try("r1", code(0), at.Add(14*time.Minute)); !errors.Is(err, account.ErrAccess) {
		t.Errorf("right credentials within the block: %v", err)
	}
	must(t, d.SignIn("a", "representative-1", demail.LevelNormal, "r1", "", at))
	for range 3 {
		_ = try("wrong", code(0), at.Add(16*time.Minute))
	}
	if err := try("r1", code(0), at.Add(75*time.Minute)); !errors.Is(err, account.ErrAccess) {
		t.Errorf("the second block is not longer: %v", err)
	}
	must(t, try("r1", code(0), at.Add(77*time.Minute)))
	if err := try("r1", code(0), at.Add(78*time.Minute)); !errors.Is(err, account.ErrCredentials) {
		t.Errorf("a code worked twice: %v", err)
	}
	must(t, d.LoseToken("a", "representative-1", provider(10)))
	if err := try("r1", code(1), at.AddDate(0, 0, 2)); !errors.Is(err, account.ErrAccess) {
		t.Errorf("lost token: %v", err)
	}
	must(t, d.ReplaceToken("a", "representative-1", []byte("new"), provider(11)))
	must(t, try("r1", account.Code([]byte("new"), 0), at.AddDate(0, 0, 3)))
}

// TestCode compares with the vectors of RFC 4226 appendix D.
func TestCode(t *testing.T) {
	for n, want := range []string{"755224", "287082", "359152", "969429", "338314"} {
		if got := account.Code([]byte("12345678901234567890"), uint64(n)); got != want {
			t.Errorf("code %d is %s, want %s", n, got, want)
		}
	}
}

func TestAccountsAreCopies(t *testing.T) {
	d := opened(t, account.Activated)
	a, err := d.Account("a")
	must(t, err)
	a.Mailboxes[0], a.Persons[0].Role = "changed", account.Staff
	b, err := d.Account("a")
	must(t, err)
	if b.Mailboxes[0] == "changed" || b.Persons[0].Role == account.Staff {
		t.Error("a caller can change the directory")
	}
}

func many(n int) []account.Account {
	var out []account.Account
	for i := range n {
		a := account.Account{ID: fmt.Sprintf("town-%d", i), Holder: "Stadt", Kind: account.Institution, Domains: []string{fmt.Sprintf("stadt-%d.de-mail.de", i)}, Mailboxes: []string{fmt.Sprintf("poststelle@stadt-%d.de-mail.de", i)}}
		a.Persons = account.Sample(a)
		out = append(out, a)
	}
	return out
}

// BenchmarkDirectory2000 makes a directory of 2,000 accounts (at most 1 s and 60 MB).
func BenchmarkDirectory2000(b *testing.B) {
	accounts := many(2000)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		d, err := directory(accounts...)
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(d)
	}
}
