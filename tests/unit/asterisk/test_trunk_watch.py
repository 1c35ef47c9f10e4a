"""An operator that was away is registered at anew when it is back, unless it has registered us meanwhile."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import pytest

from callcontrol.asterisk.registrations import RefusalLog
from callcontrol.call.trunks import Trunks
from callcontrol.config.load import TrunkConfig
from callcontrol.lifecycle.trunk_watch import LOOK_SECONDS, TrunkWatch
from tests.fakes.virtual_time import VIRTUAL_TIME

pytestmark = VIRTUAL_TIME

HELD, LOST = "Registered        (exp. 500s)", "Rejected"


@pytest.mark.parametrize(
    ("looks", "anew"),
    [
        ([(True, HELD), (False, HELD), (True, HELD)], 1),
        ([(True, HELD), (False, LOST), (True, LOST), (True, HELD)], 0),
        ([(False, LOST), (False, HELD), (True, HELD)], 0),
        ([(True, HELD), (True, HELD)], 0),
    ],
    ids=["held over the outage", "lost and made again", "made before it was seen to be back", "never away"],
)
async def test_a_registration_that_was_held_over_an_outage_is_made_anew(
    looks: list[tuple[bool, str]], anew: int, tmp_path: Path
) -> None:
    trunk = TrunkConfig("op", "192.0.2.1", 5060, ("192.0.2.1",), register=True, user="u", password="p")
    console = Mock(tell=AsyncMock())
    client = Mock(reachable=AsyncMock(side_effect=[reachable for reachable, _ in looks]))
    console.ask = AsyncMock(
        side_effect=[f" op-registration/sip:192.0.2.1:5060  op  {said}" for _, said in looks]
    )
    watch = TrunkWatch(client, console, RefusalLog(tmp_path / "none"), Trunks((trunk,)))
    task = asyncio.create_task(watch.run())
    await asyncio.sleep(LOOK_SECONDS * (len(looks) - 0.5))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    told = [call.args[0] for call in console.tell.await_args_list]
    assert told == ["pjsip send register op-registration"] * anew
