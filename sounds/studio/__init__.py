"""The recording studio: turns the catalogue's texts into G.722 files, on a developer's machine only.

Nothing of the service imports this package and nothing in it runs in CI: what it makes is committed.
"""
