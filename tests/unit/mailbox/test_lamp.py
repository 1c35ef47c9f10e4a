"""Which messages light a lamp, and how they are told (spec §5, RFC 3842)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from callcontrol.asterisk.lamps import as_text
from callcontrol.lamp import DARK, Held, Lamp, VoiceLamp, lamp, lit_next
from callcontrol.message import MessageKind

VOICE, FAX = MessageKind.VOICE, MessageKind.FAX
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

FULL = [
    Held(VOICE, new=True, count=3),
    Held(VOICE, new=True, urgent=True, count=2),
    Held(VOICE, new=False, count=7),
    Held(VOICE, new=False, urgent=True),
    Held(FAX, new=True, count=4),
    Held(FAX, new=True, urgent=True),
    Held(FAX, new=False, count=9),
]


@pytest.mark.parametrize(
    ("held", "voice", "fax", "told"),
    [
        pytest.param([], "all", True, "no 0/0 (0/0) 0/0", id="an empty box"),
        pytest.param(FULL, "all", True, "yes 5/8 (2/1) 5/9", id="everything counts"),
        pytest.param(FULL, "all", False, "yes 5/8 (2/1) 0/0", id="the default: voice alone"),
        pytest.param(FULL, "urgent", False, "yes 2/1 (2/1) 0/0", id="urgent ones alone"),
        pytest.param(FULL, "urgent", True, "yes 2/1 (2/1) 5/9", id="urgent ones, and every fax"),
        pytest.param(FULL, "none", True, "yes 0/0 (0/0) 5/9", id="faxes alone"),
        pytest.param(FULL, "none", False, "no 0/0 (0/0) 0/0", id="nothing at all"),
        pytest.param([Held(VOICE, True)], "urgent", True, "no 0/0 (0/0) 0/0", id="new, but none is urgent"),
        pytest.param([Held(VOICE, False, True)], "all", True, "no 0/1 (0/1) 0/0", id="heard: dark"),
        pytest.param(
            [Held(FAX, True)], "all", False, "no 0/0 (0/0) 0/0", id="a fax that nobody wants to see"
        ),
        pytest.param(
            [Held(VOICE, True, lit_from=NOW + QUARTER), Held(VOICE, False, lit_from=NOW + QUARTER)],
            "all",
            True,
            "no 0/0 (0/0) 0/0",
            id="on its way out of the box by mail",
        ),
        pytest.param(
            [Held(VOICE, True, True, lit_from=NOW), Held(FAX, True, lit_from=NOW - QUARTER)],
            "all",
            True,
            "yes 1/0 (1/0) 1/0",
            id="its mail has failed for a quarter of an hour",
        ),
    ],
)
def test_a_lamp_is_what_the_box_holds_by_the_settings(
    held: list[Held], voice: VoiceLamp, fax: bool, told: str
) -> None:
    shown = lamp(held, voice, fax, NOW)
    _, new, old, *rest = as_text("0222969569", shown).split(",")
    assert " ".join(rest) == told
    assert (int(new) > 0) == told.startswith("yes")
    assert int(old) == shown.old


def test_a_lamp_is_looked_at_again_when_the_first_mail_has_failed_for_long_enough() -> None:
    later = [Held(VOICE, True, lit_from=NOW + minutes * timedelta(minutes=1)) for minutes in (9, 3, 0, -5)]
    assert lit_next(later, NOW) == NOW + timedelta(minutes=3)
    assert lit_next([Held(VOICE, True)], NOW) is None
    assert lamp([], "all", True, NOW) == DARK == Lamp()
