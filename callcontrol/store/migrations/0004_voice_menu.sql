-- The voice menu: wrong PINs, what a user was told once, and the number at which boxes are opened from outside.

-- Wrong attempts only; one that is being judged counts as wrong until it is known to be right.
CREATE TABLE pin_attempts (
    id    text COLLATE "C" PRIMARY KEY,
    line  text COLLATE "C" NOT NULL REFERENCES numbers ON DELETE CASCADE,
    at    timestamptz NOT NULL
);
CREATE INDEX pin_attempts_by_line ON pin_attempts (line, at);

-- Boxes whose user was told how to set them up.
CREATE TABLE box_introductions (
    line  text COLLATE "C" PRIMARY KEY REFERENCES numbers ON DELETE CASCADE,
    at    timestamptz NOT NULL
);

ALTER TABLE companies ADD COLUMN voicemail_number text COLLATE "C" UNIQUE;
