package gateway

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"demailbench/gateway/admin"
	"demailbench/gateway/availability"
	"demailbench/gateway/clerk"
	"demailbench/gateway/incident"
	"demailbench/gateway/maintenance"
	"demailbench/gateway/ops"
	"demailbench/gateway/register"
	"demailbench/gateway/role"
	"demailbench/gateway/smtpd"
	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// calendar are the operator's working days.
func (s Service) calendar() (*ops.Calendar, error) {
	return ops.NewCalendar(ops.CalendarConfig{State: ops.State(s.State), ChristmasEve: s.ChristmasEve, NewYearsEve: s.NewYearsEve})
}

// Promises are the rules by which work is told of and the service is accounted for.
type Promises struct {
	// Notice says how long before the work people must be told (S0-044, S0-046, S0-050).
	Notice ops.NoticeRule
	// Account says what is promised and what counts (S0-054 to S0-056).
	Account ops.Policy
}

// promises are those of the configuration, or what Deps.Promises makes of them.
func (g *Gateway) promises() Promises {
	p := Promises{Notice: ops.DefaultNoticeRule(), Account: ops.DefaultPolicy()}
	p.Notice.ClearDays = g.c.Service.ClearDays
	if g.d.Promises != nil {
		p = g.d.Promises(p)
	}
	return p
}

// openOperation reads the windows of maintenance and the incidents, and notes how long the gateway did not run.
func (g *Gateway) openOperation() error {
	calendar, err := g.c.Service.calendar()
	if err != nil {
		return err
	}
	g.maintenance, err = maintenance.Open(maintenance.Options{Clerk: g.clerk, Store: g.store, Queue: g.queue, Alarm: g.alarm, Trail: g.trail, Clock: g.d.Clock,
		Calendar: calendar, Rule: g.promises().Notice, Hostname: g.c.Hostname, Operator: g.c.Operator})
	if err != nil {
		return err
	}
	g.incidents, err = incident.Open(incident.Options{Clerk: g.clerk, Store: g.store, Clock: g.d.Clock, Calendar: calendar, AtWork: g.maintenance.AtWork})
	return err
}

// held and closed put maintenance in force; before it is read nothing is delivered and nobody is served.
func (g *Gateway) held(m store.Message) bool { return g.maintenance.Held(m) }

func (g *Gateway) closed(d smtpd.Direction, id string) *tenant.Refusal {
	if d == smtpd.Inbound {
		return g.maintenance.Closed(maintenance.Receiving, id)
	}
	return g.maintenance.Closed(maintenance.Sending, id)
}

// account is the availability of a time, of one tenant's service or of all, as package admin asks for it.
func (g *Gateway) account(c clerk.Caller, from, until time.Time, id string) (availability.Report, error) {
	if _, err := g.clerk.May(c, clerk.Act{Operation: role.AvailabilityReport, Tenant: id}); err != nil {
		return availability.Report{}, err
	}
	now := g.d.Clock.Now()
	work, told, findings, err := g.maintenance.Account(id, from, until, now)
	if err != nil {
		return availability.Report{}, fmt.Errorf("gateway: availability: %w", err)
	}
	broken, unmeasured, flaws := g.incidents.Interruptions(id, now)
	return availability.New(availability.Input{From: from, Until: until, Now: now, Tenant: id, Interruptions: append(work, broken...), Announcements: told,
		Unmeasured: unmeasured, Findings: append(findings, flaws...), Policy: g.promises().Account})
}

// backupRecord is the kind of the records of backups, backupFile the file of their numbers.
const backupRecord, backupFile = "backup", "B"

// backup copies everything durable (S1-030). The record of a backup is not in it.
func (g *Gateway) backup(c clerk.Caller, label string) (b admin.Backup, err error) {
	before, err := g.store.Records(backupRecord)
	if err != nil {
		return b, err
	}
	b.Number, b.Label = register.Number(backupFile, len(before)+1), label
	err = g.clerk.Perform(c, clerk.Act{Operation: role.BackupCreate, Objects: []string{b.Number}}, func(at time.Time) (clerk.Deed, *register.Refusal) {
		made, err := g.store.Backup(b.Number)
		if err != nil {
			return clerk.Deed{}, register.Refuse(register.Conflict, "S1-030", role.Operator, "look at the gateway's disk", "%v", err)
		}
		b.At, b.Octets, b.SHA256, b.Directory = at, made.Octets, hex.EncodeToString(made.Sum), filepath.ToSlash(filepath.Join("backups", b.Number))
		body, err := json.Marshal(b)
		if err != nil {
			return clerk.Deed{}, register.Refuse(register.Conflict, "S1-030", role.Operator, "look at the gateway's log", "%v", err)
		}
		return clerk.Deed{Puts: []store.Record{{Kind: backupRecord, Key: b.Number, Body: body}}, After: b}, nil
	})
	return b, err
}

// Restore makes the directory data, new or empty, of a backup: a second instance begins on it (S1-030).
func Restore(backup, data string) error { return store.Restore(backup, data) }
