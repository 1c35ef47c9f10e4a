"""The world of the scripted calls, for star codes."""

from tests.unit.calls.conftest import log, world

__all__ = ["log", "world"]
