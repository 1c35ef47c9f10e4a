"""The page *Accueil*: the simple call manager (spec §3, §10.2)."""
