"""Every lamp is what its box holds, whatever is away meanwhile (spec §5), on virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from callcontrol.directory.directory import Directory
from callcontrol.errors import PhoneSystemDown, StoreDown
from callcontrol.lamp import DARK, Held, Lamp
from callcontrol.lifecycle.lamps import AT_ONCE, Lamps
from callcontrol.message import MessageKind
from tests.fakes.clock import MORNING, LoopClock
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.unit.routing.world import GROUP, LINES, A, directory

pytestmark = VIRTUAL_TIME
NEW = Held(MessageKind.VOICE, new=True)
ONE = Lamp(voice_new=1)


class Boxes:
    def __init__(self) -> None:
        self.holding: dict[str, list[Held]] = {}
        self.down = False

    async def for_lamps(self, lines: Iterable[str]) -> dict[str, list[Held]]:
        if self.down:
            raise StoreDown("the database does not answer")
        return {line: list(self.holding[line]) for line in lines if line in self.holding}


class Phones:
    """What the devices show; ``runs`` are the lamps told at once."""

    def __init__(self, online: Mapping[str, bool]) -> None:
        self.online, self.shown = online, dict[str, Lamp]()
        self.runs: list[dict[str, Lamp]] = []
        self.down = False
        self.takes = 0.1

    async def lines(self) -> dict[str, bool]:
        if self.down:
            raise PhoneSystemDown("nobody there")
        return dict(self.online)

    async def show(self, lamps: Mapping[str, Lamp]) -> None:
        await asyncio.sleep(self.takes)
        if self.down:
            raise PhoneSystemDown("nobody there")
        self.runs.append(dict(lamps))
        self.shown |= lamps


@asynccontextmanager
async def keeping(
    boxes: Boxes, phones: Phones, known: Directory | None = None, *, begun: bool = True
) -> AsyncIterator[Lamps]:
    """The lamps are kept; ``begun``: what there was at the start is told already."""
    where = known or directory()
    lamps = Lamps(boxes, phones, lambda: where, LoopClock())
    task = asyncio.create_task(lamps.run())
    if begun:
        await asyncio.sleep(2)
    yield lamps
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_at_a_start_every_lamp_is_told_and_first_where_a_phone_sees_it() -> None:
    numbers = [f"02229{n:05d}" for n in range(AT_ONCE + 10)]
    where = directory()
    for n, number in enumerate(numbers):
        where.put_line(replace(LINES[0], number=number, extension=str(5000 + n)))
    boxes, phones = Boxes(), Phones({number: number == numbers[-1] for number in numbers})
    boxes.holding[numbers[0]] = [NEW]
    async with keeping(boxes, phones, where):
        assert phones.shown == {numbers[0]: ONE, **dict.fromkeys(numbers[1:], DARK)}
        assert [len(run) for run in phones.runs] == [AT_ONCE, 10]
        assert next(iter(phones.runs[0])) == numbers[-1]


async def test_a_change_is_told_at_once_and_many_together() -> None:
    boxes, phones = Boxes(), Phones({A: True})
    async with keeping(boxes, phones) as lamps:
        phones.runs.clear()
        boxes.holding[A] = [NEW]
        lamps.heard(f"mailbox {A} 1")
        await asyncio.sleep(0.15)
        assert phones.shown == {A: ONE}
        for count in range(2, 102):
            boxes.holding[A] = [replace(NEW, count=count)]
            lamps.heard(f"mailbox {A} {count}")
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)
        assert phones.shown == {A: Lamp(voice_new=101)}
        assert len(phones.runs) <= 6


async def test_what_is_shown_already_is_not_told_again() -> None:
    boxes, phones = Boxes(), Phones({A: True})
    async with keeping(boxes, phones) as lamps:
        phones.runs.clear()
        lamps.heard(f"mailbox {A} 1")
        await asyncio.sleep(2)
        assert phones.runs == []
        lamps.all_changed()
        await asyncio.sleep(2)
        assert phones.runs == [{A: DARK}]
        lamps.device_changed(A)
        lamps.device_changed("demo-trunk")
        await asyncio.sleep(2)
        assert phones.runs == [{A: DARK}] * 2


async def test_a_setting_changes_a_lamp_and_a_group_has_none() -> None:
    where = directory()
    boxes, phones = Boxes(), Phones({A: True})
    boxes.holding = {A: [NEW], GROUP: [NEW]}
    async with keeping(boxes, phones, where) as lamps:
        assert phones.shown == {A: ONE}
        where.put_document(A, "notifications", {"mwi_voice": "urgent"}, 2)
        lamps.changed(A)
        lamps.changed(GROUP)
        await asyncio.sleep(1)
        assert phones.shown == {A: DARK}


@pytest.mark.parametrize("part", ["database", "Asterisk"])
async def test_what_changes_while_a_part_is_away_is_told_when_it_is_back(part: str) -> None:
    boxes, phones = Boxes(), Phones({A: True})
    away: Boxes | Phones = boxes if part == "database" else phones
    async with keeping(boxes, phones) as lamps:
        away.down = True
        boxes.holding[A] = [NEW]
        lamps.heard(f"mailbox {A} 1")
        await asyncio.sleep(30)
        assert phones.shown == {A: DARK}
        away.down = False
        await asyncio.sleep(1)
        assert phones.shown == {A: ONE}


async def test_a_start_without_asterisk_is_made_good() -> None:
    boxes, phones = Boxes(), Phones({A: True})
    boxes.holding[A] = [NEW]
    phones.down = True
    async with keeping(boxes, phones, begun=False):
        await asyncio.sleep(10)
        phones.down = False
        await asyncio.sleep(1.5)
        assert phones.shown == {A: ONE}


async def test_a_change_during_a_run_that_fails_or_not_is_told_after_it() -> None:
    boxes, phones = Boxes(), Phones({A: True})
    async with keeping(boxes, phones) as lamps:
        boxes.holding[A] = [NEW]
        lamps.heard(f"mailbox {A} 1")
        await asyncio.sleep(0.05)  # Asterisk is telling one
        boxes.holding[A] = [replace(NEW, count=2)]
        lamps.heard(f"mailbox {A} 2")
        await asyncio.sleep(1)
        assert phones.shown == {A: Lamp(voice_new=2)}
        phones.takes = 1
        boxes.holding[A] = [NEW]
        lamps.heard(f"mailbox {A} 3")
        await asyncio.sleep(0.5)
        phones.down = True
        lamps.all_changed()  # it was a dying one
        await asyncio.sleep(3)
        phones.down = False
        await asyncio.sleep(3)
        assert phones.shown == {A: ONE}


async def test_a_message_on_its_way_out_lights_the_lamp_when_its_mail_has_failed() -> None:
    boxes, phones = Boxes(), Phones({A: True})
    boxes.holding[A] = [replace(NEW, lit_from=MORNING + timedelta(minutes=15))]
    async with keeping(boxes, phones):
        assert phones.shown == {A: DARK}
        await asyncio.sleep(15 * 60 - 3)
        assert phones.shown == {A: DARK}
        await asyncio.sleep(3)
        assert phones.shown == {A: ONE}
