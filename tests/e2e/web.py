"""A line logged in at the JSON API, as its user's browser or an administrator's script would be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from tests.e2e.office import PORTAL_PASSWORD, Desk, Office


class Web:
    """Requests below ``/api/v1`` with a session. Use ``logged_in``."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session, self._url = session, url

    async def ask(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        status: int = 200,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of an answer that must have this status."""
        found, body = await self._request(method, path, json, query)
        assert found == status, (method, path, found, body)
        return body

    async def _request(
        self, method: str, path: str, json: Any, query: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        async with self._session.request(method, f"{self._url}/{path}", json=json, params=query) as answer:
            return answer.status, await answer.json(content_type=None) if answer.status != 204 else None

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        return await self.ask("GET", path, query=query)

    async def patch(self, path: str, changes: Any, *, status: int = 200) -> Any:
        return await self.ask("PATCH", path, json=changes, status=status)


@asynccontextmanager
async def logged_in(office: Office, desk: Desk | None = None) -> AsyncIterator[Web]:
    """The chief of an office, who is its administrator too, or another desk that may log in."""
    url = f"{office.stack.web_url}/api/v1"
    async with aiohttp.ClientSession() as anonymous:
        login = {"number": (desk or office.chief).number, "password": PORTAL_PASSWORD}
        token = (await Web(anonymous, url).ask("POST", "sessions", json=login, status=201))["token"]
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session:
        yield Web(session, url)
