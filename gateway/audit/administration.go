package audit

import (
	"encoding/hex"
	"log/slog"

	"demailbench/gateway/journal"
)

// Administered: somebody has done or tried something in the administration. The audit log's name, the entry's
// number and its hash prove later what the log said.
func (t *Trail) Administered(log string, number int64, hash []byte, e journal.Entry) {
	level := slog.LevelInfo
	if !e.Allowed {
		level = slog.LevelWarn
	}
	t.write(level, "administered", slog.String("log", log), slog.Int64("number", number), slog.String("hash", hex.EncodeToString(hash)),
		slog.String("tenant", e.Tenant), slog.String("person", e.Person), slog.String("organisation", e.Organisation), slog.String("operation", e.Operation),
		slog.String("object", e.Object), slog.Bool("allowed", e.Allowed), slog.String("rule", e.Rule), slog.String("reason", e.Reason))
}
