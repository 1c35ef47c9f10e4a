"""What a system needs around the app: Asterisk, PostgreSQL, a mail server, and the supervisor that keeps them
up.

Never imported by live-call code, the one exception being the composition root and the configuration.
"""
