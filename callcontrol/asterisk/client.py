"""A thin typed ARI client on aiohttp: ``client.channels.answer(id)``, in the vocabulary of ari-py.

``ari_http.py`` is the wire, ``resources.py`` the verbs; here they are put together, with what concerns Asterisk itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from callcontrol.asterisk import operations as ops
from callcontrol.asterisk.ari_http import AriHttp
from callcontrol.asterisk.resources import Bridges, Channels, Playbacks, Recordings
from callcontrol.errors import PhoneSystemRefused
from callcontrol.sip_account import line_of


class AriClient:
    """The whole of ARI that we use."""

    def __init__(self, url: str, user: str, password: str, app: str) -> None:
        self.http = AriHttp(url, user, password)
        self.app = app
        self.channels = Channels(self.http, app)
        self.bridges = Bridges(self.http)
        self.playbacks = Playbacks(self.http)
        self.recordings = Recordings(self.http)

    async def version(self) -> str:
        """Asterisk's version, e.g. ``22.10.1``."""
        info = await self.http.request(ops.INFO)
        return str(info["system"]["version"])

    async def reload_module(self, name: str) -> None:
        """Reload one module, e.g. ``res_pjsip.so``."""
        await self.http.request(ops.RELOAD_MODULE, {"moduleName": name})

    async def reload_resolver(self) -> None:
        """Have it read where it looks names up; one that was built without it asks the name servers alone."""
        try:
            await self.reload_module("res_resolver_unbound.so")
        except PhoneSystemRefused as error:
            if error.status != 404:
                raise

    async def get_global(self, variable: str) -> str:
        """The value of a global variable; empty when there is none."""
        try:
            answer = await self.http.request(ops.GET_GLOBAL, variable=variable)
        except PhoneSystemRefused as error:
            if error.status == 404:
                return ""
            raise
        return str(answer["value"])

    async def reachable(self, endpoint: str) -> bool | None:
        """Whether a PJSIP endpoint answers what Asterisk asks it (OPTIONS); None: it is not asked, or not known."""
        try:
            found = await self.http.request(ops.GET_ENDPOINT, {"tech": "PJSIP", "resource": endpoint})
        except PhoneSystemRefused as error:
            if error.status == 404:
                return None
            raise
        return {"online": True, "offline": False}.get(found["state"])

    async def endpoints(self) -> dict[str, bool]:
        """Every line and trunk, and whether a device of it is registered and reachable."""
        there: dict[str, bool] = {}
        for one in await self.http.request(ops.LIST_ENDPOINTS, {"tech": "PJSIP"}):
            name = line_of(str(one["resource"]))
            there[name] = there.get(name, False) or one["state"] == "online"
        return there

    async def online(self) -> frozenset[str]:
        """The lines and trunks of which a contact can be reached now."""
        return frozenset(name for name, there in (await self.endpoints()).items() if there)

    async def subscribe(self, source: str) -> None:
        """Subscribe our application to an event source, e.g. ``endpoint:PJSIP``."""
        await self.http.request(ops.SUBSCRIBE, {"applicationName": self.app}, eventSource=source)

    async def user_event(self, name: str, variables: Mapping[str, str]) -> None:
        """Let our application hear an event of our own. 404 when Asterisk does not know the application."""
        body = {"variables": dict(variables)}
        await self.http.request(ops.USER_EVENT, {"eventName": name}, body, application=self.app)

    async def filter_events(self, **types: Sequence[str]) -> None:
        """Keep event types off the socket: those ``disallowed``, or all that are not ``allowed``.

        Right after the socket was opened the application may not be known yet (404, platform.md §0 rule 6).
        """
        body = {key: [{"type": name} for name in names] for key, names in types.items()}
        for again in reversed(range(20)):
            try:
                await self.http.request(ops.EVENT_FILTER, {"applicationName": self.app}, body)
            except PhoneSystemRefused as error:
                if error.status != 404 or not again:
                    raise
                await asyncio.sleep(0.05)
            else:
                return

    async def close(self) -> None:
        """Let go of all connections."""
        await self.http.close()
