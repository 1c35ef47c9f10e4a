"""Identifiers: UUID version 7 (RFC 9562 §5.7), which sort by the moment they were made.

The time inside an id serves only its order in an index. It comes from the system's clock, not from the
injected one, and must never be read back as the instant of anything.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid

_COUNTER_BITS = 12
_lock = threading.Lock()
_last = 0
"""Milliseconds and counter of the last id, as one number of 48 + 12 bits."""


def uuid7() -> str:
    """A new id, lower case with hyphens.

    Each is greater than those that this process made before, also when the system's clock steps back
    (RFC 9562 §6.2, method 1: the 12 bits after the milliseconds count).
    """
    global _last  # noqa: PLW0603 - one counter for each process is what the RFC asks for
    present = (time.time_ns() // 1_000_000) << _COUNTER_BITS | secrets.randbits(_COUNTER_BITS - 1)
    with _lock:
        _last = max(present, _last + 1)
        milliseconds, counter = divmod(_last, 1 << _COUNTER_BITS)
    value = milliseconds << 80 | 7 << 76 | counter << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))
