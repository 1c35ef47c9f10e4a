-- Guessing of passwords, and calls that cost: what tells an owner from a stranger, and how much a line may spend in a day.

-- A browser that has logged a line in before. Only the hash of its cookie is kept.
CREATE TABLE known_devices (
    token_hash  bytea NOT NULL,
    line        text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (line, token_hash)
);
CREATE INDEX known_devices_by_token ON known_devices (token_hash);
CREATE INDEX known_devices_by_time ON known_devices (seen_at);

-- Where a line has logged in from (`portal`), or where a phone of it has (`sip`): an IPv4 address or an IPv6 /64.
CREATE TABLE known_addresses (
    line     text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    kind     text NOT NULL CHECK (kind IN ('portal', 'sip')),
    address  text COLLATE "C" NOT NULL,
    seen_at  timestamptz NOT NULL,
    PRIMARY KEY (line, kind, address)
);
CREATE INDEX known_addresses_by_time ON known_addresses (seen_at);

-- A try counts as failed until it is known to be right. `device`: the hash of the cookie, where the browser is known;
-- `known`: by its cookie or its address.
ALTER TABLE login_attempts
    ADD COLUMN device bytea,
    ADD COLUMN known boolean NOT NULL DEFAULT false;

-- A company's own limits for its lines; NULL is the system's.
ALTER TABLE companies
    ADD COLUMN max_costly_calls integer CHECK (max_costly_calls >= 0),
    ADD COLUMN max_costly_minutes integer CHECK (max_costly_minutes >= 0);
