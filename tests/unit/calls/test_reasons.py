"""What our phones are told when a caller leaves before the answer (RFC 3326; issue A4, row 19)."""

from __future__ import annotations

import pytest

from callcontrol.sip.reasons import told_to_legs
from callcontrol.telephony import HangupCause

ROWS = [
    # cause as Asterisk gives it, answered, the network tells "elsewhere", then the phones are told
    (26, False, True, HangupCause.ANSWERED_ELSEWHERE, "Q.850;cause=26"),
    (26, False, False, HangupCause.ANSWERED_ELSEWHERE, "Q.850;cause=26 is never ambiguous"),
    (16, False, True, HangupCause.ANSWERED_ELSEWHERE, "SIP;cause=200"),
    (
        16,
        False,
        False,
        HangupCause.NORMAL,
        "Q.850;cause=16 of a network that says so whenever a caller gives up",
    ),
    (127, False, True, HangupCause.NORMAL, "a CANCEL without a Reason"),
    (17, False, True, HangupCause.NORMAL, "any other reason"),
    (None, False, True, HangupCause.NORMAL, "nothing known"),
    (16, True, True, HangupCause.NORMAL, "a BYE after the answer"),
]


@pytest.mark.parametrize(("cause", "answered", "tells", "told", "why"), ROWS, ids=[row[4] for row in ROWS])
def test_phones_are_told(cause: int | None, answered: bool, tells: bool, told: HangupCause, why: str) -> None:
    assert told_to_legs(cause, answered=answered, tells_elsewhere=tells) is told, why
