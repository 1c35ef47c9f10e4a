"""Small talk with a caller: what is said (say), what is asked (ask), which keys mean what (digits)."""
