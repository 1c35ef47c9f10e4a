"""The world of the scripted calls, for the voice menu."""

from tests.unit.calls.conftest import log, world

__all__ = ["log", "world"]
