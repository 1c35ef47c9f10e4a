"""A trunk of a real operator's kind: an account that is registered, whose calls need a password, and that is called
at its own contact, user name or number; that refuses, dies and comes back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from callcontrol.asterisk_conf.accounts import LineAccount
from callcontrol.asterisk_conf.render import render_fallback, render_lines
from callcontrol.runtime.files import write_private
from callcontrol.runtime.findings import Finding
from callcontrol.runtime.trunk_findings import trunk_findings
from rig import Phone, Trunk
from rig.operator import Operator
from tests.e2e.account import ACCOUNT, MAIN, SPARE, TRUNK, operator, trunk_shows
from tests.e2e.office import Office
from tests.e2e.people import announced_to_the_end, register, take, talk
from tests.stack import Stack

CALLER, MOBILE = "0612345678", "0660606013"
WAYS = ["request URI", "To", "P-Called-Party-ID", "nothing but the account"]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(firm: Office) -> AsyncIterator[Operator]:
    """The operator, who has registered the firm."""
    async with operator(firm.stack) as opened:
        await opened.registered(within=20)
        await trunk_shows(firm, registration="registered", state="alive")
        yield opened


async def test_a_call_goes_out_though_it_is_asked_for_the_password(firm: Office, world: Operator) -> None:
    (alice,) = firm.desks(1)
    async with firm.phone(alice) as a:
        await a.register()
        for status in (401, 407):
            world.challenge = status
            call = await a.invite(MOBILE)
            ring = await take(world, to=MOBILE)
            assert ring.caller.uri.host == "operator.example"
            assert "m=audio" in ring.request.body.decode()
            assert "G722" not in ring.request.body.decode()  # alaw alone, as the trunk is configured
            await talk(call, ring)
            await call.hang_up()


async def _call_in(world: Operator, number: str, where: str):  # type: ignore[no-untyped-def]
    match where:
        case "request URI":
            return await world.invite(number, caller=CALLER)
        case "To":
            return await world.call_account(CALLER, to=f"+33{number[1:]}")
        case "P-Called-Party-ID":
            party = (("P-Called-Party-ID", f'"Bob (5)" <tel:+33{number[1:]}>'),)
            return await world.call_account(CALLER, headers=party)
        case _:
            return await world.call_account(CALLER)


@pytest.mark.parametrize("where", WAYS)
async def test_a_call_to_the_account_reaches_the_line_that_is_meant(
    firm: Office, world: Operator, where: str
) -> None:
    (bob,) = firm.desks(1)
    main = firm.desk(MAIN)
    async with firm.phone(bob) as b, firm.phone(main) as m:
        await register(b, m)
        assert (await world.registered()).uri.user == ACCOUNT
        call = await _call_in(world, bob.number, where)
        await talk(call, await take(m if where == WAYS[-1] else b))
        await call.hang_up()


async def test_a_number_that_is_not_ours_is_refused_and_told_in_the_log(
    firm: Office, world: Operator
) -> None:
    call = await world.invite("0223312345", caller=CALLER)
    assert await announced_to_the_end(call) == 404
    assert "trunk.calls_unknown_number" in firm.stack.app_log()


@pytest.mark.parametrize("status", [401, 403, 404, 503])
async def test_a_refused_registration_is_told_and_tried_until_it_is_taken(
    firm: Office, world: Operator, status: int
) -> None:
    world.refuses = status
    await firm.stack.asterisk_cli("pjsip send register demo-trunk-registration")
    await trunk_shows(firm, registration="refused", state="dead", refused_with=status)
    assert await firm.metric('callcontrol_trunk_registered{trunk="demo-trunk"}') == 0
    async with aiohttp.ClientSession() as session, session.get(f"{firm.stack.web_url}/healthz") as answer:
        said = await answer.json()
    assert (answer.status, said["status"]) == (200, "ok")  # no restart of ours would mend it
    warning = (
        f"trunk demo-trunk: not registered, the operator refuses ({status}); it is tried again and again"
    )
    assert warning in said["warnings"]
    assert Finding(False, warning) in await trunk_findings(firm.stack.config, running=True)
    tries = len(world.refused)
    await world.until(lambda: len(world.refused) > tries + 1 or None, 10, "it is not tried again")
    world.refuses = None
    shown = await trunk_shows(firm, registration="registered", state="alive")
    assert shown["last_refusal"]["status"] == status
    assert await firm.metric('callcontrol_trunk_registered{trunk="demo-trunk"}') == 1
    good = [each.text for each in await trunk_findings(firm.stack.config, running=True) if each.good]
    assert good[0].startswith("trunk demo-trunk: registered since")


async def test_while_the_registration_is_refused_calls_go_through_another_trunk(
    firm: Office, world: Operator
) -> None:
    """That one wants its account in From: the caller's number is in P-Asserted-Identity, also a hidden one."""
    (alice,) = firm.desks(1)
    world.refuses = 403
    await firm.stack.asterisk_cli("pjsip send register demo-trunk-registration")
    await trunk_shows(firm, registration="refused", state="dead")
    port = int(str(SPARE["port"]))
    async with Trunk(firm.stack.sip_server, port=port) as spare, firm.phone(alice) as a:
        await a.register()
        for hidden in (False, True):
            call = await a.invite(MOBILE, headers=[("Privacy", "id")] if hidden else [])
            ring = await take(spare, to=MOBILE)
            assert ring.caller.uri.user == ("anonymous" if hidden else SPARE["from_user"])
            assert alice.number in (ring.header("P-Asserted-Identity") or "")
            assert ("id" in (ring.header("Privacy") or "")) is hidden
            await talk(call, ring)
            await call.hang_up()
    world.refuses = None
    await trunk_shows(firm, registration="registered", state="alive")


async def test_an_operator_that_died_is_told_of_and_registered_at_again_when_it_is_back(
    firm: Office, world: Operator
) -> None:
    await world.vanish()
    shown = await trunk_shows(firm, state="dead", reachable=False)
    assert shown["registration"] == "registered"  # it would hold for minutes yet
    async with operator(firm.stack) as back:  # and it has forgotten us
        await back.registered(within=20)
        await trunk_shows(firm, state="alive", reachable=True, registration="registered")


# -- natively ------------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def alone(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stack]:
    """Asterisk with two lines and the account, and no app."""
    lines = [LineAccount(number, "c1", "X", "pw", language="fr") for number in ("0223300002", MAIN)]
    async with Stack.start(tmp_path_factory.mktemp("alone"), app=False, company=None, trunk=TRUNK) as running:
        write_private(running.layout.asterisk_etc / "lines.conf", render_lines(lines))
        write_private(running.layout.asterisk_etc / "fallback.conf", render_fallback(lines))
        for module in ("res_pjsip.so", "pbx_config.so"):
            await running.asterisk_cli(f"module reload {module}")
        yield running


async def test_without_the_app_a_call_to_the_account_reaches_the_line_that_is_meant(alone: Stack) -> None:
    async with (
        operator(alone) as world,
        Phone("0223300002", "pw", alone.sip_server) as b,
        Phone(MAIN, "pw", alone.sip_server) as m,
    ):
        await register(b, m)
        await world.registered(within=20)
        for where in WAYS:
            call = await _call_in(world, "0223300002", where)
            await talk(call, await take(m if where == WAYS[-1] else b))
            await call.hang_up()
        call = await world.invite("0223312345", caller=CALLER)
        assert await announced_to_the_end(call) == 404
    log = (alone.layout.logs / "asterisk.log").read_text()
    assert "trunk demo-trunk calls a number that is none of ours" in log
