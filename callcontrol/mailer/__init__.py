"""Sends what is in the outbox of mails to the mail server, and settles what became of it."""
