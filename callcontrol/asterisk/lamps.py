"""The lamps of the phones: Asterisk is told what to show, and says when it has told the phones.

A run of its dialplan does it (extensions.conf, ``lamps``): ARI has no mailboxes in Debian's package, and no NOTIFY.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from callcontrol import ids
from callcontrol.asterisk.client import AriClient
from callcontrol.errors import PhoneSystemDown
from callcontrol.lamp import Lamp

TOLD_SECONDS = 3.0
"""How long Asterisk may take for one run."""
LOOK_SECONDS = 0.02


class AsteriskLamps:
    """``host`` is where phones reach us, as it stands in ``Message-Account``."""

    def __init__(self, client: AriClient, host: str) -> None:
        self._client, self._host = client, host

    async def lines(self) -> dict[str, bool]:
        """Every account that Asterisk knows, and whether a device of it is there. Raises as ``show``."""
        return await self._client.endpoints()

    async def show(self, lamps: Mapping[str, Lamp]) -> None:
        """Have every device of these lines told; returns when Asterisk has done so. Raises ``PhoneSystemDown``,
        ``PhoneSystemRefused``."""
        run = ids.uuid7()
        variables = {
            "__CC_LAMPS": "|".join(as_text(line, lamp) for line, lamp in lamps.items()),
            "__CC_HOST": self._host,
            "__CC_RUN": run,
        }
        await self._client.channels.run("lamps", variables)
        try:
            async with asyncio.timeout(TOLD_SECONDS):
                while await self._client.get_global("CC_LAMPS_TOLD") != run:  # noqa: ASYNC110 - Asterisk is asked
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise PhoneSystemDown("Asterisk has not told the lamps") from None


def as_text(line: str, lamp: Lamp) -> str:
    """One lamp as the dialplan reads it: the number, Asterisk's own two counts, and the lines of RFC 3842."""
    voice = f"{lamp.voice_new}/{lamp.voice_old} ({lamp.urgent_new}/{lamp.urgent_old})"
    fax = f"{lamp.fax_new}/{lamp.fax_old}"
    return ",".join((line, str(lamp.new), str(lamp.old), "yes" if lamp.new else "no", voice, fax))
