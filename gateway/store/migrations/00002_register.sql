-- What is administered, and the audit log about it. A record's body is JSON whose shape is package register's.

-- +goose Up
CREATE TABLE record (
    seq  INTEGER PRIMARY KEY AUTOINCREMENT, -- the order of their making
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    body BLOB NOT NULL,
    UNIQUE (kind, key)
) STRICT;

CREATE TABLE journal (
    log    TEXT NOT NULL,
    number INTEGER NOT NULL,
    text   BLOB NOT NULL,
    hash   BLOB NOT NULL,
    PRIMARY KEY (log, number)
) STRICT, WITHOUT ROWID;

-- The end of each log, so that a removed end shows.
CREATE TABLE journal_head (
    log    TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    hash   BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- The log can only grow. Who gets around this breaks the chain.
-- +goose StatementBegin
CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE journal_head;
DROP TABLE journal;
DROP TABLE record;
