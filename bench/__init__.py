"""``make bench``: the measures of design.md §6, each beside its baseline in the same run on the same Asterisk."""
