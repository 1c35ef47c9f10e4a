"""Why a caller left before the answer, as its network says it (RFC 3326), and what its phones are told then. Pure.

Phones show no missed call for a ring that ends with ``Reason: SIP;cause=200`` ("call completed elsewhere").
"""

from __future__ import annotations

from callcontrol.telephony import HangupCause


def told_to_legs(cause: int | None, *, answered: bool, tells_elsewhere: bool) -> HangupCause:
    """The cause with which the legs of a caller that left end.

    Asterisk gives a CANCEL without a Reason as 127 (interworking), ``Q.850;cause=N`` as N, and ``SIP;cause=200`` as 16,
    which it cannot tell from ``Q.850;cause=16``: ``tells_elsewhere`` says which of them this network means.
    """
    if answered:
        return HangupCause.NORMAL
    if cause == HangupCause.ANSWERED_ELSEWHERE or (cause == HangupCause.NORMAL and tells_elsewhere):
        return HangupCause.ANSWERED_ELSEWHERE
    return HangupCause.NORMAL
