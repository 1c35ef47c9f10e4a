"""Ask for the addresses behind the trunks' names, again and again: one that had none when Asterisk started may have one
now, and another may have moved. Asterisk itself asks once, and then never again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

from callcontrol.asterisk.client import AriClient
from callcontrol.asterisk.lines import replace_file
from callcontrol.asterisk.names import lookup
from callcontrol.asterisk_conf.addresses import TRUNKS, names_in, remembered, render_files
from callcontrol.asterisk_conf.contacts import Places, known_places
from callcontrol.call.trunks import Trunks
from callcontrol.config.load import Config
from callcontrol.errors import CallControlError

log = structlog.get_logger()

AGAIN_SECONDS = 60.0
MISSING_SECONDS = 5.0
"""While a name has no address it is asked for more often."""


def last_places(config: Config, folder: Path) -> Places:
    """Where the trunks were when their names were last asked for: what holds until they are asked for again."""
    addresses = _last_addresses(folder)
    return known_places(config, lambda host: addresses.get(host, ()))


def _last_addresses(folder: Path) -> Mapping[str, Sequence[str]]:
    try:
        return remembered((folder / TRUNKS).read_text(encoding="utf-8"))
    except OSError:
        return {}


class TrunkNames:
    """Keeps the files of ``render_files`` in ``folder`` what the names mean, ``placed`` told where the trunks are. A
    name that has no address any more keeps those that it had: its trunk may live though the resolver is away."""

    def __init__(
        self,
        config: Config,
        folder: Path,
        client: AriClient,
        trunks: Trunks,
        placed: Callable[[Places], None],
    ) -> None:
        self._config, self._folder, self._client = config, folder, client
        self._trunks, self._placed = trunks, placed
        self._known: dict[str, Sequence[str]] = dict(_last_addresses(folder))
        self._unread = False

    async def run(self) -> None:
        """Until cancelled. Without names there is nothing to do."""
        if not names_in(self._config.trunks):
            return
        while True:
            found = await lookup(names_in(self._config.trunks))
            self._tell(found)
            try:
                await self.learn(found)
            except (CallControlError, OSError) as error:
                log.warning("trunk.addresses_not_written", error=str(error))
            await asyncio.sleep(
                AGAIN_SECONDS if all(found.values()) and not self._unread else MISSING_SECONDS
            )

    def _tell(self, found: Mapping[str, Sequence[str]]) -> None:
        for trunk in self._config.trunks:
            names = dict.fromkeys((*trunk.called_at, *trunk.match))
            self._trunks.named_nowhere(trunk.name, [name for name in names if found.get(name) == ()])

    async def learn(self, found: Mapping[str, Sequence[str]]) -> Places:
        """Take what the names mean now, and have Asterisk read it where that is new."""
        self._known.update({name: addresses for name, addresses in found.items() if addresses})

        def resolve(host: str) -> Sequence[str]:
            return self._known.get(host, ())

        places = known_places(self._config, resolve)
        self._placed(places)
        for name, text in render_files(self._config.trunks, places, resolve, self._folder).items():
            self._unread |= await asyncio.to_thread(replace_file, self._folder / name, text)
        if self._unread:
            await self._client.reload_resolver()
            await self._client.reload_module("res_pjsip.so")
            self._unread = False
            log.info("trunk.addresses_changed")
        return places
