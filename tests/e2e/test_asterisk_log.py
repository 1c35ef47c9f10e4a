"""Asterisk's own log holds no number, whoever made it write the line (spec §13)."""

from __future__ import annotations

import pytest

from tests.e2e.office import Office, eventually
from tests.e2e.people import OUTSIDE

CALLER = "0145712345"


@pytest.mark.parametrize(
    "name", ["Ren\udce9 Lef\udce8vre", "L" * 200, "\udcff" * 90], ids=["Latin-1", "long", "long and no UTF-8"]
)
async def test_a_caller_whose_name_asterisk_complains_of_is_not_in_its_log(office: Office, name: str) -> None:
    (bob,) = office.desks(1)
    log = office.stack.layout.logs / "asterisk.log"
    before = log.stat().st_size
    async with office.trunk() as world, office.phone(bob) as b:
        await b.register()
        call = await world.invite(
            bob.number,
            from_uri=f"sip:{CALLER}@{OUTSIDE}",
            from_display=name,
            headers=[("Privacy", "id")],
        )
        await b.incoming()
        await call.cancel()

    async def complained() -> str | None:
        text = log.read_bytes()[before:].decode("utf-8")
        return text if "••••" in text else None

    written = await eventually(complained, "Asterisk complains of the name")
    assert CALLER not in written
    assert CALLER[1:] not in written
    assert f"{CALLER[:-4]}••••" in written
