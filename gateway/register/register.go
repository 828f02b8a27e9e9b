// Package register keeps what is administered: tenants, domains, mapping, persons, powers of attorney, change
// requests, written orders, sessions. Each change is decided by package role, checked by the rules of package
// tenant, and committed together with its entry in the audit log; the next message meets the new rules.
//
// It leaves out HTTP (package admin) and what the rules say to mail (package tenant).
package register
