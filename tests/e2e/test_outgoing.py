"""Calls out: the classes of barring, the company's floor, short codes, and what is never barred (spec §2.1 to §2.3)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from callcontrol.history import Direction
from tests.e2e.office import Desk, Office
from tests.e2e.people import announced, announced_to_the_end, outside_call, register, silent, take, talk

EVERYTHING = dict.fromkeys(("national", "international", "premium", "access_codes", "config_codes"), True)
BARRED = {
    "national": ["0145720001", "0660610001", "+33145720001", "0033145720001", "0970711058"],
    "international": ["00441632960000", "+441632960000"],
    "premium": ["0899000000", "+33899000000", "3631"],
    "access_codes": ["*69", "*72", "*670145720001"],
    "config_codes": ["*72", "*77"],
}
"""What each class keeps a phone from dialling."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def strict(office: Office) -> AsyncIterator[Office]:
    """A company that bars premium and international numbers for all, with short codes."""
    codes = [{"code": "550", "number": "0145720001"}, {"code": "551", "number": "0899000000"}]
    company = await Office.open(
        office.stack,
        8,
        company="Stricte",
        prefix="02228",
        of_company={"barring": {"premium": True, "international": True}},
        of_file={"short_codes": codes},
    )
    yield company
    await company.close()


@pytest.mark.parametrize("barring", BARRED)
async def test_a_barred_call_is_announced_and_nothing_goes_out(office: Office, barring: str) -> None:
    (alice,) = office.desks(1)
    await office.set(alice, "call-settings", {"barring": {barring: True}})
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        calls = [await a.invite(dialled) for dialled in BARRED[barring]]
        statuses = await asyncio.gather(
            announced_to_the_end(calls[0]), *(announced(call) for call in calls[1:])
        )
        assert statuses[0] == 403
        await silent(world)
    records = await office.records(alice, len(calls))
    assert {(r.direction, r.rule.rule) for r in records} == {(Direction.OUTGOING, f"barred.{barring}")}
    assert {r.answered_at for r in records} == {None}


async def test_what_one_class_bars_the_others_let_through(office: Office) -> None:
    (alice,) = office.desks(1)
    barred = {**EVERYTHING, "national": False}
    await office.set(alice, "call-settings", {"barring": barred})
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        for dialled in ("0145720001", "0033145720001", "+33 1 45 72 00 01".replace(" ", "")):
            call = await a.invite(dialled)  # 0033 is no international call when 33 is ours
            await take(world, to="0145720001")
            await call.cancel()
        await announced(await a.invite("00441632960000"))
        await silent(world)


async def test_a_foreign_number_goes_out_canonical(office: Office) -> None:
    (alice,) = office.desks(1)
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        call = await a.invite("00441632960000")
        await take(world, to="+441632960000")
        await call.cancel()


async def test_the_companys_barring_is_a_floor_that_a_line_cannot_lift(strict: Office) -> None:
    (alice,) = strict.desks(1)
    await strict.set(alice, "call-settings", {"barring": {"premium": False, "international": False}})
    async with strict.trunk() as world, strict.phone(alice) as a:
        await a.register()
        calls = [await a.invite(dialled) for dialled in ("0899000000", "00441632960000", "551")]
        await asyncio.gather(*(announced(call) for call in calls))
        await silent(world)
        call = await a.invite("550")  # a short code has the class of its target
        out = await take(world, to="0145720001")
        await talk(call, out)
        await call.hang_up()
    rules = sorted(record.rule.rule for record in await strict.records(alice, 4))
    assert rules == ["barred.international", "barred.premium", "barred.premium", "outgoing.outside"]


async def test_colleagues_are_never_barred_and_neither_is_what_a_colleague_forwards_inside(
    office: Office,
) -> None:
    alice, bob, zoe = office.desks(3)
    forward = {"incoming": "forward", "unconditional": {"number": zoe.extension}}
    await office.set_all(
        {desk: {"call-settings": {"barring": EVERYTHING}} for desk in (alice, bob)}
        | {bob: {"call-settings": {"barring": EVERYTHING}, "call-manager": forward}}
    )
    async with office.phone(alice) as a, office.phone(zoe) as z:
        await register(a, z)
        for dialled in (zoe.extension, zoe.number, f"0033{zoe.number[1:]}", bob.extension):
            call = await a.invite(dialled)
            await take(z)
            await call.cancel()


@pytest.mark.parametrize("dialled", ["112", "*67112"])
async def test_an_emergency_call_goes_out_with_the_sites_number_whatever_is_barred_full_or_hidden(
    strict: Office, dialled: str
) -> None:
    (alice,) = strict.desks(1)
    await strict.set(alice, "call-settings", {"hide_number": True, "barring": EVERYTHING})
    async with strict.trunk() as world, strict.phone(alice) as a:
        await a.register()
        five = [await outside_call(world, alice.number, "0145720009") for _ in range(5)]
        for _ in five:
            await take(a)
        call = await a.invite(dialled)
        out = await take(world, to="112")
        assert out.caller.uri.user == "0222899999"
        assert out.header("Privacy") is None
        await talk(call, out)
        await asyncio.gather(*(other.cancel() for other in five))
        await call.hang_up()
    assert (await strict.records(alice, 6))[0].rule.rule == "outgoing.emergency"


async def test_no_failed_outside_call_ends_in_silence_however_fast_it_fails(office: Office) -> None:
    desks = office.desks(8)
    async with office.trunk() as world:
        world.auto_reject(480, ring=True)
        await asyncio.gather(*(_hears_why(office, desk, times=25) for desk in desks))


async def _hears_why(office: Office, desk: Desk, *, times: int) -> None:
    """Asterisk plays nothing to a channel that is about to leave a bridge."""
    async with office.phone(desk) as phone:
        await phone.register()
        for _ in range(times):
            call = await phone.invite("0145720002")
            await call.early_media(within=4)
            await call.cancel()


async def test_an_outside_number_that_is_busy_or_silent_is_announced(office: Office) -> None:
    (alice,) = office.desks(1)
    async with office.trunk() as world, office.phone(alice) as a:
        await a.register()
        calls = []
        for status, rings in ((486, True), (480, True), (503, False)):
            calls.append(await a.invite("0145720002"))
            out = await world.incoming()
            if rings:
                await out.ring()
                await calls[-1].ringing()
            await out.reject(status)
        statuses = await asyncio.gather(*(announced_to_the_end(call) for call in calls))
    assert statuses == [486, 480, 503]
    results = [record.legs[0].result for record in await office.records(alice, 3)]
    assert sorted(results) == ["busy", "network_failure", "no_answer"]
