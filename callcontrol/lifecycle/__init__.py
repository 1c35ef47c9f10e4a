"""The life of calls in this process: they enter, are adopted after a restart, resynchronised after a gap, and end."""
