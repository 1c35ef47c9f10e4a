"""Scenes in the mailbox: a message is left and mailed, ``*318`` plays it, a greeting is recorded and heard."""

from __future__ import annotations

import asyncio
from typing import Any

from demo.broken import check
from demo.portal import eventually
from demo.stage import Person, Stage
from rig import both_hear
from rig.outgoing import OutgoingCall

BEEP_HZ = 1000
GREETING_SECONDS = 2.0
MAIL = "dominique@example.net"
_MAIL_WITHIN = 20.0


async def menu(stage: Stage, person: Person) -> OutgoingCall:
    """Dial ``*318`` from a person's phone and open the box by its PIN."""
    call = await stage.phones[person].invite("*318")
    await call.answered()
    await call.hears_speech(within=5)
    before = call.media.ear.position
    await call.send_dtmf(f"{person.pin}#")
    await call.hears_speech(within=8, since=before)
    return call


async def mailed(stage: Stage) -> None:
    """The message that was left is in a mail, with its sound."""
    screen, portal = stage.screen, stage.portal
    message = stage.message
    check(message is not None, "No message was left before.")
    assert message is not None
    screen.tell(f"{stage.dominique.called} sends it by e-mail: POST /me/messages/…/email to {MAIL}.")
    before = {mail.path for mail in await portal.mails()}
    await portal.email(message["id"], MAIL)

    async def arrived() -> list[str] | None:
        new = [mail for mail in await portal.mails() if mail.path not in before and MAIL in mail.to]
        return await portal.mail(new[0].path) if new else None

    page = await eventually(arrived, "the mail is in the catch-all mail server", _MAIL_WITHIN)
    check(
        any(line.startswith("message-") and line.endswith(".wav") for line in page), "The mail has no sound."
    )
    screen.seen("The catch-all mail server shows it at /dev/mail, with the sound attached:")
    screen.quote(page)


async def voice_menu(stage: Stage) -> None:
    """``*318`` tells what is in the box, plays the message and deletes it."""
    screen, dominique, portal = stage.screen, stage.dominique, stage.portal
    screen.tell(f"{dominique.called} dials *318, the voice menu, and types the PIN.")
    await portal.put("greetings", {"kind": "number"})  # a box that is set up: no tutorial
    call = await menu(stage, dominique)
    screen.seen("The phone is known by its registration; the menu tells how many messages there are.")
    await call.send_dtmf("1")
    await call.hears(stage.spoken_tone, within=20)
    screen.seen(
        f"1: the menu says who called and when, then plays the message: the {stage.spoken_tone} Hz of "
        f"{stage.camille.called}'s phone."
    )
    await call.send_dtmf("3")

    async def deleted() -> bool | None:
        return (
            not [
                each
                for each in await portal.messages()
                if stage.message and each["id"] == stage.message["id"]
            ]
            or None
        )

    await eventually(deleted, "the message is no longer in the list")
    left = sum(1 for message in await portal.messages() if message["new"])
    summary = await stage.phones[dominique].lamp_shows(new=left, within=5)
    lamp = "goes out" if not summary.waiting else f"stays on for {left} more"
    screen.seen(f"3 deletes it: the web can still restore it; the lamp of {dominique.called}'s phone {lamp}.")
    await call.hang_up()
    assert stage.message is not None
    await portal.erase_deleted(stage.message["id"])
    stage.expect("outgoing", "outgoing.star_code")


