"""What SIP and Q.850 make of each other in Asterisk 22, as it was tried (platform.md §4, §5)."""

from __future__ import annotations

from collections.abc import Mapping

CAUSE_OF_STATUS: Mapping[int, int] = {
    302: 23,
    403: 21,
    404: 1,
    408: 18,
    410: 22,
    415: 127,
    480: 19,
    484: 28,
    486: 17,
    487: 16,
    488: 58,
    500: 38,
    503: 34,
    600: 17,
    603: 21,
    604: 1,
    606: 58,
}
"""The cause of ``ChannelDestroyed`` for the final status of a far end."""

STATUS_OF_CAUSE: Mapping[int, int] = {
    1: 404,
    16: 603,
    17: 486,
    18: 408,
    19: 480,
    20: 480,
    21: 403,
    34: 503,
    38: 500,
}
"""What an unanswered caller gets when we end its channel with a cause."""

CANCELLED_BY_CALLER = 127
"""The cause of ``ChannelHangupRequest`` when an unanswered caller leaves."""
NORMAL = 16
TIMER_B_SECONDS = 32.0
"""RFC 3261 §17.1.1.2: an INVITE without any answer ends after 64*T1."""


def told_of_caller(cause: int) -> int | None:
    """The status in the ``ChannelDestroyed`` of a caller that was not answered."""
    return {CANCELLED_BY_CALLER: 487, NORMAL: None}.get(cause, STATUS_OF_CAUSE.get(cause))
