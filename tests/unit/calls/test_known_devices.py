"""The phones that are remembered for who looks again and again: never longer than they are known to be right."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.errors import PhoneSystemDown
from callcontrol.facts import Device
from callcontrol.lifecycle import known_devices
from callcontrol.lifecycle.known_devices import KnownDevices

LINE, OTHER = "0222969569", "0222969570"
DESK, SOFT = Device("sip:x@192.0.2.7:5060", "Yealink"), Device("sip:x@192.0.2.8:5060", "Linphone")


class Asterisk:
    """Answers for lines, at once or when it may."""

    def __init__(self) -> None:
        self.devices: dict[str, tuple[Device, ...]] = {LINE: (DESK,), OTHER: ()}
        self.asked: list[str] = []
        self.heard = True
        self.may = asyncio.Event()
        self.may.set()
        self.down = False

    async def answer(self, line: str) -> tuple[Device, ...]:
        self.asked.append(line)
        found = self.devices[line]
        await self.may.wait()
        if self.down:
            raise PhoneSystemDown("gone")
        return found


@pytest.fixture
def asterisk() -> Asterisk:
    return Asterisk()


@pytest.fixture
def known(asterisk: Asterisk) -> KnownDevices:
    return KnownDevices(asterisk.answer, lambda: asterisk.heard)


async def test_a_line_is_asked_for_once_until_it_changes(asterisk: Asterisk, known: KnownDevices) -> None:
    for _ in range(3):
        assert await known.of(LINE) == (DESK,)
        assert await known.of(OTHER) == ()
    assert asterisk.asked == [LINE, OTHER]
    asterisk.devices[LINE] = (DESK, SOFT)
    known.changed(LINE)
    for _ in range(3):
        assert await known.of(LINE) == (DESK, SOFT)
        assert await known.of(OTHER) == ()
    assert asterisk.asked == [LINE, OTHER, LINE]


@pytest.mark.parametrize("all_lines", [False, True])
async def test_what_changes_while_the_answer_is_on_its_way_is_not_missed(
    asterisk: Asterisk, known: KnownDevices, all_lines: bool
) -> None:
    asterisk.may.clear()
    asking = asyncio.create_task(known.of(LINE))
    await asyncio.sleep(0)
    asterisk.devices[LINE] = ()
    if all_lines:
        known.all_changed()
    else:
        known.changed(LINE)
    later = asyncio.create_task(known.of(LINE))
    await asyncio.sleep(0)
    asterisk.may.set()
    assert (await asking, await later) == ((DESK,), ())
    assert await known.of(LINE) == ()
    assert len(asterisk.asked) == 2


async def test_nothing_is_remembered_while_changes_are_not_heard(
    asterisk: Asterisk, known: KnownDevices
) -> None:
    assert await known.of(LINE) == (DESK,)
    asterisk.heard = False
    asterisk.devices[LINE] = ()
    assert await known.of(LINE) == ()
    asterisk.devices[LINE] = (SOFT,)
    assert await known.of(LINE) == (SOFT,)
    asterisk.heard = True
    known.all_changed()
    asterisk.devices[LINE] = ()
    assert await known.of(LINE) == ()
    assert len(asterisk.asked) == 4


async def test_an_answer_that_was_begun_before_changes_were_heard_is_not_remembered(
    asterisk: Asterisk, known: KnownDevices
) -> None:
    asterisk.heard = False
    asterisk.may.clear()
    asking = asyncio.create_task(known.of(LINE))
    await asyncio.sleep(0)
    known.all_changed()
    asterisk.heard = True
    asterisk.devices[LINE] = ()
    asterisk.may.set()
    assert await asking == (DESK,)
    assert await known.of(LINE) == ()


async def test_a_failure_is_told_and_not_remembered(asterisk: Asterisk, known: KnownDevices) -> None:
    asterisk.down = True
    with pytest.raises(PhoneSystemDown):
        await known.of(LINE)
    asterisk.down = False
    assert await known.of(LINE) == (DESK,)


async def test_what_nobody_tells_is_seen_after_a_while(
    asterisk: Asterisk, known: KnownDevices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_devices, "KEPT_SECONDS", 0.0)
    assert await known.of(LINE) == (DESK,)
    asterisk.devices[LINE] = (SOFT,)
    assert await known.of(LINE) == (SOFT,)
