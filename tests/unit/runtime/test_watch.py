"""When a part that is silent is killed, and when it is not, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from callcontrol.runtime import watch

pytestmark = pytest.mark.asyncio(loop_scope="function")


class Part:
    """Ends when it is killed; answers what ``reply`` says."""

    name = "asterisk"
    pid = 7

    def __init__(self, reply: Callable[[], Awaitable[bool]]) -> None:
        self.answers = reply  # type: ignore[assignment]
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.killed_at: float | None = None

    async def answers(self) -> bool:
        raise AssertionError("replaced")

    async def kill(self) -> None:
        self.killed_at = asyncio.get_running_loop().time()
        self.ended.set_result(-9)

    async def end(self) -> int:
        return await self.ended


async def watched(part: Part, said: list[str], within: float) -> int | None:
    try:
        async with asyncio.timeout(within):
            return await watch.until_ended(part, part.end(), 5, said.append)
    except TimeoutError:
        return None


@pytest.mark.looptime(start=0)
@pytest.mark.parametrize("seconds", [0, 5])
async def test_silence_or_refusals_end_it_after_the_time_allowed(seconds: float) -> None:
    async def reply() -> bool:
        await asyncio.sleep(seconds)
        return False

    part, said = Part(reply), list[str]()
    assert await watched(part, said, 60) == -9
    assert part.killed_at == 5
    assert said == ["asterisk (process 7) has not answered for 5 s: killing it"]


@pytest.mark.looptime(start=0)
@pytest.mark.parametrize("seconds", [0, 1, 4.5])
async def test_late_answers_are_answers(seconds: float) -> None:
    async def reply() -> bool:
        await asyncio.sleep(seconds)
        return True

    part = Part(reply)
    assert await watched(part, [], 3600) is None
    assert part.killed_at is None


@pytest.mark.looptime(start=0)
async def test_one_answer_starts_the_time_again() -> None:
    loop = asyncio.get_running_loop()

    async def reply() -> bool:
        return loop.time() == 4

    part = Part(reply)
    assert await watched(part, [], 60) == -9
    assert part.killed_at == 9


@pytest.mark.looptime(start=0)
async def test_a_watch_that_was_itself_held_up_asks_again_before_it_kills(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when the whole machine stood still: time has passed, but hardly a question was asked."""
    loop = asyncio.get_running_loop()
    true, jump = loop.time, 0.0
    monkeypatch.setattr(loop, "time", lambda: true() + jump)

    async def reply() -> bool:
        await asyncio.sleep(0.2)
        return True

    part = Part(reply)
    work = asyncio.create_task(watched(part, [], 3600))
    await asyncio.sleep(1.5)  # between two questions
    jump = 100.0
    await asyncio.sleep(4)
    assert part.killed_at is None
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


@pytest.mark.looptime(start=0)
async def test_an_end_of_its_own_is_its_exit_code() -> None:
    async def reply() -> bool:
        return True

    part = Part(reply)
    asyncio.get_running_loop().call_later(2.5, part.ended.set_result, 3)
    assert await watched(part, [], 60) == 3
    assert part.killed_at is None


@pytest.mark.looptime(start=0)
async def test_a_bug_in_a_question_is_told_and_not_swallowed() -> None:
    async def reply() -> bool:
        raise RuntimeError("a bug")

    with pytest.raises(ExceptionGroup) as told:
        await watched(Part(reply), [], 60)
    assert told.group_contains(RuntimeError, match="a bug")
