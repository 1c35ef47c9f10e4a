-- The outbox: what is to be mailed, one row for each address, and what became of the mails of a message.

-- A row that was accepted by the mail server goes; one that was given up stays, so that it can be told. `body` is a
-- mail of callcontrol.mails. `removes`: its message leaves the box once every such row of it was accepted.
-- `claimed_by` sends it, and says so again and again: a claim that is older than `claimed_until` was left by a process
-- that died. `failing_since` is the first of the failures that go on.
CREATE TABLE mails (
    id             text COLLATE "C" PRIMARY KEY,
    line           text COLLATE "C" REFERENCES numbers ON DELETE CASCADE,
    company        text COLLATE "C" REFERENCES companies ON DELETE CASCADE,
    message        text COLLATE "C" REFERENCES messages ON DELETE CASCADE,
    removes        boolean NOT NULL DEFAULT false,
    address        text NOT NULL,
    body           jsonb NOT NULL,
    queued_at      timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    attempts       integer NOT NULL DEFAULT 0,
    failing_since  timestamptz,
    last_error     text,
    given_up_at    timestamptz,
    claimed_by     text,
    claimed_until  timestamptz,
    CHECK (num_nonnulls(line, company) = 1)
);
CREATE INDEX mails_due ON mails (due_at, id) WHERE given_up_at IS NULL;
CREATE INDEX mails_by_line ON mails (line);
CREATE INDEX mails_by_company ON mails (company);
CREATE INDEX mails_by_message ON mails (message);
CREATE INDEX mails_given_up ON mails (given_up_at) WHERE given_up_at IS NOT NULL;

CREATE FUNCTION tell_mail() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('mails', '');
    RETURN NULL;
END $$;
CREATE TRIGGER mails_tell AFTER INSERT ON mails FOR EACH STATEMENT EXECUTE FUNCTION tell_mail();

-- `mail`: how the mails of a message do. `lamp_after`: its original leaves the box once it is mailed, and until then
-- no lamp is lit for it, but for a mail that has failed for a quarter of an hour; NULL: it counts at once.
ALTER TABLE messages
    ADD COLUMN mail text CHECK (mail IN ('waiting', 'sent', 'failed')),
    ADD COLUMN lamp_after timestamptz;
