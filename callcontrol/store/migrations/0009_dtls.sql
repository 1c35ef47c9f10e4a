-- A second SIP account of a line, for phones that encrypt by DTLS alone: the profile that they offer (savp, savpf).
ALTER TABLE lines ADD COLUMN dtls text CHECK (dtls IN ('savp', 'savpf'));
