"""A call that comes to us: the INVITE with all its raw headers, and what a phone can answer to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from . import midcall, sdp
from .address import NameAddr
from .call import Call
from .dialog import Dialog
from .message import Header, Request
from .transaction import ServerTransaction
from .transport import Address

if TYPE_CHECKING:
    from .agent import Agent


class IncomingCall(Call):
    """`request` is the INVITE. `ring`, `progress`, `answer`, `reject` and `redirect` say what the phone does."""

    def __init__(
        self, agent: Agent, request: Request, transaction: ServerTransaction, source: Address
    ) -> None:
        super().__init__(agent, Dialog.incoming(request, source))
        self.request = request
        self.cancel_request: Request | None = None
        self._transaction = transaction
        self._answer = b""
        transaction.on_cancel = self._on_cancel

    def header(self, name: str) -> str | None:
        """First raw value of a header of the INVITE."""
        return self.request.header(name)

    def headers(self, name: str) -> list[str]:
        """All raw values of a header of the INVITE."""
        return self.request.headers(name)

    @property
    def dialled(self) -> str | None:
        """The number called: user part of the request URI."""
        return self.request.dialled

    @property
    def caller(self) -> NameAddr:
        """The From header: number and name as a phone shows them."""
        return self.request.address("From")

    async def ring(self, *, headers: Iterable[Header] = ()) -> None:
        """Send 180."""
        self._must_be_open("ring")
        self._respond(180, headers=headers)

    async def say(self, status: int, *, headers: Iterable[Header] = ()) -> None:
        """Send a provisional answer without sound: 181, 182, or 183 as some networks send it."""
        self._must_be_open(f"say {status}")
        self._respond(status, headers=headers)

    async def progress(self, status: int = 183, *, headers: Iterable[Header] = ()) -> None:
        """Send 183 with a session description: our tone is heard before the answer."""
        self._must_be_open("send early media")
        await self._with_sound(status, headers)

    async def answer(self, *, headers: Iterable[Header] = (), within: float = 5.0) -> Self:
        """Send 200 and wait for the ACK; fails if the caller has given up."""
        self._must_be_open("answer")
        self.unacknowledged[self.request.cseq[0]] = self._transaction
        if not await self._with_sound(200, headers):
            raise self.agent.failure("the offer suits no codec of ours")
        self.is_answered = True
        await self.agent.until(lambda: self._transaction.ack is not None, within, "no ACK")
        return self

    async def reject(
        self,
        status: int = 486,
        *,
        headers: Iterable[Header] = (),
        reason: str | None = None,
        within: float = 5.0,
    ) -> None:
        """Refuse with any final status and wait for the ACK."""
        self._must_be_open("reject")
        self._respond(status, headers=headers, reason=reason)
        await self.agent.until(lambda: self._transaction.ack is not None, within, f"no ACK of {status}")
        self.finish(self._transaction.last)

    async def redirect(self, target: str, *, status: int = 302, headers: Iterable[Header] = ()) -> None:
        """Send the caller elsewhere: 302 with a Contact; a bare number means one on the server."""
        await self.reject(status, headers=[("Contact", f"<{self.agent.target(target)}>"), *headers])

    async def cancelled(self, within: float = 5.0) -> Request:
        """Wait until the caller's side stops the ring; returns the CANCEL with its Reason headers."""
        return await self.agent.until(lambda: self.cancel_request, within, "still rings")

    async def hang_up(self, *, headers: Iterable[Header] = (), within: float = 5.0) -> None:
        if self.is_answered or self.is_over:
            await super().hang_up(headers=headers, within=within)
        else:
            await self.reject(486, headers=headers, within=within)

    def _must_be_open(self, verb: str) -> None:
        if self.is_over or self.is_answered:
            raise self.agent.failure(f"cannot {verb}: the call is {'over' if self.is_over else 'answered'}")

    def _respond(
        self, status: int, *, headers: Iterable[Header] = (), body: bytes = b"", reason: str | None = None
    ) -> None:
        extra = [*headers, midcall.SDP_TYPE] if body else list(headers)
        self.agent.reply(
            self._transaction, status, tag=self.dialog.local.tag, headers=extra, body=body, reason=reason
        )

    async def _with_sound(self, status: int, headers: Iterable[Header]) -> bool:
        """Respond with our answer to their offer, or with our offer; 488 and False if nothing suits."""
        await self.open_media()
        try:
            self._answer = self._answer or self._describe()
        except sdp.BadSdp as error:
            self.agent.trace.note(f"offer refused: {error}")
            self._respond(488)
            return False
        self._respond(status, headers=headers, body=self._answer)
        return True

    def _describe(self) -> bytes:
        """Our answer to their offer, or our offer; made once, the 200 repeats what the 183 said."""
        if self.request.is_sdp:
            return self.answer_offer(self.request.body)
        self.offer_open = True
        return self.description(self.agent.codecs, "sendrecv")

    def _on_cancel(self, cancel: Request) -> None:
        if self._transaction.finished:
            return
        self.cancel_request = cancel
        self._respond(487)
        self.finish(cancel)
