// Package journal is the administration's audit log: entries that say who did what on which ground, chained by
// hash so that a change, a removal or an insertion shows (TR-01201-6.1 6.3.8, S0-064).
//
// It leaves out where entries are kept (package store) and the trail of the mail traffic (package audit).
package journal
