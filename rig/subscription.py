"""A subscription: SUBSCRIBE, its refresh and end, and the NOTIFYs that come (RFC 6665)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from .dialog import Dialog
from .message import Header, Request, Response
from .summary import Summary, parse_summary
from .transaction import ServerTransaction

if TYPE_CHECKING:
    from .agent import Agent

ACCEPT = {
    "dialog": "application/dialog-info+xml",
    "message-summary": "application/simple-message-summary",
    "presence": "application/pidf+xml",
}


class Subscription:
    """`notifies` in order. For event "dialog" `states` reads them as a lamp does."""

    def __init__(self, agent: Agent, dialog: Dialog, event: str) -> None:
        self.agent = agent
        self.dialog = dialog
        self.event = event
        self.notifies: list[Request] = []
        self.is_active = True

    async def send(self, expires: int, within: float = 5.0) -> Response:
        """SUBSCRIBE for `expires` seconds (0 ends it); fails unless accepted."""
        self.agent.owners[self.dialog.key] = self

        def make(extra: list[Header]) -> Request:
            headers = [
                ("Event", self.event),
                ("Accept", ACCEPT.get(self.event, "*/*")),
                ("Expires", str(expires)),
                *extra,
            ]
            return self.dialog.request(
                "SUBSCRIBE", via=self.agent.via(), contact=self.agent.contact, headers=headers
            )

        response = await self.agent.ask(make, within, f"SUBSCRIBE {self.event}")
        if response.status >= 300:
            self.agent.owners.pop(self.dialog.key, None)
            raise self.agent.failure(f"SUBSCRIBE {self.event} answered with {response.status}")
        self.dialog.learn(response)
        return response

    async def unsubscribe(self) -> None:
        """End the subscription and wait for the last NOTIFY."""
        await self.send(0)
        await self.agent.until(lambda: not self.is_active, 5.0, "no last NOTIFY")

    async def notified(
        self, matching: Callable[[Request], bool] = lambda notify: True, within: float = 5.0
    ) -> Request:
        """The latest NOTIFY that matches, waiting for one if there is none."""

        def found() -> Request | None:
            return next((notify for notify in reversed(self.notifies) if matching(notify)), None)

        return await self.agent.until(found, within, f"no such NOTIFY of {self.event}")

    async def lamp_shows(self, state: str, within: float = 5.0) -> None:
        """Wait until the latest state is "terminated" (idle), "early" (ringing) or "confirmed" (busy)."""
        await self.agent.until(
            lambda: bool(self.states) and self.states[-1] == state, within, f"lamp not {state}"
        )

    @property
    def states(self) -> list[str]:
        """State of each dialog NOTIFY; one without dialogs is "terminated"."""
        return [dialog_state(notify.body) for notify in self.notifies if notify.body]

    @property
    def summaries(self) -> list[Summary]:
        """The message summaries received."""
        return [parse_summary(notify.body) for notify in self.notifies if notify.body]

    def on_request(self, request: Request, transaction: ServerTransaction | None) -> None:
        """A NOTIFY inside the subscription."""
        if transaction is None:
            return
        if request.method != "NOTIFY":
            self.agent.reply(transaction, 501)
            return
        self.notifies.append(request)
        self.agent.take_notification(request)
        if (request.header("Subscription-State") or "").startswith("terminated"):
            self.is_active = False
            self.agent.owners.pop(self.dialog.key, None)
        self.agent.reply(transaction, 200)


def dialog_state(body: bytes) -> str:
    """What a lamp shows for a dialog-info document (RFC 4235): the liveliest state in it."""
    states = [
        element.text or ""
        for element in ElementTree.fromstring(body).iter()
        if _local(element.tag) == "state"
    ]
    for lively in ("confirmed", "early", "proceeding", "trying"):
        if lively in states:
            return lively
    return "terminated"


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
