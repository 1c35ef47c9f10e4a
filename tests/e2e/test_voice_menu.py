"""``*318`` on real phones: what is told, what is played back, and what becomes of it (spec §6)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Literal

import pytest
import pytest_asyncio

from callcontrol.dialogue import say
from callcontrol.facts import Presentation
from callcontrol.store.pool import borrowed
from rig import Phone
from rig.outgoing import OutgoingCall
from tests.e2e.inbox import mails_to, text_of
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import leave_message, outside_call
from tests.e2e.prompter import Prompter
from tests.e2e.spoken import Recorder, gaps, levels, steepest_onset
from tests.stack import Stack

PIN, WRONG = "731946", "864209"
ACCESS = "0222499990"
CALLER = "0145730099"
OWNER = "owner@example.net"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def firm(stack: Stack) -> AsyncIterator[Office]:
    """A company whose boxes have PINs, and whose users know how to use them."""
    opened = await Office.open(
        stack, 24, company="Messagerie", prefix="02224", of_company={"voicemail_number": ACCESS},
        of_lines={"pin": PIN, "email": OWNER},
    )  # fmt: skip
    async with borrowed(opened.pool) as connection:
        await connection.execute(
            "INSERT INTO box_introductions SELECT number, $1 FROM lines ON CONFLICT DO NOTHING",
            datetime.now(UTC),
        )
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def prompter(stack: Stack) -> AsyncIterator[Prompter]:
    async with Prompter.of(stack) as listening:
        yield listening


async def types(call: OutgoingCall, keys: str, method: Literal["rfc4733", "info"] = "rfc4733") -> None:
    await call.send_dtmf(keys, method=method)


async def message_from_outside(firm: Office, desk: Desk, caller: str = CALLER) -> int:
    """Somebody outside leaves a message: the tone of it, in Hz."""
    async with firm.trunk(beside=True) as world:
        call = await outside_call(world, desk.number, caller)
        await leave_message(call)
        tone = call.tone
    await firm.messages(desk)
    return tone


async def opens(phone: Phone, dialled: str = "*318") -> OutgoingCall:
    """A registered phone dials the code and is answered."""
    await phone.register()
    call = await phone.invite(dialled)
    await call.answered()
    return call


@pytest.mark.parametrize("method", ["rfc4733", "info"])
async def test_the_menu_tells_plays_deletes_and_restores(
    firm: Office, prompter: Prompter, method: Literal["rfc4733", "info"]
) -> None:
    (desk,) = firm.desks(1)
    tone = await message_from_outside(firm, desk)
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("enter-pin")
        await types(call, f"{PIN}#", method)
        await prompter.plays_all("you-have", "new-message-1-end")
        await types(call, "1", method)
        await prompter.plays_all("message-from", *say.phone_number(CALLER, "fr"))
        await prompter.plays_all("received", "today", "at")
        await call.hears(tone, within=15)
        await types(call, "3", method)
        await prompter.plays("message-deleted")
        await prompter.plays("no-more-messages")
        assert await firm.messages(desk, 0) == []
        await types(call, "6", method)
        await call.hears(tone, within=30)
        await types(call, "2", method)
        await prompter.plays("message-restored")
        await types(call, "*", method)
        await prompter.plays("goodbye")
        await call.ended(within=10)
    (message,) = await firm.messages(desk)
    assert message.sender.presentation is Presentation.SHOWN
    await firm.nothing_left()


async def test_a_message_is_forwarded_with_an_introduction_and_replied_to(
    firm: Office, prompter: Prompter
) -> None:
    camille, dominique = firm.desks(2)
    async with firm.phone(dominique) as phone:
        await phone.register()
        await leave_message(await phone.invite(camille.number))
    await firm.set(camille, "inbox-access", {"pin_disabled": True, "playback": "message"})
    (message,) = await firm.messages(camille)
    async with firm.phone(camille) as phone:
        call = await opens(phone)
        await types(call, f"15{dominique.extension}##1")
        await call.hears(1000, within=15)
        await asyncio.sleep(3)
        await types(call, "#")
        await prompter.plays("recording-menu")
        await types(call, "1")
        await prompter.plays("message-forwarded")
        await types(call, "41")
        await prompter.plays("record-reply")
        await call.hears(1000, within=15)
        await asyncio.sleep(3)
        await types(call, "#")
        await prompter.plays("recording-menu")
        await types(call, "1")
        await prompter.plays("reply-sent")
        await call.hang_up()
    reply, forwarded = await firm.messages(dominique, 2)
    assert message.duration is not None
    assert reply.duration is not None
    assert forwarded.duration is not None
    assert 2.5 < reply.duration < 4
    assert forwarded.duration == pytest.approx(message.duration + reply.duration, abs=0.5)
    await firm.nothing_left()


async def test_seven_eight_and_nine_move_in_a_message(firm: Office, prompter: Prompter) -> None:
    (desk,) = firm.desks(1)
    await firm.set(desk, "inbox-access", {"pin_disabled": True, "playback": "message"})
    async with firm.trunk(beside=True) as world:
        call = await outside_call(world, desk.number, CALLER)
        await call.answered()
        await call.hears_speech()
        await call.send_dtmf("#")
        await call.hears(1000)
        for tone in (600, 1400, 2200):  # four seconds each
            call.play_tone(tone)
            await asyncio.sleep(4)
        await call.hang_up()
    await firm.messages(desk)
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("you-have")
        await types(call, "1")
        await call.hears(600, within=5)
        await types(call, "9")
        await call.hears(1400, within=1)
        await types(call, "7")
        await call.hears(600, within=1)
        await types(call, "8")
        await call.hears_silence(1.5, within=3)
        await types(call, "8")
        await call.hears(600, within=2)
        await types(call, "9")
        await call.hears(2200, within=3)
        await prompter.plays("press-1-to-listen-again")
        await types(call, "7")
        await call.hears(1400, within=1)  # the last five seconds
        await call.hears(2200, within=3)
        await call.hang_up()
    (message,) = await firm.messages(desk)
    assert message.new is False
    await firm.nothing_left()


async def test_pin_and_quick_login_as_the_guide_says(firm: Office, prompter: Prompter) -> None:
    (desk,) = firm.desks(1)
    await firm.set(desk, "inbox-access", {"pin_disabled": True, "quick_login": False})
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("enter-line-number")
        await types(call, f"{desk.extension}#")
        await prompter.plays("enter-pin")
        await types(call, f"{PIN}#")
        await prompter.plays("you-have")
        await call.hang_up()
        await firm.set(desk, "inbox-access", {"pin_disabled": True, "quick_login": True})
        call = await opens(phone)
        await prompter.plays("you-have")
        await call.hang_up()
        await firm.set(desk, "inbox-access", {})
        call = await opens(phone)
        for _ in range(3):
            await prompter.plays("enter-pin")
            await types(call, f"{WRONG}#")
        await prompter.plays("pin-wrong-goodbye")
        await call.ended(within=10)
    await firm.nothing_left()


async def test_ten_wrong_pins_from_outside_lock_the_box(firm: Office, prompter: Prompter) -> None:
    (desk,) = firm.desks(1)
    async with firm.trunk(beside=True) as world:
        for tries in (3, 3, 3, 1):
            call = await outside_call(world, ACCESS, CALLER)
            await call.answered()
            for _ in range(tries):
                await prompter.plays("enter-line-number")
                await types(call, f"{desk.number}#{WRONG}#")
            await prompter.plays("access-locked-until" if tries == 1 else "pin-wrong-goodbye")
            await call.ended(within=15)
        call = await outside_call(world, desk.number, CALLER)
        await call.answered()
        await call.hears_speech()
        await types(call, f"*{PIN}#")
        await prompter.plays("access-locked-until")
        await call.ended(within=15)
    async with borrowed(firm.pool) as connection:
        told = await connection.fetch(
            "SELECT field FROM audit WHERE line = $1 AND from_where = 'phone'", desk.number
        )
    assert [row["field"] for row in told] == ["inbox-access.locked"]
    (mail,) = await mails_to(firm, OWNER, saying=desk.number)
    assert "est bloqué jusqu'au" in text_of(mail)
    await firm.nothing_left()


async def test_a_greeting_recorded_by_phone_is_kept_and_played_back(firm: Office, prompter: Prompter) -> None:
    (desk,) = firm.desks(1)
    await firm.set(desk, "inbox-access", {"pin_disabled": True})
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("you-have")
        await types(call, "3232")
        await call.hears(1000, within=15)
        await asyncio.sleep(2)
        await types(call, "#")
        await prompter.plays("press-1-to-listen")
        await types(call, "1")
        await call.hears(call.tone)
        await types(call, "3")
        await prompter.plays("recording-saved")
        await types(call, "2")
        await call.hears(call.tone)
        await call.hang_up()
    await firm.nothing_left()


LONGEST_GAP, SHORTEST_GAP = 0.300, 0.030
CLICK = 6000
EVEN_DB = 6.0


async def test_a_whole_session_sounds_as_one_voice(firm: Office, prompter: Prompter) -> None:
    """No gap over 300 ms inside a sentence, none under 30 ms between two, no click, and one level."""
    (desk,) = firm.desks(1)
    await message_from_outside(firm, desk)
    await firm.set(desk, "inbox-access", {"pin_disabled": True, "playback": "details"})
    async with firm.phone(desk) as phone:
        await phone.register()
        prompter.all.clear()
        call = await phone.invite("*318")
        recorder = Recorder()
        (await call.open_media()).ear.on_sound = recorder
        await call.answered()
        await prompter.plays("press-star-to-leave", within=60)  # the opening and the whole main menu
        pressed = [asyncio.get_running_loop().time()]
        await types(call, "1")
        await prompter.plays("press-star-to-go-back", within=60)  # the details and the whole menu behind them
        pressed.append(asyncio.get_running_loop().time())
        await types(call, "*")
        await prompter.plays("press-1-for-messages")
        await call.hang_up()
    said = [(prompt, recorder.place(time), time) for prompt, time in prompter.all]
    uncut = [
        [(prompt, place) for prompt, place, time in said if since <= time < until]
        for since, until in zip([0.0, *pressed], [*pressed, float("inf")], strict=True)
    ]
    found = [gap for part in uncut for gap in gaps(part, recorder.samples, "fr")]
    loud = {name: db for part in uncut for name, db in levels(part, recorder.samples).items()}
    cut = 0.4  # a key has cut a prompt off by then
    onset = max(
        steepest_onset(recorder.samples[recorder.place(since + cut) : recorder.place(until)])
        for since, until in zip([0.0, *pressed], [*pressed, prompter.all[-1][1]], strict=True)
    )
    inside, between = [g for g in found if g.goes_on], [g for g in found if not g.goes_on]
    print(
        f"{len(said)} prompts; inside a sentence at most {max(g.seconds for g in inside) * 1000:.0f} ms, between two "
        f"at least {min(g.seconds for g in between) * 1000:.0f} ms; steepest onset {onset}; "
        f"{min(loud.values()):.1f} to {max(loud.values()):.1f} dBFS"
    )
    assert len(inside) >= 5, found
    assert len(between) >= 12, found
    assert [gap for gap in inside if gap.seconds > LONGEST_GAP] == []
    assert [gap for gap in between if gap.seconds < SHORTEST_GAP] == []
    assert onset < CLICK
    middle = sorted(loud.values())[len(loud) // 2]
    assert {name: db for name, db in loud.items() if abs(db - middle) > EVEN_DB} == {}
    await firm.nothing_left()


KEYS = int(os.environ.get("CC_MENU_KEYS", "40"))
MEASURED = 200
"""Keys that are timed, and how many make a measurement, on a quiet machine: 95 % of them are answered at once then."""
AT_ONCE = 0.150


async def test_the_next_prompt_begins_at_once_after_a_key(firm: Office, prompter: Prompter) -> None:
    """From the moment at which the key goes down (it is held for 100 ms) to the first packet of the next prompt."""
    (desk,) = firm.desks(1)
    await firm.set(desk, "inbox-access", {"pin_disabled": True})
    waited = []
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("press-1-for-messages")
        packets = call.media.ear
        for n in range(KEYS):
            await asyncio.sleep(0.15)
            down = asyncio.get_running_loop().time()
            pressed = asyncio.create_task(types(call, "4*"[n % 2]))
            began = await prompter.plays(("press-1-for-pin", "press-1-for-messages")[n % 2])
            before = packets.packets
            while packets.packets == before:  # noqa: ASYNC110 - a packet comes every 20 ms
                await asyncio.sleep(0.001)
            waited.append(asyncio.get_running_loop().time() - down)
            assert began > down
            await pressed
        await call.hang_up()
    waited.sort()
    p50, p95 = waited[len(waited) // 2], waited[int(len(waited) * 0.95)]
    print(f"key to next prompt, {KEYS} keys: median {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")
    assert (p95 if KEYS >= MEASURED else p50) <= AT_ONCE, waited
    await firm.nothing_left()


async def test_the_menu_goes_on_at_its_beginning_when_the_app_was_killed(
    firm: Office, prompter: Prompter, stack: Stack
) -> None:
    (desk,) = firm.desks(1)
    tone = await message_from_outside(firm, desk)
    await firm.set(desk, "inbox-access", {"pin_disabled": True, "playback": "message"})
    async with firm.phone(desk) as phone:
        call = await opens(phone)
        await prompter.plays("you-have")
        await types(call, "1")
        await call.hears(tone, within=5)
        await stack.kill_app()
        await stack.start_app()
        await prompter.plays("you-have")
        await types(call, "1")
        await call.hears(tone, within=5)
        await call.hang_up()
    await eventually(lambda: _one(firm, desk), "the message is there")
    await firm.nothing_left()


async def _one(firm: Office, desk: Desk) -> bool | None:
    return len(await firm.messages(desk)) == 1 or None
