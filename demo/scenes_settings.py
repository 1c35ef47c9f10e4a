"""Scenes in which settings decide: voicemail, explain and forward, do not disturb, the sixth call, the history."""

from __future__ import annotations

import asyncio
import io
import math
import tempfile
import wave
from array import array
from contextlib import AsyncExitStack
from itertools import groupby
from pathlib import Path
from typing import Any

from demo.broken import check
from demo.portal import eventually
from demo.scenes_calls import OUTSIDE_CALLER
from demo.stage import Stage
from rig import both_hear, tones
from rig.wav import read_wav

RING_SECONDS = 3
SPOKEN_SECONDS = 3.0
BEEP_HZ = 1000
LINE_LIMIT = 5
_HISTORY_WITHIN = 8.0


async def a_message(stage: Stage) -> None:
    """Nobody answers: the caller leaves a message, and it is in the mailbox with its sound."""
    screen, camille, dominique, portal = stage.screen, stage.camille, stage.dominique, stage.portal
    screen.tell(
        f"{dominique.called} sets the voicemail to {RING_SECONDS} s (60 by default; so the film stays short)."
    )
    await portal.put("call-manager", {"no_answer": {"voicemail_after": RING_SECONDS}})
    before = {message["id"] for message in await portal.messages()}
    call = await stage.phones[camille].invite(dominique.extension)
    ring = await stage.phones[dominique].incoming()
    await ring.ring()
    await call.ringing()
    screen.seen(f"{camille.called} calls; {dominique.called}'s phone rings, nobody answers.")
    await call.answered(within=RING_SECONDS + 3)
    await ring.cancelled()
    await call.hears_speech()
    screen.seen(
        f"After {RING_SECONDS} s the voicemail answers with its greeting; {camille.called} skips it with #."
    )
    await call.send_dtmf("#")
    await call.hears(BEEP_HZ)
    await call.hears_silence(within=3)
    screen.seen(
        f"The beep; from here on it records. {camille.called} holds a tone of {call.tone} Hz for a while."
    )
    await asyncio.sleep(SPOKEN_SECONDS)  # the length of the message itself
    await call.send_dtmf("#")
    await call.hears_speech()
    screen.seen(f"{camille.called} presses # and hears what may become of the message.")
    menu = call.media.ear.position
    await call.send_dtmf("1")
    await call.hears_speech(within=5, since=menu)
    screen.seen(f"{camille.called} presses 1 and hears that the message was sent.")
    await call.ended(within=10)

    async def arrived() -> dict[str, Any] | None:
        return next((each for each in await portal.messages() if each["id"] not in before), None)

    message = await eventually(arrived, "the message is in the mailbox")
    check(message["new"] and message["from"]["number"] == camille.number, f"The message is wrong: {message}")
    screen.seen(
        f"In {dominique.called}'s mailbox: one new message from {message['from']['name']} "
        f"({message['from']['number']}), {message['duration']:.1f} s."
    )
    new = sum(1 for message in await portal.messages() if message["new"])
    summary = await stage.phones[dominique].lamp_shows(new=new, within=5)
    assert summary.waiting
    screen.seen(f"The lamp of {dominique.called}'s phone goes on (Voice-Message: {new}/{summary.old}).")
    sound = await portal.audio(message["id"])
    screen.seen(await asyncio.to_thread(_measured, sound, message["duration"], call.tone))
    stage.message, stage.spoken_tone = message, call.tone
    await portal.put("call-manager", {})
    stage.expect("missed", "voicemail.no_answer")


def _measured(sound: bytes, duration: float, tone: int) -> str:
    """What the WAV holds, in words. Raises FilmBroken unless it is what was said into the phone."""
    with wave.open(io.BytesIO(sound)) as file:
        rate, seconds = file.getframerate(), file.getnframes() / file.getframerate()
        samples = array("h", file.readframes(file.getnframes()))
    level, peak = tones.level(samples), max(map(abs, samples), default=0)
    check(abs(seconds - duration) < 0.3, f"The WAV has {seconds:.1f} s, the mailbox says {duration:.1f} s.")
    check(SPOKEN_SECONDS - 0.5 < seconds < SPOKEN_SECONDS + 3, f"The message has {seconds:.1f} s.")
    check(level > 300, f"The message is nearly silent ({_decibels(level):.0f} dBFS).")
    check(peak < 32767, "The message is clipped.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "message.wav"
        path.write_bytes(sound)
        narrow = read_wav(path)
    middle = len(narrow) // 2
    check(
        tones.has_tone(narrow[middle : middle + tones.WINDOW], tone), f"There is no tone of {tone} Hz in it."
    )
    return (
        f"Its sound is a WAV of {rate // 1000} kHz, {_decibels(level):.0f} dBFS loud, peak {_decibels(peak):.0f} dBFS, "
        f"and the {tone} Hz are in it."
    )


def _decibels(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 1) / 32768)


