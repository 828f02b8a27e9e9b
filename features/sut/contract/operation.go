package contract

import "time"

// BackupCreate are the arguments of backup.create; the result is BackupCreateResult.
type BackupCreate struct {
	// For people.
	Label string `json:"label,omitempty"`
}

// Operation implements Args.
func (BackupCreate) Operation() string { return "backup.create" }

// BackupCreateResult is the result of backup.create.
type BackupCreateResult struct {
	Backup string `json:"backup"`
	// Its size.
	Octets int `json:"octets,omitempty"`
	// Its hash.
	SHA256 string `json:"sha256,omitempty"`
}

// BackupRestore are the arguments of backup.restore; the result is Nothing.
type BackupRestore struct {
	Backup string `json:"backup"`
}

// Operation implements Args.
func (BackupRestore) Operation() string { return "backup.restore" }

// NodeRestart are the arguments of node.restart; the result is NodeRestartResult.
type NodeRestart struct {
	// Left out: all.
	Instance string `json:"instance,omitempty"`
}

// Operation implements Args.
func (NodeRestart) Operation() string { return "node.restart" }

// NodeRestartResult is the result of node.restart.
type NodeRestartResult struct {
	// What was restarted.
	Instances []string `json:"instances"`
}

// NodeKill are the arguments of node.kill; the result is NodeKillResult.
type NodeKill struct {
	// Left out: all.
	Instance string `json:"instance,omitempty"`
}

// Operation implements Args.
func (NodeKill) Operation() string { return "node.kill" }

// NodeKillResult is the result of node.kill.
type NodeKillResult struct {
	// What was restarted.
	Instances []string `json:"instances"`
}

// ClockSet are the arguments of clock.set; the result is ClockSetResult.
type ClockSet struct {
	Now time.Time `json:"now"`
}

// Operation implements Args.
func (ClockSet) Operation() string { return "clock.set" }

// ClockSetResult is the result of clock.set.
type ClockSetResult struct {
	Now time.Time `json:"now"`
}

// Reset are the arguments of reset; the result is Nothing.
type Reset struct{}

// Operation implements Args.
func (Reset) Operation() string { return "reset" }
