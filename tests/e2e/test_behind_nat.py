"""We behind one NAT, a phone behind another, the operator between them: everybody is reached and heard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from rig import Phone
from rig.message import Message
from rig.operator import Operator
from rig.sdp import parse
from tests.e2e import account
from tests.e2e.office import Office
from tests.e2e.people import register, take, talk
from tests.e2e.street import FORGETS_SECONDS, HOME, OFFICE, OPERATOR, PHONE, US, Street, missing, street
from tests.stack import RTP_PORTS, Ports, Stack, free_ports

pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")

KEEP_ALIVE = 5
CALLER, MOBILE = "0612345678", "0660606014"


@dataclass(frozen=True, slots=True)
class Scene:
    """The office behind its NAT, and where the others are."""

    office: Office
    street: Street

    def operator(self) -> Operator:
        return Operator(
            account.ACCOUNT,
            account.PASSWORD,
            server=(OFFICE, self.office.stack.ports.sip),
            host=OPERATOR,
            port=self.office.stack.trunk_port,
            namespace=self.street.operator,
        )

    def at_home(self, desk) -> Phone:  # type: ignore[no-untyped-def]
        server = (OFFICE, self.office.stack.ports.sip)
        return Phone(desk.number, desk.sip_password, server, host=PHONE, namespace=self.street.home)

    def at_work(self, desk) -> Phone:  # type: ignore[no-untyped-def]
        return self.office.phone(desk, host=US)


@pytest.fixture(scope="module")
def ports() -> Ports:
    return free_ports()


@pytest.fixture(scope="module")
def outside(ports: Ports) -> Iterator[Street]:
    with street(ports.sip, range(ports.rtp, ports.rtp + RTP_PORTS)) as made:
        yield made


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(
    tmp_path_factory: pytest.TempPathFactory, ports: Ports, outside: Street
) -> AsyncIterator[Scene]:
    sip = {"bind": US, "external_address": OFFICE, "local_net": ["10.77.7.0/24"], "keep_alive": KEEP_ALIVE}
    trunk = {**account.TRUNK, "host": OPERATOR, "match": [OPERATOR]}
    async with Stack.start(
        tmp_path_factory.mktemp("nat"), company=None, ports=ports, settings={"sip": sip}, trunk=trunk
    ) as stack:
        office = await Office.open(stack, 20, company="Derrière", prefix="02234")
        yield Scene(office, outside)
        await office.close()


def sound_goes_to(message: Message | None) -> str:
    """The address for the sound that a message names."""
    assert message is not None
    return parse(message.body).host


async def test_the_operator_is_told_the_routers_address_and_both_ways_have_sound(scene: Scene) -> None:
    (alice,) = scene.office.desks(1)
    async with scene.operator() as world, scene.at_work(alice) as a:
        await a.register()
        binding = await world.registered(within=20)
        assert (binding.uri.host, binding.uri.port) == (OFFICE, scene.office.stack.ports.sip)
        out = await a.invite(MOBILE)
        ring = await take(world, to=MOBILE)
        assert sound_goes_to(ring.request) == OFFICE
        assert ring.request.address("Contact").uri.host == OFFICE
        assert ring.request.via.sent_by.partition(":")[0] == OFFICE
        await talk(out, ring)
        assert sound_goes_to(out.final_response) == US  # the phone is on our side
        await out.hang_up()
        call = await world.call_account(CALLER, to=alice.number)
        await talk(call, await take(a))
        assert sound_goes_to(call.final_response) == OFFICE
        await call.hang_up()


async def test_a_phone_behind_its_own_router_calls_and_is_called(scene: Scene) -> None:
    alice, zoe = scene.office.desks(2)
    async with scene.at_work(alice) as a, scene.at_home(zoe) as z:
        await register(a, z)
        contacts = await scene.office.stack.asterisk_cli(f"pjsip show aor {zoe.number}@callcontrol")
        assert f"@{HOME}:" in contacts  # where it registered from, not what it says
        call = await a.invite(zoe.number)
        ring = await take(z)
        assert sound_goes_to(ring.request) == OFFICE
        await talk(call, ring)
        await ring.hang_up()
        back = await z.invite(alice.number)
        await talk(back, await take(a))
        await back.hang_up()


async def test_the_way_through_a_router_that_forgets_is_kept_open(scene: Scene) -> None:
    alice, zoe = scene.office.desks(2)
    async with scene.at_work(alice) as a, scene.at_home(zoe) as z:
        await register(a, z)
        asked, beats = z.asked, FORGETS_SECONDS // KEEP_ALIVE + 2
        await z.until(lambda: z.asked >= asked + beats or None, beats * KEEP_ALIVE + 10, "is not asked")
        call = await a.invite(zoe.number)
        await talk(call, await take(z))
        await call.hang_up()
