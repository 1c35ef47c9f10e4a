"""A real server as the operator: Debian's Kamailio registers the firm, asks for its password, dies and comes back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rig import Phone, Trunk
from rig.kamailio import Kamailio, missing
from rig.outgoing import OutgoingCall
from tests.e2e.account import ACCOUNT, PASSWORD, trunk_shows
from tests.e2e.office import Desk, Office, eventually
from tests.e2e.people import take, talk

CALLER, MOBILE = "0612345678", "0660606014"


async def _rings(world: Trunk, desk: Desk, phone: Phone) -> None:
    """Somebody outside calls the account, meaning the desk; the server may not know yet where the account is (480)."""

    async def taken() -> OutgoingCall | None:
        call = await world.invite(ACCOUNT, caller=CALLER, to=f"sip:{desk.number}@operator.example")
        said = await call.agent.until(
            lambda: call.final_status or (len(call.provisionals) > 1 and 180) or None, 8, "nothing is said"
        )
        assert said in (180, 480), said
        return call if said == 180 else None

    phone.auto_ring()
    call = await eventually(taken, "the account is reached", 15)
    ring = await phone.incoming()
    assert ring.caller.uri.user == CALLER
    await talk(call, ring)
    await call.hang_up()
    await ring.ended()


@pytest.mark.skipif(bool(missing()), reason=missing() or "")
async def test_a_kamailio_takes_our_registration_and_calls_both_ways_and_again_after_its_death(
    firm: Office, tmp_path: Path
) -> None:
    alice, bob = firm.desks(2)
    address = ("127.0.0.1", firm.stack.trunk_port)
    async with (
        Trunk(f"127.0.0.1:{firm.stack.trunk_port}") as world,
        Kamailio(tmp_path, ACCOUNT, PASSWORD, at=address, world=world.local) as operator,
        firm.phone(alice) as a,
        firm.phone(bob) as b,
    ):
        await a.register()
        await b.register()
        await trunk_shows(firm, registration="registered", state="alive")
        call = await a.invite(MOBILE)
        ring = await take(world, to=MOBILE)
        assert alice.number in (ring.header("P-Asserted-Identity") or "")
        await talk(call, ring)
        await call.hang_up()
        await ring.ended()
        await _rings(world, bob, b)
        await operator.kill()
        await trunk_shows(firm, state="dead", reachable=False)
        await operator.start()
        await trunk_shows(firm, state="alive", reachable=True, registration="registered")
        await _rings(world, bob, b)
