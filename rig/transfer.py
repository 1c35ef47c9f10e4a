"""How a transfer that we asked for goes: the answers to REFER and the sipfrags in NOTIFY (RFC 3515)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .message import Request

if TYPE_CHECKING:
    from .agent import Agent


class Transfer:
    """`statuses` are those of the sipfrags so far; `is_open` until the subscription is terminated."""

    def __init__(self, agent: Agent) -> None:
        self.notifies: list[Request] = []
        self.statuses: list[int] = []
        self.is_open = True
        self._agent = agent

    def take(self, notify: Request) -> None:
        """A NOTIFY came."""
        self.notifies.append(notify)
        words = notify.body.decode("utf-8", "replace").split(maxsplit=2)
        if len(words) > 1 and words[0] == "SIP/2.0" and words[1].isdigit():
            self.statuses.append(int(words[1]))
        if (notify.header("Subscription-State") or "").startswith("terminated"):
            self.is_open = False

    async def finished(self, within: float = 5.0) -> int:
        """Wait for a final sipfrag and return its status."""

        def final() -> int | None:
            return next((status for status in self.statuses if status >= 200), None)

        return await self._agent.until(
            final, within, f"no final NOTIFY of the transfer (so far {self.statuses})"
        )
