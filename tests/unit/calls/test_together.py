"""Parts of one call: each sees every event in its order, hears of its own deadline alone, and is ended when another
one has come to something."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.call.events import next_event
from callcontrol.call.inbox import CallEvent
from callcontrol.call.together import NEVER, Part, alone, in_seconds, together
from callcontrol.errors import CallerHungUp
from callcontrol.telephony import KeyPressed
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.bare_call import bare_call

pytestmark = VIRTUAL_TIME


class Noting(Part[str]):
    """Writes down what is asked of it. Comes to its name at the key ``at_key``, at its deadline, or when it begins."""

    def __init__(
        self,
        name: str,
        diary: list[str],
        *,
        at_key: str = "",
        seconds: float | None = None,
        begun: bool = False,
    ) -> None:
        self._name, self._diary, self._at_key, self._begun = name, diary, at_key, begun
        self.deadline = NEVER if seconds is None else in_seconds(seconds)

    async def begin(self) -> str | None:
        self._diary.append(f"{self._name} begins")
        return self._name if self._begun else None

    async def on(self, event: CallEvent | None) -> str | None:
        key = event.digit if isinstance(event, KeyPressed) else "late" if event is None else "?"
        self._diary.append(f"{self._name} {key}")
        return self._name if key == self._at_key or event is None else None

    async def end(self) -> None:
        self._diary.append(f"{self._name} ends")


async def test_each_part_sees_each_event_in_its_order_and_the_first_to_come_to_something_ends_the_others(
    world: World,
) -> None:
    call, channel = bare_call(world)
    diary: list[str] = []
    a, b, c = Noting("a", diary), Noting("b", diary, at_key="2"), Noting("c", diary)
    for key in "123":
        world.asterisk.press(channel, key)
    assert await together(call, a, b, c) == (b, "b")
    assert diary == [
        "a begins", "b begins", "c begins", "a 1", "b 1", "c 1", "a 2", "b 2", "a ends", "c ends",
    ]  # fmt: skip
    assert list(call.caller.keys) == ["1", "2"]  # what came later is left for whoever goes on
    await next_event(call)
    assert list(call.caller.keys) == ["1", "2", "3"]


async def test_a_part_that_comes_to_something_as_it_begins_ends_the_others_also_one_that_never_began(
    world: World,
) -> None:
    call, _ = bare_call(world)
    diary: list[str] = []
    a, b, c = Noting("a", diary), Noting("b", diary, begun=True), Noting("c", diary)
    assert await together(call, a, b, c) == (b, "b")
    assert diary == ["a begins", "b begins", "a ends", "c ends"]


async def test_only_the_part_whose_deadline_has_come_hears_of_it(world: World) -> None:
    call, channel = bare_call(world)
    diary: list[str] = []
    slow, quick = Noting("slow", diary, seconds=9), Noting("quick", diary, seconds=4)
    never = Noting("never", diary)
    world.later(3.5, lambda: world.asterisk.press(channel, "7"))
    begun = asyncio.get_running_loop().time()
    assert await together(call, slow, quick, never) == (quick, "quick")
    assert asyncio.get_running_loop().time() - begun == pytest.approx(4)
    assert diary[3:] == ["slow 7", "quick 7", "never 7", "quick late", "slow ends", "never ends"]


async def test_a_deadline_that_a_part_moves_is_kept(world: World) -> None:
    call, _ = bare_call(world)

    class Twice(Noting):
        async def on(self, event: CallEvent | None) -> str | None:
            late = await super().on(event)
            if diary.count("twice late") < 3:
                self.deadline = in_seconds(2)
                return None
            return late

    diary: list[str] = []
    begun = asyncio.get_running_loop().time()
    await alone(call, Twice("twice", diary, seconds=2))
    assert asyncio.get_running_loop().time() - begun == pytest.approx(6)


async def test_the_callers_hangup_ends_the_loop_from_whatever_part(world: World) -> None:
    call, channel = bare_call(world)
    diary: list[str] = []
    world.later(2, lambda: world.asterisk.far_end_leaves(channel))
    with pytest.raises(CallerHungUp):
        await together(call, Noting("a", diary), Noting("b", diary, seconds=30))
    assert diary == ["a begins", "b begins"]
    assert call.caller_gone
