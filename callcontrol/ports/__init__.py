"""Everything with a wire, as small Protocols: what flows may ask for. ``app.py`` builds the real ones.

Pure: types only. Fakes of the tests subclass these, so that mypy checks them.
"""
