"""Look at the trunks, again and again, and tell ``Trunks``: what Asterisk's own OPTIONS find, and how our registrations
stand.

Not by a subscription to their endpoints: every event of their channels would come twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.console import Console
from callcontrol.asterisk.registrations import RefusalLog, RegistrationRefused, register_anew, standing
from callcontrol.call.trunks import Trunks
from callcontrol.errors import PhoneSystemDown, PhoneSystemRefused
from callcontrol.live import Refusal, Registration, TrunkNow
from callcontrol.redaction import redacted

LOOK_SECONDS = 2.0


class TrunkWatch:
    """``refusals`` tells why registrations failed."""

    def __init__(self, client: AriClient, console: Console, refusals: RefusalLog, trunks: Trunks) -> None:
        self._client, self._console, self._refusals, self._trunks = client, console, refusals, trunks
        self._gone: dict[str, TrunkNow] = {}
        """Trunks that answer OPTIONS no more, and how each stood when that was seen."""

    async def run(self) -> None:
        """Until cancelled. While Asterisk is away nothing new is learnt."""
        while True:
            try:
                for trunk in self._trunks.configured:
                    await self._look_at(trunk.name)
                await self._look_at_registrations()
            except (PhoneSystemDown, PhoneSystemRefused):
                pass  # the connection to Asterisk tells of that
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_at(self, name: str) -> None:
        reachable = await self._client.reachable(name)
        self._trunks.qualified(name, reachable)
        if reachable is False:
            self._gone.setdefault(name, self._stands(name))
        elif reachable and (before := self._gone.pop(name, None)) is not None:
            now = self._stands(name)
            held = now.registration is Registration.REGISTERED
            if held and now.registration_since == before.registration_since:
                # An operator that was away may have forgotten us, and we would not be called until we register again.
                await register_anew(self._console, name)

    def _stands(self, name: str) -> TrunkNow:
        return next(trunk for trunk in self._trunks.now() if trunk.name == name)

    async def _look_at_registrations(self) -> None:
        if not any(trunk.register for trunk in self._trunks.configured):
            return
        refused = await asyncio.to_thread(self._refusals.news)
        found = await standing(self._console)
        for trunk in self._trunks.configured:
            if found is not None and trunk.register and trunk.name in found:
                state = found[trunk.name]
                why = _last(refused, redacted(trunk.at)) if state is Registration.REFUSED else None
                self._trunks.registered(trunk.name, state, why)


def _last(refused: Sequence[RegistrationRefused], server: str) -> Refusal | None:
    """The last failed try at ``server``. Two accounts there cannot be told apart: numbers are masked in the log."""
    return next((Refusal(each.at, each.status) for each in reversed(refused) if each.server == server), None)
