package register

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"demailbench/gateway/store"
	"demailbench/gateway/tenant"
)

// Kinds of records in the store.
const (
	TenantRecord  = "tenant"
	MappingRecord = "mapping"
	PersonRecord  = "person"
	PowerRecord   = "power-of-attorney"
	ChangeRecord  = "change-request"
	OrderRecord   = "written-order"
)

// Kinds lists them.
var Kinds = []string{TenantRecord, MappingRecord, PersonRecord, PowerRecord, ChangeRecord, OrderRecord}

// Load adds a stored record to a state that is being read.
func (s *State) Load(r store.Record) (err error) {
	switch r.Kind {
	case TenantRecord:
		t, err := decode[Tenant](r)
		s.Tenants[t.ID], s.Order = t, append(s.Order, t.ID)
		return err
	case MappingRecord:
		p, err := decode[Row](r)
		s.Mapping[p.Tenant] = append(s.Mapping[p.Tenant], tenant.Pair{Mail: p.Mail, DeMail: p.DeMail})
		return err
	case PersonRecord:
		p, err := decode[Person](r)
		s.Persons[PersonKey(p.Organisation, p.Name)] = p
		return err
	case PowerRecord:
		s.Powers, err = loadInto(s.Powers, r)
	case ChangeRecord:
		s.Changes, err = loadInto(s.Changes, r)
	case OrderRecord:
		s.Orders, err = loadInto(s.Orders, r)
	default:
		return fmt.Errorf("register: record of unknown kind %q: the database is of a newer gateway", r.Kind)
	}
	return err
}

func decode[T any](r store.Record) (v T, err error) {
	if err = json.Unmarshal(r.Body, &v); err != nil {
		err = fmt.Errorf("register: record %s %s cannot be read: %w; restore the database from a backup", r.Kind, r.Key, err)
	}
	return v, err
}

func loadInto[T any](l []T, r store.Record) ([]T, error) {
	v, err := decode[T](r)
	return append(l, v), err
}

// Enrolments are the tenants as the mail rules know them.
func (s *State) Enrolments() []tenant.Tenant {
	ts := make([]tenant.Tenant, 0, len(s.Order))
	for _, id := range s.Order {
		ts = append(ts, s.Tenants[id].rules(s.Mapping[id]))
	}
	return ts
}

func (t Tenant) rules(mapping []tenant.Pair) tenant.Tenant {
	return tenant.Tenant{ID: t.ID, Name: t.Name, State: t.State, Networks: t.Networks, Transport: t.Transport, NextHop: t.NextHop,
		MailDomains: t.MailDomains, Domains: t.Domains, Mapping: mapping, Options: t.Options, ReceiptMode: t.ReceiptMode,
		TechnicalContact: t.TechnicalContact.Mail, ProcessOwner: t.ProcessOwner.Mail}
}

// Number is the n-th number of a file ("CR", "V", "A").
func Number(file string, n int) string { return file + "-" + strconv.Itoa(n) }

// Place finds a number's place in its file of length n, or -1.
func Place(file, num string, n int) int {
	i, err := strconv.Atoi(strings.TrimPrefix(num, file+"-"))
	if err != nil || !strings.HasPrefix(num, file+"-") || i < 1 || i > n {
		return -1
	}
	return i - 1
}

// Files in which numbers are given.
const (
	ChangeFile = "CR"
	PowerFile  = "V"
	OrderFile  = "A"
)
