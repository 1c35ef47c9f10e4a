-- The portal shows the calls of a line by kind: whoever has few refused ones does not read thousands of others to find
-- them.
CREATE INDEX calls_by_direction ON calls (line, direction, started_at DESC, call DESC);
