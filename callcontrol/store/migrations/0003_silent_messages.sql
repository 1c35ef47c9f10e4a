-- A company may have messages of nothing but silence dropped (what robots leave).
ALTER TABLE companies ADD COLUMN drop_silent_messages boolean NOT NULL DEFAULT false;
