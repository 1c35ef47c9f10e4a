"""Play and ask: a key stops a prompt, keys typed ahead are obeyed, and silence, wrong keys and a hangup are answers."""

from __future__ import annotations

import asyncio

import pytest

from callcontrol.call.events import pause
from callcontrol.call.together import together
from callcontrol.dialogue.ask import Digits, Question, Silence, ask, choose
from callcontrol.dialogue.play import Interrupted, PartyLeft, Played, Playing, play
from callcontrol.errors import CallerHungUp
from callcontrol.lifecycle.closing import close
from callcontrol.telephony import HangupCause, PlaybackEnded
from tests.fakes.virtual_time import VIRTUAL_TIME
from tests.fakes.world import World
from tests.unit.calls.bare_call import answered_leg, bare_call

pytestmark = VIRTUAL_TIME

MENU = ("sound:menu",)
WRONG = ("sound:wrong",)


def now() -> float:
    return asyncio.get_running_loop().time()


# --- play ---------------------------------------------------------------------------------------------------------


async def test_a_key_stops_what_plays_and_stays_for_whoever_asks(world: World) -> None:
    call, channel = bare_call(world)
    world.later(0.7, lambda: world.asterisk.press(channel, "5"))
    assert await play(call, MENU, until_key=True) == "5"
    assert [(h.prompt, round(h.seconds, 1)) for h in channel.heard] == [("menu", 0.7)]
    assert list(call.caller.keys) == ["5"]


async def test_nothing_is_played_to_somebody_who_has_pressed_a_key_before(world: World) -> None:
    call, channel = bare_call(world)
    world.asterisk.press(channel, "5")
    await pause(call, 0.1)
    assert await play(call, MENU, until_key=True) == "5"
    assert channel.heard == []
    assert now() == pytest.approx(0.1)


async def test_what_no_key_stops_is_played_to_its_end(world: World) -> None:
    call, channel = bare_call(world)
    world.later(0.7, lambda: world.asterisk.press(channel, "5"))
    assert await play(call, MENU) is None
    assert [(h.prompt, h.whole) for h in channel.heard] == [("menu", True)]


async def test_what_is_played_again_and_again_goes_on_until_another_part_has_come_to_something(
    world: World,
) -> None:
    call, channel = bare_call(world)
    music, menu = Playing(call, call.caller, ("sound:music",), again=True), Waits(7)
    assert await together(call, music, menu) == (menu, "over")
    assert [(h.prompt, round(h.seconds)) for h in channel.heard] == [("music", 2)] * 3 + [("music", 1)]
    assert call.caller.playing is None


async def test_what_cannot_be_played_is_not_tried_again_and_again(world: World) -> None:
    call, channel = bare_call(world)
    music = Playing(call, call.caller, ("sound:music",), again=True)
    assert await music.begin() is None
    ended = PlaybackEnded(call.caller.playing or "", channel.id, failed=True)
    call.caller.note(ended)
    assert await music.on(ended) == Played()
    assert world.process.phones.commands.count("play") == 1


async def test_an_end_that_comes_late_stops_nothing_of_somebody_else(world: World) -> None:
    call, channel = bare_call(world)
    early = Playing(call, call.caller, MENU)
    await early.begin()
    await call.caller.start_playing("another", ("sound:other",))
    await early.end()
    assert world.asterisk.media.playing(channel) == ("other",)


