-- Times are nanoseconds since 1970 in UTC, given by the gateway's clock: never SQLite's own.
-- seal is the checksum of the columns that never change; a row whose seal is wrong is not delivered.

-- +goose Up
CREATE TABLE message (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    tenant      TEXT NOT NULL,
    sender      TEXT NOT NULL,
    return_path TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    received    INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    sum         BLOB NOT NULL,
    seal        BLOB NOT NULL,
    content     BLOB -- NULL: the file content/<id>
) STRICT;

CREATE TABLE delivery (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    message   TEXT NOT NULL REFERENCES message (id),
    recipient TEXT NOT NULL,
    original  TEXT NOT NULL,
    route     TEXT NOT NULL,
    mark      BLOB NOT NULL,
    seal      BLOB NOT NULL,
    parked    INTEGER NOT NULL,
    warned    INTEGER NOT NULL,
    tries     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    answer    TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_of_message ON delivery (message);

-- What was accepted before, for the suppression of duplicates.
CREATE TABLE mark (
    key     BLOB PRIMARY KEY,
    message TEXT NOT NULL,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX mark_age ON mark (at);

-- Lasting troubles of which somebody was told; the row makes sure that he is told once.
CREATE TABLE outage (
    name  TEXT PRIMARY KEY,
    since INTEGER NOT NULL
) STRICT;

-- +goose Down
DROP TABLE outage;
DROP TABLE mark;
DROP TABLE delivery;
DROP TABLE message;
