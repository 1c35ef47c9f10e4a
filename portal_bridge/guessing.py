"""How often a log-in may be tried (spec §10.1), so that guessing is hopeless and no owner is locked out by it. Pure.

Who guesses is a stranger: another browser at another address. Strangers are counted apart from the places that are a
line's own (a browser with our cookie, an address that it has logged in from), so that nobody can lock an owner out, and
an address that floods stops only itself. An IPv6 address counts by its /64: everybody has more of them than tries.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from callcontrol.store.log_ins import Failures, Place

WINDOW = timedelta(minutes=15)
"""Failed tries are counted over this time."""
TRIES_HERE = 5
"""Of one login from one place, since its last success there."""
TRIES_OF_ADDRESS = 20
"""From one address, whatever the logins, but from places that are their own: a whole company may sit behind one."""
TRIES_OF_STRANGERS = 100
"""Of one login from all strange places: a botnet has many addresses."""
ALARMING = 10
"""Tries of strangers at one login."""
MOST_LOOKED_AT = TRIES_OF_STRANGERS


def wait(failures: Failures, place: Place, now: datetime) -> timedelta | None:
    """How long until another try from ``place``; None: now."""
    ends = [_end(failures.here, TRIES_HERE)]
    if not place.known:
        ends += [_end(failures.address, TRIES_OF_ADDRESS), _end(failures.strange, TRIES_OF_STRANGERS)]
    until = max((end for end in ends if end is not None), default=now)
    return until - now if until > now else None


def is_alarming(before: Failures) -> bool:
    """Whether one more failure of a stranger after these is told: each tenth at one login, each twentieth from one
    address."""
    strange, address = len(before.strange) + 1, len(before.address) + 1
    return strange % ALARMING == 0 or address % TRIES_OF_ADDRESS == 0


def _end(failures: tuple[datetime, ...], most: int) -> datetime | None:
    """When so many failures (newest first) are fewer than ``most`` again."""
    return failures[most - 1] + WINDOW if len(failures) >= most else None


def seconds(waiting: timedelta) -> int:
    """For ``Retry-After``: whole seconds, never too few."""
    return max(1, math.ceil(waiting.total_seconds()))
