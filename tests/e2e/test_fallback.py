"""Asterisk alone, without the app (spec §13): phones ring, messages are taken, a withheld number stays withheld."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from callcontrol.asterisk_conf.accounts import TIMED, fallback_recording
from callcontrol.facts import Presentation
from rig import Phone, both_hear
from rig.baresip import Baresip
from tests.e2e.alone import ALICE, BOB, DAVID, PASSWORDS, alone, calls, eventually, outside, phone
from tests.e2e.people import announced_to_the_end
from tests.stack import Stack

__all__ = ["alone"]

ANONYMOUS: list[tuple[str, list[tuple[str, str]]]] = [
    ("sip:0612345678@127.0.0.1", [("Privacy", word)])
    for word in ("id", "user", "header", "session", "full", "critical; ID", "none,session")
] + [
    ("sip:anonymous@127.0.0.1", []),
    ("sip:Anonymous@anonymous.invalid:5060", []),
    ("sip:0612345678@anonymous.invalid", []),
    ("sip:0612345678@Anonymous.Invalid;user=phone", []),
]
"""Every form of a withheld number (RFC 3323, 3325; arrival.py): From, and other headers."""

SHOWN: list[tuple[str, list[tuple[str, str]]]] = [
    ("sip:0612345678@127.0.0.1", [("Privacy", "none")]),
    ("sip:0612345678@anonymous.invalid.example.net", []),
    ("sip:0612345678@127.0.0.1", [("Privacy", "idea;history")]),
]


@pytest.mark.parametrize("dialled", ["4102", BOB, "+33222969502", "0033222969502", "+330222969502"])
async def test_a_colleague_rings_by_every_spelling_and_both_hear_each_other(
    alone: Stack, dialled: str
) -> None:
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as bob:
        await alice.register()
        await bob.register()
        call = await alice.invite(dialled)
        ring = await bob.incoming()
        assert (ring.caller.uri.user, ring.caller.display) == (ALICE, "Alice A Martin")
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        await call.hang_up()
        await leg.ended()


async def test_an_extension_belongs_to_its_company(alone: Stack) -> None:
    async with phone(alone, DAVID) as david, phone(alone, ALICE) as alice, outside(alone) as trunk:
        await david.register()
        await alice.register()
        call = await david.invite("4101")
        assert await announced_to_the_end(call) == 404
        await alice.no_incoming(0.1)
        await trunk.no_incoming(0.1)


async def test_all_contacts_ring_and_the_loser_is_told(alone: Stack) -> None:
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as desk, phone(alone, BOB) as soft:
        for one in (alice, desk, soft):
            await one.register()
        call = await alice.invite(BOB)
        first, second = await desk.incoming(), await soft.incoming()
        known = len(calls(alone))
        leg = await first.answer()
        await second.cancelled()
        await call.hang_up()
        await leg.ended()
    await eventually(lambda: len(calls(alone)) > known, "a record")
    (row,) = calls(alone)[known:]
    assert (row["line"], row["called"], row["disposition"]) == (ALICE, BOB, "ANSWERED")


async def test_a_phone_that_speaks_dtls_alone_rings_with_the_others(alone: Stack) -> None:
    account = f"{BOB}-dtls"
    async with (
        Baresip(account, PASSWORDS[BOB], alone.sip_server, tone=440, encryption="dtls_srtp") as softphone,
        phone(alone, BOB) as desk,
        phone(alone, ALICE) as alice,
    ):
        await softphone.registered()
        await desk.register()
        await alice.register()
        call = await alice.invite(BOB)
        await desk.incoming()
        await softphone.ringing()
        await softphone.answer()
        await call.answered()
        await call.hears(440)
        await call.hang_up()


async def test_a_phone_that_takes_nothing_but_encrypted_sound_rings(alone: Stack) -> None:
    async with (
        Phone(BOB, PASSWORDS[BOB], alone.sip_server, encrypts=True) as bob,
        phone(alone, ALICE) as alice,
    ):
        await bob.register()
        await alice.register()
        call = await alice.invite(BOB)
        await (await bob.incoming()).reject(488)
        ring = await bob.incoming()
        assert "RTP/SAVP" in ring.request.body.decode()
        leg = await ring.answer()
        await call.answered()
        await both_hear(call, leg)
        known = len(calls(alone))
        await call.hang_up()
        await leg.ended()
    await eventually(lambda: len(calls(alone)) > known, "a record")


async def test_an_outside_caller_reaches_a_line_and_a_withheld_number_stays_withheld(alone: Stack) -> None:
    async with outside(alone) as trunk, phone(alone, BOB) as bob:
        await bob.register()
        call = await trunk.invite(BOB, from_uri="sip:0612345678@127.0.0.1", headers=[("Privacy", "id")])
        ring = await bob.incoming()
        assert "0612345678" not in str(ring.request)
        leg = await ring.answer()
        await call.hang_up()
        await leg.ended()


@pytest.mark.parametrize(
    ("from_uri", "headers", "caller", "presentation"),
    [
        ("sip:0612345678@127.0.0.1", [], "0612345678", Presentation.SHOWN),
        ("sip:+33612345678@127.0.0.1", [], "+33612345678", Presentation.SHOWN),
        ("sip:anonymous@anonymous.invalid", [], None, Presentation.ANONYMOUS),
        ("sip:0612345678@127.0.0.1", [("Privacy", "id")], None, Presentation.ANONYMOUS),
        ("sip:unavailable@unknown.invalid", [], None, Presentation.UNAVAILABLE),
    ],
)
async def test_an_unregistered_line_takes_a_message(
    alone: Stack,
    from_uri: str,
    headers: list[tuple[str, str]],
    caller: str | None,
    presentation: Presentation,
) -> None:
    folder = alone.config.fallback_dir
    before = _recordings(folder)
    known = len(calls(alone))
    async with outside(alone) as trunk:
        call = await trunk.invite("+33222969502", from_uri=from_uri, headers=headers)
        await call.answered()
        await eventually(lambda: _recordings(folder) - before, "a recording", within=15)
        (path,) = _recordings(folder) - before
        await eventually(lambda: path.stat().st_size > 32_000, "sound in it")
        await call.hang_up()
    found = fallback_recording(path.name)
    assert found is not None
    assert (found.called, found.presentation, found.number) == (BOB, presentation, caller)
    assert path.read_bytes()[:4] == b"RIFF"
    await eventually(lambda: len(calls(alone)) > known, "a record")
    rows = calls(alone)[known:]
    assert [row["recording"] for row in rows] == [path.name]
    assert rows[0]["unique_id"] == found.unique_id
    assert (rows[0]["kind"], rows[0]["called"], rows[0]["caller"]) == (
        "trunk",
        BOB,
        caller or presentation.value,
    )
    assert float(rows[0]["end"]) > float(rows[0]["answer"]) >= float(rows[0]["start"]) > 0


def _recordings(folder: Path) -> set[Path]:
    return {path for path in folder.glob("*.wav16") if fallback_recording(path.name) is not None}


async def test_beside_a_message_is_one_with_its_gaps(alone: Stack) -> None:
    """While nothing comes from a caller Record writes nothing, MixMonitor silence (docs/interop.md)."""
    folder, known = alone.config.fallback_dir, len(calls(alone))
    before = _recordings(folder)
    async with outside(alone) as trunk:
        call = await trunk.invite(BOB, from_uri="sip:0612345678@127.0.0.1")
        await call.answered()
        await eventually(lambda: _recordings(folder) - before, "a recording", within=15)
        (path,) = _recordings(folder) - before
        for spoken, nothing in ((1.2, 2.5), (1.0, 1.5)):
            call.media.unmute()
            await asyncio.sleep(spoken)
            call.media.mute()
            await asyncio.sleep(nothing)
        await call.hang_up()
    timed = path.with_stem(f"{path.stem}{TIMED}")

    def seconds(file: Path) -> float:
        return (file.stat().st_size - 44) / 32_000

    await eventually(lambda: seconds(timed) > seconds(path) + 2, "the gaps of four seconds are in it")
    await eventually(lambda: len(calls(alone)) > known, "a record")


@pytest.mark.parametrize(("from_uri", "headers"), ANONYMOUS)
async def test_every_form_of_a_withheld_number_hides_it(
    alone: Stack, from_uri: str, headers: list[tuple[str, str]]
) -> None:
    assert not await shows(alone, "0612345678", from_uri, headers)


@pytest.mark.parametrize(("from_uri", "headers"), SHOWN)
async def test_a_number_that_is_not_withheld_is_shown(
    alone: Stack, from_uri: str, headers: list[tuple[str, str]]
) -> None:
    assert await shows(alone, "0612345678", from_uri, headers)


async def shows(stack: Stack, number: str, from_uri: str, headers: list[tuple[str, str]]) -> bool:
    """Whether a called phone, or the record of the call, sees anything of the outside caller's number."""
    known = len(calls(stack))
    async with outside(stack) as trunk, phone(stack, BOB) as bob:
        await bob.register()
        call = await trunk.invite(BOB, from_uri=from_uri, headers=headers)
        ring = await bob.incoming()
        shown = number in str(ring.request)
        await ring.reject(486)
        await call.answered()  # the mailbox
        await call.hang_up()
    await eventually(lambda: len(calls(stack)) > known, "a record")
    assert {row["caller"] for row in calls(stack)[known:]} == {number if shown else "anonymous"}
    return shown


