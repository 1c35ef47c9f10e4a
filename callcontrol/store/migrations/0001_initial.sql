-- The first schema: companies, lines, settings, history, messages, contacts, sessions.
--
-- * Everything that belongs to a line (or to a hunt group, which has a number of its own) hangs on `numbers`
--   with ON DELETE CASCADE: deleting the number erases it all.
-- * The database itself says what changed, whoever wrote it: `version` counts, `changed` holds the transaction,
--   and a notification is sent. Readers that were away ask for `changed >= the oldest transaction that was
--   still open when they last read`, which misses nothing.
-- * No now() anywhere: every instant comes from the application's clock.
-- * Keys compare byte by byte (COLLATE "C"): they are digits and ids, and the indexes are faster so.

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed := pg_current_xact_id();
    IF TG_OP = 'UPDATE' THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;

-- TG_ARGV: channel, first word, key column, then (settings) the column of the document.
CREATE FUNCTION tell_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed_row jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    version text := CASE WHEN TG_OP = 'DELETE' THEN '0' ELSE changed_row ->> 'version' END;
BEGIN
    IF TG_ARGV[0] = 'settings' THEN
        PERFORM pg_notify('settings', (changed_row ->> 'line') || ' '
            || coalesce(changed_row ->> TG_ARGV[1], TG_ARGV[1]) || ' ' || version);
    ELSE
        PERFORM pg_notify(TG_ARGV[0], TG_ARGV[1] || ' ' || (changed_row ->> TG_ARGV[2]) || ' ' || version);
    END IF;
    RETURN NULL;
END $$;