async def explained_forward(stage: Stage) -> None:
    """explain tells what would happen; then a call does just that."""
    screen, dominique, sacha, portal = stage.screen, stage.dominique, stage.sacha, stage.portal
    screen.tell(
        f"{dominique.called} forwards all calls to {sacha.extension} ({sacha.name}): PUT /me/call-manager."
    )
    await portal.put("call-manager", {"incoming": "forward", "unconditional": {"number": sacha.extension}})
    screen.tell(
        f"What would happen if {OUTSIDE_CALLER} called now? GET /me/explain answers (the line speaks French):"
    )
    steps = await portal.explain(OUTSIDE_CALLER)
    screen.quote([_step(number, step) for number, step in enumerate(steps, 1)])
    first, second, last = steps[0], steps[1], steps[-1]
    check(
        (first["action"], second["action"], last["action"]) == ("forward", "ring", "voicemail"),
        f"Told: {steps}",
    )
    check(
        last["mailbox"] == dominique.number,
        "The message would land in another mailbox than the first line's.",
    )
    screen.seen(
        f"Forward, ring there, and in the end {dominique.called}'s own mailbox, never {sacha.called}'s."
    )
    call = await stage.trunk.invite(dominique.number, from_uri=f"sip:{OUTSIDE_CALLER}@outside.example")
    ring = await stage.phones[sacha].incoming()
    diverted = ring.header("Diversion") or ""
    check(dominique.number in diverted, f"The call says that it was diverted by “{diverted}”.")
    await stage.phones[dominique].no_incoming(0.3)
    screen.seen(f"And the real call? {sacha.called}'s phone rings, {dominique.called}'s does not.")
    screen.seen(f"It shows {ring.caller.uri.user} and by way of whom: “Diversion: {diverted}”.")
    await ring.ring()
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    screen.seen("They talk, both ways.")
    await call.hang_up()
    await ring.ended()
    await portal.put("call-manager", {})
    stage.expect("missed", first["rule"]["id"])


def _step(number: int, step: dict[str, Any]) -> str:
    box = f" (mailbox of {step['mailbox']})" if step["mailbox"] else ""
    return f"{number}. at {step['line']}: {step['rule']['because']}{box} [{step['rule']['id']}]"


async def do_not_disturb(stage: Stage) -> None:
    """Do not disturb sends everybody to voicemail, but for a priority caller."""
    screen, camille, dominique, sacha = stage.screen, stage.camille, stage.dominique, stage.sacha
    phone = stage.phones[dominique]
    screen.tell(f"{dominique.called} sets do not disturb, with {sacha.name} as a priority caller.")
    priority = {"enabled": True, "priority_enabled": True, "priority": {"extensions": [sacha.extension]}}
    await stage.portal.put("call-manager", {"dnd": priority})
    call = await stage.phones[camille].invite(dominique.extension)
    await call.answered()
    await call.hears_speech()
    await phone.no_incoming(0.3)
    screen.seen(
        f"{camille.called} calls and hears the voicemail at once; {dominique.called}'s phone stays silent."
    )
    await call.hang_up()
    stage.expect("missed", "voicemail.dnd")
    call = await stage.phones[sacha].invite(dominique.extension)
    ring = await phone.incoming()
    await ring.ring()
    await call.ringing()
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    screen.seen(f"{sacha.called} calls and rings through; they talk, both ways.")
    await call.hang_up()
    await ring.ended()
    await stage.portal.put("call-manager", {})
    stage.expect("received", "ring.priority")


async def sixth_call(stage: Stage) -> None:
    """A line holds five calls; the sixth is busy."""
    screen, dominique, phone = stage.screen, stage.dominique, stage.phones[stage.dominique]
    screen.tell(
        f"{dominique.called} switches the voicemail off for busy; then {LINE_LIMIT} calls come from outside."
    )
    await stage.portal.put("call-manager", {"busy": {"voicemail_enabled": False}})
    callers = [f"01456790{n:02d}" for n in range(1, LINE_LIMIT + 2)]
    async with AsyncExitStack() as calls:
        phone.auto_ring()
        calls.callback(phone.manual)
        for caller in callers[:-1]:
            call = await stage.trunk.invite(dominique.number, from_uri=f"sip:{caller}@outside.example")
            calls.push_async_callback(call.hang_up)
            await call.ringing()
            await phone.incoming()
            stage.expect("missed", "ring.default")
        screen.seen(f"All {LINE_LIMIT} ring.")
        sixth = await stage.trunk.invite(dominique.number, from_uri=f"sip:{callers[-1]}@outside.example")
        await sixth.early_media()
        await sixth.hears_speech()
        screen.seen("The sixth caller hears that the line is busy …")
        refusal = await sixth.refused(within=15)
        check(refusal.status == 486, f"The sixth call ends with {refusal.status}, not 486.")
        await phone.no_incoming(0.2)
        screen.seen(
            f"… and is then refused with 486 Busy Here; {dominique.called}'s phone never rang for it."
        )
    stage.expect("missed", "refuse.busy")
    await stage.portal.put("call-manager", {})


async def history(stage: Stage) -> None:
    """Every call of the film stands in the history with the rule that decided it."""
    screen = stage.screen
    screen.tell(f"{stage.dominique.called}'s history, GET /me/calls, with the rule that decided each call:")

    async def complete() -> list[dict[str, Any]] | None:
        calls = await stage.new_calls()
        return calls if len(calls) >= len(stage.expected) else None

    calls = await eventually(complete, f"{len(stage.expected)} calls are in the history", _HISTORY_WITHIN)
    screen.quote([_entries(list(alike)) for _, alike in groupby(calls, key=_what)])
    told = sorted((call["direction"], call["rule"]["id"]) for call in calls)
    meant = sorted((each.direction, each.rule) for each in stage.expected)
    check(told == meant, f"The history is not what happened: {told}, not {meant}.")
    screen.seen(f"All {len(calls)} calls of the film, each with its reason; none missing, none twice.")


def _what(call: dict[str, Any]) -> tuple[str, str, str | None]:
    """Calls in a row of one person, or of mere numbers, that were decided alike are told together."""
    return call["direction"], call["rule"]["id"], call["peer"]["name"]


def _entries(alike: list[dict[str, Any]]) -> str:
    peer, rule = alike[0]["peer"], alike[0]["rule"]
    who = peer["name"] or peer["number"] or peer["presentation"]
    if len(alike) > 1:
        who += f" ({len(alike)} calls)" if peer["name"] else f" and {len(alike) - 1} more"
    return f"{alike[0]['direction']}, {who}: {rule['because']} [{rule['id']}]"
