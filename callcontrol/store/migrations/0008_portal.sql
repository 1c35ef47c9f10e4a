-- The portal: where each session was begun, for its owner to see; and lost passwords.
ALTER TABLE sessions
    ADD COLUMN browser     text NOT NULL DEFAULT '',
    ADD COLUMN address     text NOT NULL DEFAULT '',
    ADD COLUMN remembered  boolean NOT NULL DEFAULT false;

-- A link that replaces a password may be used once. The link itself is signed when its mail is written, and never kept.
CREATE TABLE password_resets (
    id        text COLLATE "C" PRIMARY KEY,
    line      text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    asked_at  timestamptz NOT NULL
);
CREATE INDEX password_resets_by_line ON password_resets (line);
CREATE INDEX password_resets_by_time ON password_resets (asked_at);
