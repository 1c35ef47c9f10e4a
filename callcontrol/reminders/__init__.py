"""Reminders (rappels, spec §8), all that can be decided about them: when one is due, and what becomes of it. Pure."""
