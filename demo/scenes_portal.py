"""The last calls of the film: they leave something for every list of the portal's *Messages et appels*."""

from __future__ import annotations

import asyncio

from demo.portal import Portal, eventually
from demo.stage import Person, Stage

BEEP_HZ = 1000
CALLERS = ("0145678902", "0612345679")
SPOKEN_SECONDS = 2.5


async def for_the_portal(stage: Stage) -> None:
    """Two people get a call, a message in the box, one among the deleted ones, and refuse a caller."""
    screen, people = stage.screen, (stage.camille, stage.dominique)
    screen.tell("Some last calls, so that the portal has something in every list of “Messages et appels”.")
    await asyncio.gather(*(_calls(stage, person) for person in people))
    for person in people:
        await eventually(lambda one=stage.portals[person]: _filled(one), "every list has something")  # type: ignore[misc]
        screen.seen(
            f"{stage.web}/messages, {person.number}, {person.portal_password}: {person.called}'s lists."
        )


async def _filled(portal: Portal) -> bool | None:
    found = {call["direction"] for call in await portal.calls()}
    every = found == {"missed", "outgoing", "received", "rejected"}
    return (every and bool(await portal.messages()) and bool(await portal.deleted())) or None


async def _calls(stage: Stage, person: Person) -> None:
    portal = stage.portals[person]
    expect = stage.expect if person is stage.dominique else lambda *_: None
    await portal.put("call-manager", {"reject_anonymous": True, "no_answer": {"voicemail_after": 0}})
    refused = await stage.trunk.invite(person.number, from_uri="sip:anonymous@anonymous.invalid")
    await refused.early_media()
    await refused.hears_speech()
    await refused.cancel()
    expect("rejected", "refuse.anonymous")
    if not await portal.deleted():
        await portal.delete(await _leaves_a_message(stage, person, portal, CALLERS[0]))
        expect("missed", "voicemail.immediate")
    if not await portal.messages():
        await _leaves_a_message(stage, person, portal, CALLERS[1])
        expect("missed", "voicemail.immediate")
    await portal.put("call-manager", {})
    call = await stage.trunk.invite(person.number, from_uri=f"sip:{CALLERS[0]}@outside.example")
    ring = await stage.phones[person].incoming()
    await ring.answer()
    await call.answered()
    await call.hang_up()
    await ring.ended()
    expect("received", "ring.default")


async def _leaves_a_message(stage: Stage, person: Person, portal: Portal, caller: str) -> str:
    """The id of what ``caller`` leaves."""
    before = {each["id"] for each in await portal.messages()}
    call = await stage.trunk.invite(person.number, from_uri=f"sip:{caller}@outside.example")
    await call.answered()
    await call.hears_speech()
    await call.send_dtmf("#")
    await call.hears(BEEP_HZ)
    await call.hears_silence(within=3)
    await asyncio.sleep(SPOKEN_SECONDS)  # the length of the message itself
    await call.hang_up()

    async def arrived() -> str | None:
        return next((each["id"] for each in await portal.messages() if each["id"] not in before), None)

    return await eventually(arrived, "the message is in the mailbox")
