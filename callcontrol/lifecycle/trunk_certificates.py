"""Ask why a trunk over TLS cannot be reached: whether its certificate is the reason, told in words to ``Trunks``."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from callcontrol.asterisk import certificates
from callcontrol.call.trunks import Trunks
from callcontrol.errors import ConfigError

AGAIN_SECONDS = 5.0
LOOK_SECONDS = 2.0


async def watch(trunks: Trunks) -> None:
    """Until cancelled. One that answers OPTIONS is asked no more; without trunks over TLS there is nothing to do."""
    over_tls = certificates.verified(trunks.configured)
    loop = asyncio.get_running_loop()
    due = dict.fromkeys((trunk.name for trunk in over_tls), loop.time())
    while over_tls:
        standing = {trunk.name: trunk for trunk in trunks.now()}
        for trunk in over_tls:
            if standing[trunk.name].reachable:
                trunks.certificate(trunk.name, None)
            elif loop.time() >= due[trunk.name]:
                with suppress(OSError, ConfigError):  # it is away: another reason, which is told by others
                    trunks.certificate(trunk.name, await certificates.trouble(trunk, trunks.configured))
                due[trunk.name] = loop.time() + AGAIN_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
