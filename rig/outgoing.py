"""A call that we place: from INVITE to its final response."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import midcall, sdp
from .call import Call
from .dialog import Dialog
from .exchange import Exchange
from .message import Header, Request, Response

if TYPE_CHECKING:
    from .agent import Agent


@dataclass(frozen=True, slots=True)
class Provisional:
    """A 1xx; `at` in seconds after the INVITE was sent."""

    status: int
    response: Response
    at: float


class OutgoingCall(Call):
    """`provisionals` in order; `final_status` and `final_response` once there are any."""

    def __init__(self, agent: Agent, dialog: Dialog, headers: Iterable[Header]) -> None:
        super().__init__(agent, dialog)
        self.provisionals: list[Provisional] = []
        self.final_response: Response | None = None
        self.answered_at: float | None = None
        self._headers = list(headers)
        self._exchange: Exchange | None = None
        self._started = agent.transactions.loop.time()
        self._unreachable = False

    async def start(self) -> None:
        """Send the INVITE."""
        await self.open_media()
        body = self.description(self.agent.codecs, "sendrecv")

        def make(extra: list[Header]) -> Request:
            headers = [*self._headers, *extra, ("Allow", _allow()), midcall.SDP_TYPE]
            return self.dialog.request(
                "INVITE", via=self.agent.via(), contact=self.agent.contact, headers=headers, body=body
            )

        self._started = self.agent.transactions.loop.time()
        self._exchange = Exchange(self.agent, make, self._heard)

    @property
    def final_status(self) -> int | None:
        """Status of the final response; None while there is none."""
        return None if self.final_response is None else self.final_response.status

    def _since_start(self) -> float:
        return self.agent.transactions.loop.time() - self._started

    def _heard(self, response: Response | None) -> None:
        if response is None:
            self.agent.trace.note("INVITE never answered")
            self._unreachable = True
            self.finish(None)
            return
        if response.status < 300 and response.address("To").tag is not None and not self.is_answered:
            self.dialog.learn(response)
        if response.status < 200:
            self.provisionals.append(Provisional(response.status, response, self._since_start()))
            self._take_sound(response)
        elif response.status < 300:
            self._accepted(response)
        else:
            self.final_response = response
            self.finish(response)
        self.agent.bell.ring()

    def _accepted(self, response: Response) -> None:
        midcall.send_ack(self, response.cseq[0])
        if self.is_answered:
            return  # a repeated 200: only the ACK was lost
        self.is_answered = True
        self.final_response = response
        self.answered_at = self._since_start()
        self._take_sound(response)

    def _take_sound(self, response: Response) -> None:
        if not response.is_sdp:
            return
        try:
            self.take_answer(response.body)
        except sdp.BadSdp as error:
            self.agent.trace.note(f"no sound: {error}")

    def _unless_over(self, what: str) -> None:
        if self.is_answered and not self.is_over:
            raise self.agent.failure(f"{what}: 200 came")
        if not self.is_over:
            return
        end = "no answer at all" if self._unreachable else f"{self.final_status or 'the end of the call'}"
        raise self.agent.failure(f"{what}: {end} came")

    async def provisional(self, status: int, within: float = 5.0) -> Response:
        """Wait for a 1xx of that status."""

        def found() -> Response | None:
            for provisional in self.provisionals:
                if provisional.status == status:
                    return provisional.response
            self._unless_over(f"no {status}")
            return None

        return await self.agent.until(found, within, f"no {status}")

    async def ringing(self, within: float = 5.0) -> Response:
        """Wait for 180."""
        return await self.provisional(180, within)

    async def early_media(self, within: float = 5.0) -> Response:
        """Wait for a provisional response with a session description: sound may come before the answer."""

        def found() -> Response | None:
            for provisional in self.provisionals:
                if provisional.response.is_sdp:
                    return provisional.response
            self._unless_over("no early media")
            return None

        return await self.agent.until(found, within, "no early media")

    async def answered(self, within: float = 5.0) -> Response:
        """Wait for the 200; fails at once if the call is refused."""

        def found() -> Response | None:
            if self.is_answered:
                return self.final_response
            self._unless_over("not answered")
            return None

        return await self.agent.until(found, within, "not answered")

    async def refused(self, within: float = 5.0) -> Response:
        """Wait for a final response that is no 200, and return it; fails at once if the call is answered."""

        def found() -> Response | None:
            if self.is_answered:
                raise self.agent.failure("not refused: answered")
            if self._unreachable:
                raise self.agent.failure("not refused: no answer at all came")
            return self.final_response

        return await self.agent.until(found, within, "not refused")

    async def cancel(self, *, headers: Iterable[Header] = (), within: float = 5.0) -> Response | None:
        """Give up before the answer; a 200 that crosses is followed by BYE. Returns the final response."""

        def may_cancel() -> bool:
            return bool(self.provisionals) or self.is_over or self.is_answered

        await self.agent.until(may_cancel, within, "cannot cancel: no provisional response")
        if not self.is_over and not self.is_answered:
            assert self._exchange is not None
            cancel = _cancel_of(self._exchange.request, headers)
            await self.agent.ask(lambda _: cancel, within, "CANCEL")
            await self.agent.until(lambda: self.final_response is not None, within, "CANCEL without effect")
        if self.is_answered:
            await super().hang_up(within=within)
        return self.final_response

    async def hang_up(self, *, headers: Iterable[Header] = (), within: float = 5.0) -> None:
        if self.is_answered or self.is_over:
            await super().hang_up(headers=headers, within=within)
        else:
            await self.cancel(headers=headers, within=within)


def _allow() -> str:
    from .agent import ALLOW

    return ALLOW


def _cancel_of(invite: Request, headers: Iterable[Header]) -> Request:
    """The CANCEL of an INVITE (RFC 3261 §9.1)."""
    number, _ = invite.cseq
    head: list[Header] = [
        ("Via", invite.values("Via")[0]),
        *(("Route", route) for route in invite.headers("Route")),
        ("Max-Forwards", "70"),
        ("From", invite.required("From")),
        ("To", invite.required("To")),
        ("Call-ID", invite.call_id),
        ("CSeq", f"{number} CANCEL"),
        *headers,
    ]
    return Request(tuple(head), b"", "CANCEL", invite.uri)