CREATE TABLE companies (
    id                text COLLATE "C" PRIMARY KEY,
    name              text NOT NULL UNIQUE,
    timezone          text NOT NULL,
    language          text NOT NULL,
    country           text NOT NULL,
    max_calls         integer CHECK (max_calls > 0),
    extension_length  integer NOT NULL CHECK (extension_length BETWEEN 2 AND 6),
    main_caller_id    text,
    barring           text[] NOT NULL DEFAULT '{}',
    support_email     text,
    version           bigint NOT NULL DEFAULT 1,
    changed           xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX companies_changed ON companies (changed);
CREATE TRIGGER companies_count BEFORE INSERT OR UPDATE ON companies
    FOR EACH ROW EXECUTE FUNCTION count_change();
CREATE TRIGGER companies_tell AFTER INSERT OR UPDATE OR DELETE ON companies
    FOR EACH ROW EXECUTE FUNCTION tell_change('directory', 'company', 'id');

CREATE TABLE sites (
    company  text COLLATE "C" NOT NULL REFERENCES companies ON DELETE CASCADE,
    name     text NOT NULL,
    number   text,
    PRIMARY KEY (company, name)
);

-- Every number that can be called here: a line's or a hunt group's. Uniqueness is checked at the end of a
-- transaction, so that two lines can swap their extensions.
CREATE TABLE numbers (
    number     text COLLATE "C" PRIMARY KEY,
    company    text COLLATE "C" NOT NULL REFERENCES companies ON DELETE CASCADE,
    kind       text NOT NULL CHECK (kind IN ('line', 'group')),
    extension  text COLLATE "C",
    name       text NOT NULL,
    site       text,
    version    bigint NOT NULL DEFAULT 1,
    changed    xid8 NOT NULL DEFAULT pg_current_xact_id(),
    UNIQUE (company, extension) DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (company, site) REFERENCES sites DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX numbers_changed ON numbers (changed);
CREATE INDEX numbers_by_site ON numbers (company, site);
CREATE TRIGGER numbers_count BEFORE INSERT OR UPDATE ON numbers
    FOR EACH ROW EXECUTE FUNCTION count_change();
CREATE TRIGGER numbers_tell AFTER INSERT OR UPDATE OR DELETE ON numbers
    FOR EACH ROW EXECUTE FUNCTION tell_change('directory', 'line', 'number');

CREATE TABLE lines (
    number         text COLLATE "C" PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    licence        text NOT NULL,
    language       text NOT NULL,
    max_calls      integer NOT NULL CHECK (max_calls > 0),
    fax_number     text COLLATE "C" UNIQUE DEFERRABLE INITIALLY DEFERRED,
    administrator  boolean NOT NULL DEFAULT false
);

-- Apart from the line, so that no query that reads lines reads secrets. SIP digest (RFC 3261 §22) needs its
-- password in clear; the two others are Argon2id. The three `file_` columns remember what the company file said
-- last: what a user changed since stays until the file itself says something else.
CREATE TABLE credentials (
    line                  text COLLATE "C" PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    sip_password          text,
    portal_password_hash  text,
    pin_hash              text,
    email                 text,
    file_password_hash    text,
    file_pin_hash         text,
    file_email            text
);

CREATE TABLE short_codes (
    company  text COLLATE "C" NOT NULL REFERENCES companies ON DELETE CASCADE,
    code     text COLLATE "C" NOT NULL,
    number   text NOT NULL,
    PRIMARY KEY (company, code)
);

CREATE TABLE groups (
    number      text COLLATE "C" PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    hunting     text NOT NULL,
    supervised  boolean NOT NULL,
    advanced    boolean NOT NULL
);

CREATE TABLE group_members (
    group_number  text COLLATE "C" NOT NULL REFERENCES groups ON DELETE CASCADE,
    line          text COLLATE "C" NOT NULL REFERENCES lines ON DELETE CASCADE,
    position      integer NOT NULL,
    PRIMARY KEY (group_number, line)
);
CREATE INDEX group_members_by_line ON group_members (line);

CREATE TABLE pickup_groups (
    company  text COLLATE "C" NOT NULL REFERENCES companies ON DELETE CASCADE,
    name     text NOT NULL,
    PRIMARY KEY (company, name)
);

CREATE TABLE pickup_group_members (
    company   text COLLATE "C" NOT NULL,
    name      text NOT NULL,
    line      text COLLATE "C" NOT NULL REFERENCES lines ON DELETE CASCADE,
    position  integer NOT NULL,
    PRIMARY KEY (company, name, line),
    FOREIGN KEY (company, name) REFERENCES pickup_groups ON DELETE CASCADE
);
CREATE INDEX pickup_group_members_by_line ON pickup_group_members (line);

CREATE TABLE settings (
    line        text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    document    text COLLATE "C" NOT NULL,
    body        jsonb NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     bigint NOT NULL DEFAULT 1,
    changed     xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (line, document)
);
CREATE INDEX settings_changed ON settings (changed);
CREATE TRIGGER settings_count BEFORE INSERT OR UPDATE ON settings
    FOR EACH ROW EXECUTE FUNCTION count_change();
CREATE TRIGGER settings_tell AFTER INSERT OR UPDATE OR DELETE ON settings
    FOR EACH ROW EXECUTE FUNCTION tell_change('settings', 'document');

-- Kept a year. A line's entries go with the line; that it was deleted stays with the company.
CREATE TABLE audit (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company     text COLLATE "C" REFERENCES companies ON DELETE CASCADE,
    line        text COLLATE "C" REFERENCES numbers ON DELETE CASCADE,
    who         text NOT NULL,
    from_where  text NOT NULL CHECK (from_where IN ('portal', 'phone', 'api', 'provision')),
    field       text NOT NULL,
    before      jsonb,
    after       jsonb,
    at          timestamptz NOT NULL
);
CREATE INDEX audit_by_line ON audit (line, at DESC, id DESC);
CREATE INDEX audit_by_company ON audit (company, at DESC, id DESC);
CREATE INDEX audit_by_time ON audit (at);

-- `call` is text, not uuid: a call that Asterisk handled alone (the native fallback) is recorded under
-- Asterisk's own id, so that recording it twice is harmless.
CREATE TABLE calls (
    call               text COLLATE "C" NOT NULL CHECK (length(call) BETWEEN 1 AND 150),
    line               text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    direction          text COLLATE "C" NOT NULL
                       CHECK (direction IN ('outgoing', 'received', 'rejected', 'missed')),
    peer_presentation  text COLLATE "C" NOT NULL
                       CHECK (peer_presentation IN ('shown', 'anonymous', 'unavailable')),
    peer_number        text,
    peer_name          text,
    started_at         timestamptz NOT NULL,
    answered_at        timestamptz,
    ended_at           timestamptz NOT NULL,
    rule_id            text NOT NULL,
    rule_params        jsonb NOT NULL,
    message_id         text COLLATE "C",
    legs               jsonb NOT NULL,
    PRIMARY KEY (call, line),
    CHECK (peer_presentation = 'shown' OR peer_number IS NULL)
);
CREATE INDEX calls_by_line ON calls (line, started_at DESC, call DESC);
CREATE INDEX calls_by_start ON calls (started_at);

CREATE TABLE messages (
    id                   text COLLATE "C" PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 150),
    line                 text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    kind                 text NOT NULL CHECK (kind IN ('voice', 'fax')),
    sender_presentation  text NOT NULL CHECK (sender_presentation IN ('shown', 'anonymous', 'unavailable')),
    sender_number        text,
    sender_name          text,
    received_at          timestamptz NOT NULL,
    path                 text NOT NULL,
    duration             double precision,
    pages                integer,
    new                  boolean NOT NULL,
    urgent               boolean NOT NULL,
    deleted_at           timestamptz,
    call                 text COLLATE "C",
    version              bigint NOT NULL DEFAULT 1,
    changed              xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CHECK (sender_presentation = 'shown' OR sender_number IS NULL)
);
CREATE INDEX messages_by_line ON messages (line, received_at DESC, id DESC);
CREATE INDEX messages_deleted ON messages (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE TRIGGER messages_count BEFORE INSERT OR UPDATE ON messages
    FOR EACH ROW EXECUTE FUNCTION count_change();
CREATE TRIGGER messages_tell AFTER INSERT OR UPDATE OR DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION tell_change('messages', 'mailbox', 'line');

-- The files of messages whose rows are gone, however they went: to be erased from the media folder.
CREATE TABLE media_trash (
    path  text PRIMARY KEY
);
CREATE FUNCTION throw_media_away() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO media_trash (path) VALUES (OLD.path) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER messages_trash AFTER DELETE ON messages
    FOR EACH ROW EXECUTE FUNCTION throw_media_away();

-- One row for each line that has contacts: what readers watch. The repository touches it in each change.
CREATE TABLE contact_books (
    line     text COLLATE "C" PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    version  bigint NOT NULL DEFAULT 1,
    changed  xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX contact_books_changed ON contact_books (changed);
CREATE TRIGGER contact_books_count BEFORE INSERT OR UPDATE ON contact_books
    FOR EACH ROW EXECUTE FUNCTION count_change();
CREATE TRIGGER contact_books_tell AFTER INSERT OR UPDATE OR DELETE ON contact_books
    FOR EACH ROW EXECUTE FUNCTION tell_change('settings', 'contacts');

CREATE TABLE contacts (
    id        text COLLATE "C" NOT NULL,
    line      text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    sort_key  text COLLATE "C" NOT NULL,
    body      jsonb NOT NULL,
    PRIMARY KEY (line, id)
);
CREATE INDEX contacts_sorted ON contacts (line, sort_key, id);

CREATE TABLE contact_groups (
    id    text COLLATE "C" NOT NULL,
    line  text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    name  text NOT NULL,
    PRIMARY KEY (line, id),
    UNIQUE (line, name)
);

-- A member is a contact or another group, always of the same line.
CREATE TABLE contact_group_members (
    line        text COLLATE "C" NOT NULL,
    group_id    text COLLATE "C" NOT NULL,
    contact_id  text COLLATE "C",
    child_id    text COLLATE "C",
    CHECK (num_nonnulls(contact_id, child_id) = 1),
    CHECK (child_id <> group_id),
    FOREIGN KEY (line, group_id) REFERENCES contact_groups ON DELETE CASCADE,
    FOREIGN KEY (line, contact_id) REFERENCES contacts ON DELETE CASCADE,
    FOREIGN KEY (line, child_id) REFERENCES contact_groups ON DELETE CASCADE
);
CREATE UNIQUE INDEX contact_group_members_contacts ON contact_group_members (line, group_id, contact_id)
    WHERE contact_id IS NOT NULL;
CREATE UNIQUE INDEX contact_group_members_groups ON contact_group_members (line, group_id, child_id)
    WHERE child_id IS NOT NULL;
CREATE INDEX contact_group_members_by_contact ON contact_group_members (line, contact_id);
CREATE INDEX contact_group_members_by_child ON contact_group_members (line, child_id);

CREATE TABLE forward_numbers (
    id      text COLLATE "C" NOT NULL,
    line    text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    number  text NOT NULL,
    name    text NOT NULL,
    PRIMARY KEY (line, id),
    UNIQUE (line, number)
);

-- Only the hash of a token is kept: who reads the database cannot log in.
CREATE TABLE sessions (
    token_hash  bytea PRIMARY KEY,
    line        text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL
);
CREATE INDEX sessions_by_line ON sessions (line);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- `login` is what was typed (any text, cut short): it need not be a line of ours.
CREATE TABLE login_attempts (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    login      text NOT NULL,
    address    text NOT NULL,
    succeeded  boolean NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX login_attempts_by_login ON login_attempts (login, at);
CREATE INDEX login_attempts_by_address ON login_attempts (address, at);
CREATE INDEX login_attempts_by_time ON login_attempts (at);
