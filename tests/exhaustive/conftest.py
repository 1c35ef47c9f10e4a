"""The world of the scripted calls, for what is tried everywhere in them."""

from tests.unit.calls.conftest import log, world

__all__ = ["log", "world"]