class Waits(Playing):
    """A part that is over after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self.deadline = now() + seconds

    async def begin(self) -> None:
        return None

    async def on(self, event: object) -> object:  # type: ignore[override]
        return "over" if event is None else None

    async def end(self) -> None:
        return None


# --- ask ----------------------------------------------------------------------------------------------------------


async def test_ten_keys_typed_ahead_are_obeyed_in_their_order_and_nothing_is_said(world: World) -> None:
    call, channel = bare_call(world)
    for key in "1234567890":
        world.asterisk.press(channel, key)
    await pause(call, 0.01)
    chosen = [await choose(call, MENU, "0123456789") for _ in range(10)]
    assert (chosen, channel.heard) == (list("1234567890"), [])
    assert now() == pytest.approx(0.01)


async def test_a_key_during_the_prompt_stops_it_and_nothing_plays_after(world: World) -> None:
    call, channel = bare_call(world)
    world.later(0.7, lambda: world.asterisk.press(channel, "2"))
    assert await choose(call, MENU, "123") == "2"
    await pause(call, 10)
    assert [(h.prompt, round(h.seconds, 1)) for h in channel.heard] == [("menu", 0.7)]
    assert world.process.phones.commands == ["play", "stop_playback"]


async def test_keys_that_come_faster_than_any_command_are_each_taken_once(world: World) -> None:
    call, channel = bare_call(world)
    for number, key in enumerate("2468"):
        world.later(0.7 + number / 10_000, lambda key=key: world.asterisk.press(channel, key))  # type: ignore[misc]
    answers = [await ask(call, Question(MENU, most=2)) for _ in range(2)]
    assert answers == [Digits("24"), Digits("68")]


async def test_a_wrong_key_is_told_so_and_the_menu_said_again_until_the_tries_are_over(world: World) -> None:
    call, channel = bare_call(world)
    for seconds, key in ((1, "9"), (6, "8"), (11, "7")):
        world.later(seconds, lambda key=key: world.asterisk.press(channel, key))  # type: ignore[misc]
    assert await choose(call, MENU, "123", wrong=WRONG) is None
    assert [h.prompt for h in channel.heard] == ["menu", "wrong", "menu", "wrong", "menu"]


async def test_a_wrong_key_and_then_a_right_one(world: World) -> None:
    call, channel = bare_call(world)
    for seconds, key in ((1, "9"), (2.5, "3")):
        world.later(seconds, lambda key=key: world.asterisk.press(channel, key))  # type: ignore[misc]
    assert await choose(call, MENU, "123", wrong=WRONG) == "3"
    assert [(h.prompt, h.whole) for h in channel.heard] == [("menu", False), ("wrong", False)]


async def test_silence_is_counted_from_the_end_of_the_prompt_and_the_menu_is_said_again(world: World) -> None:
    call, channel = bare_call(world)
    assert await choose(call, MENU, "123", wrong=WRONG) is None
    assert [h.prompt for h in channel.heard] == ["menu"] * 3
    assert now() == pytest.approx(3 * (2 + 6), abs=0.1)


async def test_digits_end_by_their_key_by_their_number_or_by_silence(world: World) -> None:
    call, channel = bare_call(world)

    async def typed(keys: str, question: Question) -> object:
        for number, key in enumerate(keys):
            world.later(0.5 + number, lambda key=key: world.asterisk.press(channel, key))  # type: ignore[misc]
        return await ask(call, question)

    pin = Question(MENU, most=8, ends="#*")
    assert await typed("1234#", pin) == Digits("1234", ended_by="#")
    assert await typed("*", pin) == Digits("", ended_by="*")
    assert await typed("12345678", pin) == Digits("12345678")
    begun = now()
    assert await typed("12", pin) == Digits("12")
    assert now() - begun == pytest.approx(1.5 + pin.next_seconds, abs=0.1)
    assert await ask(call, Question((), first_seconds=3)) == Silence()


async def test_the_callers_hangup_while_it_is_asked_is_its_hangup(world: World) -> None:
    call, channel = bare_call(world)
    world.later(0.5, lambda: world.asterisk.far_end_leaves(channel))
    with pytest.raises(CallerHungUp):
        await choose(call, MENU, "123")


@pytest.mark.parametrize(
    "leaves", [0.0, 1.0, 4.0], ids=["at once", "in the prompt", "in the silence after it"]
)
async def test_another_party_that_leaves_is_an_answer_and_the_call_goes_on(
    world: World, leaves: float
) -> None:
    world.line("4003").device(answers=0.5, leaves=leaves)
    call, channel = bare_call(world)
    leg = await answered_leg(call, "0222969570")
    if not leaves:
        await pause(call, 0.1)
    assert await ask(call, Question(MENU), party=leg) == PartyLeft()
    assert await choose(call, MENU, "123", party=leg) is None
    assert channel.alive
    await close(call, HangupCause.NORMAL)


async def test_the_keys_of_one_party_do_not_answer_for_another(world: World) -> None:
    world.line("4003").device(answers=0.5, presses=((3, "2"),))
    call, channel = bare_call(world)
    leg = await answered_leg(call, "0222969570")
    world.later(1, lambda: world.asterisk.press(channel, "1"))
    assert await choose(call, MENU, "123", party=leg) == "2"
    assert list(call.caller.keys) == ["1"]
    await close(call, HangupCause.NORMAL)


async def test_a_key_pressed_between_two_events_of_others_interrupts(world: World) -> None:
    """Whatever event comes next, the key is found: it was noted before the parts were shown anything."""
    call, channel = bare_call(world)
    prompt = Playing(call, call.caller, MENU, until_key=True)
    assert await prompt.begin() is None
    call.caller.keys.append("4")
    assert await prompt.on(None) == Interrupted("4")
    assert world.asterisk.media.playing(channel) == ()
