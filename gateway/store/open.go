package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	databaseFile = "queue.db"
	contentDir   = "content"
	// partial marks a content file whose message is not accepted yet.
	partial = ".part"
	readers = 4
)

// Open opens the data directory dir, making it when it is missing. It refuses a directory that another
// process holds, brings the schema up to date and removes content that no message owns.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, clock: o.Clock, disk: o.Disk,
		in: make(chan change, 4*Batch), dead: make(chan struct{}), done: make(chan struct{})}
	if s.disk == nil {
		s.disk = func(string) {}
	}
	var err error
	s.clock.IO(func() { err = s.open() })
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", dir, err)
	}
	go s.write()
	return s, nil
}

func (s *Store) open() (err error) {
	if err := os.MkdirAll(filepath.Join(s.dir, contentDir), 0o700); err != nil {
		return err
	}
	if s.lock, err = acquire(filepath.Join(s.dir, "lock")); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.release())
		}
	}()
	if s.w, err = s.database(1, "journal_mode(wal)", "synchronous(full)", "foreign_keys(1)"); err != nil {
		return err
	}
	if err = migrate(s.w); err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	if s.r, err = s.database(readers, "query_only(1)"); err != nil {
		return err
	}
	if err = syncDir(s.dir); err != nil {
		return err
	}
	return s.sweep()
}

// database opens a pool of n connections with the given pragmas.
func (s *Store) database(n int, pragmas ...string) (*sql.DB, error) {
	path := (&url.URL{Path: filepath.Join(s.dir, databaseFile)}).EscapedPath()
	q := url.Values{"_pragma": pragmas, "_txlock": {"immediate"}}
	k, err := sqlite.NewConnector("file:" + path + "?" + q.Encode())
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(hooked{k, s.disk})
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// hooked announces every commit of its connections.
type hooked struct {
	driver.Connector
	disk func(string)
}

// Connect opens a connection with the commit hook installed.
func (h hooked) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := h.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	r, ok := c.(sqlite.HookRegisterer)
	if !ok {
		return nil, errors.Join(errors.New("the SQLite driver has no commit hook"), c.Close())
	}
	r.RegisterCommitHook(func() int32 { h.disk("commit"); return 0 })
	return c, nil
}

func migrate(db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	_, err = p.Up(context.Background())
	return err
}

// sweep removes content files that no message owns: the gateway died before their message was accepted, or
// after its last delivery was committed.
func (s *Store) sweep() error {
	entries, err := os.ReadDir(filepath.Join(s.dir, contentDir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		var owned bool
		if !strings.HasSuffix(e.Name(), partial) {
			row := s.w.QueryRow(`SELECT EXISTS (SELECT 1 FROM message WHERE id = ? AND content IS NULL)`, e.Name())
			if err := row.Scan(&owned); err != nil {
				return err
			}
		}
		if owned {
			continue
		}
		s.disk("remove")
		if err := os.Remove(filepath.Join(s.dir, contentDir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// release closes what open has opened so far.
func (s *Store) release() error {
	var errs []error
	for _, db := range []*sql.DB{s.r, s.w} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, s.lock.release())...)
}
