"""Scenes of plain calls: inside, two devices, from and to outside, emergency."""

from __future__ import annotations

import asyncio

from demo.broken import check
from demo.stage import Stage
from rig import both_hear

OUTSIDE_CALLER = "0145678901"
OUTSIDE_TARGET = "0612345678"


async def colleague(stage: Stage) -> None:
    """A colleague is called by extension, answers, and holds the line for a moment."""
    screen, camille, dominique = stage.screen, stage.camille, stage.dominique
    screen.tell(f"{camille.name} dials {dominique.extension}, {dominique.name}'s extension.")
    call = await stage.phones[camille].invite(dominique.extension)
    ring = await stage.phones[dominique].incoming()
    check(ring.caller.uri.user == camille.number, "The phone shows another number than the caller's.")
    check(ring.caller.display == camille.name, "The phone shows another name than the caller's.")
    screen.seen(
        f"{dominique.called}'s phone rings and shows “{ring.caller.display}”, {ring.caller.uri.user}."
    )
    await ring.ring()
    await call.ringing()
    screen.seen(f"{camille.called}'s phone says that it rings (180).")
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    screen.seen(
        f"{dominique.called} answers; {camille.called} hears {dominique.called}'s tone ({ring.tone} Hz), "
        f"{dominique.called} hears {camille.called}'s ({call.tone} Hz)."
    )
    await ring.hold()
    await call.hears_speech()
    screen.seen(f"{dominique.called} presses Hold: {camille.called} hears music.")
    await ring.resume()
    await both_hear(call, ring)
    screen.seen("… and takes the call back: both hear each other again.")
    await call.hang_up()
    await ring.ended()
    screen.seen(f"{camille.called} hangs up; {dominique.called}'s phone is free at once.")
    stage.expect("received", "ring.default")


async def two_devices(stage: Stage) -> None:
    """Every device of a line rings; the losers are told that it was answered elsewhere (RFC 3326)."""
    screen, dominique = stage.screen, stage.dominique
    screen.tell(
        f"{dominique.called} also has a softphone. {stage.camille.called} dials the full number this time."
    )
    async with stage.phone(dominique) as softphone:
        desk = stage.phones[dominique]
        call = await stage.phones[stage.camille].invite(dominique.number)
        first, second = await asyncio.gather(desk.incoming(), softphone.incoming())
        await first.ring()
        await second.ring()
        await call.ringing()
        screen.seen("The desk phone and the softphone ring together.")
        await second.answer()
        await call.answered()
        cancel = await first.cancelled()
        reasons = ", ".join(cancel.headers("Reason"))
        check("SIP" in reasons and "cause=200" in reasons, f"The loser is told {reasons or 'nothing'}.")
        screen.seen(
            "The softphone answers; the desk phone stops and shows no missed call, because it is told why:"
        )
        screen.quote([f"Reason: {reasons}"])
        await both_hear(call, second)
        screen.seen("The two talk, both ways.")
        await call.hang_up()
        await second.ended()
    stage.expect("received", "ring.default")


async def outside_caller(stage: Stage) -> None:
    """A call comes in through the trunk."""
    screen, dominique = stage.screen, stage.dominique
    screen.tell(f"Somebody outside, {OUTSIDE_CALLER}, calls {dominique.number} through the trunk.")
    call = await stage.trunk.invite(dominique.number, from_uri=f"sip:{OUTSIDE_CALLER}@outside.example")
    ring = await stage.phones[dominique].incoming()
    check(ring.caller.uri.user == OUTSIDE_CALLER, "The phone shows another number than the caller's.")
    screen.seen(f"{dominique.called}'s phone rings and shows {ring.caller.uri.user}.")
    await ring.ring()
    await call.ringing()
    await ring.answer()
    await call.answered()
    await both_hear(call, ring)
    screen.seen("They talk, both ways.")
    await ring.hang_up()
    await call.ended()
    screen.seen(f"{dominique.called} hangs up; the outside call ends.")
    stage.expect("received", "ring.default")


