package store

import (
	"database/sql"
	"time"
)

// Outages returns the lasting troubles that are noted, by name, with their beginnings.
func (s *Store) Outages() (map[string]time.Time, error) {
	l := map[string]time.Time{}
	err := s.read(func() error {
		_, err := query(s, `SELECT name, since FROM outage`, func(rows *sql.Rows) (name string, err error) {
			var since int64
			err = rows.Scan(&name, &since)
			l[name] = instant(since)
			return name, err
		})
		return err
	})
	return l, err
}
