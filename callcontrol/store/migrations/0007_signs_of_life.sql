-- Whether a row can be written: each part of the system that looks writes its own, again and again.
CREATE TABLE signs_of_life (part text PRIMARY KEY, at timestamptz NOT NULL);
