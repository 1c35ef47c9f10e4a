-- What the lines themselves recorded or uploaded: greetings, names, ringback, reminders' announcements, messages to
-- send. A row without a duration is being made: its file is not there yet. Documents name a recording by its id, in
-- their JSON; a row that goes leaves its file in the trash, as messages do.
CREATE TABLE voice_recordings (
    id          text COLLATE "C" PRIMARY KEY,
    line        text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    kind        text NOT NULL CHECK (kind IN ('greeting', 'name', 'ringback', 'reminder', 'message')),
    duration    double precision CHECK (duration > 0),
    path        text NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX voice_recordings_by_line ON voice_recordings (line, created_at DESC, id DESC);
CREATE INDEX voice_recordings_by_time ON voice_recordings (created_at);
CREATE TRIGGER voice_recordings_trash AFTER DELETE ON voice_recordings
    FOR EACH ROW EXECUTE FUNCTION throw_media_away();

-- How many messages and faxes a mailbox of the company holds; deleted ones do not count.
ALTER TABLE companies ADD COLUMN max_messages integer NOT NULL DEFAULT 100 CHECK (max_messages > 0);
