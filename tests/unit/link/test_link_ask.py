"""One question over the link, as the operator's commands ask it."""

from __future__ import annotations

from pathlib import Path

import pytest

from callcontrol.errors import CallSideDown, PhoneSystemDown
from callcontrol.facts import LineState
from callcontrol.link.ask import asked
from callcontrol.link.frames import CallList, HowAreCalls, ListCalls, StateOf
from callcontrol.live import CallsNow
from tests.unit.link.test_link import LINE, linked


async def test_it_is_answered_while_the_web_is_connected_too(tmp_path: Path) -> None:
    async with linked(tmp_path) as ends:
        assert (await asked(ends.path, HowAreCalls(), CallsNow)).connected
        assert await asked(ends.path, ListCalls(), CallList) == CallList(())
        ends.calls.up = False
        with pytest.raises(PhoneSystemDown):
            await asked(ends.path, StateOf(LINE), LineState)
        ends.calls.up = True
        ends.calls.go_on.clear()
        with pytest.raises(CallSideDown, match="does not answer"):
            await asked(ends.path, StateOf(LINE), LineState, 0.05)


async def test_nobody_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CallSideDown, match="does not answer"):
        await asked(tmp_path / "calls.sock", HowAreCalls(), CallsNow)
