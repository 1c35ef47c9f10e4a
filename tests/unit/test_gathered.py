"""What many ask at once is asked together; each gets its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from callcontrol.store.gathered import MOST, SIDE_BY_SIDE, Gathered


class Database:
    """Answers twice the number, once ``open`` is set; negative ones are refused."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []
        self.open = asyncio.Event()

    async def ask(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.asked.append(list(numbers))
        await self.open.wait()
        return [ValueError(number) if number < 0 else 2 * number for number in numbers]


async def test_one_alone_is_asked_at_once() -> None:
    database = Database()
    database.open.set()
    assert await Gathered(database.ask).one(4) == 8
    assert database.asked == [[4]]


async def test_all_who_come_meanwhile_are_asked_together() -> None:
    database = Database()
    gathered = Gathered(database.ask)
    waiting = [asyncio.create_task(gathered.one(number)) for number in range(2 * MOST)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert len(database.asked) <= SIDE_BY_SIDE
    database.open.set()
    assert await asyncio.gather(*waiting) == [2 * number for number in range(2 * MOST)]
    assert len(database.asked) <= 3
    assert max(map(len, database.asked)) <= MOST


async def test_each_has_its_own_refusal() -> None:
    database = Database()
    database.open.set()
    gathered = Gathered(database.ask)
    one, other = await asyncio.gather(gathered.one(-1), gathered.one(1), return_exceptions=True)
    assert isinstance(one, ValueError)
    assert other == 2


async def test_where_all_fail_each_hears_so_and_the_next_is_asked_again() -> None:
    answers: list[Exception | None] = [OSError("away"), None]

    async def ask(numbers: Sequence[int]) -> list[int | Exception]:
        if (error := answers.pop(0)) is not None:
            raise error
        return list(numbers)

    gathered = Gathered(ask)
    failed = await asyncio.gather(gathered.one(1), gathered.one(2), return_exceptions=True)
    assert all(isinstance(each, OSError) for each in failed)
    assert await gathered.one(3) == 3


async def test_one_who_gives_up_takes_nothing_from_the_others() -> None:
    database = Database()
    gathered = Gathered(database.ask)
    gone, stays = asyncio.create_task(gathered.one(1)), asyncio.create_task(gathered.one(2))
    await asyncio.sleep(0)
    gone.cancel()
    database.open.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