async def own_greeting(stage: Stage) -> None:
    """A greeting is recorded by phone, and the next caller hears it."""
    screen, camille, dominique, portal = stage.screen, stage.camille, stage.dominique, stage.portal
    screen.tell(f"{dominique.called} records a greeting: *318, then 3, 2, 3, 2.")
    call = await menu(stage, dominique)
    await call.send_dtmf("3232")
    await call.hears(BEEP_HZ, within=15)
    await call.hears_silence(within=3)
    tone = call.tone
    await asyncio.sleep(GREETING_SECONDS)  # the length of the greeting itself
    await call.send_dtmf("#")
    await call.hears_speech(within=5)
    screen.seen(f"After the beep {dominique.called} speaks (a tone of {tone} Hz here) and presses #.")
    await call.send_dtmf("3")
    kept = await eventually(lambda: _kept(stage), "the greeting is kept")
    await call.send_dtmf("1")

    async def used() -> bool | None:
        return (await portal.read("greetings"))["kind"] == "personal" or None

    await eventually(used, "the personal greeting is in use")
    await call.hang_up()
    screen.seen(f"3 keeps it ({kept['duration']:.1f} s, levelled to -23 LUFS), 1 puts it to use.")
    stage.expect("outgoing", "outgoing.star_code")
    await portal.put("call-manager", {"no_answer": {"voicemail_after": 0}})
    caller = await stage.phones[camille].invite(dominique.extension)
    await caller.answered(within=8)
    await caller.hears(tone, within=8)
    screen.seen(f"{camille.called} calls, and hears {dominique.called}'s own greeting.")
    await caller.hang_up()
    stage.expect("missed", "voicemail.immediate")
    await portal.put("greetings", {})
    await portal.remove_recording(kept["id"])
    await portal.put("call-manager", {})


async def forward_by_code(stage: Stage) -> None:
    """``*72`` forwards, ``*73`` ends it: the same setting that the web shows."""
    screen, camille, dominique, sacha = stage.screen, stage.camille, stage.dominique, stage.sacha
    screen.tell(f"{dominique.called} dials *72{sacha.extension}, and later *73.")
    await _dials_code(stage, f"*72{sacha.extension}")
    manager = await eventually(lambda: _incoming(stage, "forward"), "the forward is set")
    check(
        manager["unconditional"]["number"] == sacha.extension, f"It forwards to {manager['unconditional']}."
    )
    screen.seen(f"The voice reads it back; GET /me/call-manager shows the forward to {sacha.extension}.")
    caller = await stage.phones[camille].invite(dominique.extension)
    ring = await stage.phones[sacha].incoming()
    await ring.ring()
    await caller.ringing()
    screen.seen(f"{camille.called} calls {dominique.called}: {sacha.called}'s phone rings.")
    await caller.cancel()
    await ring.cancelled()
    stage.expect("missed", "forward.unconditional")
    await _dials_code(stage, "*73")
    manager = await eventually(lambda: _incoming(stage, "ring"), "the forward is off")
    check(manager["unconditional"]["number"] == sacha.extension, "The number was not kept.")
    screen.seen("*73 ends it and keeps the number for the next time.")
    await stage.portal.put("call-manager", {})


async def last_caller(stage: Stage) -> None:
    """``*69`` says who called last and when; 1 calls back."""
    screen, camille, dominique = stage.screen, stage.camille, stage.dominique
    screen.tell(f"{dominique.called} missed a call of {camille.called} and dials *69.")
    call = await stage.phones[dominique].invite("*69")
    await call.answered()
    await call.hears_speech(within=8)
    screen.seen("The voice says the last caller's number and when it called.")
    await call.send_dtmf("1")
    ring = await stage.phones[camille].incoming(within=8)
    await ring.ring()
    await ring.answer()
    await both_hear(call, ring)
    screen.seen(f"1 calls back: {camille.called}'s phone rings, and they talk, both ways.")
    await call.hang_up()
    await ring.ended()
    stage.expect("outgoing", "outgoing.inside")


async def _dials_code(stage: Stage, code: str) -> None:
    """Dial a code, hear what it says, and hang up: that confirms it."""
    call = await stage.phones[stage.dominique].invite(code)
    await call.answered()
    await call.hears_speech(within=8)
    await call.hang_up()
    stage.expect("outgoing", "outgoing.star_code")


async def _incoming(stage: Stage, state: str) -> dict[str, Any] | None:
    manager = await stage.portal.read("call-manager")
    return manager if manager["incoming"] == state else None


async def _kept(stage: Stage) -> dict[str, Any] | None:
    """The recording that the greetings name."""
    named = (await stage.portal.read("greetings"))["kinds"]["personal"]["recording"]
    return next((each for each in await stage.portal.recordings() if each["id"] == named), None)
