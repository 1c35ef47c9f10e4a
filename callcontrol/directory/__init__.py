"""Companies, lines, settings and contacts, in memory. Pure."""
