package store

import (
	"database/sql"
	"fmt"
)

// Marked returns the message that has the mark key.
func (s *Store) Marked(key []byte) (message string, found bool, err error) {
	err = s.read(func() error {
		l, err := query(s, `SELECT message FROM mark WHERE key = ?`, func(rows *sql.Rows) (m string, err error) {
			err = rows.Scan(&m)
			return m, err
		}, key)
		if len(l) > 0 {
			message, found = l[0], true
		}
		return err
	})
	if err != nil {
		return "", false, fmt.Errorf("store: look for a mark: %w", err)
	}
	return message, found, nil
}
