-- Reminders (spec §8). `date`, `time`, `weekday` are local; `timezone` is the zone with which the instants were worked
-- out. `due_at` is NULL where nothing is to come. `call` is the call that gives it at this moment, made by the process
-- group `called_by`, which says so again and again until `called_until`.
CREATE TABLE reminders (
    id            text COLLATE "C" PRIMARY KEY,
    line          text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    description   text NOT NULL,
    recurrence    text NOT NULL CHECK (recurrence IN ('once', 'workdays', 'daily', 'weekly')),
    date          date,
    weekday       smallint CHECK (weekday BETWEEN 1 AND 7),
    time          time NOT NULL,
    timezone      text NOT NULL,
    announcement  text COLLATE "C" REFERENCES voice_recordings ON DELETE SET NULL,
    status        text NOT NULL CHECK (status IN ('pending', 'snoozed', 'missed')),
    planned_at    timestamptz NOT NULL,
    due_at        timestamptz,
    give_up_at    timestamptz,
    tries         integer NOT NULL,
    last          text CHECK (last IN ('done', 'missed')),
    last_at       timestamptz,
    call          text COLLATE "C" UNIQUE,
    called_by     text,
    called_until  timestamptz,
    CHECK ((recurrence = 'once') = (date IS NOT NULL)),
    CHECK ((recurrence = 'weekly') = (weekday IS NOT NULL)),
    CHECK (num_nonnulls(call, called_by, called_until) IN (0, 3))
);
CREATE INDEX reminders_by_line ON reminders (line);
CREATE INDEX reminders_due ON reminders (due_at, id) WHERE call IS NULL AND due_at IS NOT NULL;
CREATE INDEX reminders_called ON reminders (called_until) WHERE call IS NOT NULL;
CREATE INDEX reminders_by_announcement ON reminders (announcement) WHERE announcement IS NOT NULL;