@pytest.mark.parametrize("wish", ["id", "session", "full", "user;critical"])
async def test_a_phone_that_asks_for_privacy_itself_is_not_shown(alone: Stack, wish: str) -> None:
    known = len(calls(alone))
    async with phone(alone, ALICE) as alice, phone(alone, BOB) as bob, outside(alone) as trunk:
        await alice.register()
        await bob.register()
        call = await alice.invite("4102", headers=[("Privacy", wish)])
        ring = await bob.incoming()
        assert ring.caller.uri.user == "anonymous"
        assert ALICE not in str(ring.request)
        await call.cancel()
        away = await alice.invite("0612345678", headers=[("Privacy", wish)])
        ring = await trunk.incoming()
        assert ring.caller.uri.user == "anonymous"
        assert ring.header("Privacy") == "id"
        await ring.reject(486)
        await away.refused()
    await eventually(lambda: len(calls(alone)) > known + 1, "records")
    assert {(row["line"], row["caller"]) for row in calls(alone)[known:]} == {(ALICE, "anonymous")}


async def test_an_unknown_number_of_ours_is_refused_with_404_after_an_announcement(alone: Stack) -> None:
    async with outside(alone) as trunk:
        call = await trunk.invite("0222969599")
        await call.early_media()
        await call.hears_speech()
        await call.refused(within=15)
        assert call.final_status == 404


def test_names_of_other_files_are_no_recordings() -> None:
    assert fallback_recording(Path("x/../evil.wav16").name) is None