async def transfer(stage: Stage) -> None:
    """An outside caller is passed on by the phone's own key (SIP REFER)."""
    screen, camille, dominique = stage.screen, stage.camille, stage.dominique
    screen.tell(f"{OUTSIDE_CALLER} talks with {dominique.called} and wants to speak to {camille.called}.")
    call = await stage.trunk.invite(dominique.number, from_uri=f"sip:{OUTSIDE_CALLER}@outside.example")
    talk = await stage.phones[dominique].incoming()
    await talk.answer()
    await call.answered()
    await both_hear(call, talk)
    asked = await talk.refer(camille.extension)
    ring = await stage.phones[camille].incoming()
    check(await asked.finished() == 200, "The transferring phone is not told that it went well.")
    await talk.ended()
    screen.seen(
        f"{dominique.called} presses Transfer, {camille.extension}: the phone is told 200 and is free."
    )
    check(ring.caller.uri.user == OUTSIDE_CALLER, "The phone shows another number than the caller's.")
    screen.seen(
        f"{camille.called}'s phone rings and shows {ring.caller.uri.user}, who hears that the call is passed on."
    )
    await ring.answer()
    await both_hear(call, ring)
    screen.seen(f"{camille.called} answers; they talk, both ways.")
    await call.hang_up()
    await ring.ended()
    stage.expect("received", "ring.default")


async def to_outside(stage: Stage) -> None:
    """A call goes out through the trunk; the network is heard before the answer."""
    screen, camille = stage.screen, stage.camille
    screen.tell(f"{camille.called} dials {OUTSIDE_TARGET}, a mobile phone.")
    call = await stage.phones[camille].invite(OUTSIDE_TARGET)
    out = await stage.trunk.incoming()
    check(out.dialled == OUTSIDE_TARGET, f"The trunk is asked for {out.dialled}.")
    check(out.caller.uri.user == camille.number, f"The trunk is shown {out.caller.uri.user}.")
    screen.seen(
        f"The trunk is asked for {out.dialled} and shown {camille.called}'s number, {camille.number}."
    )
    await out.progress()
    await call.early_media()
    await call.hears(out.tone)
    screen.seen(f"{camille.called} hears the network's own ringing tone before anybody answers.")
    await out.answer()
    await call.answered()
    await both_hear(call, out)
    screen.seen("It is answered; they talk, both ways.")
    await call.hang_up()
    await out.ended()


async def emergency(stage: Stage) -> None:
    """With everything barred and the number hidden, 112 goes out and shows where to send help."""
    screen, camille, phone = stage.screen, stage.camille, stage.phones[stage.camille]
    screen.tell(
        f"{camille.called}'s line is barred from every kind of outside call, and its number is hidden."
    )
    everything = dict.fromkeys(("national", "international", "premium", "access_codes", "config_codes"), True)
    await stage.portals[camille].put("call-settings", {"barring": everything, "hide_number": True})
    barred = await phone.invite(OUTSIDE_TARGET)
    await barred.early_media()
    await barred.hears_speech()
    screen.seen(f"{camille.called} dials {OUTSIDE_TARGET} and hears an announcement that it is barred …")
    await barred.hang_up()
    screen.seen("… early, without the call being answered: nobody pays for it.")
    call = await phone.invite("112")
    out = await stage.trunk.incoming()
    check(out.dialled == "112", f"The trunk is asked for {out.dialled}.")
    check(out.caller.uri.user == stage.site_number, f"The trunk is shown {out.caller.uri.user}.")
    screen.seen(f"112 goes out all the same and presents the site's number, {stage.site_number}.")
    await out.answer()
    await call.answered()
    await both_hear(call, out)
    screen.seen("The emergency desk answers; they talk, both ways.")
    await call.hang_up()
    await stage.portals[camille].put("call-settings", {})
